package barrage.bench;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * Connections that only are there.
 *
 * @param kbEach by how much the gateway grew for each
 * @param used while they connected
 * @param storm all of them at once again, while the server still learns that they are gone
 */
record Idle(int connections, double kbEach, Usage used, Wave first, Wave storm) {

  /** Everybody connects, as fast as the server lets them. */
  record Wave(double seconds, double p99Ms) {
    static Wave of(Crowd crowd, int connections) throws IOException {
      long start = System.nanoTime();
      Histogram us = crowd.connect(connections, viewer -> "crowd");
      return new Wave((System.nanoTime() - start) / 1e9, us.getValueAtPercentile(99) / 1_000.0);
    }
  }

  static final String HEAD =
      "\n## Idle connections\n\n"
          + "| connections | KB each, gateway | RSS gateway, MB | CPU ms each, gateway | Redis"
          + " | all in, s | p99 ms | storm: all in, s | p99 ms |\n"
          + "|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n";

  static String table(List<Idle> points) {
    StringBuilder table = new StringBuilder(HEAD);
    points.forEach(each -> table.append(each.row()).append('\n'));
    return table.toString();
  }

  String row() {
    return String.format(
        Locale.ROOT,
        "| %,d | %.1f | %d | %.2f | %.2f | %.1f | %.0f | %.1f | %.0f |",
        connections,
        kbEach,
        used.serverRssKb() >> 10,
        used.server().total() * 1_000 / connections,
        used.redis().total() * 1_000 / connections,
        first.seconds,
        first.p99Ms,
        storm.seconds,
        storm.p99Ms);
  }
}
