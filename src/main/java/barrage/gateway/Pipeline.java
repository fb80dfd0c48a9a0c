package barrage.gateway;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.Utf8FrameValidator;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import org.jspecify.annotations.Nullable;

/** All that stands between a socket and us: HTTP up to the upgrade, and then WebSocket alone. */
final class Pipeline {
  private static final int MAX_REQUEST_LINE_BYTES = 4096;

  /** A token among them. */
  private static final int MAX_HEADER_BYTES = 8192;

  private Pipeline() {}

  static void http(Channel channel, HttpHandler handler) {
    channel
        .pipeline()
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
   * @param maxFrameBytes the longest payload
   */
  static void upgrade(Channel channel, WebSocketHandler handler, int maxFrameBytes) {
    ChannelPipeline pipeline = channel.pipeline();
    pipeline.remove(HttpHandler.class);
    HttpServerCodec codec = pipeline.get(HttpServerCodec.class);
    codec.removeOutboundHandler();
    pipeline
        .addLast(
            new WebSocket13FrameDecoder(
                WebSocketDecoderConfig.newBuilder()
                    .maxFramePayloadLength(maxFrameBytes)
                    .expectMaskedFrames(true)
                    .allowExtensions(false)
                    .closeOnProtocolViolation(false) // its close frame would need the encoder
                    .withUTF8Validator(false)
                    .build()))
        .addLast(new Utf8FrameValidator(false))
        .addLast(handler);
    // Its other half last: hands on what it has read beyond the request.
    pipeline.remove(codec);
  }

  /**
   * What may be written to in place of the channel when nothing waits in it: a socket of epoll, as
   * long as nothing has to be done to the bytes on their way.
   */
  static @Nullable FileDescriptor socketOf(Channel channel) {
    return channel instanceof EpollSocketChannel epoll ? epoll.fd() : null;
  }
}
