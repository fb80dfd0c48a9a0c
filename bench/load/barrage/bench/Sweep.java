package barrage.bench;

import barrage.bench.Work.Span;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How cost grows: a curve for each thing there can be more of, as a table and a plot. */
@Command(
    name = "bench/run sweep",
    mixinStandardHelpOptions = true,
    description = "Measures how cost grows, and writes a table and a plot.")
final class Sweep implements Callable<Integer> {
  private static final Span SPAN = new Span(1, 4);
  private static final Span WARM_UP = new Span(4, 0.5);

  /** A p99 beyond it is not keeping up. */
  private static final double KEEPS_UP_MS = 1_000;

  /** One may be the machine's fault; with the second, a curve ends. */
  private static final int LATE_IN_A_ROW = 2;

  private static final int VIEWERS = 1_000;
  private static final int A_ROOM = 4;
  private static final String ROOM = "crowd";
  private static final int PLENTY = 50_000_000;

  /** Of the files a process may open, what is not for connections. */
  private static final int OTHER_FILES = 400;

  private enum Curve {
    VIEWERS,
    ROOMS,
    DANMAKU,
    WON,
    SOLD_OUT,
    IDLE
  }

  @Option(
      names = "--only",
      split = ",",
      description = "Some of ${COMPLETION-CANDIDATES}. Default: all.")
  private List<Curve> only = List.of(Curve.values());

  @Option(names = "--quick", description = "Few points, to see that it works.")
  private boolean quick;

  @Option(
      names = "--seconds",
      description = "Begins no point after so long. Default: ${DEFAULT-VALUE}.")
  private int seconds = 540;

  @Option(names = "--out", description = "Where the files go. Default: ${DEFAULT-VALUE}.")
  private Path out = Path.of("bench/results");

  @Option(names = "--name", description = "Of the files. Default: the date and 'growth'.")
  private String name = LocalDate.now() + "-growth";

  @Option(names = "--jar", description = "Default: ${DEFAULT-VALUE}.")
  private Path jar = Path.of("target/barrage.jar");

  @Option(names = "--java-option", description = "For the server's JVM; repeats.")
  private List<String> javaOptions = new ArrayList<>();

  private final StringBuilder tables = new StringBuilder();
  private final Plot plot = new Plot();
  private final List<String> skipped = new ArrayList<>();
  private int mostConnections;
  private long endNs;

