package barrage.gateway;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The head of an HTTP request, taken apart.
 *
 * @param path its segments, decoded one by one: an encoded slash separates nothing
 */
record Request(
    HttpMethod method, List<String> path, Map<String, List<String>> query, HttpHeaders headers) {
  private static final int MAX_QUERY_FIELDS = 32;

  /**
   * @throws BadRequest when the target makes no sense
   */
  static Request of(HttpRequest head) {
    if (head.protocolVersion().equals(HttpVersion.HTTP_1_1)
        && head.headers().getAll(HttpHeaderNames.HOST).size() != 1) {
      throw new BadRequest("one Host header is needed");
    }
    String target = head.uri();
    if (target.startsWith("http://") || target.startsWith("https://")) {
      int slash = target.indexOf('/', target.indexOf("://") + 3);
      target = slash < 0 ? "/" : target.substring(slash);
    }
    if (!target.startsWith("/")) {
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
