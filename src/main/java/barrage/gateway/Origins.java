package barrage.gateway;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which browser origins may connect (RFC 6454). Browsers let any page open a WebSocket to any
 * server and only say where the page is from, so the server has to look.
 *
 * <p>The {@code Host} header has no part in it: a page whose name was made to mean this machine
 * sends whatever it likes there.
 *
 * @param listed may; when there are none, the server's own alone
 * @param bound the authority the server is bound to
 */
record Origins(Set<String> listed, String bound) {

  /**
   * @param origin {@code null} when the client is no browser
   */
  boolean allows(@Nullable String origin) {
    if (origin == null) {
      return true;
    }
    String canonical = origin.toLowerCase(Locale.ROOT);
    if (!listed.isEmpty()) {
      return listed.contains(canonical);
    }
    int scheme = canonical.indexOf("://");
    if (!canonical.startsWith("http") || scheme < 0) {
      return false;
    }
    String authority = canonical.substring(scheme + 3);
    return authority.equals(bound) || isLocal(authority);
  }

  /** By another name of this machine, and the port we are bound to. */
  private boolean isLocal(String authority) {
    int colon = authority.lastIndexOf(':');
    boolean ofThisMachine =
        isLoopback(bound) || bound.startsWith("0.0.0.0:") || bound.startsWith("[::]:");
    return colon > 0
        && isLoopback(authority)
        && bound.endsWith(authority.substring(colon))
        && ofThisMachine;
  }

  /** Whether pages of this origin may read answers to calls from another site. */
  boolean isListed(@Nullable String origin) {
    return origin != null && listed.contains(origin.toLowerCase(Locale.ROOT));
  }

  /** Whether an authority, with a port or without, names this machine's loopback. */
  static boolean isLoopback(@Nullable String authority) {
    if (authority == null) {
      return false;
    }
    int port = authority.indexOf(':', authority.lastIndexOf(']') + 1);
    String name = port < 0 ? authority : authority.substring(0, port);
    return name.equalsIgnoreCase("localhost") || name.equals("127.0.0.1") || name.equals("[::1]");
  }
}
