package barrage.gateway;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.AttributeKey;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets sockets in up to so many of one address and so many of all, so that nobody takes the places
 * of the others. Who is one too many is turned away before a loop or a handler knows of them. The
 * addresses of this machine are not counted: a proxy that stands before us speaks for everybody.
 *
 * <p>Stands in the pipeline of the listening socket. Safe for any thread.
 */
@ChannelHandler.Sharable
final class Doorkeeper extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(Doorkeeper.class);
  private static final long TELL_EVERY_MS = 10_000;

  /** By what the address is known that a socket counts as. */
  private static final AttributeKey<Long> COUNTED =
      AttributeKey.valueOf(Doorkeeper.class, "counted");

  private final GatewayConfig config;
  private final GatewayMetrics metrics;
  private final Places connections = new Places();
  private final ConcurrentHashMap<Long, Address> byAddress = new ConcurrentHashMap<>();
  private long toldAtMs = System.currentTimeMillis() - TELL_EVERY_MS;

  Doorkeeper(GatewayConfig config, GatewayMetrics metrics) {
    this.config = config;
    this.metrics = metrics;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    Channel socket = (Channel) message;
    if (admits(socket)) {
      ctx.fireChannelRead(socket);
    } else {
      socket.unsafe().closeForcibly();
    }
  }

  private boolean admits(Channel socket) {
    if (!connections.take(config.bound(config.entrance().maxConnections()))) {
      refuse("limits.connections", "all addresses");
      return false;
    }
    InetAddress peer = peer(socket);
    // Proxies are many clients: each is counted when a header says who it is.
    if (peer == null || (!isProxied(socket) && !admits(socket, peer))) {
      connections.giveBack(1);
      return false;
    }
    socket.closeFuture().addListener(gone -> onClosed(socket));
    return true;
  }

  private void onClosed(Channel socket) {
    leave(socket);
    connections.giveBack(1);
  }

  /**
   * Whether one socket more may come from an address; counted as its own until it is closed or
   * {@link #leave leaves}.
   */
  boolean admits(Channel socket, InetAddress address) {
    if (address.isLoopbackAddress()) {
      return true;
    }
    Long key = key(address);
    int most = config.bound(config.entrance().maxConnectionsPerAddress());
    boolean[] fits = {false};
    byAddress.compute(
        key,
        (same, known) -> {
          Address here = known == null ? new Address(key, () -> forget(key)) : known;
          fits[0] = here.connections().take(most);
          if (fits[0]) {
            here.putOn(socket);
            socket.attr(COUNTED).set(key);
          }
          return here;
        });
    if (!fits[0]) {
      refuse("limits.connections-per-address", shortened(address));
      return false;
    }
    return true;
  }

  /**
   * A socket counts as no address's any more; what was asked over it does, until it is answered.
   */
  void leave(Channel socket) {
    Long key = socket.attr(COUNTED).getAndSet(null);
    if (key == null) {
      return;
    }
    Address.takeOff(socket);
    byAddress.computeIfPresent(
        key,
        (same, known) -> {
          known.connections().giveBack(1);
          return known.isGone() ? null : known;
        });
  }

  private void forget(Long key) {
    byAddress.computeIfPresent(key, (same, known) -> known.isGone() ? null : known);
  }

  /** Whether the headers of each request say for whom this one speaks. */
  boolean isForwarding(Channel socket) {
    return config.entrance().forwarded() && isProxied(socket);
  }

  /** Whether this one speaks for others, and says for whom. */
  boolean isProxied(Channel socket) {
    InetAddress peer = peer(socket);
    return peer != null && config.entrance().proxies().contain(peer);
  }

  /** Who connected; {@code null} when they are gone again. */
  private static @Nullable InetAddress peer(Channel socket) {
    return socket.remoteAddress() instanceof InetSocketAddress peer ? peer.getAddress() : null;
  }

  /** An address, or the /64 of one: whoever has one address of IPv6 has as many as they like. */
  private static Long key(InetAddress address) {
    byte[] bytes = address.getAddress();
    long key = 0;
    for (int i = 0; i < Math.min(bytes.length, Long.BYTES); i++) {
      key = (key << Byte.SIZE) | (bytes[i] & 0xFF);
    }
    return key;
  }

  private synchronized void refuse(String limit, String from) {
    metrics.turnedAway(limit);
    long now = System.currentTimeMillis();
    if (now - toldAtMs >= TELL_EVERY_MS) {
      toldAtMs = now;
      LOG.warn("Connections from {} are turned away: {} is reached", from, limit);
    }
  }

  /** So much of an address as a log may hold: the network, not the person. */
  private static String shortened(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (address instanceof Inet4Address) {
      return (bytes[0] & 0xFF) + "." + (bytes[1] & 0xFF) + "." + (bytes[2] & 0xFF) + ".0/24";
    }
    return String.format(
        "%x:%x:%x::/48",
        ((bytes[0] & 0xFF) << 8) | (bytes[1] & 0xFF),
        ((bytes[2] & 0xFF) << 8) | (bytes[3] & 0xFF),
        ((bytes[4] & 0xFF) << 8) | (bytes[5] & 0xFF));
  }
}
