package barrage.redis;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.EOFException;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;

/** The same contract with a Redis Cluster of one node, which refuses what crosses slots. */
class ClusterStoreContractTest extends StoreContractTest {
  @TempDir static Path dir;

  private int port;

  @Override
  String uri() throws Exception {
    if (port == 0) {
      start();
    }
    return "redis-cluster://127.0.0.1:" + port;
  }

  private void start() throws Exception {
    port = freePort();
    Path conf =
        Files.writeString(
            dir.resolve("redis.conf"),
            String.join(
                "\n",
                "bind 127.0.0.1",
                "port " + port,
                "dir " + dir,
                "save \"\"",
                "daemonize yes",
                "cluster-enabled yes",
                "cluster-announce-ip 127.0.0.1"));
    new ProcessBuilder(RedisBinary.find(dir).toString(), conf.toString()).start().waitFor();
    Awaitility.await()
        .ignoreException(SocketException.class)
        .until(() -> ask("PING"), "PONG"::equals);
    ask(
        Stream.concat(
                Stream.of("CLUSTER", "ADDSLOTS"),
                IntStream.range(0, 16_384).mapToObj(Integer::toString))
            .toArray(String[]::new));
    Awaitility.await().until(() -> ask("CLUSTER", "INFO").contains("cluster_state:ok"));
  }

  @AfterAll
  @Override
  void close() throws IOException {
    super.close();
    try (RedisSocket socket = new RedisSocket(port)) {
      assertThrows(EOFException.class, () -> socket.ask("SHUTDOWN", "NOSAVE"));
    }
  }

  private String ask(String... command) throws IOException {
    try (RedisSocket socket = new RedisSocket(port)) {
      return socket.ask(command);
    }
  }

  /** One whose neighbour 10,000 above, where nodes of a cluster talk, is free as well. */
  private static int freePort() {
    return IntStream.range(20_000, 30_000)
        .filter(port -> isFree(port) && isFree(port + 10_000))
        .findFirst()
        .orElseThrow();
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port)) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
