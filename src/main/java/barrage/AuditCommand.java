package barrage;

import barrage.core.RoomId;
import barrage.redis.Audit;
import barrage.redis.EmbeddedRedis;
import barrage.redis.RedisTls;
import barrage.room.StoreAwayException;
import io.lettuce.core.RedisException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code audit}: looks through a room's stock, orders, lotteries, ledgers and figures. */
@Command(
    name = "audit",
    description =
        "Checks, without changing anything and whether servers run or not, that the stock, orders,"
            + " lotteries, ledgers, balances and figures of a room agree.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:Everything agrees.",
      "1:Something does not, or there was nothing to read; standard error says what.",
      "2:Wrong usage, or a mistake in the configuration."
    })
final class AuditCommand implements Callable<Integer> {
  private static final int DISAGREES = 1;
  private static final int MAX_TOLD = 200;

  @Option(names = "--room", paramLabel = "ROOM", required = true, description = "The room.")
  private String room = "";

  @Option(
      names = "--redis",
      paramLabel = "URI",
      description = "The Redis to read (default: the one in the settings).")
  private @Nullable String uri;

  @Mixin private final SettingsOptions options = new SettingsOptions();

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws StartException {
    if (!RoomId.isValid(room)) {
      throw wrong("--room: 1 to 64 characters from [A-Za-z0-9_.:-]");
    }
    String named = uri;
    if (named != null) {
      return audit(
          named,
          named.startsWith("rediss:")
              ? options.readWith("redis.uri=" + named).redis().tls()
              : RedisTls.DEFAULT);
    }
    Settings.Redis redis = options.read().redis();
    return redis.isEmbedded()
        ? auditEmbedded(redis.embeddedDir())
        : audit(redis.uri(), redis.tls());
  }

  /** That of a running server is read as it is; where none runs, one runs for as long as needed. */
  private int auditEmbedded(Path dir) throws StartException {
    try {
      Optional<String> running = EmbeddedRedis.find(dir);
      if (running.isPresent()) {
        return audit(running.get(), RedisTls.DEFAULT);
      }
      if (!EmbeddedRedis.hasRun(dir)) {
        throw new StartException("there is no Redis in " + dir + "; see redis.embedded.dir", null);
      }
      try (EmbeddedRedis redis =
          EmbeddedRedis.start(dir, "audit-" + ProcessHandle.current().pid())) {
        return audit(redis.uri(), RedisTls.DEFAULT);
      }
    } catch (IOException e) {
      throw new StartException("Redis: " + e.getMessage(), e);
    }
  }

  private int audit(String redis, RedisTls tls) throws StartException {
    Audit audit;
    try {
      audit = Audit.of(redis, tls, new RoomId(room), Kinds.ALL);
    } catch (IllegalArgumentException e) {
      throw wrong("--redis: " + e.getMessage());
    } catch (RedisException | StoreAwayException e) {
      throw new StartException("Redis: " + e.getMessage(), e);
    }
    PrintWriter out = spec().commandLine().getOut();
    PrintWriter err = spec().commandLine().getErr();
    audit.checked().forEach(out::println);
    List<String> faults = audit.faults();
    faults.stream().limit(MAX_TOLD).forEach(fault -> err.println("audit: " + Printable.of(fault)));
    if (faults.size() > MAX_TOLD) {
      err.println("audit: and " + (faults.size() - MAX_TOLD) + " more");
    }
    out.println(faults.isEmpty() ? "Everything agrees." : faults.size() + " things do not agree.");
    out.flush();
    return faults.isEmpty() ? 0 : DISAGREES;
  }

  private ParameterException wrong(String what) {
    return new ParameterException(spec().commandLine(), what);
  }

  private CommandSpec spec() {
    return Objects.requireNonNull(spec, "run by picocli");
  }
}
