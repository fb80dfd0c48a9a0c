package barrage.bench;

import java.util.Arrays;
import org.HdrHistogram.Histogram;

/**
 * What came of one work: counts what its crowd sends, hears and suffers. For the crowd's thread.
 */
final class Tally {
  /** Longer than this from when it was due counts as this much. */
  private static final long MAX_LATENCY_US = 60_000_000;

  private final int hearers;
  private final byte[] granted;
  private final long fromUs;
  private final Histogram latencyUs = histogram();
  private boolean recording;
  private long sent;
  private long heard;
  private long recorded;
  private long refused;
  private long gone;
  private long resyncs;

  private Tally(int hearers, byte[] granted, long fromUs) {
    this.hearers = hearers;
    this.granted = granted;
    this.fromUs = fromUs;
  }

  /** Of what is due from this instant on. */
  static Tally of(Work work, long fromUs) {
    return new Tally(work.hearers(), Frames.ascii(work.granted()), fromUs);
  }

  /** While nothing is measured. */
  static Tally ofNothing() {
    return new Tally(0, new byte[0], Long.MAX_VALUE);
  }

  /** For times up to a minute. */
  static Histogram histogram() {
    return new Histogram(MAX_LATENCY_US, 3);
  }

  static void record(Histogram times, long us) {
    times.recordValue(Math.max(0, Math.min(MAX_LATENCY_US, us)));
  }

  /** From now on, or no more, latency is recorded; what is lost counts all along. */
  void recording(boolean now) {
    recording = now;
  }

  long sent() {
    return sent;
  }

  void onSent(int messages) {
    sent += messages;
  }

  void onGone() {
    gone++;
  }

  void onResync() {
    resyncs++;
  }

  /**
   * A message came that delivers or answers others.
   *
   * @param due when each of them was to be sent
   * @return how many of them are of this work
   */
  int onHeard(byte[] bytes, int from, int to, long[] due, long nowUs) {
    if (Kind.ERROR.is(bytes, from, to) && !isGranted(bytes, from, to)) {
      refused++;
      return due.length;
    }
    int fresh = 0;
    for (long each : due) {
      if (each >= fromUs) {
        fresh++;
        if (recording) {
          record(latencyUs, nowUs - each);
        }
      }
    }
    heard += fresh;
    recorded += recording ? fresh : 0;
    return fresh;
  }

  private boolean isGranted(byte[] bytes, int from, int to) {
    for (int i = from; granted.length > 0 && i <= to - granted.length; i++) {
      if (Arrays.equals(bytes, i, i + granted.length, granted, 0, granted.length)) {
        return true;
      }
    }
    return false;
  }

  /** Below zero when something came twice. */
  long lost() {
    return (sent - refused) * hearers - heard;
  }

  /** What it comes to. */
  Figures figures(double seconds, Usage used) {
    Figures.Faults faults = new Figures.Faults(lost(), refused, gone, resyncs);
    return new Figures(seconds, recorded, latencyUs, faults, used);
  }
}
