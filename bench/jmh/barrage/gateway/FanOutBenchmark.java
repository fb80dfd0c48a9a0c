package barrage.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import barrage.core.Action;
import barrage.core.Entry;
import barrage.core.Limits;
import barrage.core.Outcome;
import barrage.room.Position;
import barrage.room.Session;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One broadcast to all viewers of a room, with everything of ours but sockets: audience, rows,
 * connections, pipeline, framing. What is left of a delivery in production is the kernel's.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class FanOutBenchmark {
  /** Five danmaku, what a tick of a busy room holds. */
  private static final byte[] FRAME = ("{\"events\":[" + "x".repeat(1_000) + "]}").getBytes(UTF_8);

  @Param({"100", "1000", "5000"})
  int viewers;

  private final EventLoops loops = EventLoops.start(EventLoops.Transport.NIO, 1);
  private final List<Wire> wires = new ArrayList<>();
  private SocketAudience audience;
  private long seq;

  @Setup
  public void join() {
    GatewayMetrics metrics = new GatewayMetrics(new SimpleMeterRegistry());
    GatewayConfig config = GatewayConfig.at("127.0.0.1", 0, () -> Limits.DEFAULT).build();
    Connection.Shared shared =
        new Connection.Shared(config, metrics, type -> null, "node", () -> 0);
    Doorkeeper door = new Doorkeeper(config, metrics);
    HttpHandler.Site site =
        new HttpHandler.Site(
            config, door, null, null, metrics, new HttpLine(config), null, () -> false);
    audience = new SocketAudience(loops, metrics, (session, seq, resuming) -> {});
    Loop loop = null;
    for (int i = 0; i < viewers; i++) {
      Wire wire = new Wire();
      wires.add(wire);
      if (loop == null) {
        loop = new Loop(wire.eventLoop(), 0, () -> 0);
      }
      Pipeline.http(wire, config.entrance(), door, new HttpHandler(wire, loop, site));
      Connection connection =
          new Connection(wire, loop, shared, Nowhere.ROOM, null, null, i, Long.MAX_VALUE, false);
      Pipeline.upgrade(wire, connection, config.maxFrameBytes());
      audience.follow(connection, FRAME);
    }
    runTasks();
    broadcast();
    for (Wire wire : wires) {
      if (wire.frames != 2) {
        throw new IllegalStateException("a viewer was sent " + wire.frames + " frames, not 2");
      }
    }
  }

  @Benchmark
  public long broadcast() {
    seq++;
    audience.broadcast(FRAME, seq, seq);
    runTasks();
    return wires.get(0).frames;
  }

  private void runTasks() {
    wires.get(0).runPendingTasks();
  }

  @TearDown
  public void leave() {
    wires.forEach(EmbeddedChannel::close);
    loops.close();
  }

  /** A socket that takes everything at once. */
  private static final class Wire extends EmbeddedChannel {
    private long frames;

    @Override
    protected void handleOutboundMessage(Object message) {
      frames++;
      ReferenceCountUtil.release(message);
    }
  }

  /** A room that does nothing. */
  private enum Nowhere implements RoomCalls {
    ROOM;

    @Override
    public void offerJoin(Session session, Position since) {}

    @Override
    public void offerLeave(Session session) {}

    @Override
    public void offerAction(Session session, String requestId, Action action) {}

    @Override
    public void offerLook(Session session, String requestId) {}

    @Override
    public boolean offerLikes(Session session, long total) {
      return true;
    }

    @Override
    public CompletionStage<Outcome> offer(Entry entry) {
      return new CompletableFuture<>();
    }
  }
}
