package barrage.rules;

import barrage.core.Action;
import barrage.core.Danmaku;
import barrage.core.Role;
import barrage.core.RoomSettings;
import barrage.core.Standing;
import barrage.core.Viewer;
import barrage.core.ViewerId;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One decision of the shipped pipeline, all limits on. The viewer acts once a second by a clock
 * that each call moves on, so there is always a past to look at and always a token.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class PipelineBenchmark {
  private static final int TEXTS = 64;

  private final RuleBook rules = RulesFile.shipped(true);
  private final Viewer viewer = new Viewer(new ViewerId("viewer-1024"), "小明", Role.VIEWER);
  private final Action[] says = new Action[TEXTS];
  private final Action buy = new Action.Buy("b-1", "k3v9x0qm41az", 1);
  private final Action advert = new Action.Say("m-x", danmaku("加我微信 13800138000 便宜"));
  private Recent recent = Recent.NOTHING;
  private long nowMs = 1_700_000_000_000L;
  private int next;

  @Setup
  public void texts() {
    for (int i = 0; i < TEXTS; i++) {
      says[i] = new Action.Say("m-" + i, danmaku("主播这件外套有没有蓝色的? size " + i));
    }
    if (refuses(says[0]) || refuses(buy) || !refuses(advert)) {
      throw new IllegalStateException("the shipped rules decide otherwise than this measures");
    }
  }

  private static Danmaku danmaku(String text) {
    return new Danmaku(text, Danmaku.Mode.SCROLL, Danmaku.DEFAULT_COLOR);
  }

  private boolean refuses(Action action) {
    return decide(action).refusal() != null;
  }

  private Decision decide(Action action) {
    nowMs += 1_000;
    Decision decision =
        rules.decide(
            action, new Scene(viewer, Standing.NEWCOMER, RoomSettings.DEFAULT, recent, nowMs));
    recent = decision.recent();
    return decision;
  }

  @Benchmark
  public Decision danmaku() {
    next = (next + 1) % TEXTS;
    return decide(says[next]);
  }

  @Benchmark
  public Decision buy() {
    return decide(buy);
  }

  /** Refused by the list of forbidden words and adverts. */
  @Benchmark
  public Decision advert() {
    return decide(advert);
  }
}
