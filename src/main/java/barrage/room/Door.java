package barrage.room;

import barrage.core.Entry;
import barrage.core.Order;
import barrage.core.Outcome;
import barrage.core.RoomId;
import barrage.core.Standing;
import barrage.core.Terms;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How a connection comes to be part of the audience: greeted with the room as it is, or told what
 * it missed until it has caught up, or greeted anew when that cannot be told any more.
 *
 * <p>Confined to its room's loop.
 */
final class Door {
  /** Events asked of the store at once for one who resumes from far back. */
  private static final int HISTORY_PAGE = 500;

  private static final int RETRY_MS = 250;

  private final RoomId id;
  private final Store store;
  private final RoomLoop loop;
  private final RoomState state;
  private final Feed feed;
  private final Outbox outbox;
  private final Attendance attendance;
  private final Audience audience;
  private final Broadcaster broadcaster;
  private final Welcome welcome;
  private final Supplier<Terms> terms;
  private final RoomMeters meters;

  Door(
      RoomId id,
      Store store,
      RoomLoop loop,
      RoomState state,
      Feed feed,
      Outbox outbox,
      Attendance attendance,
      Audience audience,
      Broadcaster broadcaster,
      Welcome welcome,
      Supplier<Terms> terms,
      RoomMeters meters) {
    this.id = id;
    this.store = store;
    this.loop = loop;
    this.state = state;
    this.feed = feed;
    this.outbox = outbox;
    this.attendance = attendance;
    this.audience = audience;
    this.broadcaster = broadcaster;
    this.welcome = welcome;
    this.terms = terms;
    this.meters = meters;
  }

  /** Finds out where the viewer stands, then greets. */
  void admit(Seat seat, Room.@Nullable Position since, String greeting) {
    Attendant attendant = seat.attendant;
    if (attendant == null) {
      greet(seat, Welcome.Guest.ANONYMOUS, since, greeting);
      return;
    }
    outbox.add(
        new Entry.Join(attendant.viewer),
        (outcome, fate, revision) -> {
          List<Order> orders = List.of();
          Set<String> entered = Set.of();
          if (outcome instanceof Outcome.Stands stands) {
            attendant.member.onRead(stands.standing(), revision);
            orders = stands.orders();
            entered = stands.entered();
          }
          if (attendant.member.isKnown()) {
            Standing standing = attendant.member.standing(terms.get());
            greet(
                seat,
                new Welcome.Guest(attendant.viewer, standing, orders, entered),
                since,
                greeting);
          } else {
            seat.session.close(CloseReason.SERVICE_RESTART);
          }
        });
  }

  private void greet(
      Seat seat, Welcome.Guest guest, Room.@Nullable Position since, String greeting) {
    if (attendance.seat(seat.session) != seat) {
      return;
    }
    long seq = broadcaster.flushedSeq();
    if (since != null && canResume(since)) {
      byte[] hello = welcome.resumed(guest, feed.epoch(), since.seq(), store.nowMs());
      if (since.seq() == seq) {
        audience.follow(seat.session, hello);
      } else {
        audience.followFrom(seat.session, hello, since.seq(), true);
      }
    } else {
      audience.follow(
          seat.session, welcome.snapshot(greeting, guest, feed.epoch(), seq, store.nowMs()));
    }
    seat.onWelcomed();
  }

  private boolean canResume(Room.Position since) {
    long seq = broadcaster.flushedSeq();
    return since.epoch() == feed.epoch()
        && since.seq() >= 0
        && since.seq() <= seq
        && seq - since.seq() <= terms.get().historyEvents();
  }

  /** Greets anew, with the room as it is: what was missed cannot be told any more. */
  void resync(Seat seat) {
    meters.onResync();
    seat.onUnwelcomed();
    audience.pause(seat.session);
    admit(seat, null, "resync");
  }

  /** A lagging connection can take more. */
  void onLagging(Session session, long seq, boolean resuming) {
    Seat seat = attendance.seat(session);
    if (seat == null || !seat.isWelcomed()) {
      return;
    }
    if (seq > broadcaster.flushedSeq()) {
      resync(seat);
    } else if (state.recall.reachesBackTo(seq)) {
      Broadcaster.CatchUp next = broadcaster.catchUp(seq, resuming);
      audience.catchUp(session, next.json(), next.lastSeq(), isFlushed(next.lastSeq()));
    } else if (resuming) {
      fetchHistory(seat, seq);
    } else {
      session.close(CloseReason.TOO_SLOW);
    }
  }

  private boolean isFlushed(long seq) {
    return seq == broadcaster.flushedSeq();
  }

  private void fetchHistory(Seat seat, long seq) {
    long epoch = feed.epoch();
    store
        .history(id, seq + 1, HISTORY_PAGE)
        .whenComplete(
            (history, failure) ->
                loop.execute(
                    () -> {
                      if (attendance.seat(seat.session) != seat || !seat.isWelcomed()) {
                        return;
                      }
                      if (failure != null) {
                        loop.schedule(() -> onLagging(seat.session, seq, true), RETRY_MS);
                      } else {
                        onHistory(seat, seq, epoch, history);
                      }
                    }));
  }

  private void onHistory(Seat seat, long seq, long epoch, Store.History history) {
    List<Numbered> missed = new ArrayList<>(history.events());
    missed.removeIf(event -> event.seq() > broadcaster.flushedSeq());
    boolean connects = !missed.isEmpty() && missed.get(0).seq() == seq + 1;
    if (!connects || history.epoch() != epoch || epoch != feed.epoch()) {
      resync(seat);
      return;
    }
    Broadcaster.CatchUp next = Broadcaster.frameOf(seq, missed);
    audience.catchUp(seat.session, next.json(), next.lastSeq(), isFlushed(next.lastSeq()));
  }
}
