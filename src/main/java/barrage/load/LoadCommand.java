package barrage.load;

import barrage.activity.Activities;
import barrage.config.ConfigException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code load}: puts a scenario's load on a server, measures, and checks what the protocol
 * promises.
 */
@Command(
    name = "load",
    description =
        "Puts load on a server as a scenario says, measures it against the schedule, and checks that"
            + " nothing is lost, doubled or oversold.",
    footerHeading = "%nConditions:%n",
    footer = {
      "  p50 p90 p99 p99.9 max mean   < <= > >= =   a time in us, ms or s",
      "  throughput                                 so many a second: 1000/s",
      "  errors shed                                a count, or a percentage: 1%%",
      "      sold_out and the like are no errors: they are how a sale ends for most",
      "  loss gaps doubled oversold                 a count",
      "Times and throughput may name what they are of: deliveries, answers, joins, returns, lag, as in"
          + " answers.p99<50ms. Else they are of deliveries where danmaku are said, and of answers"
          + " elsewhere.",
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:All conditions hold, and everything the protocol promises was kept.",
      "1:A condition does not hold, or a promise was broken.",
      "2:There was no load: wrong usage, a mistake in the scenario, no server."
    })
public final class LoadCommand implements Callable<Integer> {
  private static final int FAILED = 1;
  private static final int NOT_STARTED = 2;
  private static final int MAX_THREADS = 4;
  private static final long JUDGE_WITHIN_S = 60;

  @Parameters(
      paramLabel = "SCENARIO",
      arity = "0..1",
      defaultValue = "crowd",
      description = "crowd, rush, raffle, storm, soak, or a YAML file (default: ${DEFAULT-VALUE}).")
  private String scenario = "crowd";

  @Mixin private final ServerOptions server = new ServerOptions();

  @Option(names = "--room", paramLabel = "ROOM", description = "The room.")
  private @Nullable String room;

  @Option(names = "--viewers", paramLabel = "N", description = "How many connections.")
  private @Nullable Integer viewers;

  @Option(names = "--ramp", paramLabel = "SECONDS", description = "Over how long they come.")
  private @Nullable Double rampSeconds;

  @Option(names = "--seconds", paramLabel = "SECONDS", description = "How long there is load.")
  private @Nullable Double seconds;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Danmaku a second in all; clicks a second in a scenario with a sale.")
  private @Nullable Double rate;

  @Option(names = "--likes", paramLabel = "N", description = "Like messages a second in all.")
  private @Nullable Double likes;

  @Option(names = "--stock", paramLabel = "N", description = "Units of the sale.")
  private @Nullable Long stock;

