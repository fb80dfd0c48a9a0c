package barrage.activity;

import barrage.core.Entry;
import barrage.core.Outcome;
import barrage.core.RoomId;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * What is done when a thing is due, in steps that may each be repeated without harm: several nodes
 * may do it at once, and one that died half-way left the rest to others. The thing is due until its
 * module says otherwise.
 */
public interface Settler {
  /** For kinds that have one step: the module's entry {@code turn}, with the thing's id. */
  Settler TURN = (kind, id, room) -> room.enter(StoreEntry.of(kind, "turn").text(id).unkeyed());

  /**
   * Does what is due for a thing. Called on the room's loop.
   *
   * @return whether it was done, or there was nothing to do; else it is tried again in a while. May
   *     fail as {@link Room} does
   */
  CompletionStage<Boolean> settle(String kind, String id, Room room);

  /** The room, as a settler uses it; safe for any thread. */
  interface Room {
    /** Which one. */
    RoomId id();

    /** Has the store do something; completes with whether it decided, whatever it decided. */
    CompletionStage<Boolean> enter(Entry entry);

    /** The same, with the outcome; fails when the store did not decide. */
    CompletionStage<Outcome> offer(Entry entry);

    /** As {@link Reads#ask}. */
    CompletionStage<List<byte[]>> ask(StoreEntry question);

    /** For what takes long: sorting and hashing thousands of entries. */
    Executor worker();
  }

  /** Nothing was done and it is to be tried again. */
  static CompletionStage<Boolean> later() {
    return CompletableFuture.completedFuture(false);
  }
}
