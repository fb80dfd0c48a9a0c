package barrage.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import barrage.activity.Activities;
import barrage.core.Danmaku;
import barrage.core.Entry;
import barrage.core.RequestKey;
import barrage.core.Role;
import barrage.core.RoomId;
import barrage.core.Viewer;
import barrage.core.ViewerId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
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
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** A batch made into the keys and arguments of its one script call. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class BatchBenchmark {
  /** What Redis names its history by: forty hexadecimal digits. */
  private static final String LINEAGE = "0".repeat(40);

  @Param({"1", "50", "500"})
  int entries;

  private final Keys keys = new Keys(new RoomId("demo"));
  private final Period period = Period.at(1_700_000_000_000L, ZoneOffset.UTC);
  private final byte[] terms = "{}".getBytes(UTF_8);
  private List<Entry> danmaku;
  private List<Entry> buys;

  @Setup
  public void batches() {
    danmaku = batch(BatchBenchmark::say);
    buys = batch(BatchBenchmark::buy);
  }

  private List<Entry> batch(IntFunction<Entry> entry) {
    return IntStream.range(0, entries).mapToObj(entry).toList();
  }

  private static Viewer viewer(int i) {
    return new Viewer(new ViewerId("viewer-" + i), "小明 " + i, Role.VIEWER);
  }

  private static Entry say(int i) {
    Viewer viewer = viewer(i);
    return new Entry.Say(
        new RequestKey(viewer.id(), "m-" + i),
        viewer,
        new Danmaku("主播这件外套有没有蓝色的? size M", Danmaku.Mode.SCROLL, 0xff8800));
  }

  private static Entry buy(int i) {
    Viewer viewer = viewer(i);
    return new Entry.Buy(new RequestKey(viewer.id(), "b-" + i), viewer, "k3v9x0qm41az", 1);
  }

  @Benchmark
  public void danmaku(Blackhole hole) {
    build(danmaku, hole);
  }

  @Benchmark
  public void buys(Blackhole hole) {
    build(buys, hole);
  }

  private void build(List<Entry> batch, Blackhole hole) {
    CommitCall call = new CommitCall(keys, new Modules(Activities.NONE), batch, 1, 1);
    hole.consume(call.keys(period));
    hole.consume(call.args(period, terms, LINEAGE, Long.MAX_VALUE >> 10));
  }
}
