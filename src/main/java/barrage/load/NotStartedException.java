package barrage.load;

/** The room could not be entered, or what is to happen in it not begun, so there was no load. */
final class NotStartedException extends Exception {
  private static final long serialVersionUID = 1L;

  NotStartedException(String message) {
    super(message);
  }
}
