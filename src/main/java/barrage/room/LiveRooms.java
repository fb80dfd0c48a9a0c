package barrage.room;

import barrage.core.RoomId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The rooms of this node: opened when somebody asks for them, closed when nobody has been there for
 * a while. Compares each with the store once a second, so that even a room whose link fell silent
 * hears of what it missed.
 */
public final class LiveRooms implements Rooms, AutoCloseable {
  private static final int LOOK_EVERY_MS = 1_000;

  /**
   * Nobody being there for so long, a room is closed: some seconds, for one who comes back soon.
   */
  private static final int IDLE_MS = 10_000;

  /** Rooms asked for in one call. */
  private static final int HEADS = 200;

  private final Surroundings around;
  private final Function<RoomId, RoomLoop> loops;
  private final RoomLoop clock;
  private final IntSupplier most;
  private final ConcurrentHashMap<RoomId, Room> rooms = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /**
   * @param loops which loop owns a room
   * @param clock where the look at all rooms runs
   * @param most how many rooms may be open at a time, those aside that have something due
   */
  public LiveRooms(
      Surroundings around, Function<RoomId, RoomLoop> loops, RoomLoop clock, IntSupplier most) {
    this.around = around;
    this.loops = loops;
    this.clock = clock;
    this.most = most;
    clock.execute(this::look);
  }

  @Override
  public Room room(RoomId id) {
    return room(id, most.getAsInt());
  }

  private Room room(RoomId id, int mostRooms) {
    Room open = rooms.get(id);
    if (open != null && !open.mayCloseSoon()) {
      return open;
    }
    return rooms.compute(
        id,
        (key, present) -> {
          if (present != null) {
            present.touch();
            return present;
          }
          if (rooms.mappingCount() >= mostRooms) {
            throw new RoomsFullException();
          }
          Room made = new Room(key, loops.apply(key), around);
          made.start();
          return made;
        });
  }

  @Override
  public boolean isOpen(RoomId id) {
    return rooms.containsKey(id);
  }

  @Override
  public CompletionStage<Boolean> isBegun(RoomId id) {
    return around.store().heads(List.of(id)).thenApply(heads -> heads.containsKey(id));
  }

  @Override
  public CompletionStage<byte @Nullable []> view(RoomId id) {
    if (isOpen(id)) {
      return room(id).view();
    }
    return isBegun(id)
        .thenCompose(
            begun -> begun ? room(id).view() : CompletableFuture.completedStage(viewOfNothing(id)));
  }

  private byte[] viewOfNothing(RoomId id) {
    return new Welcome(
            id,
            new RoomState(around.activities()),
            around.heartbeatMs(),
            () -> around.rules().get().terms())
        .view(0);
  }

  @Override
  public RoomPulse.Beat beat(RoomId id) {
    Room open = rooms.get(id);
    return open == null ? RoomPulse.Beat.NONE : open.beat();
  }

  @Override
  public int open() {
    return rooms.size();
  }

  private void look() {
    if (closed) {
      return;
    }
    long cutoff = clock.nowMs() - IDLE_MS;
    for (RoomId id : rooms.keySet()) {
      rooms.computeIfPresent(id, (key, room) -> room.closeIfIdleSince(cutoff) ? null : room);
    }
    if (!around.store().isAway()) {
      settleOverdue();
      compare(new ArrayList<>(rooms.keySet()), 0);
    }
    clock.schedule(this::look, LOOK_EVERY_MS);
  }

  /** Rooms that nobody has open settle what is due once they are. */
  private void settleOverdue() {
    around
        .store()
        .overdue()
        .thenAccept(overdue -> overdue.forEach(id -> room(id, Integer.MAX_VALUE)));
  }

  /** A page at a time, each asked for when the one before is there: there may be many rooms. */
  private void compare(List<RoomId> all, int from) {
    List<RoomId> ids = all.subList(from, Math.min(all.size(), from + HEADS));
    if (closed || ids.isEmpty()) {
      return;
    }
    around
        .store()
        .heads(ids)
        .whenComplete(
            (heads, failure) -> {
              if (failure == null) {
                for (RoomId id : ids) {
                  Room room = rooms.get(id);
                  if (room != null) {
                    room.offerHead(heads.get(id));
                  }
                }
                compare(all, from + ids.size());
              }
            });
  }

  @Override
  public void close() {
    closed = true;
    rooms.keySet().forEach(around.store()::unfollow);
  }
}
