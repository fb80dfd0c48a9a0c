package barrage.load;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** What all shards measured, second by second and in all. Confined to the run's thread. */
final class Figures {
  private static final double MICROS_A_MS = 1_000;
  private static final Path STATUS = Path.of("/proc/self/status");

  private final Stage stage;
  private final Map<Condition.Subject, Histogram> total = new EnumMap<>(Condition.Subject.class);
  private final Timeline timeline = new Timeline();

  private long lastDeliveries;
  private long lastAnswers;
  private long lastErrors;
  private long lastNanos = System.nanoTime();
  private long startNanos = lastNanos;
  private long endNanos = lastNanos;
  private long startDeliveries;
  private long loadDeliveries;
  private long loadAnswers;
  private long startCpuNanos;
  private long cpuNanos;
  private final long residentKiBBefore = residentKiB();
  private long residentKiB;

  Figures(Stage stage) {
    this.stage = stage;
    for (Condition.Subject subject : Condition.Subject.values()) {
      total.put(subject, new Histogram(3));
    }
  }

  /** The load begins. */
  void start() {
    residentKiB = residentKiB();
    second(0);
    startNanos = System.nanoTime();
    startDeliveries = lastDeliveries;
    startCpuNanos = processCpuNanos();
    of(Condition.Subject.LAG).reset(); // While viewers joined, nothing was measured by it.
  }

  /** The load is over. */
  void end() {
    endNanos = System.nanoTime();
    loadDeliveries = lastDeliveries - startDeliveries;
    loadAnswers = lastAnswers;
    cpuNanos = processCpuNanos() - startCpuNanos;
  }

  /** A second is over, {@code atMs} after the beginning; below zero before it. */
  Timeline.Point second(long atMs) {
    Map<Condition.Subject, Histogram> now = collect();
    long deliveries = stage.sum(shard -> shard.tally().deliveries.sum());
    long answers = of(Condition.Subject.ANSWERS).getTotalCount();
    long errors = stage.sum(shard -> Tally.errors(shard.tally().errors()));
    long nanos = System.nanoTime();
    Timeline.Point point =
        new Timeline.Point(
            atMs,
            Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos - lastNanos)),
            stage.sum(Shard::online),
            deliveries - lastDeliveries,
            answers - lastAnswers,
            errors - lastErrors,
            percentileMs(now.get(Condition.Subject.DELIVERIES), 50),
            percentileMs(now.get(Condition.Subject.DELIVERIES), 99),
            percentileMs(now.get(Condition.Subject.ANSWERS), 50),
            percentileMs(now.get(Condition.Subject.ANSWERS), 99));
    lastDeliveries = deliveries;
    lastAnswers = answers;
    lastErrors = errors;
    lastNanos = nanos;
    if (atMs > 0) {
      timeline.add(point);
    }
    return point;
  }

  /** What still came after the end. */
  void rest() {
    collect();
    lastDeliveries = stage.sum(shard -> shard.tally().deliveries.sum());
  }

  private Map<Condition.Subject, Histogram> collect() {
    Map<Condition.Subject, Histogram> now = new EnumMap<>(Condition.Subject.class);
    for (Condition.Subject subject : Condition.Subject.values()) {
      Histogram all = new Histogram(3);
      for (Shard shard : stage.shards()) {
        all.add(shard.tally().since(subject, null));
      }
      of(subject).add(all);
      now.put(subject, all);
    }
    return now;
  }

  private static double percentileMs(@Nullable Histogram micros, double percentile) {
    return micros == null || micros.getTotalCount() == 0
        ? Double.NaN
        : micros.getValueAtPercentile(percentile) / MICROS_A_MS;
  }

  /** In microseconds, of the whole run. */
  Histogram of(Condition.Subject subject) {
    Histogram all = total.get(subject);
    if (all == null) {
      throw new IllegalStateException("there is one for each");
    }
    return all;
  }

  Timeline timeline() {
    return timeline;
  }

  /** How long there was load, in seconds. */
  double seconds() {
    return Math.max(1, endNanos - startNanos) / 1e9;
  }

  /** Danmaku received, the run's own and others'. */
  long deliveries() {
    return lastDeliveries - startDeliveries;
  }

  /** How many a second while there was load. */
  double perSecond(Condition.Subject subject) {
    return switch (subject) {
      case DELIVERIES -> loadDeliveries / seconds();
      case ANSWERS -> loadAnswers / seconds();
      default -> of(subject).getTotalCount() / seconds();
    };
  }

  /** The processors this process kept busy, on average. */
  double cores() {
    return cpuNanos / 1e9 / seconds();
  }

  /** What a danmaku received or an answer cost this process. */
  double cpuMicrosEach() {
    long each = loadDeliveries + loadAnswers;
    return each == 0 ? 0 : cpuNanos / 1e3 / each;
  }

  /** What a connection takes in this process when all are in; 0 where that is not known. */
  double kibEachConnection() {
    long joined = stage.sum(Shard::joined);
    return joined == 0 ? 0 : Math.max(0, residentKiB - residentKiBBefore) / (double) joined;
  }

  private static long processCpuNanos() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
        ? system.getProcessCpuTime()
        : 0;
  }

  private static long residentKiB() {
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0; // No Linux.
    }
  }
}
