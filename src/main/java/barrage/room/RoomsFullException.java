package barrage.room;

/** As many rooms are open on this node as may be. */
public final class RoomsFullException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RoomsFullException() {
    super("limits.rooms is reached", null, false, false);
  }
}
