package barrage.redis;

import barrage.TemporaryFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/**
 * A redis-server of a test's own, to do harm to: durable, on a port of loopback that it keeps,
 * ended with the test at the latest.
 */
public final class RedisProcess implements AutoCloseable {
  /**
   * One for all: a file that is written in one thread cannot be run in another that starts a
   * process meanwhile, for that one has it open as well.
   */
  private static final class Binary {
    private static final Path PATH = find();

    private static Path find() {
      TemporaryFolder folder = TemporaryFolder.create("barrage-redis");
      Runtime.getRuntime().addShutdownHook(new Thread(folder::close));
      try {
        return RedisBinary.find(folder.path());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private final Path dir;
  private final int port;
  private final List<String> options;
  private Process process;

  private RedisProcess(Path dir, int port, List<String> options) {
    this.dir = dir;
    this.port = port;
    this.options = options;
    Runtime.getRuntime().addShutdownHook(new Thread(this::kill));
  }

  /**
   * Starts one on a free port and waits until it answers.
   *
   * @param options as on the command line of redis-server
   */
  public static RedisProcess start(Path dir, String... options) throws IOException {
    return startAt(dir, freePort(), options);
  }

  /** The same on a port that others know of already. */
  static RedisProcess startAt(Path dir, int port, String... options) throws IOException {
    RedisProcess redis = new RedisProcess(dir, port, List.of(options));
    redis.start();
    return redis;
  }

  /** A port of loopback that nobody listens on. */
  public static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Where it listens. */
  public int port() {
    return port;
  }

  /** For {@link RedisStore#connect}. */
  public String uri() {
    return "redis://127.0.0.1:" + port;
  }

  /** Starts it, again after a {@link #kill} with what it kept; waits until it answers. */
  public synchronized void start() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Binary.PATH.toString());
    command.addAll(options);
    command.addAll(List.of("--port", "" + port, "--bind", "127.0.0.1", "--dir", dir.toString()));
    if (!options.contains("--sentinel")) {
      command.addAll(List.of("--save", "", "--appendonly", "yes", "--appendfsync", "always"));
    }
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(dir.resolve("redis-" + port + ".log").toFile()))
            .start();
    Awaitility.await().ignoreExceptions().until(() -> ask("PING").equals("PONG"));
  }

  /** SIGKILL. */
  public void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /** SIGSTOP: it keeps its connections and answers nothing. */
  public void freeze() {
    signal("-STOP");
  }

  /** SIGCONT. */
  public void thaw() {
    signal("-CONT");
  }

  private void signal(String name) {
    try {
      new ProcessBuilder("kill", name, "" + process.pid()).inheritIO().start().waitFor();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError("no signal", e);
    }
  }

  /** Runs one command; an error is an answer that begins with {@code -}. */
  public String ask(String... command) throws IOException {
    try (RedisSocket socket = new RedisSocket(port)) {
      return socket.ask(command);
    }
  }

  @Override
  public void close() {
    kill();
  }
}
