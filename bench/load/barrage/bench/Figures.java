package barrage.bench;

import org.HdrHistogram.Histogram;

/**
 * What one measurement found.
 *
 * @param seconds how long it was
 * @param count deliveries, or clicks answered, that arrived in that time
 * @param latencyUs of each of them, against the schedule
 * @param faults what must not be
 * @param used by the server in that time
 */
record Figures(double seconds, long count, Histogram latencyUs, Faults faults, Usage used) {

  /**
   * What went wrong from the start of the warm-up to the end of the measurement.
   *
   * @param lost what was sent and never arrived
   * @param refused answers that say no where the answer ought to be yes
   * @param gone connections that broke
   * @param resyncs viewers who were told that they missed something
   */
  record Faults(long lost, long refused, long gone, long resyncs) {
    boolean any() {
      return lost != 0 || refused != 0 || gone != 0 || resyncs != 0;
    }

    @Override
    public String toString() {
      return "lost " + lost + ", refused " + refused + ", gone " + gone + ", resyncs " + resyncs;
    }
  }

  double perSecond() {
    return count / seconds;
  }

  double cpuUsEach() {
    return usEach(used.cpu());
  }

  double usEach(double cpuSeconds) {
    return count == 0 ? Double.NaN : cpuSeconds * 1e6 / count;
  }

  double p50Ms() {
    return latencyUs.getValueAtPercentile(50) / 1_000.0;
  }

  double p99Ms() {
    return latencyUs.getValueAtPercentile(99) / 1_000.0;
  }
}
