package barrage.core;

/** The one syntax of ids in the protocol: 1 to 64 characters from {@code [A-Za-z0-9_.:-]}. */
public final class Ids {
  private static final int MAX_LENGTH = 64;

  private Ids() {}

  /** Whether {@code value} could be the id of a room, a viewer, a sale, a lottery or an order. */
  public static boolean isValid(String value) {
    if (value.isEmpty() || value.length() > MAX_LENGTH) {
      return false;
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      boolean ok =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '_'
              || c == '.'
              || c == ':'
              || c == '-';
      if (!ok) {
        return false;
      }
    }
    return true;
  }

  static String check(String value, String what) {
    if (!isValid(value)) {
      throw new IllegalArgumentException("not a " + what);
    }
    return value;
  }
}
