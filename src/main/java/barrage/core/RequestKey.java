package barrage.core;

/**
 * What makes a request repeatable: with the room, its sender and its id. Once answered {@code ok},
 * the same request again has no second effect and gets the same answer.
 *
 * @param id 1 to 64 printable ASCII characters
 */
public record RequestKey(ViewerId sender, String id) {
  private static final int MAX_LENGTH = 64;

  /**
   * @throws IllegalArgumentException when {@code id} is not of the protocol's form
   */
  public RequestKey {
    if (!isValid(id)) {
      throw new IllegalArgumentException("not a request id");
    }
  }

  /** Whether {@code id} is 1 to 64 printable ASCII characters. */
  public static boolean isValid(String id) {
    if (id.isEmpty() || id.length() > MAX_LENGTH) {
      return false;
    }
    for (int i = 0; i < id.length(); i++) {
      char c = id.charAt(i);
      if (c < ' ' || c > '~') {
        return false;
      }
    }
    return true;
  }
}
