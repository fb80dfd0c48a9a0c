package barrage.activity.packet;

import barrage.activity.Settler;
import barrage.activity.StoreEntry;
import barrage.core.Entry;
import barrage.core.Outcome;
import barrage.core.RoomId;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/** A node that has the store do so many things, and is killed at the next. */
final class MortalRoom implements Settler.Room {
  private final Settler.Room room;
  private final AtomicInteger left;

  MortalRoom(Settler.Room room, int steps) {
    this.room = room;
    this.left = new AtomicInteger(steps);
  }

  /** What ends it. */
  static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @Override
  public RoomId id() {
    return room.id();
  }

  @Override
  public CompletionStage<Boolean> enter(Entry entry) {
    return isAlive() ? room.enter(entry) : killed();
  }

  @Override
  public CompletionStage<Outcome> offer(Entry entry) {
    return isAlive() ? room.offer(entry) : killed();
  }

  @Override
  public CompletionStage<List<byte[]>> ask(StoreEntry question) {
    return room.ask(question);
  }

  @Override
  public Executor worker() {
    return room.worker();
  }

  private boolean isAlive() {
    return left.getAndDecrement() > 0;
  }

  private static <T> CompletionStage<T> killed() {
    return CompletableFuture.failedFuture(new Killed());
  }
}
