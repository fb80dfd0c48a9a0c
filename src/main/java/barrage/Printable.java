package barrage;

/** Text that somebody else wrote, for a terminal. */
final class Printable {
  private Printable() {}

  /** On one line, and without what would steer the terminal. */
  static String of(String text) {
    return text.replaceAll("\\p{Cc}+", " ");
  }
}
