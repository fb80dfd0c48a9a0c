package barrage.gateway;

import java.util.concurrent.atomic.AtomicInteger;

/** How many take a place of which there are so many. Safe for any thread. */
final class Places {
  private final AtomicInteger taken = new AtomicInteger();

  /**
   * Takes a place; {@link #giveBack} follows.
   *
   * @return {@code false}, and nothing follows, when {@code most} are taken
   */
  boolean take(int most) {
    if (taken.incrementAndGet() <= most) {
      return true;
    }
    taken.decrementAndGet();
    return false;
  }

  /**
   * So many places are free again.
   *
   * @return how many are taken still
   */
  int giveBack(int places) {
    return taken.addAndGet(-places);
  }

  boolean areFree() {
    return taken.get() == 0;
  }
}
