package barrage.room;

/** The store did not answer. */
public final class StoreAwayException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean notExecuted;
  private final long mayHappenForMs;

  /**
   * @param notExecuted whether it is certain that nothing happened; else the outcome is unknown
   */
  public StoreAwayException(String message, boolean notExecuted) {
    this(message, notExecuted, 0);
  }

  private StoreAwayException(String message, boolean notExecuted, long mayHappenForMs) {
    super(message);
    this.notExecuted = notExecuted;
    this.mayHappenForMs = mayHappenForMs;
  }

  /** The same of a commit that may be on its way to the store for so long. */
  public StoreAwayException onItsWayFor(long ms) {
    return new StoreAwayException(String.valueOf(getMessage()), notExecuted, ms);
  }

  /** Whether it is certain that nothing happened. */
  public boolean notExecuted() {
    return notExecuted;
  }

  /** For how long from now on a commit may still happen, milliseconds; never after that. */
  public long mayHappenForMs() {
    return mayHappenForMs;
  }
}
