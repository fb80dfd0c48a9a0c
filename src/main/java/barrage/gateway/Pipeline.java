package barrage.gateway;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.Socket;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyProtocolException;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** All that stands between a socket and us: HTTP up to the upgrade, and then WebSocket alone. */
@SuppressWarnings("FutureReturnValueIgnored") // a socket that is gone needs no end
final class Pipeline {
  private static final int MAX_REQUEST_LINE_BYTES = 4096;

  /** A token among them. */
  private static final int MAX_HEADER_BYTES = 8192;

  /** What proxies add to their header, such as a certificate's name. */
  private static final int MAX_PROXY_EXTRAS_BYTES = 2048;

  private Pipeline() {}

  /**
   * For a socket that was let in. The handler closes it unless all of this is passed in time.
   *
   * @param door knows which addresses are those of proxies
   */
  static void http(
      Channel channel, GatewayConfig.Entrance entrance, Doorkeeper door, HttpHandler handler) {
    ChannelPipeline pipeline = channel.pipeline();
    if (door.isProxied(channel) && !entrance.forwarded()) {
      pipeline
          .addLast(new HAProxyMessageDecoder(MAX_PROXY_EXTRAS_BYTES, true))
          .addLast(new ProxyHeader(door));
    }
    if (entrance.tls() != null) {
      SslHandler tls = entrance.tls().get().newHandler(channel.alloc());
      tls.setHandshakeTimeoutMillis(0); // within the time of the whole
      pipeline.addLast(tls);
    }
    pipeline
        .addLast(
            new HttpServerCodec(
                new HttpDecoderConfig()
                    .setMaxInitialLineLength(MAX_REQUEST_LINE_BYTES)
                    .setMaxHeaderSize(MAX_HEADER_BYTES)))
        .addLast(handler);
  }

  /**
   * From HTTP to WebSocket. What goes out are ready frames, so there is no encoder.
   *
   * @param maxFrameBytes the longest payload that is not compressed
   */
  static void upgrade(Channel channel, WebSocketHandler handler, int maxFrameBytes) {
    ChannelPipeline pipeline = channel.pipeline();
    pipeline.remove(HttpHandler.class);
    HttpServerCodec codec = pipeline.get(HttpServerCodec.class);
    codec.removeOutboundHandler();
    pipeline.addLast(new FrameDecoder(maxFrameBytes, handler.deflates())).addLast(handler);
    // Its other half last: hands on what it has read beyond the request.
    pipeline.remove(codec);
  }

  /** Has what the decoder kept, while the channel did not read by itself, looked at. */
  static void readKept(Channel channel) {
    ChannelHandlerContext place = channel.pipeline().context(FrameDecoder.class);
    if (place != null && place.handler() instanceof FrameDecoder decoder) {
      decoder.readKept(place); // from the head, TLS would hand on nothing when nothing came
    }
  }

  /**
   * What may be written to in place of the channel when nothing waits in it: a socket of epoll, as
   * long as nothing has to be done to the bytes on their way.
   */
  static @Nullable Socket socketOf(Channel channel) {
    boolean plain = channel.pipeline().get(SslHandler.class) == null;
    return plain
            && channel instanceof EpollSocketChannel epoll
            && epoll.fd() instanceof Socket socket
        ? socket
        : null;
  }

  /**
   * Says that nothing more will be said, behind what was written, and goes on listening: unread
   * input would make the kernel reset the connection, and the client might never see the last of
   * it.
   */
  static void endOutput(Channel channel) {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls == null) {
      ((DuplexChannel) channel).shutdownOutput();
    } else {
      tls.closeOutbound().addListener(said -> ((DuplexChannel) channel).shutdownOutput());
    }
  }

  /** Whether it was the client, or the way to it, rather than a mistake of ours. */
  static boolean isClientsFault(Throwable cause) {
    return cause instanceof IOException
        || cause instanceof HAProxyProtocolException
        || (cause instanceof DecoderException && cause.getCause() instanceof IOException);
  }
}
