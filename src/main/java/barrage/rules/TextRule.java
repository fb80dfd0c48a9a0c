package barrage.rules;

import barrage.config.Section;
import barrage.core.Action;
import barrage.core.Reason;
import barrage.core.Refusal;
import barrage.core.Terms;

/**
 * What may be said: the length, and nothing that is invisible, forbidden or an advertisement. It
 * judges the text and never changes it.
 *
 * @param maxLength code points, after trimming
 * @param ads whether links and phone numbers are refused
 */
record TextRule(int maxLength, ForbiddenWords words, boolean ads) implements Rule {

  TextRule(Section parameters) {
    this(
        parameters.small("max-length", 1, 1_000),
        ForbiddenWords.read(parameters.file("forbidden-words")),
        parameters.flag("ads"));
  }

  @Override
  public Verdict judge(Action action, Scene scene, Terms terms) {
    return action instanceof Action.Say say ? judge(say.danmaku().text()) : Verdict.ALLOW;
  }

  private Verdict judge(String text) {
    if (text.codePoints().anyMatch(TextRule::isControl)) {
      return misfit("text must not contain control characters");
    }
    int length = lengthTrimmed(text);
    if (length < 1 || length > maxLength) {
      return misfit("text must be 1 to " + maxLength + " characters");
    }
    String folded = Folding.fold(text);
    boolean blocked = words.occurIn(folded) || (ads && Ads.occurIn(folded));
    return blocked ? Verdict.refuse(Reason.BLOCKED_TEXT) : Verdict.ALLOW;
  }

  private static Verdict misfit(String message) {
    return new Verdict.Refuse(Refusal.of(Reason.BAD_REQUEST, message));
  }

  /**
   * Also what breaks lines or turns the direction of the text around it, on pages that show it
   * beside others', and half surrogate pairs, which no UTF-8 can hold.
   */
  private static boolean isControl(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
    };
  }

  private static int lengthTrimmed(String text) {
    int[] points = text.codePoints().toArray();
    int from = 0;
    int to = points.length;
    while (from < to && isBlank(points[from])) {
      from++;
    }
    while (to > from && isBlank(points[to - 1])) {
      to--;
    }
    return to - from;
  }

  /** Spaces of all widths, the zero-width ones included. */
  private static boolean isBlank(int c) {
    return Character.isSpaceChar(c) || Character.getType(c) == Character.FORMAT;
  }
}
