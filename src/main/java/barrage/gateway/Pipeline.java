package barrage.gateway;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;

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
    pipeline.addLast(new FrameDecoder(maxFrameBytes)).addLast(handler);
    // Its other half last: hands on what it has read beyond the request.
    pipeline.remove(codec);
  }
}
