package barrage.redis;

import java.util.concurrent.TimeUnit;

/**
 * The store's clock as this process estimates it. An answer that says "now is t" was written after
 * its request was sent and before it was received, which bounds how far that clock is ahead of
 * ours; the estimate moves only as far as the newest bounds push it. So a slow answer does not
 * shift it, and a clock that was set is followed at once. Safe for any thread.
 */
final class StoreClock {
  /** How much two clocks drift apart at most: what NTP slews one by, and ten times a quartz. */
  private static final double DRIFT = 0.000_5;

  /** What bounds in whole milliseconds leave out, and a clock that is just being slewed. */
  private static final int MARGIN_MS = 20;

  private volatile long offsetMs = System.currentTimeMillis() - monotonicMs();

  /** How far the store's clock is ahead at least and at most, as of the newest answer. */
  private double leastMs = Double.NEGATIVE_INFINITY;

  private double mostMs = Double.POSITIVE_INFINITY;
  private long observedMs = monotonicMs();

  /** Takes in an answer that is being received now. */
  void observe(long sentAtMs, long storeNowMs) {
    observe(sentAtMs, storeNowMs, monotonicMs());
  }

  synchronized void observe(long sentAtMs, long storeNowMs, long receivedAtMs) {
    double least = storeNowMs - receivedAtMs;
    double most = storeNowMs - sentAtMs + 1; // both clocks show whole milliseconds
    double drift = driftMs(receivedAtMs);
    leastMs = Math.max(leastMs - drift, least);
    mostMs = Math.min(mostMs + drift, most);
    if (leastMs > mostMs) {
      leastMs = least; // one of the clocks was set
      mostMs = most;
    }
    observedMs = Math.max(observedMs, receivedAtMs);
    offsetMs = Math.max((long) Math.ceil(leastMs), Math.min((long) Math.floor(mostMs), offsetMs));
  }

  private double driftMs(long atMs) {
    return DRIFT * Math.max(0, atMs - observedMs);
  }

  long nowMs() {
    return monotonicMs() + offsetMs;
  }

  /**
   * How long it takes from now until the store's clock has certainly passed an instant,
   * milliseconds; 0 when it has. Of a clock that is set back meanwhile nothing is certain.
   */
  long untilPastMs(long storeMs) {
    return untilPastMs(storeMs, monotonicMs());
  }

  synchronized long untilPastMs(long storeMs, long atMs) {
    double leastNowMs = atMs + leastMs - driftMs(atMs);
    return Math.max(0, (long) Math.ceil(storeMs - leastNowMs) + MARGIN_MS);
  }

  /** When something is sent, for {@link #observe}. */
  static long monotonicMs() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }
}
