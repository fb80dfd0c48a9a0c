package barrage.load;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * Runs a scenario: viewers come, things happen on schedule, everything is waited for, and the books
 * are compared.
 *
 * <p>The calling thread prepares, watches the clock and the figures, and judges. The viewers live
 * on the event loops of {@link RoomClients}, each loop a {@link Shard} that sends by itself.
 */
final class LoadRun {
  private static final long ANSWER_WITHIN_MS = 15_000;
  private static final long HEAR_WITHIN_MS = 15_000;
  private static final long BE_TOLD_WITHIN_MS = 3_000;
  private static final long LOOK_EVERY_MS = 20;

  /** How many of the newest events viewers may be apart and still be compared. */
  private static final long COMPARED = 50_000;

  /** What is told while it runs, on the running thread. */
  interface Progress {
    /** A new part begins. */
    void phase(String what);

    /**
     * A second is over.
     *
     * @param done of {@code of}: viewers while they join, milliseconds after that
     */
    void second(Timeline.Point point, long done, long of);
  }

  private final Scenario scenario;
  private final Stage stage;
  private final Crowd crowd;
  private final Progress progress;
  private final Transcript transcript = new Transcript(COMPARED);
  private final DanmakuLedger ledger;
  private final Figures figures;
  private volatile boolean interrupted;

  LoadRun(
      Scenario scenario,
      URI server,
      RoomClients clients,
      Tokens tokens,
      RoomHttp http,
      Progress progress) {
    this.scenario = scenario;
    this.progress = progress;
    stage =
        new Stage(
            scenario,
            server,
            clients,
            tokens,
            http,
            new ArrayList<>(),
            runName(),
            new AtomicInteger());
    crowd = new Crowd(stage);
    ledger = new DanmakuLedger(stage.run(), scenario.talk().length());
    figures = new Figures(stage);
  }

  /**
   * Ids are new in every run: a repeat within a day would be answered from memory, and this comes
   * round after 27 hours. Digits alone, as letters could spell a forbidden word.
   */
  private static String runName() {
    return String.format(Locale.ROOT, "%06d", System.currentTimeMillis() / 100 % 1_000_000);
  }

  /** Ends the load early; it is judged all the same. Any thread. */
  void interrupt() {
    interrupted = true;
  }

  /** Runs it from beginning to end. */
  LoadReport run() throws NotStartedException, InterruptedException {
    crowd.seat(shard -> new Hearing(shard.tally(), ledger, transcript));
    crowd.promote(progress);
    progress.phase("joining");
    crowd.join(
        () -> interrupted,
        () -> progress.second(figures.second(-1), crowd.in(), scenario.viewers()));

    Acts acts = new Acts(stage, ledger);
    progress.phase(scenario.name());
    long startNanos = System.nanoTime();
    figures.start();
    stage.shards().forEach(shard -> shard.execute(shard::stop));
    Stage.Span span =
        new Stage.Span(
            startNanos, startNanos + TimeUnit.MILLISECONDS.toNanos(scenario.durationMs()));
    for (Act act : acts.all()) {
      act.begin(span);
    }
    watch(span, acts.all());
    finish();

    List<String> broken = new ArrayList<>();
    for (Act act : acts.all()) {
      broken.addAll(act.judge());
    }
    LoadReport report = LoadReport.of(stage, figures, acts, transcript, broken);
    stage.shards().forEach(shard -> shard.execute(shard::end));
    return report;
  }

  private void watch(Stage.Span span, List<Act> acts) throws InterruptedException {
    long second = span.startNanos();
    while (System.nanoTime() - span.endNanos() < 0 && !interrupted) {
      second = nextSecond(second, span.endNanos());
      while (System.nanoTime() - second < 0 && !interrupted) {
        long leftMs = TimeUnit.NANOSECONDS.toMillis(second - System.nanoTime());
        Thread.sleep(Math.max(1, Math.min(LOOK_EVERY_MS, leftMs)));
      }
      stage.checkFaults();
      for (Act act : acts) {
        act.look();
      }
      long doneMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - span.startNanos());
      progress.second(
          figures.second(doneMs), Math.min(doneMs, scenario.durationMs()), scenario.durationMs());
    }
    figures.end();
    stage.shards().forEach(shard -> shard.execute(shard::stop));
  }

  /** The next whole second that is still to come; the last one takes what is left with it. */
  private static long nextSecond(long before, long endNanos) {
    long second = TimeUnit.SECONDS.toNanos(1);
    long next = before + second;
    while (next - System.nanoTime() < 0 && next - endNanos < 0) {
      next += second;
    }
    return endNanos - next < second / 2 ? endNanos : next;
  }

  /** Waits for all answers, and until everybody heard of everything. */
  private void finish() throws InterruptedException {
    progress.phase("waiting for the last answers");
    until(() -> stage.sum(Shard::pending) == 0, ANSWER_WITHIN_MS);
    until(() -> stage.sum(Shard::online) + stage.sum(Shard::failed) >= crowd.in(), HEAR_WITHIN_MS);
    long newest = ledger.newest();
    List<Watcher> watchers = stage.watchers();
    until(() -> watchers.stream().noneMatch(w -> w.isBehind(newest)), HEAR_WITHIN_MS);
    until(() -> watchers.stream().allMatch(Watcher::isAccountedFor), BE_TOLD_WITHIN_MS);
    figures.rest();
  }

  private void until(BooleanSupplier holds, long withinMs) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(withinMs);
    while (System.nanoTime() - deadline < 0 && !holds.getAsBoolean()) {
      Thread.sleep(LOOK_EVERY_MS);
      stage.checkFaults();
    }
  }
}
