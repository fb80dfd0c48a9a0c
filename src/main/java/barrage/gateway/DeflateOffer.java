package barrage.gateway;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What of {@code Sec-WebSocket-Extensions} is agreed to (RFC 6455, section 9.1; RFC 7692, section
 * 7.1): permessage-deflate, without context takeover on either side. An offer that asks for
 * something else, or is not well formed, is as if it were not there; the next one may do.
 */
final class DeflateOffer {
  private static final String NAME = "permessage-deflate";
  private static final String AGREED =
      NAME + "; server_no_context_takeover; client_no_context_takeover";

  /** The only window that the JDK compresses with, of 2^15 bytes; it inflates any. */
  private static final int WINDOW_BITS = 15;

  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

  /** The value of a quoted string has to be a token as well. */
  private static final Pattern PARAMETER =
      Pattern.compile("(%1$s)(?:[ \\t]*=[ \\t]*(?:(%1$s)|\"(%1$s)\"))?".formatted(TOKEN));

  private static final Pattern WINDOW = Pattern.compile("[89]|1[0-5]");

  private DeflateOffer() {}

  /**
   * The answer to what a client offers.
   *
   * @param headers each with offers and commas between them
   * @return {@code null} when there is nothing to agree to
   */
  static @Nullable String answer(List<String> headers) {
    for (String header : headers) {
      for (String offer : split(header, ',')) {
        String answer = answerTo(offer);
        if (answer != null) {
          return answer;
        }
      }
    }
    return null;
  }

  private static @Nullable String answerTo(String offer) {
    List<String> parts = split(offer, ';');
    if (!parts.get(0).strip().equalsIgnoreCase(NAME)) {
      return null;
    }
    Set<String> seen = new HashSet<>();
    String answer = AGREED;
    for (String part : parts.subList(1, parts.size())) {
      Matcher parameter = PARAMETER.matcher(part.strip());
      if (!parameter.matches()) {
        return null;
      }
      String name = parameter.group(1).toLowerCase(Locale.ROOT);
      String value = parameter.group(2) != null ? parameter.group(2) : parameter.group(3);
      if (!seen.add(name) || !isGranted(name, value)) {
        return null;
      }
      if (name.equals("server_max_window_bits")) {
        answer += "; server_max_window_bits=" + WINDOW_BITS; // asked for, so it has to be said
      }
    }
    return answer;
  }

  private static boolean isGranted(String name, @Nullable String value) {
    return switch (name) {
      case "server_no_context_takeover", "client_no_context_takeover" -> value == null;
      case "server_max_window_bits" -> value != null && value.equals(Integer.toString(WINDOW_BITS));
      case "client_max_window_bits" -> value == null || WINDOW.matcher(value).matches();
      default -> false;
    };
  }

  /** At a separator outside of quotes. */
  private static List<String> split(String text, char separator) {
    List<String> parts = new ArrayList<>();
    boolean quoted = false;
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (c == '\\' && quoted) {
        i++; // whatever it is, it does not end the quotes
      } else if (c == separator && !quoted) {
        parts.add(text.substring(from, i));
        from = i + 1;
      }
    }
    parts.add(text.substring(from));
    return parts;
  }
}
