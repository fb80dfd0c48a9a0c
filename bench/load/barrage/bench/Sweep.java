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
    Series series = begin("viewers", "viewers in a room, 5 danmaku/s", "a delivery");
    try (Served server = Served.barrage(jar, javaOptions);
        Crowd crowd = new Crowd(server)) {
      for (int viewers : points(100, 500, 1_000, 2_000, 5_000, 10_000, mostConnections)) {
        measure(
            series,
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
    end(series);
  }

  private void rooms() throws Exception {
    Series series = begin("rooms", "rooms of 4 viewers, 1,000 danmaku/s among them", "a delivery");
    IntFunction<String> room = viewer -> "room-" + viewer / A_ROOM;
    try (Served server = Served.barrage(jar, javaOptions);
        Crowd crowd = new Crowd(server)) {
      for (int rooms : points(1, 10, 100, 1_000, mostConnections / A_ROOM)) {
        measure(
            series,
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
    end(series);
  }

  private void danmaku() throws Exception {
    Series series = begin("danmaku/s", "danmaku/s to 1,000 viewers", "a delivery");
    Work work = Work.danmaku(4, VIEWERS);
    try (Served server = Served.barrage(jar, javaOptions);
        Crowd crowd = new Crowd(server)) {
      crowd.connect(VIEWERS, viewer -> ROOM);
      crowd.atRate(work, 200, WARM_UP);
      for (int rate : points(10, 50, 200, 500, 1_000, 2_000, 3_000, 4_000, 6_000, 8_000)) {
        if (!measure(series, rate, () -> crowd.atRate(work, rate, SPAN))) {
          break;
        }
      }
    }
    end(series);
  }

  private void clicks(boolean won) throws Exception {
    String kind = won ? "won, decided in Redis" : "sold out, from memory";
    Series series = begin("clicks/s", "clicks/s of 1,000 viewers, " + kind, "a click");
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
        if (!measure(series, rate, () -> crowd.atRate(work, rate, SPAN))) {
          break;
        }
      }
    }
    end(series);
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

  private static Series begin(String unit, String title, String each) {
    Series series = new Series(unit, title, each);
    System.out.print(series.head());
    return series;
  }

  /** Returns whether the server may be asked for more. */
  private boolean measure(Series series, int x, Measuring measuring) {
    String what = series.title() + ": " + x;
    if (System.nanoTime() > endNs) {
      skipped.add(what);
      return false;
    }
    Figures figures;
    try {
      figures = measuring.figures();
    } catch (IOException e) {
      skip(what, e);
      return false;
    }
    System.out.println(Series.row(x, figures));
    return series.add(x, figures);
  }

  private void end(Series series) {
    if (!series.isEmpty()) {
      tables.append(series.table());
      series.addTo(plot);
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
            + Series.KEEPS_UP_MS
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
