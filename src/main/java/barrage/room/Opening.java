package barrage.room;

import barrage.core.RoomId;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a room comes to stand where the store does: it follows the store, reads a snapshot, and reads
 * another where what it missed cannot be filled in. Who needs a room that is open waits here.
 *
 * <p>Confined to its room's loop.
 */
final class Opening {
  private static final Logger LOG = LoggerFactory.getLogger(Opening.class);

  private static final int RETRY_MS = 250;
  private static final int MAX_WAITING = 20_000;

  private final RoomId id;
  private final Store store;
  private final RoomLoop loop;
  private final RoomState state;
  private final Feed feed;
  private final Agenda agenda;
  private final Attendance attendance;
  private final Broadcaster broadcaster;
  private final Door door;
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private boolean everOpen;
  private boolean closed;

  Opening(
      RoomId id,
      Store store,
      RoomLoop loop,
      RoomState state,
      Feed feed,
      Agenda agenda,
      Attendance attendance,
      Broadcaster broadcaster,
      Door door) {
    this.id = id;
    this.store = store;
    this.loop = loop;
    this.state = state;
    this.feed = feed;
    this.agenda = agenda;
    this.attendance = attendance;
    this.broadcaster = broadcaster;
    this.door = door;
  }

  /** Has the room follow the store, then reads it. */
  void follow(Store.Follower room) {
    store
        .follow(id, room)
        .whenComplete(
            (done, failure) ->
                loop.execute(
                    () -> {
                      if (failure == null) {
                        read();
                      } else {
                        onAway();
                        later(() -> follow(room));
                      }
                    }));
  }

  /** Reads where the room stands: at first, and when what was missed cannot be filled in. */
  void read() {
    store
        .open(id, feed.epoch(), feed.revision())
        .whenComplete((snapshot, failure) -> loop.execute(() -> onRead(snapshot, failure)));
  }

  private void later(Runnable task) {
    loop.schedule(
        () -> {
          if (!closed) {
            task.run();
          }
        },
        RETRY_MS);
  }

  private void onRead(Store.@Nullable Snapshot snapshot, @Nullable Throwable failure) {
    if (snapshot == null) {
      if (!(failure instanceof StoreAwayException || failure instanceof UnreadableException)) {
        LOG.error("room {}: cannot be read", id, failure);
      }
      onAway();
      later(this::read);
      return;
    }
    if (everOpen && goesOn(snapshot)) {
      goOn(snapshot);
    } else {
      beginAnew(snapshot);
    }
    everOpen = true;
    agenda.onNextDue(snapshot.nextDueMs());
    door.onOpen();
    runWaiting();
  }

  /** Whether it tells all that happened since what the room knows. */
  private boolean goesOn(Store.Snapshot snapshot) {
    long firstOfTail = snapshot.seq() - snapshot.tail().size() + 1;
    long known = state.recall.lastSeq();
    return snapshot.epoch() == feed.epoch() && snapshot.seq() >= known && firstOfTail <= known + 1;
  }

  private void goOn(Store.Snapshot snapshot) {
    for (Numbered event : snapshot.tail()) {
      if (event.seq() > state.recall.lastSeq()) {
        state.recall.add(event);
      }
    }
    state.takeCounters(snapshot);
    feed.openAt(snapshot.epoch(), snapshot.revision());
    attendance.onDoubt();
    state.sales.onDoubt();
    state.things.onDoubt();
    broadcaster.onEvents();
  }

  private void beginAnew(Store.Snapshot snapshot) {
    state.openAt(snapshot);
    if (everOpen) {
      LOG.warn("room {}: read anew in epoch {}; its viewers are told", id, snapshot.epoch());
      attendance.onNewEpoch();
    }
    broadcaster.restart();
    feed.openAt(snapshot.epoch(), snapshot.revision());
    for (Seat seat : List.copyOf(attendance.seats())) {
      if (seat.isWelcomed()) {
        door.resync(seat);
      }
    }
  }

  /** The store cannot be read now: who waits for a room that never was open here is told. */
  private void onAway() {
    if (!everOpen) {
      door.onAway();
      runWaiting();
    }
  }

  /** Runs one of the two: now, or when the room was opened or could not be. */
  void whenOpen(Runnable task, Runnable unavailable) {
    if (everOpen) {
      task.run();
    } else if (waiting.size() >= MAX_WAITING) {
      unavailable.run();
    } else {
      waiting.add(() -> (everOpen ? task : unavailable).run());
    }
  }

  private void runWaiting() {
    while (!waiting.isEmpty()) {
      waiting.remove().run();
    }
  }

  /** Nothing is tried again. */
  void close() {
    closed = true;
  }
}
