package barrage.outside;

import barrage.Patience;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** {@code java -jar barrage.jar serve} and the Redis it embeds, over one data directory. */
public final class ServerProcess implements AutoCloseable {
  /** What {@link Jwt} signs with. */
  public static final String SECRET = "a-secret-of-the-tests-and-nothing-else";

  private static final long READY_WITHIN_S = 2 * Patience.OF_TESTS.toSeconds();
  private static final long EXIT_WITHIN_S = 15;

  private final String jar;
  private final Path dir;
  private final Map<String, String> settings;
  private final Process process;
  private final List<String> out = new CopyOnWriteArrayList<>();
  private final List<String> err = new CopyOnWriteArrayList<>();
  private final CompletableFuture<URI> ready = new CompletableFuture<>();
  private final List<Thread> readers;

  private ServerProcess(String jar, Path dir, Map<String, String> settings, List<String> jvmOptions)
      throws IOException {
    this.jar = jar;
    this.dir = dir;
    this.settings = settings;
    process = new ProcessBuilder(command(jar, settings, jvmOptions)).start();
    process.getOutputStream().close();
    readers =
        List.of(
            reader(process.getInputStream(), this::onOut),
            reader(process.getErrorStream(), err::add));
    process.onExit().thenRun(() -> ready.completeExceptionally(new IOException("it exited")));
  }

  /**
   * Starts one on a free port that knows {@link #SECRET} and in which anyone may begin a room, and
   * waits until it is ready.
   *
   * @param dir of its Redis
   * @param settings {@code key=value}, after and therefore above those of every test
   */
  static ServerProcess start(Path dir, String... settings) throws Exception {
    return launch(dir, ofTests(settings)).awaitReady();
  }

  /** The same of another release. */
  static ServerProcess startOther(String jar, Path dir, String... settings) throws Exception {
    return launch(jar, dir, ofTests(settings), List.of()).awaitReady();
  }

  private static List<String> ofTests(String... settings) {
    List<String> all =
        new ArrayList<>(List.of("auth.hmac-secret=" + SECRET, "rooms.begin-by=anyone"));
    all.addAll(List.of(settings));
    return all;
  }

  /** The same, with every buffer watched: one that is lost is told in {@link #err} as a LEAK. */
  static ServerProcess startParanoid(Path dir, String... settings) throws Exception {
    return launch(
            System.getProperty("barrage.jar"),
            dir,
            ofTests(settings),
            List.of(
                "-Dio.netty.leakDetection.level=paranoid",
                "-Dio.netty.leakDetection.targetRecords=10"))
        .awaitReady();
  }

  /** Starts one with these settings alone, and does not wait. */
  public static ServerProcess launch(Path dir, List<String> settings) throws IOException {
    return launch(System.getProperty("barrage.jar"), dir, settings, List.of());
  }

  private static ServerProcess launch(
      String jar, Path dir, List<String> settings, List<String> jvmOptions) throws IOException {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("server.port", "0");
    all.put("redis.embedded.dir", dir.toString());
    for (String setting : settings) {
      int end = setting.indexOf('=');
      all.put(setting.substring(0, end), setting.substring(end + 1));
    }
    return new ServerProcess(jar, dir, all, jvmOptions);
  }

