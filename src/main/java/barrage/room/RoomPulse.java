package barrage.room;

import barrage.core.Reason;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/**
 * How a room is doing on this node: what it refused, and how long its viewers wait for an answer.
 * Safe for any thread.
 */
public final class RoomPulse {
  /** Answers of the store that latency is told from, at most, and how old they may be. */
  private static final int REMEMBERED = 128;

  private static final int RECENT_MS = 30_000;

  /** Reasons that came up alone: a room that nobody asks anything is to cost little. */
  private final Map<Reason, LongAdder> refusals = new ConcurrentHashMap<>();

  /** Rings that double up to their bound, for the same reason. */
  private int[] waitsMs = {};

  private long[] answeredAtMs = {};
  private long answers;

  /**
   * What can be told of it.
   *
   * @param refusals since the room was opened here, without reasons that never came up
   * @param p50Ms of the answers of the last half minute: from the arrival of the first request of a
   *     batch to the answers; 0 when there were none
   * @param p99Ms of the same
   */
  public record Beat(Map<Reason, Long> refusals, int p50Ms, int p99Ms) {
    /** Of a room that nobody has asked anything. */
    public static final Beat NONE = new Beat(Map.of(), 0, 0);
  }

  void onRefused(Reason reason) {
    refusals.computeIfAbsent(reason, first -> new LongAdder()).increment();
  }

  /** A batch was answered. */
  synchronized void onAnswered(long waitMs, long nowMs) {
    if (answers == waitsMs.length && answers < REMEMBERED) {
      int more = Math.max(4, 2 * waitsMs.length);
      waitsMs = Arrays.copyOf(waitsMs, more);
      answeredAtMs = Arrays.copyOf(answeredAtMs, more);
    }
    int place = (int) (answers++ % REMEMBERED);
    waitsMs[place] = (int) Math.min(waitMs, Integer.MAX_VALUE);
    answeredAtMs[place] = nowMs;
  }

  /**
   * @param nowMs by the clock that answers were told with
   */
  Beat beat(long nowMs) {
    Map<Reason, Long> counts = new EnumMap<>(Reason.class);
    refusals.forEach((reason, count) -> counts.put(reason, count.sum()));
    int[] waits = recentWaits(nowMs - RECENT_MS);
    return new Beat(counts, rank(waits, 50), rank(waits, 99));
  }

  private synchronized int[] recentWaits(long sinceMs) {
    return IntStream.range(0, (int) Math.min(answers, REMEMBERED))
        .filter(i -> answeredAtMs[i] >= sinceMs)
        .map(i -> waitsMs[i])
        .sorted()
        .toArray();
  }

  /** By nearest rank. */
  private static int rank(int[] sorted, int percent) {
    return sorted.length == 0 ? 0 : sorted[(sorted.length * percent + 99) / 100 - 1];
  }
}
