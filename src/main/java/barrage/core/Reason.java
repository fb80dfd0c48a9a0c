package barrage.core;

import java.util.Locale;
import java.util.Optional;

/** Why something was refused: the error codes of the protocol, with their HTTP status and text. */
public enum Reason {
  BAD_REQUEST(400, "The message is malformed."),
  TOO_LARGE(413, "The message is over the size limit."),
  UNAUTHORIZED(401, "A valid token is needed."),
  FORBIDDEN(403, "Your role does not allow this."),
  NOT_FOUND(404, "There is no such thing here."),
  RATE_LIMITED(429, "Too many messages."),
  SLOW_MODE(429, "Slow mode is on."),
  DUPLICATE_TEXT(429, "You have just sent the same text."),
  BLOCKED_TEXT(403, "The text is not allowed here."),
  MUTED(403, "You are muted."),
  MEMBERS_ONLY(403, "Only members may speak."),
  NOT_OPEN(409, "Not open yet."),
  ENDED(409, "It is over."),
  SOLD_OUT(409, "Nothing is left for you now."),
  LIMIT_REACHED(409, "You have reached the limit for one viewer."),
  TIER_REQUIRED(409, "Your tier is too low."),
  ALREADY_ENTERED(409, "You have already entered."),
  NOT_ELIGIBLE(409, "You cannot enter."),
  INSUFFICIENT_POINTS(409, "Not enough points."),
  WRONG_STATE(409, "Not possible in its present state."),
  CONFLICT(409, "The id was used for something else."),
  BUSY(503, "Too much at once; send the same id again."),
  UNAVAILABLE(503, "The store is away; send the same id again.");

  private final String wire = name().toLowerCase(Locale.ROOT);
  private final int status;
  private final String message;

  Reason(int status, String message) {
    this.status = status;
    this.message = message;
  }

  /** The code in the protocol. */
  public String wire() {
    return wire;
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** The text that goes with the code where no limit is named. */
  public String message() {
    return message;
  }

  /** The reason with this protocol code. */
  public static Optional<Reason> fromWire(String code) {
    for (Reason reason : values()) {
      if (reason.wire.equals(code)) {
        return Optional.of(reason);
      }
    }
    return Optional.empty();
  }
}
