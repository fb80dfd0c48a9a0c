package barrage.gateway;

import barrage.wire.BadRequest;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * For whom a proxy speaks, by the headers it adds to a request: {@code X-Forwarded-For}, or {@code
 * Forwarded} (RFC 7239). Each proxy puts the address that it sees to the right of what it was sent,
 * so only what our own proxies have added can be believed: the client is the rightmost address that
 * is none of a proxy of ours, and whatever stands to its left is what the client says.
 */
final class Forwarded {
  private static final String X_FORWARDED_FOR = "X-Forwarded-For";
  private static final String FORWARDED = "Forwarded";

  /** An address of IPv4 or in brackets, and perhaps a port, which may be hidden (section 6). */
  private static final Pattern NODE =
      Pattern.compile("(?:([0-9.]+)|\\[([0-9A-Fa-f:.]+)])(?::(?:\\d{1,5}|_[A-Za-z0-9._-]+))?");

  /** How a proxy says that it does not tell (sections 6.2 and 6.3). */
  private static final Pattern UNTOLD =
      Pattern.compile("(?i:unknown)(?::\\S*)?|_[A-Za-z0-9._-]+(?::\\S*)?");

  private static final Pattern PAIR =
      Pattern.compile(
          "\\s*([A-Za-z0-9!#$%&'*+.^_`|~-]+)=(\"(?:[^\"\\\\]|\\\\.)*\"|[^\",;\\s]+)\\s*");

  private Forwarded() {}

  /**
   * The client of a request that a proxy of ours has sent.
   *
   * @return {@code null} when the proxies speak for themselves, or do not tell
   * @throws BadRequest when a header is malformed, or the two name different clients: one of them
   *     is then the client's own
   */
  static @Nullable InetAddress client(HttpHeaders headers, Networks proxies) {
    List<String> lines = headers.getAll(X_FORWARDED_FOR);
    List<String> standard = headers.getAll(FORWARDED);
    if (standard.isEmpty()) {
      return rightmost(addresses(lines), proxies);
    }
    InetAddress client = rightmost(nodes(standard), proxies);
    if (!lines.isEmpty() && !Objects.equals(client, rightmost(addresses(lines), proxies))) {
      throw new BadRequest(FORWARDED + " and " + X_FORWARDED_FOR + " name different clients");
    }
    return client;
  }

  private static @Nullable InetAddress rightmost(List<String> nodes, Networks proxies) {
    for (int i = nodes.size() - 1; i >= 0; i--) {
      InetAddress address = address(nodes.get(i));
      if (address == null || !proxies.contain(address)) {
        return address;
      }
    }
    return null;
  }

  /** The elements of {@code X-Forwarded-For}, in order; those of IPv6 in brackets. */
  private static List<String> addresses(List<String> lines) {
    List<String> all = new ArrayList<>();
    for (String line : lines) {
      for (String each : line.split(",", -1)) {
        String address = each.strip();
        if (NetUtil.isValidIpV6Address(address) && !address.startsWith("[")) {
          all.add('[' + address + ']');
        } else if (!address.isEmpty()) {
          all.add(address);
        }
      }
    }
    return all;
  }

  /** What stands behind {@code for=}, in order; what says nothing of it is as good as unknown. */
  private static List<String> nodes(List<String> lines) {
    List<String> all = new ArrayList<>();
    for (String line : lines) {
      Matcher pair = PAIR.matcher(line);
      String node = null;
      int at = 0;
      while (at < line.length()) {
        if (!pair.region(at, line.length()).lookingAt()) {
          throw malformed(FORWARDED);
        }
        if (pair.group(1).equalsIgnoreCase("for")) {
          if (node != null) {
            throw malformed(FORWARDED);
          }
          node = unquoted(pair.group(2));
        }
        at = pair.end();
        boolean more = at < line.length() && line.charAt(at) == ';';
        if (!more) {
          all.add(node == null ? "unknown" : node);
          node = null;
          more = at < line.length() && line.charAt(at) == ',';
        }
        if (at < line.length() && (!more || at + 1 == line.length())) {
          throw malformed(FORWARDED);
        }
        at++;
      }
    }
    return all;
  }

  private static String unquoted(String value) {
    return value.startsWith("\"")
        ? value.substring(1, value.length() - 1).replaceAll("\\\\(.)", "$1")
        : value;
  }

  private static @Nullable InetAddress address(String node) {
    if (UNTOLD.matcher(node).matches()) {
      return null;
    }
    Matcher parts = NODE.matcher(node);
    String text =
        !parts.matches() ? null : parts.group(1) == null ? parts.group(2) : parts.group(1);
    byte[] bytes = text == null ? null : NetUtil.createByteArrayFromIpAddressString(text);
    try {
      if (bytes != null) {
        return InetAddress.getByAddress(bytes);
      }
    } catch (UnknownHostException e) {
      // Cannot be: it has the length of an address.
    }
    throw malformed("the forwarded address");
  }

  private static BadRequest malformed(String what) {
    return new BadRequest(what + " is malformed");
  }
}
