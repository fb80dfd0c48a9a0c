package barrage.core;

/**
 * A refusal as the protocol tells it.
 *
 * @param message fixed for a reason but for the limits it names
 * @param retryAfterMs after which trying again may help; 0 when waiting does not help
 * @param opensAtMs when it opens for this viewer, with {@link Reason#NOT_OPEN}; else 0
 */
public record Refusal(Reason reason, String message, long retryAfterMs, long opensAtMs) {
  /**
   * A queue is full, of a room or at the door; after about as long as it takes to serve all that
   * waits there.
   */
  public static final Refusal FULL = retryAfter(Reason.BUSY, 500);

  /** With the reason's own text. */
  public static Refusal of(Reason reason) {
    return new Refusal(reason, reason.message(), 0, 0);
  }

  /** With a text that names the limit. */
  public static Refusal of(Reason reason, String message) {
    return new Refusal(reason, message, 0, 0);
  }

  /** One that waiting helps. */
  public static Refusal retryAfter(Reason reason, long retryAfterMs) {
    return new Refusal(reason, reason.message(), Math.max(1, retryAfterMs), 0);
  }
}
