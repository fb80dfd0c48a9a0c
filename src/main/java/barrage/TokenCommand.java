package barrage;

import barrage.core.Role;
import barrage.core.RoomId;
import barrage.core.Viewer;
import barrage.core.ViewerId;
import barrage.gateway.Authenticator;
import barrage.gateway.DevTokens;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code token}: makes a token as a server of these settings takes it, or says of one why not. */
@Command(
    name = "token",
    description = "Makes a token with the server's secret, or says why one is refused.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:It was made, or with --check, it is accepted.",
      "1:With --check: it is refused; standard error says why.",
      "2:Wrong usage, or a mistake in the configuration."
    })
final class TokenCommand implements Callable<Integer> {
  private static final int REFUSED = 1;
  private static final Pattern DURATION = Pattern.compile("([1-9][0-9]{0,5})([smhd])");

  @Option(
      names = "--check",
      description = "Says whether the token is accepted, instead of making one.")
  private boolean check;

  @Parameters(
      arity = "0..1",
      paramLabel = "TOKEN",
      description = "With --check: the token; without it, a line of standard input.")
  private @Nullable String token;

  @Option(names = "--viewer", paramLabel = "ID", description = "Whom it is for.")
  private @Nullable String viewer;

  @Option(names = "--name", paramLabel = "NAME", description = "What they are called.")
  private @Nullable String name;

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      defaultValue = "viewer",
      description = "viewer, moderator, streamer, service or admin (default: ${DEFAULT-VALUE}).")
  private String role = "viewer";

  @Option(
      names = "--room",
      paramLabel = "ROOM",
      description = "A room that it is good for; repeats. * is every room.")
  private List<String> rooms = new ArrayList<>();

  @Option(
      names = "--valid",
      paramLabel = "TIME",
      defaultValue = "12h",
      description = "How long it is good, such as 90s, 30m, 12h or 7d (default: ${DEFAULT-VALUE}).")
  private String valid = "12h";

  @Option(
      names = "--secret-file",
      paramLabel = "FILE",
      description = "Where the secret stands (default: what the settings say).")
  private @Nullable Path secretFile;

  @Mixin private final SettingsOptions options = new SettingsOptions();

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    Settings settings =
        secretFile == null
            ? options.read()
            : options.readWith("auth.hmac-secret-file=" + secretFile);
    Settings.Key key = keyOf(settings);
    return check ? check(settings, key) : make(settings, key);
  }

  /** Makes no secret: one that nobody has signed with yet is no use here. */
  private Settings.Key keyOf(Settings settings) throws StartException {
    Settings.Key key = settings.auth().key();
    if (key instanceof Settings.GeneratedSecret generated && !Files.exists(generated.file())) {
      throw wrong(
          "there is no " + generated.file() + " yet: start the server once, or set a secret");
    }
    return Server.keyAtHand(key);
  }

  private int make(Settings settings, Settings.Key key) {
    if (!(key instanceof Settings.Secret secret)) {
      throw wrong("a public key cannot sign; --secret-file names a secret");
    }
    DevTokens tokens =
        new DevTokens(
            secret.kid(), secret.bytes(), settings.auth().claims(), System::currentTimeMillis);
    out().println(tokens.issue(bearer(), roomClaim(), validMs()));
    out().flush();
    return 0;
  }

  private Viewer bearer() {
    if (viewer == null || !ViewerId.isValid(viewer)) {
      throw wrong("--viewer must be 1 to 64 characters from [A-Za-z0-9_.:-]");
    }
    ViewerId id = new ViewerId(viewer);
    Role as = Role.fromWire(role).orElseThrow(() -> wrong("--role: no such role"));
    if (name != null && name.codePointCount(0, name.length()) > Viewer.MAX_NAME_CHARS) {
      throw wrong("--name must be at most " + Viewer.MAX_NAME_CHARS + " characters");
    }
    return new Viewer(id, name == null ? Viewer.nameOf(id) : name, as);
  }

  private @Nullable Object roomClaim() {
    if (rooms.isEmpty()) {
      return null;
    }
    if (rooms.contains("*")) {
      return "*";
    }
    for (String room : rooms) {
      if (!RoomId.isValid(room)) {
        throw wrong("--room must be 1 to 64 characters from [A-Za-z0-9_.:-], or *");
      }
    }
    return List.copyOf(rooms);
  }

  private long validMs() {
    Matcher time = DURATION.matcher(valid);
    if (!time.matches()) {
      throw wrong("--valid must be such as 90s, 30m, 12h or 7d");
    }
    long count = Long.parseLong(time.group(1));
    return switch (time.group(2)) {
      case "s" -> Duration.ofSeconds(count).toMillis();
      case "m" -> Duration.ofMinutes(count).toMillis();
      case "h" -> Duration.ofHours(count).toMillis();
      default -> Duration.ofDays(count).toMillis();
    };
  }

  private int check(Settings settings, Settings.Key key) throws IOException {
    Authenticator authenticator =
        new Authenticator(Server.keys(key), settings.auth().claims(), System::currentTimeMillis);
    String why;
    try {
      why = authenticator.whyRefused(given()).toCompletableFuture().join();
    } catch (CompletionException e) {
      why = "its key cannot be had: " + e.getMessage();
    }
    if (why != null) {
      commandSpec().commandLine().getErr().println("refused: " + Printable.of(why));
      return REFUSED;
    }
    out().println("accepted");
    out().flush();
    return 0;
  }

  private String given() throws IOException {
    if (token != null) {
      return token;
    }
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String line = in.readLine();
    return line == null ? "" : line.strip();
  }

  private ParameterException wrong(String what) {
    return new ParameterException(commandSpec().commandLine(), what);
  }

  private PrintWriter out() {
    return commandSpec().commandLine().getOut();
  }

  private CommandSpec commandSpec() {
    return Objects.requireNonNull(spec, "run by picocli");
  }
}
