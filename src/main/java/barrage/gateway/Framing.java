package barrage.gateway;

import barrage.core.Reason;
import barrage.core.Refusal;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whether the head of a request says for certain where the request ends and whom it is for (RFC
 * 9112). Where it does not, a proxy before us may see other requests in the same bytes than we do,
 * so the connection has to end with the refusal.
 */
final class Framing {
  /** Of an authority without user information (RFC 3986, section 3.2). */
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._~!$&'()*+,;=:%\\[\\]-]*");

  private Framing() {}

  /** How the request is refused; {@code null} when nothing is wrong. */
  static Answer.@Nullable Whole fault(HttpRequest head) {
    HttpVersion version = head.protocolVersion();
    if (!version.protocolName().equals("HTTP")) {
      return refused(400, "not HTTP/1.1");
    }
    if (version.majorVersion() != 1) {
      return refused(505, "The version must be HTTP/1.1.");
    }
    boolean old = version.minorVersion() == 0;
    List<String> hosts = head.headers().getAll(HttpHeaderNames.HOST);
    if (hosts.size() > 1 || (hosts.isEmpty() && !old)) {
      return refused(400, "one Host header is needed");
    }
    if (!hosts.isEmpty() && !HOST.matcher(hosts.get(0)).matches()) {
      return refused(400, "Host must be a name or an address, and a port");
    }
    if (head.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)) {
      return old
          ? refused(400, "HTTP/1.0 has no Transfer-Encoding")
          : coding(codings(head.headers()));
    }
    return null;
  }

  /** RFC 9112, section 6.1. */
  private static Answer.@Nullable Whole coding(List<String> codings) {
    int chunked = codings.indexOf(HttpHeaderValues.CHUNKED.toString());
    if (chunked != codings.size() - 1) {
      return refused(400, "Transfer-Encoding must end with chunked");
    }
    return codings.size() == 1 ? null : refused(501, "Transfer-Encoding must be chunked alone.");
  }

  private static List<String> codings(HttpHeaders headers) {
    List<String> all = new ArrayList<>();
    for (String line : headers.getAll(HttpHeaderNames.TRANSFER_ENCODING)) {
      for (String coding : line.split(",", -1)) {
        all.add(coding.strip().toLowerCase(Locale.ROOT));
      }
    }
    return all;
  }

  private static Answer.Whole refused(int status, String what) {
    return Answer.refused(status, Refusal.of(Reason.BAD_REQUEST, what));
  }
}
