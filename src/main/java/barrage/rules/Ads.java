package barrage.rules;

import java.util.regex.Pattern;

/** Links and phone numbers, as advertisers leave them. */
final class Ads {
  /**
   * An address with its scheme or {@code www}; a name under a domain that is hardly ever a word; a
   * name under any domain with a path. Quantifiers are possessive: time grows with the text alone.
   */
  private static final Pattern LINK =
      Pattern.compile(
          "https?:\\s*+/"
              + "|(?<![a-z0-9])www\\s?+\\.\\s?+[a-z0-9]"
              + "|[\\p{L}\\d][.。](?:com|net|org|cn|cc|xyz|vip|io|tv|icu)(?![a-z0-9])"
              + "|(?<![a-z0-9])[a-z0-9][a-z0-9-]{0,62}+\\.[a-z]{2,12}+/[a-z0-9]");

  /**
   * 11 digits with no digit beside them, together or as mobile numbers are written, 138-0013-8000.
   */
  private static final Pattern PHONE =
      Pattern.compile("(?<!\\d)(?:\\d{11}|1\\d{2}[^\\p{L}\\d]\\d{4}[^\\p{L}\\d]\\d{4})(?!\\d)");

  private Ads() {}

  /**
   * @param folded by {@link Folding#fold}
   */
  static boolean occurIn(String folded) {
    return LINK.matcher(folded).find() || PHONE.matcher(folded).find();
  }
}
