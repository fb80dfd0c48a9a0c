package barrage.load;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;
import org.jspecify.annotations.Nullable;

/**
 * What one event loop counts and times. Written to by its loop alone, read by another thread; times
 * are kept in microseconds with three digits.
 */
final class Tally {
  /** How a sale and a lottery end for most, and no fault of anybody's. */
  private static final Set<String> OUTCOMES =
      Set.of(
          "sold_out",
          "limit_reached",
          "not_open",
          "ended",
          "tier_required",
          "already_entered",
          "not_eligible",
          "insufficient_points");

  private final Map<Condition.Subject, SingleWriterRecorder> times =
      new EnumMap<>(Condition.Subject.class);
  private final Map<String, LongAdder> errors = new ConcurrentHashMap<>();
  final LongAdder requests = new LongAdder();
  final LongAdder oks = new LongAdder();
  final LongAdder taps = new LongAdder();
  final LongAdder deliveries = new LongAdder();
  final LongAdder unanswered = new LongAdder();
  final LongAdder answeredTwice = new LongAdder();
  final LongAdder closes = new LongAdder();

  Tally() {
    for (Condition.Subject subject : Condition.Subject.values()) {
      times.put(subject, new SingleWriterRecorder(3));
    }
  }

  private SingleWriterRecorder recorder(Condition.Subject subject) {
    SingleWriterRecorder recorder = times.get(subject);
    if (recorder == null) {
      throw new IllegalStateException("there is one for each");
    }
    return recorder;
  }

  /** On the loop. */
  void time(Condition.Subject subject, long nanos) {
    recorder(subject).recordValue(Math.max(0, nanos / 1_000));
  }

  /** An {@code error} with this code. */
  void error(String code) {
    errors.computeIfAbsent(code, c -> new LongAdder()).increment();
  }

  /** How many of these answers are errors, and not the outcome of a sale or a lottery. */
  static long errors(Map<String, Long> byCode) {
    return byCode.entrySet().stream()
        .filter(error -> !OUTCOMES.contains(error.getKey()))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /** All {@code error} answers, by code. */
  SortedMap<String, Long> errors() {
    SortedMap<String, Long> all = new TreeMap<>();
    errors.forEach((code, count) -> all.put(code, count.sum()));
    return all;
  }

  /** What was timed since this was asked before; by one thread at a time. */
  Histogram since(Condition.Subject subject, @Nullable Histogram recycled) {
    return recorder(subject).getIntervalHistogram(recycled);
  }
}
