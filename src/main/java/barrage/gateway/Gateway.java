package barrage.gateway;

import barrage.activity.Activities;
import barrage.room.CloseReason;
import barrage.room.Rooms;
import barrage.room.Store;
import barrage.wire.Messages;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server's port: WebSocket for viewers, HTTP for everyone else. */
public final class Gateway implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
  private static final int BACKLOG = 4096;

  /**
   * What the kernel may hold for one socket (Linux takes it twice, for its own bookkeeping). Left
   * alone it grows to 4 MiB before a viewer who does not read counts as slow.
   */
  private static final int SEND_BUFFER_BYTES = 128 << 10;

  /**
   * Read of one socket before it is another's turn: as much as the longest message, some fifty
   * clicks. Who sends without end takes one turn among all.
   */
  private static final int READ_BYTES = 4096;

  /**
   * Taken from the kernel's queue in one turn of the loop that listens: where turns are long, few
   * at a time would let newcomers wait for many of them.
   */
  private static final int ACCEPTED_AT_ONCE = 256;

  private final GatewayConfig config;
  private final EventLoops loops;
  private final NodeRooms rooms;
  private final Store store;
  private final Activities activities;
  private final Function<String, Object> activityRules;
  private final Authenticator authenticator;
  private final @Nullable DevTokens devTokens;
  private final @Nullable DevKey devKey;
  private final GatewayMetrics metrics;
  private final PrometheusMeterRegistry meters;
  private @Nullable Channel listening;
  private volatile boolean draining;

  /**
   * @param loops outlive the gateway
   * @param activityRules the rules in force of a kind
   * @param devTokens {@code null}: none are issued
   * @param devKey of those who may have them
   * @param metrics the one that the rooms' audiences count with
   */
  public Gateway(
      GatewayConfig config,
      EventLoops loops,
      Rooms rooms,
      Store store,
      Activities activities,
      Function<String, Object> activityRules,
      Authenticator authenticator,
      @Nullable DevTokens devTokens,
      @Nullable DevKey devKey,
      GatewayMetrics metrics,
      PrometheusMeterRegistry meters) {
    this(
        config,
        loops,
        new NodeRooms.Of(rooms),
        store,
        activities,
        activityRules,
        authenticator,
        devTokens,
        devKey,
        metrics,
        meters);
    meters.gauge("barrage.rooms", rooms, Rooms::open);
  }

  Gateway(
      GatewayConfig config,
      EventLoops loops,
      NodeRooms rooms,
      Store store,
      Activities activities,
      Function<String, Object> activityRules,
      Authenticator authenticator,
      @Nullable DevTokens devTokens,
      @Nullable DevKey devKey,
      GatewayMetrics metrics,
      PrometheusMeterRegistry meters) {
    this.config = config;
    this.loops = loops;
    this.rooms = rooms;
    this.store = store;
    this.activities = activities;
    this.activityRules = activityRules;
    this.authenticator = authenticator;
    this.devTokens = devTokens;
    this.devKey = devKey;
    this.metrics = metrics;
    this.meters = meters;
  }

  /**
   * Opens the port.
   *
   * @return the address that is bound
   * @throws IOException when it cannot be
   */
  public InetSocketAddress start() throws IOException {
    GatewayConfig.SlowConsumers slow = config.slowConsumers();
    CompletableFuture<HttpHandler.Site> site = new CompletableFuture<>();
    Doorkeeper door = new Doorkeeper(config, metrics);
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops.group())
            .channel(loops.serverChannel())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(
                ChannelOption.RECVBUF_ALLOCATOR,
                new ServerChannelRecvByteBufAllocator().maxMessagesPerRead(ACCEPTED_AT_ONCE))
            .handler(door)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_SNDBUF, SEND_BUFFER_BYTES)
            .childOption(
                ChannelOption.RECVBUF_ALLOCATOR,
                new AdaptiveRecvByteBufAllocator(64, READ_BYTES / 2, READ_BYTES)
                    .maxMessagesPerRead(1))
            .childOption(
                ChannelOption.WRITE_BUFFER_WATER_MARK,
                new WriteBufferWaterMark(slow.lowWaterBytes(), slow.highWaterBytes()))
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    Loop loop = loops.of(channel.eventLoop());
                    HttpHandler handler = new HttpHandler(channel, loop, site.join());
                    Pipeline.http(channel, config.entrance(), door, handler);
                  }
                });
    var bound = bootstrap.bind(config.host(), config.port()).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(
          "cannot listen on " + config.host() + ":" + config.port(), bound.cause());
    }
    listening = bound.channel();
    InetSocketAddress address = (InetSocketAddress) bound.channel().localAddress();
    site.complete(site(address.getPort(), door));
    return address;
  }

  /** Everything that answers, for a port that is known by now. */
  HttpHandler.Site site(int port, Doorkeeper door) {
    Origins origins =
        new Origins(
            config.origins().stream()
                .map(origin -> origin.toLowerCase(Locale.ROOT))
                .collect(Collectors.toUnmodifiableSet()),
            (config.host().contains(":") ? "[" + config.host() + "]" : config.host()) + ":" + port);
    Connection.Shared shared =
        new Connection.Shared(config, metrics, activities.messages(), nodeName(), store::nowMs);
    RoomDoor roomDoor = new RoomDoor(config, rooms);
    Handshake handshake = new Handshake(shared, authenticator, origins, roomDoor, () -> draining);
    StaticPages pages = new StaticPages(activities);
    Router router = new Router(authenticator, origins, config.anonymousMayWatch(), roomDoor::hides);
    router.on(HttpMethod.GET, "/rooms/{room}/ws", Access.OPEN, handshake::answer);
    new RoomApi(roomDoor, store).addTo(router);
    new SaleApi(roomDoor, store).addTo(router);
    new OrderApi(roomDoor, store).addTo(router);
    new FiguresApi(rooms::beat, store, activities.kinds()).addTo(router);
    new LotteryApi(roomDoor, store).addTo(router);
    new ActivityApi(roomDoor, store, activityRules).addTo(router, activities);
    new NodeApi(store, meters, devTokens, devKey, () -> draining).addTo(router);
    router
        .on(HttpMethod.GET, "/asyncapi.yaml", Access.OPEN, call -> pages.document(call, "asyncapi"))
        .on(HttpMethod.GET, "/openapi.yaml", Access.OPEN, call -> pages.document(call, "openapi"))
        .otherwise(pages::page);
    return new HttpHandler.Site(
        config,
        door,
        router,
        origins,
        metrics,
        new HttpLine(config),
        (channel, handler) -> Pipeline.upgrade(channel, handler, config.maxFrameBytes()),
        () -> draining);
  }

  private static String nodeName() {
    byte[] random = new byte[8];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  /**
   * Lets everybody go in good order: nothing new is accepted, each viewer is told when to come
   * back, each at another instant, and closed by then. What they ask until then is answered.
   *
   * @return completed when they are gone, or after twice {@link GatewayConfig.Times#drainMs}
   */
  public CompletionStage<Void> drain() {
    draining = true;
    LOG.info("Draining {} clients over {} ms", metrics.connections(), config.times().drainMs());
    stopListening();
    for (Loop loop : loops.all()) {
      loop.later(() -> loop.forEach(this::sayGoodbye));
    }
    CompletableFuture<Void> gone = new CompletableFuture<>();
    awaitEmpty(
        gone, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2 * config.times().drainMs()));
    return gone;
  }

  private void sayGoodbye(Loop.Swept each) {
    if (each instanceof Connection connection) {
      // All at once would come back all at once: a herd for the other nodes.
      long inMs = ThreadLocalRandom.current().nextLong(1, config.times().drainMs() + 1);
      connection.send(
          Messages.object(
              json -> {
                json.writeStringProperty("type", "goaway");
                json.writeNumberProperty("reconnectAfterMs", inMs);
              }));
      connection.loop().after(() -> connection.closeWhenAnswered(CloseReason.GOING_AWAY), inMs);
    }
  }

  private void awaitEmpty(CompletableFuture<Void> gone, long untilNanos) {
    if (metrics.isQuiet() || System.nanoTime() - untilNanos >= 0) {
      gone.complete(null);
    } else {
      CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS)
          .execute(() -> awaitEmpty(gone, untilNanos));
    }
  }

  private void stopListening() {
    Channel channel = listening;
    if (channel != null) {
      channel.close().awaitUninterruptibly();
    }
  }

  /** Closes the port and, at once, what is still connected. */
  @Override
  public void close() {
    draining = true;
    stopListening();
    for (Loop loop : loops.all()) {
      loop.later(() -> loop.forEach(Loop.Swept::drop));
    }
    LOG.info("Gateway closed");
  }
}
