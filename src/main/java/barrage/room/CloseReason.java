package barrage.room;

/** The close codes of the protocol. What a client does on each stands in the AsyncAPI document. */
public enum CloseReason {
  GOING_AWAY(1001, "going away"),
  TOO_LARGE(1009, "too large"),
  SERVICE_RESTART(1012, "service restart"),
  BAD_PROTOCOL(4400, "bad protocol"),
  UNAUTHORIZED(4401, "token refused or expired"),
  FORBIDDEN(4403, "forbidden"),
  NO_SUCH_ROOM(4404, "no such room"),
  SILENT(4408, "silent"),
  TOO_SLOW(4413, "too slow to read"),
  FLOODING(4429, "flooding");

  private final int code;
  private final String text;

  CloseReason(int code, String text) {
    this.code = code;
    this.text = text;
  }

  /** The WebSocket close code. */
  public int code() {
    return code;
  }

  /** The text that goes with it. */
  public String text() {
    return text;
  }
}
