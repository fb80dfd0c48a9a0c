package barrage.bench;

import barrage.bench.Work.Span;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Fails when Barrage got slower: a small version of the works that budgets stand for, beside the
 * floor, in short rounds that alternate, so that what else the machine does hits both. A ratio is
 * taken within a round, and the median of the rounds counts.
 */
@Command(
    name = "bench/run guard",
    mixinStandardHelpOptions = true,
    description = {
      "Measures what works cost as a multiple of the floor, and exits with 1 when one costs over a"
          + " quarter more than committed, or anything was lost."
    })
final class Guard implements Callable<Integer> {
  private static final double TOLERANCE = 0.25;
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  /** What a ratio does not show: a server may be cheap by being late. */
  private static final double MAX_P99_MS = 500;

  /** Where others use more of the machine, CPU still tells something and time does not. */
  private static final double QUIET = 0.25;

  /** How works begin whose ratio is one of time. */
  private static final String TIME = "E: time";

  private static final Span WARM_UP = new Span(4, 1);
  private static final Span SPAN = new Span(1, 3);
  private static final int VIEWERS = 1_000;
  private static final int CLICKERS = 200;
  private static final int IN_FLIGHT = 8;
  private static final String CROWD = "crowd";
  private static final String RUSH = "rush";
  private static final int PLENTY = 50_000_000;

  @Option(names = "--record", description = "Commit to what is measured now, instead of comparing.")
  private boolean record;

  @Option(names = "--rounds", description = "Default: ${DEFAULT-VALUE}.")
  private int rounds = 3;

  @Option(names = "--file", description = "What is committed. Default: ${DEFAULT-VALUE}.")
  private Path file = Path.of("bench/results/guard.json");

  @Option(names = "--jar", description = "Default: ${DEFAULT-VALUE}.")
  private Path jar = Path.of("target/barrage.jar");

  @Option(names = "--java-option", description = "For the server's JVM; repeats.")
  private List<String> javaOptions = new ArrayList<>();

  private final Map<String, List<Double>> ratios = new LinkedHashMap<>();
  private final Map<String, List<Double>> p99s = new LinkedHashMap<>();
  private final List<String> broken = new ArrayList<>();
  private int roundsDone;
  private double othersShare;

