package barrage.gateway;

import barrage.core.Limits;

/**
 * How much one connection sends: a token bucket for its messages, and seconds of flooding in a row
 * for all of its frames. Confined to the connection's loop.
 */
final class Throttle {
  private static final long WINDOW_MS = 1_000;
  private static final long NEVER = Long.MIN_VALUE;

  /**
   * A second's compressed bytes, ten times what the fastest talker's are. Blocks that hold nothing
   * cost the inflater up to 60 ns a byte, so a connection may take 4 ms a second of its loop.
   */
  static final int MAX_DEFLATED_BYTES = 64 << 10;

  private double tokens;
  private long filledAtMs;
  private long windowFromMs;
  private int inWindow;
  private int deflatedInWindow;
  private long floodSinceMs = NEVER;

  Throttle(Limits limits, long nowMs) {
    tokens = limits.messagesBurst();
    filledAtMs = nowMs;
    windowFromMs = nowMs;
  }

  /**
   * Counts a frame of any kind.
   *
   * @return whether the connection has flooded for too long
   */
  boolean floods(Limits limits, long nowMs) {
    if (nowMs - windowFromMs >= WINDOW_MS) {
      boolean flooded = inWindow > limits.floodPerSecond() && nowMs - windowFromMs < 2 * WINDOW_MS;
      if (!flooded) {
        floodSinceMs = NEVER;
      } else if (floodSinceMs == NEVER) {
        floodSinceMs = windowFromMs;
      }
      windowFromMs = nowMs;
      inWindow = 0;
      deflatedInWindow = 0;
    }
    inWindow++;
    return floodSinceMs != NEVER && nowMs - floodSinceMs >= limits.floodMs();
  }

  /**
   * Counts what is to be inflated of a frame that was counted.
   *
   * @return whether it is more than anybody has to say in a second
   */
  boolean isTooMuchToInflate(int deflatedBytes) {
    deflatedInWindow += deflatedBytes;
    return deflatedInWindow > MAX_DEFLATED_BYTES;
  }

  /**
   * Takes a token for a message.
   *
   * @return 0 when there was one, else after how many milliseconds there will be
   */
  long take(Limits limits, long nowMs) {
    double perMs = limits.messagesPerSecond() / 1_000.0;
    tokens = Math.min(limits.messagesBurst(), tokens + (nowMs - filledAtMs) * perMs);
    filledAtMs = nowMs;
    if (tokens >= 1) {
      tokens--;
      return 0;
    }
    return Math.max(1, (long) Math.ceil((1 - tokens) / perMs));
  }
}
