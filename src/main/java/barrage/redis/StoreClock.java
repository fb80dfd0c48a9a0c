package barrage.redis;

import java.util.concurrent.TimeUnit;

/**
 * The store's clock as this process estimates it. An answer that says "now is t" was written after
 * its request was sent and before it was received, which bounds how far that clock is ahead of
 * ours; the estimate moves only as far as the newest bounds push it. So a slow answer does not
 * shift it, and a clock that was set is followed at once. Safe for any thread.
 */
final class StoreClock {
  private volatile long offsetMs = System.currentTimeMillis() - monotonicMs();

  /** Takes in an answer that is being received now. */
  synchronized void observe(long sentAtMs, long storeNowMs) {
    long least = storeNowMs - monotonicMs();
    long most = storeNowMs - sentAtMs + 1; // both clocks show whole milliseconds
    offsetMs = Math.max(least, Math.min(most, offsetMs));
  }

  long nowMs() {
    return monotonicMs() + offsetMs;
  }

  /** When something is sent, for {@link #observe}. */
  static long monotonicMs() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }
}
