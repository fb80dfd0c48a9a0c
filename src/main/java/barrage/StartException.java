package barrage;

import org.jspecify.annotations.Nullable;

/** The server cannot start, for a reason outside of it. The message is one line for who runs it. */
public final class StartException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what is wrong and, where it can be told, what to do
   */
  public StartException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
