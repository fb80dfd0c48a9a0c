package barrage.gateway;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/** Addresses, by the networks they are of (RFC 4632, section 3.1; RFC 4291, section 2.3). */
public record Networks(List<Network> all) {
  /** No address at all. */
  public static final Networks NONE = new Networks(List.of());

  public Networks {
    all = List.copyOf(all);
  }

  /** The addresses that begin with the first bits of one. */
  public record Network(InetAddress base, int bits) {
    private boolean contains(byte[] address) {
      byte[] begin = base.getAddress();
      if (begin.length != address.length) {
        return false;
      }
      for (int i = 0; i < bits; i++) {
        int bit = 0x80 >> i % Byte.SIZE;
        if (((begin[i / Byte.SIZE] ^ address[i / Byte.SIZE]) & bit) != 0) {
          return false;
        }
      }
      return true;
    }
  }

  /**
   * Reads addresses such as {@code 192.0.2.1} and networks such as {@code 2001:db8::/32}, with
   * commas between.
   *
   * @throws IllegalArgumentException when one of them is neither
   */
  public static Networks parse(String text) {
    List<Network> all = new ArrayList<>();
    for (String each : text.split(",", -1)) {
      if (!each.isBlank()) {
        all.add(network(each.strip()));
      }
    }
    return new Networks(all);
  }

  private static Network network(String text) {
    int slash = text.indexOf('/');
    byte[] base =
        NetUtil.createByteArrayFromIpAddressString(slash < 0 ? text : text.substring(0, slash));
    if (base == null) {
      throw new IllegalArgumentException("not an address: " + text);
    }
    int most = base.length * Byte.SIZE;
    int bits = slash < 0 ? most : Integer.parseInt(text.substring(slash + 1));
    if (bits < 0 || bits > most) {
      throw new IllegalArgumentException("not a network: " + text);
    }
    try {
      return new Network(InetAddress.getByAddress(base), bits);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("not an address: " + text, e);
    }
  }

  boolean contain(InetAddress address) {
    if (all.isEmpty()) {
      return false;
    }
    byte[] bytes = address.getAddress();
    return all.stream().anyMatch(network -> network.contains(bytes));
  }
}
