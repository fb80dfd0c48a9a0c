package barrage.rules;

import java.text.Normalizer;

/** Makes spellings of the same text the same, so that it can be looked for. */
final class Folding {
  private Folding() {}

  /** Without regard to case, width and script of digits: {@code ＡＢ１} becomes {@code ab1}. */
  static String fold(String text) {
    String narrow = Normalizer.normalize(text, Normalizer.Form.NFKC);
    StringBuilder folded = new StringBuilder(narrow.length());
    narrow.codePoints().map(Folding::fold).forEach(folded::appendCodePoint);
    return folded.toString();
  }

  /**
   * What is left of a folded text when everything that can be put in between letters is taken out:
   * spaces, punctuation, symbols, invisible characters, strokes and accents that belong to no
   * letter. The vowel signs of other scripts stay.
   */
  static String lettersOf(String folded) {
    StringBuilder letters = new StringBuilder(folded.length());
    folded.codePoints().filter(Folding::isPartOfWord).forEach(letters::appendCodePoint);
    return letters.toString();
  }

  /** One by one: the case of a whole string depends on what stands beside a letter (Σ, ς). */
  private static int fold(int c) {
    return Character.isDigit(c)
        ? '0' + Character.digit(c, 10)
        : Character.toLowerCase(Character.toUpperCase(c));
  }

  private static boolean isPartOfWord(int c) {
    return switch (Character.getType(c)) {
      case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK ->
          !isCombiningDiacritic(c) && !isVariationSelector(c);
      default -> Character.isLetterOrDigit(c);
    };
  }

  private static boolean isCombiningDiacritic(int c) {
    return c >= 0x0300 && c <= 0x036f;
  }

  private static boolean isVariationSelector(int c) {
    return (c >= 0xfe00 && c <= 0xfe0f) || (c >= 0xe0100 && c <= 0xe01ef);
  }
}
