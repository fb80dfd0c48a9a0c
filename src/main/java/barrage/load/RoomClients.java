package barrage.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;

/** Opens connections to rooms; thousands of them share a few threads. Safe for any thread. */
public final class RoomClients implements AutoCloseable {
  private static final int CONNECT_TIMEOUT_MS = 5_000;

  /** Ports for outgoing connections are some 28,000 an address; a machine has all of 127/8. */
  private static final int LOOPBACK_ADDRESSES = 16;

  private final EventLoopGroup loops;
  private final Class<? extends Channel> socket;
  private final boolean epoll;
  private final IdentityHashMap<EventLoop, FrameReader> readers = new IdentityHashMap<>();
  private final AtomicInteger dialled = new AtomicInteger();

  /**
   * @param threads that all connections share; for thousands of connections as many as cores
   */
  public RoomClients(int threads) {
    epoll = Epoll.isAvailable();
    IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    socket = epoll ? EpollSocketChannel.class : NioSocketChannel.class;
    loops =
        new MultiThreadIoEventLoopGroup(
            threads, new DefaultThreadFactory("room-client", /* daemon= */ true), io);
    loops.forEach(loop -> readers.put((EventLoop) loop, new FrameReader()));
  }

  /** The threads, for who has connections on each of them do things there. */
  List<EventLoop> loops() {
    return List.copyOf(readers.keySet());
  }

  /** Reads what comes in on this loop. */
  FrameReader reader(EventLoop loop) {
    return Objects.requireNonNull(readers.get(loop), "one of these loops");
  }

  /**
   * Begins to connect and returns at once; {@link RoomClient#joined()} tells when it is in.
   *
   * @param listener hears of everything that is not the answer to a request
   */
  public RoomClient open(RoomClient.Target target, RoomClient.Listener listener) {
    return open(loops.next(), target, listener);
  }

  /** On this one of {@link #loops}. */
  RoomClient open(EventLoop loop, RoomClient.Target target, RoomClient.Listener listener) {
    RoomClient client = new RoomClient(target, listener, this, loop);
    client.start();
    return client;
  }

  /** What every connection of this server has in common; the handler is left to be set. */
  Bootstrap dialer(EventLoop loop, URI server) {
    Bootstrap dialer =
        new Bootstrap()
            .group(loop)
            .channel(socket)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MS)
            .option(ChannelOption.TCP_NODELAY, true)
            .remoteAddress(server.getHost(), port(server));
    if (epoll && server.getHost().startsWith("127.")) { // epoll is Linux.
      int last = 1 + Math.floorMod(dialled.getAndIncrement(), LOOPBACK_ADDRESSES);
      dialer
          .option(EpollChannelOption.IP_BIND_ADDRESS_NO_PORT, true)
          .localAddress(new InetSocketAddress("127.0.0." + last, 0));
    }
    return dialer;
  }

  /** Speaks TLS with this server. */
  SslHandler tls(Channel channel, URI server) {
    return Tls.CONTEXT.newHandler(channel.alloc(), server.getHost(), port(server));
  }

  static boolean isSecure(URI server) {
    return "https".equals(server.getScheme()) || "wss".equals(server.getScheme());
  }

  private static int port(URI server) {
    if (server.getPort() >= 0) {
      return server.getPort();
    }
    return isSecure(server) ? 443 : 80;
  }

  /** Closes all connections and waits until the threads are gone, for 2 s at most. */
  @Override
  public void close() {
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
  }

  /** Only for those who need it: it takes a good part of a second. */
  private static final class Tls {
    static final SslContext CONTEXT = context();

    private static SslContext context() {
      try {
        return SslContextBuilder.forClient().endpointIdentificationAlgorithm("HTTPS").build();
      } catch (SSLException e) {
        throw new IllegalStateException("no TLS in this JVM", e);
      }
    }
  }
}
