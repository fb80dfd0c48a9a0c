package barrage.room;

import barrage.core.Entry;
import barrage.core.Order;
import barrage.core.Outcome;
import barrage.core.RoomId;
import barrage.core.Standing;
import barrage.core.Terms;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
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

  /** Pages of history on their way at once. */
  private static final int FETCHES_AT_ONCE = 4;

  /**
   * Of those who join, asked for at once: half a batch, so that a rush to the door leaves room for
   * what is said inside.
   */
  private static final int ASKED_AT_ONCE = Store.MAX_BATCH / 2;

  /** Newcomers find no place behind so many: more than are let in while one has the patience. */
  static final int MAX_WAITING = 16_384;

  /** How long one who joins waits at most; a client hears answers to its pings meanwhile. */
  static final int PATIENCE_MS = 10_000;

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

  /** By {@link Seat#placeInLine}: who leaves, leaves the line as well. */
  private final TreeMap<Long, Arrival> line = new TreeMap<>();

  private final Map<Long, List<Seat>> wanted = new LinkedHashMap<>();
  private boolean open;
  private boolean pausing;
  private int asked;
  private int fetches;
  private long places;

  private record Arrival(Seat seat, @Nullable Position since, String greeting, long sinceMs) {}

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

  /**
   * Finds out where the viewer stands, then greets. Who has to wait for that, waits; one for whom
   * it takes too long, or the line is, is closed with 1012.
   */
  void admit(Seat seat, @Nullable Position since, String greeting) {
    if (waits(seat) && line.size() >= MAX_WAITING) {
      seat.session.close(CloseReason.SERVICE_RESTART);
    } else {
      letIn(seat, since, greeting);
    }
  }

  private boolean waits(Seat seat) {
    return !open || seat.attendant != null;
  }

  private void letIn(Seat seat, @Nullable Position since, String greeting) {
    if (waits(seat)) {
      seat.placeInLine = ++places;
      line.put(places, new Arrival(seat, since, greeting, loop.nowMs()));
      admitNext();
    } else {
      greet(seat, Welcome.Guest.ANONYMOUS, since, greeting);
    }
  }

  /** Somebody is gone. */
  void onLeave(Seat seat) {
    line.remove(seat.placeInLine);
  }

  /** Who has waited too long is told to come back. */
  void onSecond() {
    long cutoff = loop.nowMs() - PATIENCE_MS;
    while (!line.isEmpty() && line.firstEntry().getValue().sinceMs() <= cutoff) {
      line.pollFirstEntry().getValue().seat().session.close(CloseReason.SERVICE_RESTART);
    }
  }

  /** The room is there: who waits for it is let in. */
  void onOpen() {
    open = true;
    admitNext();
  }

  /** The room, or where somebody stands in it, cannot be read now: tried again in a while. */
  void onAway() {
    if (open && !pausing) {
      pausing = true;
      loop.schedule(
          () -> {
            pausing = false;
            admitNext();
          },
          RETRY_MS);
    }
  }

  private void admitNext() {
    while (open && !pausing && asked < ASKED_AT_ONCE && !line.isEmpty()) {
      Arrival next = line.pollFirstEntry().getValue();
      Attendant attendant = next.seat.attendant;
      if (attendant == null) {
        greet(next.seat, Welcome.Guest.ANONYMOUS, next.since, next.greeting);
      } else {
        asked++;
        ask(next, attendant);
      }
    }
  }

  private void ask(Arrival arrival, Attendant attendant) {
    outbox.add(
        new Entry.Join(arrival.seat.viewer(), state.things.kinds()),
        (outcome, fate, revision) -> {
          asked--;
          List<Order> orders = List.of();
          Set<String> entered = Set.of();
          Map<String, byte[]> mine = Map.of();
          if (outcome instanceof Outcome.Stands stands) {
            attendant.member.onRead(stands.standing(), revision);
            orders = stands.orders();
            entered = stands.entered();
            mine = stands.mine();
          }
          if (attendant.member.isKnown()) {
            Standing standing = attendant.member.standing(terms.get());
            greet(
                arrival.seat,
                new Welcome.Guest(arrival.seat.viewer(), standing, orders, entered, mine),
                arrival.since,
                arrival.greeting);
            admitNext();
          } else {
            if (attendance.seat(arrival.seat.session) == arrival.seat) {
              line.put(arrival.seat.placeInLine, arrival);
            }
            onAway();
          }
        });
  }

  private void greet(Seat seat, Welcome.Guest guest, @Nullable Position since, String greeting) {
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

  private boolean canResume(Position since) {
    long seq = broadcaster.flushedSeq();
    return since.epoch() == feed.epoch()
        && since.seq() >= 0
        && since.seq() <= seq
        && seq - since.seq() <= terms.get().historyEvents();
  }

  /**
   * Greets anew, with the room as it is: what was missed cannot be told any more. Whoever is inside
   * finds a place in line, however long it is: after a new beginning that is everybody.
   */
  void resync(Seat seat) {
    meters.onResync();
    seat.onUnwelcomed();
    audience.pause(seat.session);
    letIn(seat, null, "resync");
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

  /** Who comes back to the same place, as many do after a restart, shares what is fetched. */
  private void fetchHistory(Seat seat, long seq) {
    wanted.computeIfAbsent(seq, place -> new ArrayList<>()).add(seat);
    fetchNext();
  }

  private void fetchNext() {
    while (fetches < FETCHES_AT_ONCE && !wanted.isEmpty()) {
      long seq = wanted.keySet().iterator().next();
      List<Seat> seats = Objects.requireNonNull(wanted.remove(seq));
      long epoch = feed.epoch();
      fetches++;
      store
          .history(id, seq + 1, HISTORY_PAGE)
          .whenComplete(
              (history, failure) ->
                  loop.execute(
                      () -> {
                        fetches--;
                        seats.removeIf(
                            seat -> attendance.seat(seat.session) != seat || !seat.isWelcomed());
                        if (failure != null) {
                          loop.schedule(
                              () -> seats.forEach(seat -> onLagging(seat.session, seq, true)),
                              RETRY_MS);
                        } else {
                          onHistory(seats, seq, epoch, history);
                        }
                        fetchNext();
                      }));
    }
  }

  private void onHistory(List<Seat> seats, long seq, long epoch, Store.History history) {
    List<Numbered> missed = new ArrayList<>(history.events());
    missed.removeIf(event -> event.seq() > broadcaster.flushedSeq());
    boolean connects = !missed.isEmpty() && missed.get(0).seq() == seq + 1;
    if (!connects || history.epoch() != epoch || epoch != feed.epoch()) {
      seats.forEach(this::resync);
      return;
    }
    Broadcaster.CatchUp next = Broadcaster.frameOf(seq, missed);
    for (Seat seat : seats) {
      audience.catchUp(seat.session, next.json(), next.lastSeq(), isFlushed(next.lastSeq()));
    }
  }
}