  @Option(
      names = "--assert",
      paramLabel = "CONDITION",
      description = "Must hold, such as 'p99<200ms'; repeatable. Adds to those of the scenario.")
  private List<String> conditions = List.of();

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Event loops, 1 to 64 (default: one a processor, 4 at most).")
  private int threads = Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors());

  @Option(names = "--json", paramLabel = "FILE", description = "Writes the report for programs.")
  private @Nullable Path json;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Writes the report as one page, with its charts.")
  private @Nullable Path html;

  @Option(names = "--no-progress", description = "Nothing but the summary.")
  private boolean noProgress;

  @Spec private @Nullable CommandSpec spec;

  private final Activities activities;

  /**
   * The command.
   *
   * @param activities of which a scenario may have one
   */
  public LoadCommand(Activities activities) {
    this.activities = activities;
  }

  @Override
  public Integer call() throws InterruptedException {
    CountDownLatch told = new CountDownLatch(1);
    try {
      LoadReport report = run(asked(), told);
      new LoadSummary(report, commandLine().getOut()).print();
      write(report);
      boolean holds = report.verdicts().stream().allMatch(Condition.Verdict::holds);
      return holds && report.broken().isEmpty() ? 0 : FAILED;
    } catch (ConfigException | NotStartedException | IllegalArgumentException e) {
      commandLine().getErr().println("load: " + ConnectionLostException.why(e));
      return NOT_STARTED;
    } catch (IOException e) {
      commandLine().getErr().println("load: cannot write the report: " + e);
      return FAILED;
    } finally {
      told.countDown();
    }
  }

  private LoadReport run(Scenario asked, CountDownLatch told)
      throws NotStartedException, InterruptedException {
    HttpClient http = ServerOptions.http();
    Tokens tokens = server.tokens(http);
    PrintWriter out = noProgress ? new PrintWriter(Writer.nullWriter()) : commandLine().getOut();
    try (RoomClients clients = new RoomClients(threads);
        LoadProgress progress = new LoadProgress(out, !noProgress && ServerOptions.isTerminal())) {
      server.check(clients, asked.room(), firstToken(asked, tokens), tokens);
      RoomHttp rooms = new RoomHttp(http, server.url(), asked.room());
      LoadRun run = new LoadRun(asked, server.url(), clients, tokens, rooms, progress);
      Thread onInterrupt = new Thread(() -> end(run, told), "load-interrupt");
      Runtime.getRuntime().addShutdownHook(onInterrupt);
      LoadReport report = run.run();
      forget(onInterrupt);
      return report;
    }
  }

  /** Ctrl-C ends the load, and it is judged and told all the same. */
  private static void end(LoadRun run, CountDownLatch told) {
    run.interrupt();
    try {
      if (!told.await(JUDGE_WITHIN_S, TimeUnit.SECONDS)) {
        System.err.println("load: not judged within " + JUDGE_WITHIN_S + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // It is running: somebody pressed Ctrl-C.
    }
  }

  private static TokenSource firstToken(Scenario asked, Tokens tokens) {
    return asked.isAnonymous(0)
        ? TokenSource.ANONYMOUS
        : refused -> tokens.of(LoadViewer.id(0, asked.tier(0))).thenApply(Optional::of);
  }

  /** The scenario, with what the command line changes of it. */
  private Scenario asked() {
    if (threads < 1 || threads > 64) {
      throw new IllegalArgumentException("--threads: 1 to 64");
    }
    Scenario file = ScenarioFile.read(scenario, activities);
    List<Condition> all = new ArrayList<>(file.conditions());
    conditions.forEach(text -> all.add(condition(text)));
    Double newRate = rate == null ? null : within("--rate", rate, 0, 10_000_000);
    boolean clicks = file.sale().isPresent();
    Scenario.Talk talk = file.talk();
    return new Scenario(
        file.name(),
        room == null ? file.room() : ServerOptions.roomId(room),
        viewers == null ? file.viewers() : (int) within("--viewers", viewers, 1, 1_000_000),
        rampSeconds == null ? file.rampMs() : ms("--ramp", rampSeconds, 0),
        seconds == null ? file.durationMs() : ms("--seconds", seconds, 0.1),
        file.anonymous(),
        file.tiers(),
        newRate == null || clicks ? talk : new Scenario.Talk(newRate, talk.length()),
        likes == null
            ? file.likes()
            : new Scenario.Likes(within("--likes", likes, 0, 10_000_000), file.likes().taps()),
        file.sale().map(sale -> changed(sale, newRate)),
        file.lottery(),
        file.show(),
        file.storm(),
        all);
  }

  private Scenario.Sale changed(Scenario.Sale sale, @Nullable Double newRate) {
    long units = stock == null ? sale.stock() : (long) within("--stock", stock, 1, 100_000_000);
    return new Scenario.Sale(
        units,
        sale.perViewer(),
        sale.opensInMs(),
        sale.earlyMs(),
        Math.min(sale.reserved(), units),
        sale.reservedFor(),
        sale.reservedMs(),
        sale.burstMs(),
        newRate == null ? sale.rate() : newRate);
  }

  private static Condition condition(String text) {
    try {
      return Condition.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("--assert: " + e.getMessage(), e);
    }
  }

  private static long ms(String option, double seconds, double least) {
    return Math.round(within(option, seconds, least, 7 * 86_400) * 1_000);
  }

  private static double within(String option, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s: from %s to %,.0f", option, least, most));
    }
    return value;
  }

  private void write(LoadReport report) throws IOException {
    if (json == null && html == null) {
      return;
    }
    ObjectNode figures = LoadJson.of(report);
    if (json != null) {
      Files.writeString(json, figures.toPrettyString() + "\n");
    }
    if (html != null) {
      Files.writeString(html, LoadPage.of(figures));
    }
  }

  private CommandLine commandLine() {
    return Objects.requireNonNull(spec, "run by picocli").commandLine();
  }
}
