package barrage.load;

import barrage.core.RoomId;
import barrage.core.ViewerId;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code replay}: plays a danmaku file into a room and checks what its watchers are told. Exits
 * with 0 when all of it holds, 1 when something the protocol promises was not kept, 2 when there
 * was nothing to check: a wrong option, an unreadable file, no such server.
 */
@Command(
    name = "replay",
    description =
        "Plays a danmaku file in Bilibili's XML format into a room, each of its senders as a viewer,"
            + " and checks that watchers are told every accepted danmaku once, in one order.",
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:Everything the protocol promises was kept.",
      "1:A promise was broken; standard error says which.",
      "2:Nothing was replayed: wrong usage, an unreadable file, no server."
    })
public final class ReplayCommand implements Callable<Integer> {
  private static final int BROKEN = 1;
  private static final int NOT_STARTED = 2;
  private static final int CLIENT_THREADS = 2;

  @Parameters(paramLabel = "FILE", description = "The danmaku file.")
  private Path file = Path.of("");

  @Mixin private final ServerOptions server = new ServerOptions();

  @Option(
      names = "--room",
      paramLabel = "ROOM",
      required = true,
      description = "The room to play into.")
  private String room = "";

  @Option(
      names = "--speed",
      paramLabel = "FACTOR",
      defaultValue = "1",
      description = "Seconds of the file in one second (default: ${DEFAULT-VALUE}).")
  private double speed = 1;

  @Option(
      names = "--viewers",
      paramLabel = "N",
      defaultValue = "1",
      description = "How many watch and check (default: ${DEFAULT-VALUE}).")
  private int viewers = 1;

  @Option(names = "--no-progress", description = "No progress bar; there is none off a terminal.")
  private boolean noProgress;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = commandLine().getOut();
    try {
      RoomId roomId = ServerOptions.roomId(room);
      checkOptions();
      DanmakuFile danmaku = DanmakuFile.read(file);
      Tokens tokens = server.tokens(ServerOptions.http());
      Replay.Plan plan = new Replay.Plan(server.url(), roomId, danmaku.lines(), speed, viewers);
      ReplayReport report = play(plan, tokens);
      out.println(report.line() + skipped(danmaku));
      report.broken().forEach(this::complain);
      return report.broken().isEmpty() ? 0 : BROKEN;
    } catch (DanmakuFile.UnreadableException | NotStartedException | IllegalArgumentException e) {
      complain(ConnectionLostException.why(e));
      return NOT_STARTED;
    }
  }

  private ReplayReport play(Replay.Plan plan, Tokens tokens)
      throws NotStartedException, InterruptedException {
    try (RoomClients clients = new RoomClients(CLIENT_THREADS)) {
      ViewerId viewer =
          plan.lines().isEmpty() ? new ViewerId("replay") : plan.lines().get(0).sender();
      server.check(
          clients, plan.room(), refused -> tokens.of(viewer).thenApply(Optional::of), tokens);
      try (ProgressBar bar = progressBar(plan.lines().size());
          Replay replay = new Replay(plan, clients, tokens, bar == null ? () -> {} : bar::step)) {
        return replay.run();
      }
    }
  }

  private @Nullable ProgressBar progressBar(int lines) {
    if (noProgress || !ServerOptions.isTerminal()) {
      return null;
    }
    return new ProgressBarBuilder()
        .setTaskName("replay")
        .setInitialMax(lines)
        .setUnit(" danmaku", 1)
        .setStyle(ProgressBarStyle.COLORFUL_UNICODE_BAR)
        .setUpdateIntervalMillis(200)
        .showSpeed()
        .build();
  }

  private void checkOptions() {
    if (!(speed > 0 && speed <= 10_000)) {
      throw new IllegalArgumentException("--speed: above 0, at most 10000");
    }
    if (viewers < 0) {
      throw new IllegalArgumentException("--viewers: 0 or more");
    }
  }

  private static String skipped(DanmakuFile danmaku) {
    return danmaku.skipped() + danmaku.malformed() == 0
        ? ""
        : "; left out of the file: "
            + danmaku.skipped()
            + " of other modes, "
            + danmaku.malformed()
            + " malformed";
  }

  private void complain(String what) {
    commandLine().getErr().println("replay: " + what);
  }

  private CommandLine commandLine() {
    return Objects.requireNonNull(spec, "run by picocli").commandLine();
  }
}
