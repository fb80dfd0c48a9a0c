package barrage.faults;

import static org.awaitility.Awaitility.await;

import barrage.outside.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A server. It may be killed, and comes back where it was. */
final class Node implements AutoCloseable {
  final String name;
  private volatile ServerProcess server;
  private URI uri;

  private Node(String name, ServerProcess server) {
    this.name = name;
    this.server = server;
  }

  /** Starts one and does not wait. */
  static Node launch(String name, Path dir, Path rules, String... redis) throws IOException {
    List<String> settings =
        new ArrayList<>(
            List.of(
                "auth.hmac-secret=" + ServerProcess.SECRET,
                "rooms.begin-by=anyone",
                "rules.file=" + rules,
                "limits.enabled=false"));
    settings.addAll(List.of(redis));
    Path own = Files.createDirectories(dir.resolve(name));
    return new Node(name, ServerProcess.launch(own, settings));
  }

  void awaitReady() throws Exception {
    uri = server.awaitReady().uri();
  }

  /** The same at all times. */
  URI uri() {
    return uri;
  }

  ServerProcess server() {
    return server;
  }

  /** A server does not start while Redis is away: whoever runs it tries again. */
  void startAgain() {
    server =
        await()
            .atMost(Duration.ofMinutes(3))
            .ignoreExceptionsMatching(fault -> true) // also of assertions
            .until(() -> server.again(), Objects::nonNull);
  }

  /** Without a farewell: nobody is left to hear it. */
  @Override
  public void close() throws IOException {
    try {
      server.kill();
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
    server.close();
  }
}
