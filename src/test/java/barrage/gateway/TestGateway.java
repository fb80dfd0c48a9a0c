package barrage.gateway;

import barrage.Kinds;
import barrage.core.Limits;
import barrage.core.Reason;
import barrage.core.Role;
import barrage.core.RoomId;
import barrage.core.Viewer;
import barrage.core.ViewerId;
import barrage.room.RoomPulse;
import barrage.room.StoreAwayException;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.slf4j.LoggerFactory;

/** A gateway on a free port whose clock is stepped by hand and whose rooms only write down. */
final class TestGateway implements AutoCloseable {
  static final byte[] SECRET =
      "a secret of thirty-two bytes or more".getBytes(StandardCharsets.UTF_8);
  static final RoomId ROOM = new RoomId("r1");
  static final RoomPulse.Beat BEAT = new RoomPulse.Beat(Map.of(Reason.SOLD_OUT, 3L), 2, 9);

  final AtomicLong clockMs = new AtomicLong(1_000_000);
  final EventLoops loops = new EventLoops(EventLoops.Transport.best(), 2, clockMs::get);
  final StubStore store = new StubStore();

  /** Its line is {@code the-dev-key}. */
  private static final DevKey DEV_KEY = devKey();

  final Map<RoomId, RecordingRoom> rooms = new ConcurrentHashMap<>();
  final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  final GatewayMetrics metrics = new GatewayMetrics(meters);
  final DevTokens tokens = new DevTokens(SECRET, this::unixMs);
  final Gateway gateway;
  final int port;
  volatile Limits limits = Limits.DEFAULT;
  private final ListAppender<ILoggingEvent> leaks = new ListAppender<>();

  TestGateway() {
    this(config -> config);
  }

  TestGateway(UnaryOperator<GatewayConfig.Builder> change) {
    leaks.start();
    leakLog().addAppender(leaks);
    gateway =
        new Gateway(
            change.apply(GatewayConfig.at("127.0.0.1", 0, () -> limits)).build(),
            loops,
            new RecordedRooms(),
            store,
            Kinds.ALL,
            kind -> kind,
            new Authenticator(TokenKeys.hmac(SECRET), this::unixMs),
            tokens,
            DEV_KEY,
            metrics,
            meters);
    try {
      port = gateway.start().getPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Each is there once it was asked for; those of {@link #store} may be there before. */
  private final class RecordedRooms implements NodeRooms {
    @Override
    public RoomCalls room(RoomId id) {
      return rooms.computeIfAbsent(id, RecordingRoom::new);
    }

    @Override
    public boolean isOpen(RoomId id) {
      return rooms.containsKey(id);
    }

    @Override
    public CompletionStage<Boolean> isBegun(RoomId id) {
      return store.away
          ? CompletableFuture.failedFuture(new StoreAwayException("away", true))
          : CompletableFuture.completedStage(store.begun.contains(id));
    }

    @Override
    public CompletionStage<byte[]> view(RoomId id) {
      return rooms.computeIfAbsent(id, RecordingRoom::new).view();
    }

    @Override
    public RoomPulse.Beat beat(RoomId id) {
      return BEAT;
    }
  }

  /** Moves with the stepped clock. */
  long unixMs() {
    return StubStore.NOW_MS + clockMs.get() - 1_000_000;
  }

  RecordingRoom room() {
    return rooms.computeIfAbsent(ROOM, RecordingRoom::new);
  }

  String token(String viewer, Role role) {
    return tokens.issueForEveryRoom(new Viewer(new ViewerId(viewer), viewer, role));
  }

  static String bearer(String token) {
    return "Authorization: Bearer " + token;
  }

  /** Lets time pass and has every loop look after its connections. */
  void advance(long ms) {
    clockMs.addAndGet(ms);
    CountDownLatch swept = new CountDownLatch(loops.count());
    for (Loop loop : loops.all()) {
      loop.later(
          () -> {
            loop.sweep();
            swept.countDown();
          });
    }
    try {
      swept.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** How many connections the loops have, of any kind. */
  int loopsLookAfter() {
    AtomicInteger count = new AtomicInteger();
    CountDownLatch counted = new CountDownLatch(loops.count());
    for (Loop loop : loops.all()) {
      loop.later(
          () -> {
            loop.forEach(each -> count.incrementAndGet());
            counted.countDown();
          });
    }
    try {
      counted.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return count.get();
  }

  private static Logger leakLog() {
    return (Logger) LoggerFactory.getLogger(ResourceLeakDetector.class);
  }

  @Override
  public void close() {
    gateway.close();
    loops.close();
    System.gc(); // the detector learns from the collector of what was never released
    ByteBufAllocator.DEFAULT.buffer(1).release();
    leakLog().detachAppender(leaks);
    List<ILoggingEvent> found =
        leaks.list.stream().filter(event -> event.getLevel() == Level.ERROR).toList();
    if (!found.isEmpty()) {
      throw new AssertionError(found.get(0).getFormattedMessage());
    }
  }

  private static DevKey devKey() {
    try {
      Path file = Files.createTempFile("barrage-dev-key", "");
      file.toFile().deleteOnExit();
      Files.writeString(file, "the-dev-key\n");
      return new DevKey(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
