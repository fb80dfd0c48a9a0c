package barrage.load;

import barrage.wire.Messages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakeException;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket: dials, upgrades, carries text frames, notices when the other side is silent, and
 * tells once that it is gone. Confined to its event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // What fails to be written ends in channelInactive.
final class RoomSocket extends SimpleChannelInboundHandler<WebSocketFrame> {
  /** A {@code welcome} with 50 danmaku and the room's sales is the largest frame there is. */
  private static final int MAX_FRAME_BYTES = 4 << 20;

  private static final int MAX_RESPONSE_BYTES = 8 << 10;
  private static final int HANDSHAKE_TIMEOUT_MS = 10_000;
  private static final long ANSWER_WITHIN_MS = 5_000;
  private static final long FIRST_HEARTBEAT_MS = 25_000;

  /** How ids of this class's own requests begin. */
  static final String HEARTBEAT = "heartbeat-";

  /** What a socket tells. */
  interface Events {
    /** A frame's payload, which is the callee's only during the call. */
    void onText(ByteBuf frame);

    /** It is over, or never came to be. The last call. */
    void onGone(int code, String why);
  }

  private final Events events;
  private final EventLoop loop;
  private @Nullable Channel channel;
  private long heartbeatMs = FIRST_HEARTBEAT_MS;
  private long lastFrameNanos = System.nanoTime();
  private int heartbeats;
  private boolean left;
  private boolean gone;
  private int code = ReturnPolicy.BROKEN;
  private String why = "connection lost";

  private RoomSocket(Events events, EventLoop loop) {
    this.events = events;
    this.loop = loop;
  }

  /** Begins to connect. */
  static RoomSocket dial(
      RoomClients clients, EventLoop loop, URI address, Optional<String> jwt, Events events) {
    RoomSocket socket = new RoomSocket(events, loop);
    DefaultHttpHeaders headers = new DefaultHttpHeaders();
    jwt.ifPresent(token -> headers.set(HttpHeaderNames.AUTHORIZATION, "Bearer " + token));
    WebSocketClientProtocolConfig upgrade =
        WebSocketClientProtocolConfig.newBuilder()
            .webSocketUri(address)
            .version(WebSocketVersion.V13)
            .customHeaders(headers)
            .allowExtensions(false)
            .handleCloseFrames(false)
            .maxFramePayloadLength(MAX_FRAME_BYTES)
            .handshakeTimeoutMillis(HANDSHAKE_TIMEOUT_MS)
            .withUTF8Validator(false) // The JSON parser checks it.
            .build();
    clients
        .dialer(loop, address)
        .handler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel ch) {
                if (RoomClients.isSecure(address)) {
                  ch.pipeline().addLast(clients.tls(ch, address));
                }
                ch.pipeline()
                    .addLast(
                        new HttpClientCodec(),
                        new HttpObjectAggregator(MAX_RESPONSE_BYTES),
                        new WebSocketClientProtocolHandler(upgrade),
                        new WebSocketFrameAggregator(MAX_FRAME_BYTES),
                        socket);
              }
            })
        .connect()
        .addListener(
            dialled -> {
              if (!dialled.isSuccess()) {
                socket.goneFor(ReturnPolicy.BROKEN, ConnectionLostException.why(dialled.cause()));
              }
            });
    return socket;
  }

  /** Sends a text frame. */
  void send(byte[] message) {
    Channel open = channel;
    if (open != null) {
      open.writeAndFlush(
          new TextWebSocketFrame(Unpooled.wrappedBuffer(message)), open.voidPromise());
    }
  }

  /** After how long without any frame to ask whether the other side is there. */
  void heartbeatMs(long ms) {
    heartbeatMs = ms;
  }

  /** Breaks off without a word, as a network does; {@link Events#onGone} follows. */
  void breakOff() {
    Channel open = channel;
    if (open != null) {
      open.close();
    }
  }

  /** Says goodbye and closes; {@link Events#onGone} follows with 1000, now or soon. */
  void leave() {
    left = true;
    Channel open = channel;
    if (open == null) {
      goneFor(ReturnPolicy.NORMAL, "closed");
    } else {
      hangUp(open, new CloseWebSocketFrame(ReturnPolicy.NORMAL, ""));
    }
  }

  private void goneFor(int code, String why) {
    channel = null;
    if (!gone) {
      gone = true;
      events.onGone(code, why);
    }
  }

  private static void hangUp(Channel open, CloseWebSocketFrame frame) {
    open.writeAndFlush(frame).addListener(sent -> open.close());
  }

  // ---- the end of the pipeline

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
      if (left) {
        hangUp(ctx.channel(), new CloseWebSocketFrame(ReturnPolicy.NORMAL, ""));
        return;
      }
      channel = ctx.channel();
      lastFrameNanos = System.nanoTime();
      watch();
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
    if (frame instanceof TextWebSocketFrame) {
      events.onText(frame.content());
    } else if (frame instanceof CloseWebSocketFrame close) {
      boolean told = close.statusCode() >= 0 && close.statusCode() != ReturnPolicy.NO_STATUS;
      code = told ? close.statusCode() : ReturnPolicy.BROKEN;
      why = "closed by the server: " + code + " " + close.reasonText();
      hangUp(ctx.channel(), close.retain());
    }
  }

  /** Also comes for pings, which a handler before this one answers. */
  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    lastFrameNanos = System.nanoTime();
    ctx.fireChannelReadComplete();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    why = ConnectionLostException.why(cause);
    if (cause instanceof WebSocketClientHandshakeException refused) {
      HttpResponse response = refused.response();
      if (response != null && response.status().codeClass() == HttpStatusClass.CLIENT_ERROR) {
        code = ReturnPolicy.FORBIDDEN; // The upgrade was refused, and would be again.
        why = "HTTP " + response.status();
      }
    }
    ctx.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    goneFor(left ? ReturnPolicy.NORMAL : code, why);
  }

  // ---- staying alive

  private void watch() {
    long quietMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - lastFrameNanos);
    if (quietMs < heartbeatMs) {
      later(heartbeatMs - quietMs, this::watch);
      return;
    }
    long askedNanos = System.nanoTime();
    send(
        Messages.object(
            json -> {
              json.writeStringProperty("type", "ping");
              json.writeStringProperty("id", HEARTBEAT + ++heartbeats);
            }));
    later(
        ANSWER_WITHIN_MS,
        () -> {
          if (lastFrameNanos - askedNanos >= 0) {
            watch();
          } else if (channel != null) {
            channel.close();
          }
        });
  }

  private void later(long delayMs, Runnable task) {
    loop.schedule(
        () -> {
          if (channel != null) {
            task.run();
          }
        },
        delayMs,
        TimeUnit.MILLISECONDS);
  }
}
