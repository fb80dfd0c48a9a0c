package barrage.wire;

import barrage.core.Reason;
import barrage.core.Refusal;

/** Unwinds from the reading of a request or a message that is malformed. */
public final class BadRequest extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String what;

  /**
   * @param what is wrong, for the client to read
   */
  public BadRequest(String what) {
    super(what, null, false, false);
    this.what = what;
  }

  /** As it is answered. */
  public Refusal refusal() {
    return Refusal.of(Reason.BAD_REQUEST, what);
  }
}
