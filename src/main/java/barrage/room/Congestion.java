package barrage.room;

import barrage.core.Reason;
import barrage.core.Refusal;

/**
 * When those may come back who found a queue full: once what waits is served, each behind those who
 * were told before. So they return at the rate at which they can be served, and not all at once.
 *
 * <p>Confined to its room's loop.
 */
final class Congestion {
  private static final long AT_LEAST_MS = 50;

  /** Who would have to wait longer may as well look again; load may be over sooner. */
  private static final long AT_MOST_MS = 10_000;

  /** Before anything was measured: a full batch of {@link Store#MAX_BATCH} in 10 ms. */
  private double entryMs = 10.0 / Store.MAX_BATCH;

  private double nextPlaceMs;

  /** A batch was answered after so long; a small one tells little of how fast entries go. */
  void onServed(int entries, long tookMs) {
    double each = (double) tookMs / entries;
    double weight = 0.2 * entries / Store.MAX_BATCH;
    entryMs += weight * (each - entryMs);
  }

  /** {@code busy}, with when to come back. */
  Refusal busy(long nowMs, int waiting) {
    double from = Math.max(nextPlaceMs, nowMs + waiting * entryMs);
    nextPlaceMs = Math.min(from + entryMs, (double) nowMs + AT_MOST_MS);
    long after = Math.round(nextPlaceMs) - nowMs;
    return Refusal.retryAfter(Reason.BUSY, Math.max(AT_LEAST_MS, after));
  }
}
