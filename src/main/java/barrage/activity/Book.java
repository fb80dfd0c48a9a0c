package barrage.activity;

import barrage.core.Action;
import barrage.core.Reason;
import barrage.core.Refusal;
import barrage.core.Tier;
import barrage.core.Viewer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a node knows of one kind's things in one room, from what the store published and nothing
 * else, so that any other node knows the same. Confined to its room's loop.
 */
public interface Book {
  /** Begins anew: these are open, scheduled or just over. */
  void openAt(List<Thing> things);

  /** What a commit says. */
  void on(Notice notice);

  /** Commits may have been missed: what was complete may not be. */
  default void onDoubt() {}

  /** What is open, scheduled or just over, oldest first. */
  List<Thing> active();

  /** Whether nothing is. */
  default boolean isEmpty() {
    return active().isEmpty();
  }

  /**
   * Refuses from memory what cannot be granted, so that nobody asks the store in vain.
   *
   * @param nowMs the store's clock
   * @return {@code null} when the store is to decide, as it must wherever an earlier try under the
   *     same id may have been granted
   */
  default @Nullable Refusal refuse(Viewer viewer, Tier tier, Action.Request request, long nowMs) {
    return null;
  }

  /**
   * The store refused what this book might have refused by itself, had it known more. A question is
   * asked once; {@link #onAnswer} brings what came of it.
   *
   * @return what the book would know of the store; {@code null} for nothing
   */
  default @Nullable StoreEntry question(Action.Request refused, Reason reason) {
    return null;
  }

  /**
   * What came of a {@link #question}. Commits that were made while it was asked may have been told
   * before, or are told after.
   *
   * @param answer as {@link Reads#ask}; {@code null} when the store did not answer
   */
  default void onAnswer(StoreEntry question, @Nullable List<byte[]> answer) {}
}
