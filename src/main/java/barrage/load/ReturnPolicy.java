package barrage.load;

import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * When a client comes back after a loss: what the protocol says a client does on each close code.
 * Confined to one thread; instants are of {@link System#nanoTime}.
 */
final class ReturnPolicy {
  static final int NORMAL = 1000;
  static final int NO_STATUS = 1005;
  static final int BROKEN = 1006;
  static final int TOO_LARGE = 1009;
  static final int BAD_PROTOCOL = 4400;
  static final int UNAUTHORIZED = 4401;
  static final int FORBIDDEN = 4403;
  static final int NO_SUCH_ROOM = 4404;
  static final int FLOODING = 4429;

  private static final long FIRST_BACKOFF_MS = 500;
  private static final long MAX_BACKOFF_MS = 5_000;
  private static final long AFTER_FLOODING_MS = 30_000;

  private final long patienceMs;

  private long downSinceNanos;
  private int failures;
  private boolean tokenRefused;
  private long awayUntilNanos;
  private boolean askedToReturn;

  /**
   * @param patienceMs how long it tries after a loss; 0: it does not come back
   */
  ReturnPolicy(long patienceMs, long nowNanos) {
    this.patienceMs = patienceMs;
    downSinceNanos = nowNanos;
  }

  /** It is in. */
  void onWelcome() {
    failures = 0;
    tokenRefused = false;
  }

  /** {@code goaway}: the server says when to come back. */
  void onGoaway(long reconnectAfterMs, long nowNanos) {
    awayUntilNanos = nowNanos + TimeUnit.MILLISECONDS.toNanos(reconnectAfterMs);
    askedToReturn = true;
  }

  /** Whether the next connection needs another token. */
  boolean tokenRefused() {
    return tokenRefused;
  }

  /**
   * A connection, or an attempt at one, is over.
   *
   * @param wasIn whether it was welcomed before
   * @return milliseconds after which to try again; empty: not by itself
   */
  OptionalLong onLost(int code, boolean wasIn, long nowNanos) {
    if (wasIn) {
      downSinceNanos = nowNanos;
    }
    if (nowNanos - downSinceNanos >= TimeUnit.MILLISECONDS.toNanos(patienceMs)) {
      return OptionalLong.empty();
    }
    return switch (code) {
      case TOO_LARGE, BAD_PROTOCOL, FORBIDDEN, NO_SUCH_ROOM -> OptionalLong.empty();
      case UNAUTHORIZED -> onceMore();
      case FLOODING -> OptionalLong.of(AFTER_FLOODING_MS);
      default -> OptionalLong.of(askedToReturn ? whenAsked(nowNanos) : fullJitter());
    };
  }

  private OptionalLong onceMore() {
    boolean before = tokenRefused;
    tokenRefused = true;
    return before ? OptionalLong.empty() : OptionalLong.of(0);
  }

  private long whenAsked(long nowNanos) {
    askedToReturn = false;
    return Math.max(0, TimeUnit.NANOSECONDS.toMillis(awayUntilNanos - nowNanos));
  }

  /** Anywhere in a span that doubles: thousands that lost one server do not return as one. */
  private long fullJitter() {
    long most = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS << Math.min(failures++, 10));
    return ThreadLocalRandom.current().nextLong(most + 1);
  }
}
