package barrage.load;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * What a load comes to.
 *
 * @param seconds how long there was load
 * @param online viewers that came in
 * @param perSecond how many of each while there was load
 * @param times in microseconds, from the instant a thing was due
 * @param errors all answers of that type, by code
 * @param unanswered requests without an answer, whatever was tried
 * @param answeredTwice answers to requests that were answered before
 * @param closes connections that the server or the network ended
 * @param broken what the protocol promises and was not kept; empty when all is well
 */
record LoadReport(
    Scenario scenario,
    String server,
    String run,
    double seconds,
    long online,
    Map<Condition.Subject, Double> perSecond,
    Map<Condition.Subject, Histogram> times,
    long requests,
    long oks,
    long taps,
    long deliveries,
    SortedMap<String, Long> errors,
    long unanswered,
    long answeredTwice,
    long closes,
    Watcher.Findings heard,
    DanmakuLedger.Findings danmaku,
    long lost,
    Optional<SaleBooks> sale,
    Optional<RaffleBooks> lottery,
    Optional<ActivityAct> show,
    Tester tester,
    List<Timeline.Point> timeline,
    List<String> broken)
    implements Condition.Figures {

  /** Lateness of its own from which on a load tester spoils its figures. */
  private static final double LATE_MS = 10;

  /**
   * The load tester itself.
   *
   * @param cores that it kept busy
   * @param cpuMicrosEach processor time for each delivery and answer
   * @param kibEachConnection resident memory; 0 where that is not known
   */
  record Tester(double cores, double cpuMicrosEach, double kibEachConnection) {}

  static LoadReport of(
      Stage stage, Figures figures, Acts acts, Transcript transcript, List<String> judged) {
    Map<Condition.Subject, Histogram> times = new EnumMap<>(Condition.Subject.class);
    Map<Condition.Subject, Double> perSecond = new EnumMap<>(Condition.Subject.class);
    for (Condition.Subject subject : Condition.Subject.values()) {
      times.put(subject, figures.of(subject));
      perSecond.put(subject, figures.perSecond(subject));
    }
    SortedMap<String, Long> errors = new TreeMap<>();
    stage
        .shards()
        .forEach(
            shard -> shard.tally().errors().forEach((code, n) -> errors.merge(code, n, Long::sum)));
    Watcher.Findings heard =
        Watcher.Findings.sum(stage.watchers().stream().map(Watcher::findings).toList());
    long pending = stage.sum(Shard::pending);
    long unanswered = pending + stage.sum(shard -> shard.tally().unanswered.sum());
    long twice = stage.sum(shard -> shard.tally().answeredTwice.sum());
    long absent = stage.scenario().viewers() - stage.sum(Shard::joined);

    List<String> broken = new ArrayList<>();
    tell(broken, absent, "viewers never came in");
    tell(broken, unanswered, "requests were never answered");
    tell(broken, twice, "answers came to requests that were answered before");
    broken.addAll(heard.broken(transcript));
    broken.addAll(judged);
    return new LoadReport(
        stage.scenario(),
        stage.server().toString(),
        stage.run(),
        figures.seconds(),
        stage.sum(Shard::joined),
        perSecond,
        times,
        stage.sum(shard -> shard.tally().requests.sum()),
        stage.sum(shard -> shard.tally().oks.sum()),
        stage.sum(shard -> shard.tally().taps.sum()),
        figures.deliveries(),
        errors,
        unanswered,
        twice,
        stage.sum(shard -> shard.tally().closes.sum()),
        heard,
        acts.ledger().findings(),
        acts.ledger().lost(),
        acts.sale(),
        acts.lottery(),
        acts.show(),
        new Tester(figures.cores(), figures.cpuMicrosEach(), figures.kibEachConnection()),
        figures.timeline().points(),
        List.copyOf(broken));
  }

  private static void tell(List<String> broken, long count, String what) {
    if (count > 0) {
      broken.add(count + " " + what);
    }
  }

  Histogram times(Condition.Subject subject) {
    Histogram micros = times.get(subject);
    return micros == null ? new Histogram(3) : micros;
  }

  /** Whether the load tester was late itself, so that figures are not the server's alone. */
  boolean isLate() {
    return percentileMs(Condition.Subject.LAG, 99).orElse(0) > LATE_MS;
  }

  /** Errors that are not the outcome of a sale or a lottery. */
  long errorCount() {
    return Tally.errors(errors);
  }

  /** What conditions come to. */
  List<Condition.Verdict> verdicts() {
    return scenario.conditions().stream().map(condition -> condition.judge(this)).toList();
  }

  // ---- what conditions ask for

  @Override
  public Condition.Subject defaultSubject() {
    return scenario.talk().rate() > 0 ? Condition.Subject.DELIVERIES : Condition.Subject.ANSWERS;
  }

  @Override
  public OptionalDouble percentileMs(Condition.Subject subject, double percentile) {
    Histogram micros = times(subject);
    return micros.getTotalCount() == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(micros.getValueAtPercentile(percentile) / 1_000.);
  }

  @Override
  public OptionalDouble meanMs(Condition.Subject subject) {
    Histogram micros = times(subject);
    return micros.getTotalCount() == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(micros.getMean() / 1_000);
  }

  @Override
  public double throughput(Condition.Subject subject) {
    return perSecond.getOrDefault(subject, 0.);
  }

  @Override
  public double count(String what) {
    return switch (what) {
      case "errors" -> errorCount() + unanswered;
      case "shed" -> heard.shed();
      case "loss" -> unanswered + lost;
      case "gaps" -> heard.gaps();
      case "doubled" -> answeredTwice + danmaku.doubled() + heard.duplicates();
      case "oversold" -> sale.map(SaleBooks::oversold).orElse(0L);
      default -> throw new IllegalArgumentException(what);
    };
  }

  @Override
  public double percent(String what) {
    double of = what.equals("shed") ? heard.received() + heard.shed() : requests;
    return of == 0 ? 0 : 100 * count(what) / of;
  }
}
