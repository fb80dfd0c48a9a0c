package barrage.room;

/**
 * How many of the taps that a connection claims are counted: so many a second, and what is ahead of
 * that as time passes. A bucket that holds one second's worth.
 *
 * <p>Confined to its room's loop.
 */
final class LikeMeter {
  private long claimed;
  private long counted;
  private double tokens = -1;
  private long lastMs;

  /** The connection says so many taps in all; a total below an earlier one says nothing. */
  void claim(long total) {
    claimed = Math.max(claimed, total);
  }

  /**
   * Counts what may be counted by now.
   *
   * @param perSecond 0 for no limit
   * @return taps counted since the connection began
   */
  long count(int perSecond, long nowMs) {
    if (perSecond == 0) {
      counted = claimed;
      return counted;
    }
    if (tokens < 0) {
      tokens = perSecond;
    } else {
      tokens = Math.min(perSecond, tokens + perSecond * (nowMs - lastMs) / 1_000.0);
    }
    lastMs = nowMs;
    long more = Math.min(claimed - counted, (long) tokens);
    tokens -= more;
    counted += more;
    return counted;
  }

  /** Whether more is claimed than was counted. */
  boolean isAhead() {
    return claimed > counted;
  }
}
