package barrage.load;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/**
 * A request was not answered because its connection is gone or was not there. If it was sent, its
 * outcome is unknown: send the same id again.
 */
public final class ConnectionLostException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int code;

  ConnectionLostException(int code, String message) {
    super(message, null, false, false);
    this.code = code;
  }

  /** A fault's text, or its name where it has none; that of the cause when it only wraps one. */
  static String why(Throwable fault) {
    Throwable cause = fault.getCause();
    boolean wraps = fault instanceof CompletionException || fault instanceof ExecutionException;
    if (wraps && cause != null) {
      return why(cause);
    }
    String message = fault.getMessage();
    return message == null ? fault.getClass().getSimpleName() : message;
  }

  /** The WebSocket close code; 1006 when there was none. */
  public int code() {
    return code;
  }
}
