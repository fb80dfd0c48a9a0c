package barrage.pages;

import static io.netty.handler.codec.http.HttpHeaderNames.AUTHORIZATION;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_LENGTH;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_TYPE;
import static io.netty.handler.codec.http.HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL;

import barrage.Patience;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler.HandshakeComplete;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Serves the pages as the gateway does, and a WebSocket whose other end is the test: it takes each
 * {@link Connection} and plays the server. Files of {@code src/test/resources/pages} are under
 * {@code /tests/}.
 */
final class PageServer implements AutoCloseable {
  private static final long PATIENCE_MS = Patience.OF_TESTS.toMillis();
  private static final JsonMapper JSON = new JsonMapper();

  /** The policy of the real server: what it forbids must not be needed. */
  private static final String POLICY =
      "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; style-src 'self';"
          + " script-src 'self'; base-uri 'none'; form-action 'none'; object-src 'none'";

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "ts", "text/plain; charset=utf-8",
          "svg", "image/svg+xml");

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final BlockingQueue<Connection> connections = new LinkedBlockingQueue<>();
  private final Channel channel;
  private final Map<String, byte[]> answers = new ConcurrentHashMap<>();
  private final Set<String> missingOnce = ConcurrentHashMap.newKeySet();
  private final BlockingQueue<Posted> posts = new LinkedBlockingQueue<>();
  private volatile @Nullable String devToken;

  PageServer() throws InterruptedException {
    WebSocketServerProtocolConfig webSocket =
        WebSocketServerProtocolConfig.newBuilder()
            .websocketPath("/rooms")
            .checkStartsWith(true)
            .subprotocols("barrage.v1")
            .handleCloseFrames(false) // It would answer the page's answer to a close.
            .build();
    channel =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel accepted) {
                    accepted
                        .pipeline()
                        .addLast(new HttpServerCodec())
                        .addLast(new HttpObjectAggregator(8 * 1024))
                        .addLast(new WebSocketServerProtocolHandler(webSocket))
                        .addLast(new Files())
                        .addLast(new Frames());
                  }
                })
            .bind("127.0.0.1", 0)
            .sync()
            .channel();
  }

  String url(String path) {
    return "http://127.0.0.1:" + ((InetSocketAddress) channel.localAddress()).getPort() + path;
  }

  /** Answers {@code POST /api/dev/tokens} with it from now on. */
  void giveDevTokens(String token) {
    devToken = token;
  }

  /** Answers calls of this path with it from now on. */
  void answer(String path, Object json) {
    answers.put(path, JSON.writeValueAsBytes(json));
  }

  /** What a page posted. */
  record Posted(String path, Map<?, ?> body) {}

  /** The next {@code POST} of a page. */
  Posted awaitPost() throws InterruptedException {
    Posted next = posts.poll(PATIENCE_MS, TimeUnit.MILLISECONDS);
    if (next == null) {
      throw new AssertionError("No page posted anything.");
    }
    return next;
  }

  /** The next request for this file is answered by 404. */
  void missOnce(String path) {
    missingOnce.add(path);
  }

  /** The next connection that a page opens. */
  Connection awaitConnection() throws InterruptedException {
    Connection next = connections.poll(PATIENCE_MS, TimeUnit.MILLISECONDS);
    if (next == null) {
      throw new AssertionError("No page connected.");
    }
    return next;
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  /**
   * The server's end of one page's WebSocket.
   *
   * @param uri path and query
   * @param protocols the subprotocols that the page asked for
   * @param authorization what pages cannot send, and other clients may
   */
  record Connection(
      Channel channel,
      String uri,
      String protocols,
      @Nullable String authorization,
      BlockingQueue<Map<?, ?>> received) {

    void send(Object message) {
      channel.writeAndFlush(new TextWebSocketFrame(JSON.writeValueAsString(message)));
    }

    /** The next message from the page of this type; others before it are dropped. */
    Map<?, ?> awaitMessage(String type) throws InterruptedException {
      long untilNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS);
      while (true) {
        Map<?, ?> next = received.poll(untilNs - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (next == null) {
          throw new AssertionError("The page sent no " + type);
        }
        if (type.equals(next.get("type"))) {
          return next;
        }
      }
    }

    void close(int code) {
      channel.writeAndFlush(new CloseWebSocketFrame(code, ""));
    }

    /** As a killed server does: without a word. */
    void drop() {
      channel.close();
    }
  }

  /** HTTP: files of the class path, and development tokens. */
  private final class Files extends SimpleChannelInboundHandler<FullHttpRequest> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request)
        throws IOException {
      String path = new QueryStringDecoder(request.uri()).path();
      if (request.method().equals(HttpMethod.POST)) {
        String body = request.content().toString(StandardCharsets.UTF_8);
        posts.add(new Posted(path, body.isEmpty() ? Map.of() : JSON.readValue(body, Map.class)));
      }
      if (missingOnce.remove(path)) {
        context.writeAndFlush(response(HttpResponseStatus.NOT_FOUND, "text/plain", new byte[0]));
      } else {
        context.writeAndFlush(path.startsWith("/api/") ? answer(path) : file(page(path)));
      }
    }

    private static String page(String path) {
      if (path.endsWith("/")) {
        return path + "index.html";
      }
      return path.contains(".") ? path : path + "/index.html";
    }

    private FullHttpResponse answer(String path) {
      byte[] json = answers.get(path);
      if (json != null) {
        return response(HttpResponseStatus.OK, "application/json", json);
      }
      String token = devToken;
      return path.equals("/api/dev/tokens") && token != null
          ? response(
              HttpResponseStatus.OK,
              "application/json",
              JSON.writeValueAsBytes(Map.of("token", token)))
          : response(HttpResponseStatus.NOT_FOUND, "application/problem+json", new byte[0]);
    }

    private static FullHttpResponse file(String path) throws IOException {
      String resource =
          path.startsWith("/tests/")
              ? "/pages/" + path.substring("/tests/".length())
              : "/web" + path;
      try (InputStream in = PageServer.class.getResourceAsStream(resource)) {
        if (in == null) {
          return response(HttpResponseStatus.NOT_FOUND, "text/plain", new byte[0]);
        }
        String suffix = path.substring(path.lastIndexOf('.') + 1);
        return response(HttpResponseStatus.OK, TYPES.get(suffix), in.readAllBytes());
      }
    }

    private static FullHttpResponse response(HttpResponseStatus status, String type, byte[] body) {
      FullHttpResponse response =
          new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(body));
      response
          .headers()
          .set(CONTENT_TYPE, type)
          .set(CONTENT_LENGTH, body.length)
          .set("Content-Security-Policy", POLICY)
          .set("X-Content-Type-Options", "nosniff");
      return response;
    }
  }

  /** WebSocket: hands what the page says to the test. */
  private final class Frames extends SimpleChannelInboundHandler<WebSocketFrame> {
    private final BlockingQueue<Map<?, ?>> received = new LinkedBlockingQueue<>();

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event instanceof HandshakeComplete handshake) {
        connections.add(
            new Connection(
                context.channel(),
                handshake.requestUri(),
                handshake.requestHeaders().get(SEC_WEBSOCKET_PROTOCOL),
                handshake.requestHeaders().get(AUTHORIZATION),
                received));
      }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
      if (frame instanceof TextWebSocketFrame text) {
        received.add(JSON.readValue(text.text(), Map.class));
      } else if (frame instanceof CloseWebSocketFrame) {
        context.close();
      }
    }
  }
}
