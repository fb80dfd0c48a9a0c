package barrage.room;

/** The store did not answer. */
public final class StoreAwayException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean notExecuted;

  /**
   * @param notExecuted whether it is certain that nothing happened; else the outcome is unknown
   */
  public StoreAwayException(String message, boolean notExecuted) {
    super(message);
    this.notExecuted = notExecuted;
  }

  /** Whether it is certain that nothing happened. */
  public boolean notExecuted() {
    return notExecuted;
  }
}
