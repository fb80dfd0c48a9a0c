package barrage.redis;

/** A room was written to by a later release, whose format this one does not know. */
final class NewerFormatException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param known the newest format that this release knows
   */
  NewerFormatException(long known) {
    super("the room is of a later release; this one knows formats up to " + known);
  }
}
