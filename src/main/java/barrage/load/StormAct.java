package barrage.load;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Connections that break all at once, again and again, and have to come back. */
final class StormAct implements Act {
  private final Stage stage;
  private final Scenario.Storm storm;

  StormAct(Stage stage, Scenario.Storm storm) {
    this.stage = stage;
    this.storm = storm;
  }

  @Override
  public void begin(Stage.Span span) {
    long everyNanos = TimeUnit.MILLISECONDS.toNanos(storm.everyMs());
    // The last one early enough for all to come back while the load goes on.
    long count = Math.max(1, (span.endNanos() - span.startNanos()) / everyNanos - 1);
    for (Shard shard : stage.shards()) {
      shard.execute(
          () ->
              shard.plan(
                  Schedule.within(count, span.startNanos() + everyNanos, count * everyNanos),
                  due -> shard.viewers().forEach(this::breakSome)));
    }
  }

  private void breakSome(LoadViewer viewer) {
    if (ThreadLocalRandom.current().nextInt(100) < storm.share()) {
      viewer.breakOff();
    }
  }
}