  private static List<String> command(
      String jar, Map<String, String> settings, List<String> jvmOptions) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.addAll(sameRedis());
    command.addAll(List.of("-Xmx384m", "-jar", jar, "serve"));
    settings.forEach((key, value) -> command.addAll(List.of("--set", key + "=" + value)));
    return command;
  }

  /** Of those who may have development tokens; empty where none are given. */
  String devKey() {
    Path file = dir.resolve("dev-key");
    try {
      return Files.exists(file) ? Files.readString(file).strip() : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The redis-server that the tests were told to use, for the servers as well. */
  private static List<String> sameRedis() {
    String named = System.getProperty("barrage.redis-server");
    return named == null ? List.of() : List.of("-Dbarrage.redis-server=" + named);
  }

  /** What another command of the jar said, and its exit status. */
  public record Ended(int status, String said) {}

  /** Runs another command of the jar. */
  public static Ended run(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-jar", System.getProperty("barrage.jar")));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), said);
  }

  public ServerProcess awaitReady() throws Exception {
    try {
      ready.get(READY_WITHIN_S, TimeUnit.SECONDS);
      return this;
    } catch (ExecutionException | TimeoutException e) {
      close();
      throw new AssertionError("not ready; standard error: " + String.join("\n", err), e);
    }
  }

  /** {@code http://HOST:PORT}, as the last start-up line tells it. */
  public URI uri() {
    return ready.join();
  }

  List<String> out() {
    return out;
  }

  public List<String> err() {
    return err;
  }

  /** Another with the same settings on the same directory and port; this one has to be gone. */
  public ServerProcess again() throws Exception {
    Map<String, String> same = new LinkedHashMap<>(settings);
    same.put("server.port", String.valueOf(uri().getPort()));
    return new ServerProcess(jar, dir, same, List.of()).awaitReady();
  }

  /** Its Redis, to do harm to. */
  EmbeddedRedis redis() {
    return new EmbeddedRedis(dir);
  }

  /** {@code kill -9}; its Redis is left behind. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** SIGSTOP: it keeps its connections and does nothing. */
  public void freeze() throws IOException, InterruptedException {
    signal("-STOP");
  }

  /** SIGCONT. */
  public void thaw() throws IOException, InterruptedException {
    signal("-CONT");
  }

  /** Has it find what nobody refers to any more. */
  void collectGarbage() throws IOException, InterruptedException {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Process asked =
        new ProcessBuilder(jcmd, Long.toString(process.pid()), "GC.run")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    if (asked.waitFor() != 0) {
      throw new AssertionError("jcmd ended with " + asked.exitValue());
    }
  }

  private void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", name, Long.toString(process.pid())).inheritIO().start().waitFor();
  }

  /** SIGTERM. */
  void terminate() {
    process.destroy();
  }

  /** Its exit status, once all it wrote is read. */
  int awaitExit() throws InterruptedException {
    Duration bound = Duration.ofSeconds(EXIT_WITHIN_S);
    if (!process.waitFor(EXIT_WITHIN_S, TimeUnit.SECONDS)
        && !process.waitFor(Patience.soon(bound).minus(bound).toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("still running after " + EXIT_WITHIN_S + " s");
    }
    for (Thread reader : readers) {
      reader.join(TimeUnit.SECONDS.toMillis(EXIT_WITHIN_S));
    }
    return process.exitValue();
  }

  /** Ends the process, and the Redis that a killed one has left behind. */
  @Override
  public void close() throws IOException {
    try {
      terminate();
      if (!process.waitFor(EXIT_WITHIN_S, TimeUnit.SECONDS)) {
        kill();
      }
      endRedis();
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  private void endRedis() throws IOException, InterruptedException {
    List<Path> pidFiles;
    try (Stream<Path> files = Files.walk(dir)) {
      pidFiles = files.filter(file -> file.toString().endsWith(".pid")).toList();
    }
    for (Path pidFile : pidFiles) {
      Optional<ProcessHandle> redis = handle(pidFile).filter(ServerProcess::isRedis);
      if (redis.isPresent()) {
        redis.get().destroy();
        try {
          redis.get().onExit().get(EXIT_WITHIN_S, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
          redis.get().destroyForcibly();
        }
      }
    }
  }

  private static Optional<ProcessHandle> handle(Path pidFile) throws IOException {
    try {
      return ProcessHandle.of(Long.parseLong(Files.readString(pidFile).strip()));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** A pid may have been given to another by now. */
  private static boolean isRedis(ProcessHandle handle) {
    return handle.info().command().map(command -> command.contains("redis")).orElse(false);
  }

  private void onOut(String line) {
    out.add(line);
    if (line.startsWith("READY ")) {
      ready.complete(URI.create(line.substring("READY ".length()).strip()));
    }
  }

  private static Thread reader(InputStream from, Consumer<String> lines) {
    Thread thread =
        new Thread(
            () -> {
              try (BufferedReader in =
                  new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                  lines.accept(line);
                }
              } catch (IOException e) {
                // The process is gone.
              }
            },
            "server-output");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }
}