  public static void main(String[] args) {
    System.exit(
        new CommandLine(new Sweep()).setCaseInsensitiveEnumValuesAllowed(true).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    mostConnections = Math.min(20_000, Machine.maxOpenFiles() - OTHER_FILES);
    for (Curve curve : only) {
      switch (curve) {
        case VIEWERS -> viewers();
        case ROOMS -> rooms();
        case DANMAKU -> danmaku();
        case WON -> clicks(true);
        case SOLD_OUT -> clicks(false);
        case IDLE -> idle();
      }
    }
    write();
    return CommandLine.ExitCode.OK;
  }

  // ---- the curves

  private void viewers() throws Exception {
    Series series = new Series("viewers", "viewers in a room, 5 danmaku/s", "a delivery");
    try (Served server = Served.barrage(jar, javaOptions);
        Crowd crowd = new Crowd(server)) {
      for (int viewers : points(100, 500, 1_000, 2_000, 5_000, 10_000, mostConnections)) {
        series.measure(
            viewers,
            () -> {
              boolean first = crowd.size() == 0;
              crowd.connect(viewers - crowd.size(), viewer -> ROOM);
              if (first) {
                crowd.atRate(Work.danmaku(2, viewers), 500, WARM_UP);
              }
              return crowd.atRate(Work.danmaku(2, viewers), 5, SPAN);
            });
      }
    }
    series.end();
  }

  private void rooms() throws Exception {
    Series series =
        new Series("rooms", "rooms of 4 viewers, 1,000 danmaku/s among them", "a delivery");
    IntFunction<String> room = viewer -> "room-" + viewer / A_ROOM;
    try (Served server = Served.barrage(jar, javaOptions);
        Crowd crowd = new Crowd(server)) {
      for (int rooms : points(1, 10, 100, 1_000, mostConnections / A_ROOM)) {
        series.measure(
            rooms,
            () -> {
              boolean first = crowd.size() == 0;
              crowd.connect(rooms * A_ROOM - crowd.size(), room);
              Work work = Work.danmakuInRooms(rooms, A_ROOM);
              if (first) {
                crowd.atRate(work, 1_000, WARM_UP);
              }
              return crowd.atRate(work, 1_000, SPAN);
            });
      }
    }
    series.end();
  }

  private void danmaku() throws Exception {
    Series series = new Series("danmaku/s", "danmaku/s to 1,000 viewers", "a delivery");
    Work work = Work.danmaku(4, VIEWERS);
    try (Served server = Served.barrage(jar, javaOptions);
        Crowd crowd = new Crowd(server)) {
      crowd.connect(VIEWERS, viewer -> ROOM);
      crowd.atRate(work, 200, WARM_UP);
      for (int rate : points(10, 50, 200, 500, 1_000, 2_000, 3_000, 4_000, 6_000, 8_000)) {
        if (!series.measure(rate, () -> crowd.atRate(work, rate, SPAN))) {
          break;
        }
      }
    }
    series.end();
  }

  private void clicks(boolean won) throws Exception {
    String kind = won ? "won, decided in Redis" : "sold out, from memory";
    Series series = new Series("clicks/s", "clicks/s of 1,000 viewers, " + kind, "a click");
    try (Served server = Served.barrage(jar, javaOptions);
        Crowd crowd = new Crowd(server)) {
      String sale = server.openSale(ROOM, won ? PLENTY : 1);
      crowd.connect(VIEWERS, viewer -> ROOM);
      if (!won) { // The only unit, so that every click after it is refused alike.
        crowd.inFlight(Work.clicks(sale, 1, true), 1, new Span(0, 0.1));
      }
      Work work = Work.clicks(sale, VIEWERS, won);
      crowd.inFlight(work, 4, WARM_UP);
      int[] rates =
          won
              ? points(100, 1_000, 5_000, 10_000, 20_000, 30_000, 40_000, 60_000, 80_000, 100_000)
              : points(1_000, 10_000, 50_000, 100_000, 150_000, 200_000, 300_000, 400_000, 600_000);
      for (int rate : rates) {
        if (!series.measure(rate, () -> crowd.atRate(work, rate, SPAN))) {
          break;
        }
      }
    }
    series.end();
  }

  /** Each on a server of its own, whose memory nothing else has grown. */
  private void idle() throws Exception {
    List<Idle> points = new ArrayList<>();
    System.out.print(Idle.HEAD);
    for (int connections : points(1_000, 5_000, 10_000, mostConnections)) {
      if (System.nanoTime() > endNs) {
        skipped.add("idle connections " + connections);
        continue;
      }
      try {
        Idle point = idle(connections);
        points.add(point);
        System.out.println(point.row());
      } catch (IOException e) {
        skip("idle connections " + connections, e);
      }
    }
    if (!points.isEmpty()) {
      tables.append(Idle.table(points));
      Map<String, List<Plot.At>> memory = new LinkedHashMap<>();
      memory.put("gateway", line(points, Idle::kbEach));
      plot.panel("memory of an idle connection", "idle connections", "KB", memory);
      Map<String, List<Plot.At>> times = new LinkedHashMap<>();
      times.put("all connect", line(points, idle -> idle.first().seconds()));
      times.put("all reconnect", line(points, idle -> idle.storm().seconds()));
      plot.panel("time until all are in", "idle connections", "s", times);
    }
  }

  private Idle idle(int connections) throws IOException {
    try (Served server = Served.barrage(jar, javaOptions);
        Crowd crowd = new Crowd(server)) {
      crowd.listen(1);
      Usage before = server.usage();
      Crowd.Arrival first = crowd.connect(connections, viewer -> ROOM);
      crowd.listen(3);
      Usage after = server.usage();
      crowd.hangUp();
      Crowd.Arrival storm = crowd.connect(connections, viewer -> ROOM);
      double kb = (after.serverRssKb() - before.serverRssKb()) / (double) connections;
      return new Idle(connections, kb, after.since(before), first, storm);
    }
  }

  /** What was measured before it is kept. */
  private void skip(String what, IOException fault) {
    System.err.println(what + ": " + fault.getMessage());
    skipped.add(what + " (" + fault.getMessage() + ")");
  }

  private static List<Plot.At> line(List<Idle> points, ToDoubleFunction<Idle> y) {
    return points.stream()
        .map(each -> new Plot.At(each.connections(), y.applyAsDouble(each)))
        .toList();
  }

  private int[] points(int... all) {
    int[] few = {all[0], all[all.length / 2]};
    return quick ? few : all;
  }

  /** Measures one point. */
  private interface Measuring {
    Figures figures() throws IOException;
  }

  /** One curve of the figures that all works have. */
  private final class Series {
    private final String unit;
    private final String title;
    private final String each;
    private final Map<Integer, Figures> points = new LinkedHashMap<>();
    private int late;

    Series(String unit, String title, String each) {
      this.unit = unit;
      this.title = title;
      this.each = each;
      System.out.print(head());
    }

    /** Returns whether the server kept up, and so may be asked for more. */
    boolean measure(int x, Measuring measuring) {
      if (System.nanoTime() > endNs) {
        skipped.add(title + ": " + x);
        return false;
      }
      Figures figures;
      try {
        figures = measuring.figures();
      } catch (IOException e) {
        skip(title + ": " + x, e);
        return false;
      }
      points.put(x, figures);
      System.out.println(row(x, figures));
      boolean keepsUp = !figures.faults().any() && figures.p99Ms() < KEEPS_UP_MS;
      late = keepsUp ? 0 : late + 1;
      return late < LATE_IN_A_ROW;
    }

    void end() {
      if (points.isEmpty()) {
        return;
      }
      tables.append(head());
      points.forEach((x, figures) -> tables.append(row(x, figures)).append('\n'));
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

    private String head() {
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

    private List<Plot.At> line(ToDoubleFunction<Figures> y) {
      return points.entrySet().stream()
          .map(point -> new Plot.At(point.getKey(), y.applyAsDouble(point.getValue())))
          .toList();
    }

    private String row(int x, Figures f) {
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
  }

  private void write() throws IOException {
    String head =
        "# How cost grows, "
            + LocalDate.now()
            + "\n\n"
            + Machine.describe()
            + ". Load, server and its Redis share the machine, over loopback; limits are off."
            + (javaOptions.isEmpty() ? "" : " JVM: `" + String.join(" ", javaOptions) + "`.")
            + "\nLatency is against the schedule. A curve ends with the second point in a row at which the"
            + " server does\nnot keep up (a p99 over "
            + Math.round(KEEPS_UP_MS)
            + " ms, or a fault: something lost, refused, or a connection broken), or where the limit on open files ends it: "
            + String.format(Locale.ROOT, "%,d", mostConnections)
            + " connections here.\n\n    bench/run sweep"
            + (quick ? " --quick" : "")
            + "\n\n![curves]("
            + name
            + ".svg)\n";
    String foot =
        skipped.isEmpty()
            ? ""
            : "\nNot measured, for want of time or for what stands there: " + skipped + ".\n";
    Files.writeString(out.resolve(name + ".md"), head + tables + foot);
    Files.writeString(out.resolve(name + ".svg"), plot.toSvg());
    System.out.println("\nwritten: " + out.resolve(name) + ".md, .svg");
  }
}
