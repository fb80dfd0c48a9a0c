package barrage.room;

/** What was asked for lies damaged in the store. It is named in the log already. */
public final class UnreadableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param what cannot be read
   */
  public UnreadableException(String what) {
    super(what + " cannot be read", null, false, false);
  }
}
