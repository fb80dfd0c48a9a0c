package barrage.room;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
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

/** An {@code events} frame of danmaku as history keeps them, joined once for all viewers. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class EventsFrameBenchmark {
  private static final long AFTER = 1_000_000;

  @Param({"1", "5", "50", "300"})
  int events;

  private List<Numbered> danmaku;

  @Setup
  public void events() {
    danmaku =
        LongStream.rangeClosed(AFTER + 1, AFTER + events)
            .mapToObj(seq -> new Numbered(seq, (byte) 0, json(seq)))
            .toList();
  }

  private static byte[] json(long seq) {
    return ("{'type':'danmaku','seq':"
            + seq
            + ",'at':1700000000000,'viewer':{'tier':'regular','id':'viewer-1024','name':'小明'},"
            + "'text':'主播这件外套有没有蓝色的? size M','mode':'scroll','color':'#ffffff'}")
        .replace('\'', '"')
        .getBytes(UTF_8);
  }

  @Benchmark
  public Object encode() {
    return Broadcaster.frameOf(AFTER, danmaku);
  }
}
