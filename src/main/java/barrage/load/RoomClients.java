package barrage.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/** Opens connections to rooms; thousands of them share a few threads. Safe for any thread. */
public final class RoomClients implements AutoCloseable {
  private static final int CONNECT_TIMEOUT_MS = 5_000;

  private final EventLoopGroup loops;
  private final Class<? extends Channel> socket;

  /**
   * @param threads that all connections share; two keep up with about 100,000 danmaku a second
   */
  public RoomClients(int threads) {
    boolean epoll = Epoll.isAvailable();
    IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    socket = epoll ? EpollSocketChannel.class : NioSocketChannel.class;
    loops =
        new MultiThreadIoEventLoopGroup(
            threads, new DefaultThreadFactory("room-client", /* daemon= */ true), io);
  }

  /**
   * Begins to connect and returns at once; {@link RoomClient#joined()} tells when it is in.
   *
   * @param listener hears of everything that is not the answer to a request
   */
  public RoomClient open(RoomClient.Target target, RoomClient.Listener listener) {
    RoomClient client = new RoomClient(target, listener, this, loops.next());
    client.start();
    return client;
  }

  /** What every connection of this server has in common; the handler is left to be set. */
  Bootstrap dialer(EventLoop loop, URI server) {
    return new Bootstrap()
        .group(loop)
        .channel(socket)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MS)
        .option(ChannelOption.TCP_NODELAY, true)
        .remoteAddress(server.getHost(), port(server));
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
