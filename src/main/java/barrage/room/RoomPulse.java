package barrage.room;

import barrage.core.Reason;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * How a room is doing on this node: what it refused, and how long its viewers wait for an answer.
 * Safe for any thread.
 */
public final class RoomPulse {
  /** Answers of the store that latency is told from. */
  private static final int REMEMBERED = 512;

  private final Map<Reason, LongAdder> refusals = new EnumMap<>(Reason.class);
  private final int[] waitsMs = new int[REMEMBERED];
  private long answers;

  /**
   * What can be told of it.
   *
   * @param refusals since the room was opened here, without reasons that never came up
   * @param p50Ms of the last answers of the store: from the arrival of the first request of a batch
   *     to the answers; 0 before the first
   * @param p99Ms of the same
   */
  public record Beat(Map<Reason, Long> refusals, int p50Ms, int p99Ms) {}

  RoomPulse() {
    for (Reason reason : Reason.values()) {
      refusals.put(reason, new LongAdder());
    }
  }

  void onRefused(Reason reason) {
    LongAdder count = refusals.get(reason);
    if (count != null) {
      count.increment();
    }
  }

  /** A batch was answered. */
  synchronized void onAnswered(long waitMs) {
    waitsMs[(int) (answers++ % REMEMBERED)] = (int) Math.min(waitMs, Integer.MAX_VALUE);
  }

  Beat beat() {
    Map<Reason, Long> counts = new EnumMap<>(Reason.class);
    refusals.forEach(
        (reason, count) -> {
          if (count.sum() > 0) {
            counts.put(reason, count.sum());
          }
        });
    int[] waits = sorted();
    return new Beat(counts, rank(waits, 50), rank(waits, 99));
  }

  private synchronized int[] sorted() {
    int[] waits = Arrays.copyOf(waitsMs, (int) Math.min(answers, REMEMBERED));
    Arrays.sort(waits);
    return waits;
  }

  /** By nearest rank. */
  private static int rank(int[] sorted, int percent) {
    return sorted.length == 0 ? 0 : sorted[(sorted.length * percent + 99) / 100 - 1];
  }
}
