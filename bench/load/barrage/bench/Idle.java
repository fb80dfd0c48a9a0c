package barrage.bench;

import barrage.bench.Crowd.Arrival;
import java.util.List;
import java.util.Locale;

/**
 * Connections that only are there.
 *
 * @param kbEach by how much the gateway grew for each
 * @param used while they connected
 * @param storm all of them at once again, while the server still learns that they are gone
 */
record Idle(int connections, double kbEach, Usage used, Arrival first, Arrival storm) {

  static final String HEAD =
      "\n## Idle connections\n\n"
          + "| connections | KB each, gateway | RSS gateway, MB | CPU ms each, gateway | Redis"
          + " | all in, s | p99 ms | redials | storm: all in, s | p99 ms | redials |\n"
          + "|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n";

  static String table(List<Idle> points) {
    StringBuilder table = new StringBuilder(HEAD);
    points.forEach(each -> table.append(each.row()).append('\n'));
    return table.toString();
  }

  String row() {
    return String.format(
        Locale.ROOT,
        "| %,d | %.1f | %d | %.2f | %.2f | %.1f | %.0f | %d | %.1f | %.0f | %d |",
        connections,
        kbEach,
        used.serverRssKb() >> 10,
        used.server().total() * 1_000 / connections,
        used.redis().total() * 1_000 / connections,
        first.seconds(),
        p99Ms(first),
        first.redials(),
        storm.seconds(),
        p99Ms(storm),
        storm.redials());
  }

  private static double p99Ms(Arrival arrival) {
    return arrival.eachUs().getValueAtPercentile(99) / 1_000.0;
  }
}
