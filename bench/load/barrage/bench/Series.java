package barrage.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** One curve of the figures that all works have, as a table and as panels of a plot. */
final class Series {
  /** A p99 beyond it is not keeping up. */
  static final long KEEPS_UP_MS = 1_000;

  /** One may be the machine's fault; with the second, a curve ends. */
  private static final int LATE_IN_A_ROW = 2;

  private final String unit;
  private final String title;
  private final String each;
  private final Map<Integer, Figures> points = new LinkedHashMap<>();
  private int late;

  /**
   * @param unit of what there is more and more of
   * @param title of the table and the panel of latency
   * @param each what CPU is told for: {@code a delivery}
   */
  Series(String unit, String title, String each) {
    this.unit = unit;
    this.title = title;
    this.each = each;
  }

  String title() {
    return title;
  }

  /** Returns whether the server keeps up, or nearly, and so may be asked for more. */
  boolean add(int x, Figures figures) {
    points.put(x, figures);
    boolean keepsUp = !figures.faults().any() && figures.p99Ms() < KEEPS_UP_MS;
    late = keepsUp ? 0 : late + 1;
    return late < LATE_IN_A_ROW;
  }

  boolean isEmpty() {
    return points.isEmpty();
  }

  String head() {
    return "\n## "
        + Character.toUpperCase(title.charAt(0))
        + title.substring(1)
        + "\n\n| "
        + unit
        + " | per second | p50 ms | p99 ms | µs CPU of "
        + each
        + " | gateway user | sys | Redis user | sys | RSS gateway, MB | Redis | faults |\n"
        + "|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|\n";
  }

  String table() {
    StringBuilder table = new StringBuilder(head());
    points.forEach((x, figures) -> table.append(row(x, figures)).append('\n'));
    return table.toString();
  }

  static String row(int x, Figures f) {
    return String.format(
        Locale.ROOT,
        "| %,d | %,.0f | %.1f | %.1f | %.2f | %.2f | %.2f | %.2f | %.2f | %d | %d | %s |",
        x,
        f.perSecond(),
        f.p50Ms(),
        f.p99Ms(),
        f.cpuUsEach(),
        f.usEach(f.used().server().user()),
        f.usEach(f.used().server().sys()),
        f.usEach(f.used().redis().user()),
        f.usEach(f.used().redis().sys()),
        f.used().serverRssKb() >> 10,
        f.used().redisRssKb() >> 10,
        f.faults().any() ? f.faults() : "–");
  }

  void addTo(Plot plot) {
    Map<String, List<Plot.At>> latency = new LinkedHashMap<>();
    latency.put("p50", line(Figures::p50Ms));
    latency.put("p99", line(Figures::p99Ms));
    plot.panel(title, unit, "ms", latency);
    Map<String, List<Plot.At>> cpu = new LinkedHashMap<>();
    cpu.put("gateway user", line(f -> f.usEach(f.used().server().user())));
    cpu.put("gateway sys", line(f -> f.usEach(f.used().server().sys())));
    cpu.put("Redis user", line(f -> f.usEach(f.used().redis().user())));
    cpu.put("Redis sys", line(f -> f.usEach(f.used().redis().sys())));
    plot.panel("CPU of " + each, unit, "µs", cpu);
  }

  private List<Plot.At> line(ToDoubleFunction<Figures> y) {
    return points.entrySet().stream()
        .map(point -> new Plot.At(point.getKey(), y.applyAsDouble(point.getValue())))
        .toList();
  }
}
