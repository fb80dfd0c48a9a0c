package barrage.gateway;

import barrage.wire.BadRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The head of an HTTP request, taken apart.
 *
 * @param path its segments, decoded one by one: an encoded slash separates nothing
 */
record Request(
    HttpMethod method, List<String> path, Map<String, List<String>> query, HttpHeaders headers) {
  private static final int MAX_QUERY_FIELDS = 32;

  /** Headers that mean something here, and of which another reader might take another one. */
  private static final List<CharSequence> ONCE =
      List.of(
          Call.IDEMPOTENCY_KEY,
          HttpHeaderNames.ORIGIN,
          HttpHeaderNames.SEC_WEBSOCKET_KEY,
          HttpHeaderNames.SEC_WEBSOCKET_VERSION);

  /** What proxies are sent, and servers have to accept (RFC 9112, section 3.2.2). */
  private static final Pattern ABSOLUTE =
      Pattern.compile("https?://[^/?#@]+([/?].*)?", Pattern.CASE_INSENSITIVE);

  /**
   * @throws BadRequest when the target makes no sense
   */
  static Request of(HttpRequest head) {
    for (CharSequence name : ONCE) {
      if (head.headers().getAll(name).size() > 1) {
        throw new BadRequest("more than one " + name);
      }
    }
    String target = head.uri();
    Matcher absolute = ABSOLUTE.matcher(target);
    if (absolute.matches()) {
      String rest = Objects.requireNonNullElse(absolute.group(1), "");
      target = rest.startsWith("/") ? rest : "/" + rest;
    }
    boolean clean = target.chars().allMatch(c -> c > ' ' && c <= '~' && c != '#');
    if (!clean || !target.startsWith("/")) {
      throw new BadRequest("not a path");
    }
    int question = target.indexOf('?');
    String path = question < 0 ? target : target.substring(0, question);
    List<String> segments = new ArrayList<>();
    for (String segment : path.substring(1).split("/", -1)) {
      segments.add(decode(segment));
    }
    return new Request(
        head.method(),
        List.copyOf(segments),
        question < 0 ? Map.of() : query(target.substring(question + 1)),
        head.headers());
  }

  private static Map<String, List<String>> query(String text) {
    try {
      return new QueryStringDecoder(text, StandardCharsets.UTF_8, false, MAX_QUERY_FIELDS)
          .parameters();
    } catch (IllegalArgumentException e) {
      throw new BadRequest("the query is not percent-encoded UTF-8");
    }
  }

  /** RFC 3986, section 2.1; a plus is a plus in a path. */
  private static String decode(String segment) {
    if (segment.indexOf('%') < 0) {
      return segment;
    }
    ByteBuffer bytes = ByteBuffer.allocate(segment.length() * 3);
    for (int i = 0; i < segment.length(); i++) {
      char c = segment.charAt(i);
      if (c != '%') {
        bytes.put(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
        continue;
      }
      int high = i + 2 < segment.length() ? hexDigit(segment.charAt(i + 1)) : -1;
      int low = high < 0 ? -1 : hexDigit(segment.charAt(i + 2));
      if (low < 0) {
        throw new BadRequest("the path is not percent-encoded");
      }
      bytes.put((byte) (high << 4 | low));
      i += 2;
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException e) {
      throw new BadRequest("the path is not UTF-8");
    }
  }

  private static int hexDigit(char c) {
    return c < 128 ? Character.digit(c, 16) : -1;
  }

  @Nullable String header(CharSequence name) {
    return headers.get(name);
  }

  /** The first value of a query field. */
  @Nullable String query(CharSequence name) {
    List<String> values = query.get(name.toString());
    return values == null ? null : values.get(0);
  }

  /**
   * The bearer's token.
   *
   * @return {@code null} when there is none; what can be no token for another kind of credentials
   */
  @Nullable String bearerToken() {
    List<String> all = headers.getAll(HttpHeaderNames.AUTHORIZATION);
    if (all.isEmpty()) {
      return null;
    }
    String value = all.get(0);
    return all.size() == 1 && value.regionMatches(true, 0, "Bearer ", 0, 7)
        ? value.substring(7).trim()
        : "";
  }
}
