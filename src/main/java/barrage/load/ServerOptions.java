package barrage.load;

import barrage.core.Role;
import barrage.core.RoomId;
import barrage.core.ViewerId;
import java.io.Console;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which server, and as whom: what all clients on the command line are told alike. */
final class ServerOptions {
  private static final ViewerId BEGINNER = new ViewerId("load-moderator");

  @Option(
      names = "--url",
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:8080",
      description = "The server (default: ${DEFAULT-VALUE}).")
  private URI url = URI.create("http://127.0.0.1:8080");

  @Option(
      names = "--token-secret",
      paramLabel = "SECRET",
      description =
          "Signs tokens with this HS256 secret, the server's auth.hmac-secret; without it the"
              + " server is asked for development tokens.")
  private @Nullable String tokenSecret;

  @Option(
      names = "--dev-key-file",
      paramLabel = "FILE",
      defaultValue = "data/redis/dev-key",
      description =
          "The server's development key: the file dev-key in its redis.embedded.dir (default:"
              + " ${DEFAULT-VALUE}).")
  private Path devKeyFile = Path.of("data/redis/dev-key");

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "This text.")
  @SuppressWarnings("UnusedVariable") // picocli looks at it.
  private boolean help;

  /**
   * @throws IllegalArgumentException when it is none of a server
   */
  URI url() {
    if (!RoomClient.Target.isServer(url)) {
      throw new IllegalArgumentException("--url: not an http or https URL with a host");
    }
    return url;
  }

  /**
   * What {@code --room} names.
   *
   * @throws IllegalArgumentException when that is no room's id
   */
  static RoomId roomId(String id) {
    if (!RoomId.isValid(id)) {
      throw new IllegalArgumentException("--room: 1 to 64 characters from [A-Za-z0-9_.:-]");
    }
    return new RoomId(id);
  }

  /** Speaks HTTP/1.1 and follows no redirects. */
  static HttpClient http() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(Duration.ofSeconds(5))
        .build();
  }

  /**
   * @throws IllegalArgumentException when the secret is too short
   */
  Tokens tokens(HttpClient http) {
    String secret = tokenSecret;
    return secret == null ? Tokens.fromServer(url(), devKey(), http) : Tokens.signedWith(secret);
  }

  /** Empty when it cannot be read: the server says then that it wants one. */
  private String devKey() {
    try {
      return Files.readString(devKeyFile).strip();
    } catch (IOException e) {
      return "";
    }
  }

  /**
   * One try to enter, so that a wrong URL, secret or room shows at once and not after a minute. A
   * room that viewers alone may not bring into being is begun by a moderator.
   *
   * @param first of whoever comes first
   */
  void check(RoomClients clients, RoomId room, TokenSource first, Tokens tokens)
      throws NotStartedException, InterruptedException {
    try {
      try {
        enter(clients, room, first);
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof ConnectionLostException lost)
            || lost.code() != ReturnPolicy.NO_SUCH_ROOM) {
          throw e;
        }
        enter(
            clients,
            room,
            refused -> tokens.of(BEGINNER, Role.MODERATOR, room).thenApply(Optional::of));
        enter(clients, room, first);
      }
    } catch (ExecutionException e) {
      throw new NotStartedException(url + ": " + ConnectionLostException.why(e));
    }
  }

  private void enter(RoomClients clients, RoomId room, TokenSource tokens)
      throws ExecutionException, InterruptedException {
    RoomClient.Target once = new RoomClient.Target(url(), room, tokens, 0);
    try (RoomClient probe = clients.open(once, new RoomClient.Listener() {})) {
      probe.joined().get();
    }
  }

  /** From JDK 22 on there is a console without a terminal too, and a method that tells. */
  @SuppressWarnings("SystemConsoleNull")
  static boolean isTerminal() {
    Console console = System.console();
    try {
      return console != null && (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException e) {
      return true;
    }
  }
}
