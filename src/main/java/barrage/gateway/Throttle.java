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
   * So many compressed bytes may come for each frame a second that is no flood yet. Blocks that
   * hold nothing cost the inflater up to 60 ns a byte: with 500 frames a second, a connection may
   * take 4 ms a second of its loop.
   */
  static final int DEFLATED_BYTES_A_FRAME = 128;

  private double tokens;
  private long filledAtMs;
  private long windowFromMs;
  private int inWindow;
  private long deflatedInWindow;
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
   * How long no more is to be heard of a connection that sent twice what is a flood within one
   * second: the rest of that second, milliseconds; 0: it may go on.
   */
  long restMs(Limits limits, long nowMs) {
    return inWindow < 2 * limits.floodPerSecond()
        ? 0
        : Math.max(0, windowFromMs + WINDOW_MS - nowMs);
  }

  /**
   * Counts what is to be inflated, of a frame that was counted. Too much of it is not heard to the
   * end of the time that a flood may last: that is for what costs little, as short messages do,
   * compressed or not.
   *
   * @return whether that is too much for one second
   */
  boolean isTooMuchToInflate(Limits limits, int deflatedBytes) {
    deflatedInWindow += deflatedBytes;
    return deflatedInWindow > (long) limits.floodPerSecond() * DEFLATED_BYTES_A_FRAME;
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
