package barrage.load;

import java.util.concurrent.TimeUnit;

/**
 * Instants that were fixed beforehand, evenly spaced: number k is due at the start plus k times the
 * spacing, whatever became of those before it. What is done late is late by the schedule, so a slow
 * server cannot slow the questions down and look quick (coordinated omission). Confined to one
 * thread; instants are of {@link System#nanoTime}.
 */
final class Schedule {
  private static final double SECOND = TimeUnit.SECONDS.toNanos(1);

  private final long startNanos;
  private final double spacingNanos;
  private final long count;
  private final int step;
  private long next;

  private Schedule(long startNanos, double spacingNanos, long count, int part, int parts) {
    this.startNanos = startNanos;
    this.spacingNanos = spacingNanos;
    this.count = count;
    next = part;
    step = parts;
  }

  /**
   * So many a second. Several threads share one schedule: each takes every {@code parts}-th
   * instant.
   *
   * @param part from 0
   */
  static Schedule atRate(
      double perSecond, long startNanos, long durationNanos, int part, int parts) {
    double spacing = perSecond > 0 ? SECOND / perSecond : Double.MAX_VALUE;
    long count = (long) Math.ceil(durationNanos / spacing);
    return new Schedule(startNanos, spacing, perSecond > 0 ? count : 0, part, parts);
  }

  /** So many within a time; all at once when that is 0. */
  static Schedule within(long count, long startNanos, long withinNanos) {
    return new Schedule(startNanos, count > 0 ? (double) withinNanos / count : 0, count, 0, 1);
  }

  /** Whether anything is left to come. */
  boolean hasNext() {
    return next < count;
  }

  /** When the next one is due, or was. */
  long nextNanos() {
    return startNanos + Math.round(next * spacingNanos);
  }

  /** Goes on to the one after; returns when the one that is taken was due. */
  long take() {
    long due = nextNanos();
    next += step;
    return due;
  }
}
