package barrage.core;

/**
 * Who acts: what a token said of its bearer. Tokens of one id may differ in name and role: these
 * are of whoever bears the token, all else is the id's.
 *
 * @param name at most {@value #MAX_NAME_CHARS} characters, as typed
 */
public record Viewer(ViewerId id, String name, Role role) {
  /** The longest name, in code points. */
  public static final int MAX_NAME_CHARS = 32;

  /** What one is called whose token has no name: the id, or as much of it as a name holds. */
  public static String nameOf(ViewerId id) {
    String ascii = id.value();
    return ascii.substring(0, Math.min(ascii.length(), MAX_NAME_CHARS));
  }
}
