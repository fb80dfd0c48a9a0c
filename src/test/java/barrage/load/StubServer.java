package barrage.load;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler.HandshakeComplete;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * As much of a server as clients need: one room in memory that numbers and tells, on one thread. A
 * {@link Misbehaviour} makes it break its promises.
 */
final class StubServer implements AutoCloseable {
  static final long EPOCH = 7;

  /** What a test changes of it; called on its thread. */
  interface Misbehaviour {
    /** An error code to answer the n-th danmaku with (from 1), before it has any effect. */
    default String refuse(int n) {
      return "";
    }

    /** How often the n-th danmaku takes effect. */
    default int effects(int n) {
      return 1;
    }

    /** How often a viewer is sent the event of this number: 0, 1, 2. */
    default int copies(long seq) {
      return 1;
    }

    /** Whether {@code shed} tells of what {@link #copies} leaves out. */
    default boolean tellsShed() {
      return true;
    }

    /** Whether to break all connections in place of the answer to the n-th danmaku. */
    default boolean breakAfter(int n) {
      return false;
    }
  }

  /** Keeps its promises. */
  static final Misbehaviour NONE = new Misbehaviour() {};

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final AttributeKey<String> VIEWER = AttributeKey.valueOf("viewer");

  private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ChannelGroup viewers = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final Misbehaviour misbehaviour;
  private final Channel listening;

  // Confined to the loop.
  private final List<ObjectNode> history = new ArrayList<>();
  private final Map<String, Long> answered = new HashMap<>();
  private int said;

  StubServer(Misbehaviour misbehaviour) {
    this.misbehaviour = misbehaviour;
    listening =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel ch) {
                    ch.pipeline()
                        .addLast(
                            new HttpServerCodec(),
                            new HttpObjectAggregator(8 << 10),
                            new Tokens(),
                            new WebSocketServerProtocolHandler(
                                "/rooms", null, false, 4 << 10, false, true),
                            new Viewer());
                  }
                })
            .bind(new InetSocketAddress("127.0.0.1", 0))
            .syncUninterruptibly()
            .channel();
  }

  URI uri() {
    return URI.create(
        "http://127.0.0.1:" + ((InetSocketAddress) listening.localAddress()).getPort());
  }

  @Override
  public void close() {
    listening.close().syncUninterruptibly(); // While its loop still runs, else it listens on.
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  /** {@code POST /api/dev/tokens}: a token is the viewer's id. */
  private static final class Tokens extends SimpleChannelInboundHandler<FullHttpRequest> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
      if (!request.uri().equals("/api/dev/tokens")) {
        String bearer = request.headers().get(HttpHeaderNames.AUTHORIZATION, "");
        ctx.channel().attr(VIEWER).set(bearer.replace("Bearer ", ""));
        ctx.fireChannelRead(request.retain());
        return;
      }
      JsonNode body = JSON.readTree(request.content().toString(StandardCharsets.UTF_8));
      byte[] answer = JSON.writeValueAsBytes(Map.of("token", body.path("viewer").asString()));
      DefaultFullHttpResponse response =
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.wrappedBuffer(answer));
      response.headers().set(HttpHeaderNames.CONTENT_LENGTH, answer.length);
      ctx.writeAndFlush(response);
    }
  }

  private final class Viewer extends SimpleChannelInboundHandler<TextWebSocketFrame> {
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof HandshakeComplete upgraded) {
        if (ctx.channel().attr(VIEWER).get().equals("refused")) {
          ctx.writeAndFlush(new CloseWebSocketFrame(4401, ""));
          return;
        }
        greet(ctx.channel(), new QueryStringDecoder(upgraded.requestUri()).parameters());
        viewers.add(ctx.channel());
      }
    }

    private void greet(Channel channel, Map<String, List<String>> query) {
      List<String> since = query.get("since");
      long from =
          since == null
              ? history.size()
              : Long.parseLong(since.get(0).substring(("" + EPOCH).length() + 1));
      channel.writeAndFlush(
          new TextWebSocketFrame(
              JSON.createObjectNode()
                  .put("type", "welcome")
                  .put("epoch", EPOCH)
                  .put("seq", from)
                  .put("resumed", since != null)
                  .put("heartbeatMs", 25_000)
                  .toString()));
      if (from < history.size()) {
        channel.writeAndFlush(frame(history.subList((int) from, history.size())));
      }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, TextWebSocketFrame frame) {
      JsonNode message = JSON.readTree(frame.text());
      String id = message.path("id").asString();
      ObjectNode answer = JSON.createObjectNode().put("id", id);
      String viewer = ctx.channel().attr(VIEWER).get();
      Long before = answered.get(viewer + " " + id);
      if (before != null) {
        answer.put("type", "ok").put("seq", before);
      } else if (message.path("type").asString().equals("danmaku")) {
        int n = ++said;
        String code = misbehaviour.refuse(n);
        if (!code.isEmpty()) {
          answer.put("type", "error").put("code", code);
        } else {
          for (int i = 0; i < misbehaviour.effects(n); i++) {
            history.add(event(viewer, message));
            viewers.writeAndFlush(frame(history.subList(history.size() - 1, history.size())));
          }
          answered.put(viewer + " " + id, (long) history.size());
          answer.put("type", "ok").put("seq", history.size());
        }
        if (misbehaviour.breakAfter(n)) {
          viewers.close();
          return;
        }
      } else {
        answer.put("type", "ok");
      }
      ctx.writeAndFlush(new TextWebSocketFrame(answer.toString()));
    }

    private ObjectNode event(String viewer, JsonNode message) {
      ObjectNode event =
          JSON.createObjectNode().put("type", "danmaku").put("seq", history.size() + 1);
      event.putObject("viewer").put("id", viewer);
      return event.put("text", message.path("text").asString());
    }

    private TextWebSocketFrame frame(List<ObjectNode> events) {
      ObjectNode frame = JSON.createObjectNode().put("type", "events").put("seq", history.size());
      ArrayNode told = frame.putArray("events");
      for (ObjectNode event : events) {
        int copies = misbehaviour.copies(event.path("seq").asLong());
        for (int i = 0; i < copies; i++) {
          told.add(event);
        }
        if (copies == 0 && misbehaviour.tellsShed()) {
          told.addObject().put("type", "shed").put("class", "regular").put("count", 1);
        }
      }
      return new TextWebSocketFrame(frame.toString());
    }
  }
}