  public static void main(String[] args) {
    System.exit(new CommandLine(new Guard()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    if (!record && !Files.exists(file)) {
      System.err.println("there is no " + file + " to compare with; --record makes it");
      return CommandLine.ExitCode.USAGE;
    }
    try (Served floor = Served.floor();
        Served barrage = Served.barrage(jar, javaOptions);
        Bench ofFloor = new Bench("floor", floor);
        Bench ofBarrage = new Bench("barrage", barrage)) {
      round("warm-up", ofFloor, ofBarrage, false);
      Others others = new Others(floor, barrage);
      rounds(ofFloor, ofBarrage);
      if (!record && !worse(medians(), others.share() <= QUIET).isEmpty()) {
        System.out.println("slower, or so it seems: as many rounds again");
        rounds(ofFloor, ofBarrage);
      }
      othersShare = others.share();
    }
    Ratios now = medians();
    boolean timed = othersShare <= QUIET;
    System.out.printf(
        "others used %.0f %% of the machine%s%n",
        100 * othersShare, timed ? "" : ": CPU is compared, time is not");
    if (timed) {
      p99s.forEach(this::judgeLateness);
    }
    now.of().forEach((work, ratio) -> System.out.printf("%-40s %7.3f × floor%n", work, ratio));
    broken.forEach(line -> System.err.println("broken: " + line));
    List<String> worse = record ? List.of() : worse(now, timed);
    worse.forEach(line -> System.err.println("slower: " + line));
    if (!broken.isEmpty() || !worse.isEmpty()) {
      return CommandLine.ExitCode.SOFTWARE;
    }
    if (record) {
      write(now);
    }
    return CommandLine.ExitCode.OK;
  }

  private void judgeLateness(String work, List<Double> p99s) {
    if (median(p99s) > MAX_P99_MS) {
      broken.add(work + ": p99 " + Math.round(median(p99s)) + " ms");
    }
  }

  private List<String> worse(Ratios now, boolean timed) {
    Ratios committed = committed();
    return timed
        ? now.worseThan(committed, TOLERANCE)
        : now.without(TIME).worseThan(committed.without(TIME), TOLERANCE);
  }

  /** A server and who is connected to it, in the two rooms of the works. */
  private final class Bench implements AutoCloseable {
    private final String name;
    private final Served server;
    private final Crowd crowd;
    private final Crowd rush;
    private final String plenty;
    private final String soldOut;

    Bench(String name, Served server) throws IOException, InterruptedException {
      this.name = name;
      this.server = server;
      crowd = new Crowd(server);
      rush = new Crowd(server);
      plenty = server.openSale(RUSH, PLENTY);
      soldOut = server.openSale(RUSH, 1);
    }

    Figures danmaku(int perSecond, int senders, Span span) throws IOException {
      if (crowd.size() == 0) {
        crowd.connect(VIEWERS, viewer -> CROWD);
      }
      return said(
          perSecond + " danmaku/s",
          crowd.atRate(Work.danmaku(senders, VIEWERS), perSecond, span),
          span);
    }

    Figures clicks(boolean won, Span span) throws IOException {
      if (rush.size() == 0) {
        rush.connect(CLICKERS, viewer -> RUSH);
        if (server.greets()) { // The only unit, so that every click after it is refused alike.
          rush.inFlight(Work.clicks(soldOut, 1, true), 1, new Span(0, 0.1));
        }
      }
      return said(
          won ? "clicks won" : "clicks sold out",
          rush.inFlight(
              Work.clicks(won ? plenty : soldOut, CLICKERS, won || !server.greets()),
              IN_FLIGHT,
              span),
          span);
    }

    private Figures said(String work, Figures figures, Span span) {
      System.out.printf(
          Locale.ROOT,
          "  %-8s %-18s %,11.0f/s  %7.2f µs CPU each  p50 %6.1f ms  p99 %6.1f ms  %s%n",
          name,
          work,
          figures.perSecond(),
          figures.cpuUsEach(),
          figures.p50Ms(),
          figures.p99Ms(),
          figures.faults().any() ? figures.faults() : "");
      if (span != WARM_UP && server.greets()) {
        p99s.computeIfAbsent(work, first -> new ArrayList<>()).add(figures.p99Ms());
        if (figures.faults().any()) {
          broken.add(work + ": " + figures.faults());
        }
      }
      return figures;
    }

    @Override
    public void close() throws IOException {
      crowd.close();
      rush.close();
    }
  }

  private void rounds(Bench floor, Bench barrage) throws IOException {
    for (int i = 0; i < rounds; i++) {
      round("round " + ++roundsDone, floor, barrage, true);
    }
  }

  private void round(String name, Bench floor, Bench barrage, boolean counts) throws IOException {
    System.out.println(name);
    Span span = counts ? SPAN : WARM_UP;
    Figures write = floor.danmaku(counts ? 50 : 100, 2, span);
    Figures few = barrage.danmaku(50, 2, span);
    Figures many = barrage.danmaku(2_000, 4, span);
    Figures echo = floor.clicks(true, span);
    Figures won = barrage.clicks(true, span);
    Figures soldOut = barrage.clicks(false, span);
    if (counts) {
      put("A: CPU of a delivery, 50 danmaku/s", cpu(few, write));
      put("C: CPU of a delivery, 2,000 danmaku/s", cpu(many, write));
      put("E: CPU of a click won", cpu(won, echo));
      put("E: CPU of a click sold out", cpu(soldOut, echo));
      put(TIME + " of a click won", time(won, echo));
      put(TIME + " of a click sold out", time(soldOut, echo));
    }
  }

  private static double cpu(Figures figures, Figures floor) {
    return figures.cpuUsEach() / floor.cpuUsEach();
  }

  private static double time(Figures figures, Figures floor) {
    return floor.perSecond() / figures.perSecond();
  }

  private void put(String work, double ratio) {
    ratios.computeIfAbsent(work, first -> new ArrayList<>()).add(ratio);
  }

  private Ratios medians() {
    Map<String, Double> medians = new LinkedHashMap<>();
    ratios.forEach((work, each) -> medians.put(work, median(each)));
    return new Ratios(medians);
  }

  private static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int half = sorted.length / 2;
    return sorted.length % 2 == 1
        ? sorted[half]
        : Arrays.stream(sorted, half - 1, half + 1).average().orElseThrow();
  }

  private Ratios committed() {
    Map<String, Double> read = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> each : JSON.readTree(file).path("ratios").properties()) {
      read.put(each.getKey(), each.getValue().asDouble());
    }
    return new Ratios(read);
  }

  private void write(Ratios now) throws IOException {
    ObjectNode root = JSON.createObjectNode();
    root.put("recorded", LocalDate.now().toString());
    root.put("machine", Machine.describe());
    root.put("rounds", roundsDone);
    root.put("othersUsedPercent", Math.round(100 * othersShare));
    ObjectNode of = root.putObject("ratios");
    now.of().forEach((work, ratio) -> of.put(work, Math.round(ratio * 1_000) / 1_000.0));
    Files.writeString(file, JSON.writeValueAsString(root) + "\n");
    System.out.println("recorded in " + file);
  }
}
