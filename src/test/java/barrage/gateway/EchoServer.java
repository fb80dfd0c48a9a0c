package barrage.gateway;

import barrage.core.Limits;
import barrage.core.RoomId;
import barrage.room.RoomPulse;
import barrage.wire.ClientMessages;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http.HttpMethod;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * The gateway's handlers, handshake included, with an echo in the place of the conversation with a
 * room. Messages may be as long as a conformance test needs.
 */
final class EchoServer implements AutoCloseable {
  private static final int MAX_MESSAGE_BYTES = 16 << 20;

  private final EventLoops loops =
      new EventLoops(
          EventLoops.Transport.best(), 2, () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
  private final Channel listening;

  /** Serves until it is killed, for clients that are no test's. */
  public static void main(String... arguments) throws InterruptedException {
    try (EchoServer server = new EchoServer()) {
      System.out.println(server.url());
      Thread.currentThread().join();
    }
  }

  EchoServer() {
    GatewayConfig usual =
        GatewayConfig.at("127.0.0.1", 0, () -> Limits.DEFAULT).withCompression(true).build();
    GatewayMetrics metrics =
        new GatewayMetrics(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
    Authenticator nobody = new Authenticator(TokenKeys.hmac(TestGateway.SECRET), () -> 0);
    Origins origins = new Origins(Set.of(), "127.0.0.1");
    Connection.Shared shared =
        new Connection.Shared(usual, metrics, ClientMessages.Types.NONE, "echo", () -> 0);
    Handshake handshake =
        new Handshake(shared, nobody, origins, new RoomDoor(usual, new NoRooms()), () -> false);
    Router router =
        new Router(nobody, origins, true, call -> CompletableFuture.completedStage(false));
    router.on(
        HttpMethod.GET,
        "/rooms/{room}/ws",
        Access.OPEN,
        call -> handshake.answer(call).thenApply(EchoServer::echoing));
    Doorkeeper door = new Doorkeeper(usual, metrics);
    HttpHandler.Site site =
        new HttpHandler.Site(
            usual,
            door,
            router,
            origins,
            metrics,
            new HttpLine(usual),
            (channel, handler) -> Pipeline.upgrade(channel, handler, MAX_MESSAGE_BYTES),
            () -> false);
    listening =
        new ServerBootstrap()
            .group(loops.group())
            .channel(loops.serverChannel())
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    Loop loop = loops.of(channel.eventLoop());
                    HttpHandler handler = new HttpHandler(channel, loop, site);
                    Pipeline.http(channel, usual.entrance(), door, handler);
                  }
                })
            .bind("127.0.0.1", 0)
            .syncUninterruptibly()
            .channel();
  }

  private static Answer echoing(Answer answer) {
    return answer instanceof Answer.Upgrade upgrade
        ? new Answer.Upgrade(
            upgrade.accept(), upgrade.subprotocol(), upgrade.extension(), Echo::new)
        : answer;
  }

  String url() {
    return "ws://127.0.0.1:"
        + ((InetSocketAddress) listening.localAddress()).getPort()
        + "/rooms/echo/ws";
  }

  @Override
  public void close() {
    listening.close().syncUninterruptibly();
    loops.close();
  }

  /** Any room is one that listens. */
  private static final class NoRooms implements NodeRooms {
    @Override
    public RoomCalls room(RoomId id) {
      return new RecordingRoom(id);
    }

    @Override
    public CompletionStage<byte[]> view(RoomId id) {
      throw new UnsupportedOperationException();
    }

    @Override
    public RoomPulse.Beat beat(RoomId id) {
      throw new UnsupportedOperationException();
    }
  }

  private static final class Echo extends WebSocketHandler {
    Echo(Channel channel, Loop loop, boolean deflates) {
      super(channel, loop, MAX_MESSAGE_BYTES, 5_000, deflates);
    }

    @Override
    void onOpen() {}

    @Override
    void onFrame() {}

    @Override
    void onDeflated(int bytes) {}

    @Override
    void onText(ByteBuf payload) {
      write(frame(payload));
    }

    @Override
    void onBinary(ByteBuf payload) {
      ByteBuf frame = frame(payload);
      int first = frame.readerIndex();
      write(frame.setByte(first, frame.getByte(first) ^ 0x3)); // we never send binary ourselves
    }

    private ByteBuf frame(ByteBuf payload) {
      byte[] message = ByteBufUtil.getBytes(payload);
      ByteBuf deflated =
          deflates() ? MessageDeflate.ofThisThread().textFrame(payload.alloc(), message) : null;
      return deflated == null ? Frames.text(payload.alloc(), message) : deflated;
    }

    @Override
    void onWritable(boolean writable) {}

    @Override
    void onClosing(int code) {}

    @Override
    void onSweep(long nowMs) {}
  }
}
