package barrage.gateway;

import barrage.core.Reason;
import barrage.core.Refusal;

/** Unwinds from the reading of a request that is malformed. */
final class BadRequest extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String what;

  /**
   * @param what is wrong, for the client to read
   */
  BadRequest(String what) {
    super(what, null, false, false);
    this.what = what;
  }

  Refusal refusal() {
    return Refusal.of(Reason.BAD_REQUEST, what);
  }
}
