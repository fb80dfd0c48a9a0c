package barrage.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import barrage.core.Danmaku;
import barrage.core.ViewerId;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What a client says, read; what it is answered, written. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class WireBenchmark {
  private static final String TEXT = "主播这件外套有没有蓝色的? size M";

  private final byte[] danmaku = utf8("{'type':'danmaku','id':'m-1024-77','text':'" + TEXT + "'}");
  private final byte[] buy = utf8("{'type':'sale.buy','id':'b-1024-77','sale':'k3v9x0qm41az'}");
  private final byte[] like = utf8("{'type':'like','total':4711}");
  private final ViewerId sender = new ViewerId("viewer-1024");
  private final Danmaku said = new Danmaku(TEXT, Danmaku.Mode.SCROLL, Danmaku.DEFAULT_COLOR);

  private static byte[] utf8(String json) {
    return json.replace('\'', '"').getBytes(UTF_8);
  }

  @Benchmark
  public ClientMessage decodeDanmaku() {
    return ClientMessages.read(danmaku, 0, danmaku.length);
  }

  @Benchmark
  public ClientMessage decodeBuy() {
    return ClientMessages.read(buy, 0, buy.length);
  }

  @Benchmark
  public ClientMessage decodeLike() {
    return ClientMessages.read(like, 0, like.length);
  }

  /** The part of a danmaku event that is written before the store numbers it. */
  @Benchmark
  public byte[] encodeDanmaku() {
    return Messages.danmakuTail(sender, "小明", said);
  }

  @Benchmark
  public byte[] encodeOk() {
    return Messages.said("m-1024-77", 123_456L);
  }
}
