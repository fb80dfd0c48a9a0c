package barrage.redis;

import barrage.TemporaryFolder;
import java.io.EOFException;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A Redis Cluster of one node, which refuses what crosses slots. */
final class OneNodeCluster implements AutoCloseable {
  private final int port = freePort();
  private final TemporaryFolder folder = TemporaryFolder.create("barrage-cluster");

  OneNodeCluster() throws IOException, InterruptedException {
    Path dir = folder.path();
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

  /** For {@link RedisStore#connect}. */
  String uri() {
    return "redis-cluster://127.0.0.1:" + port;
  }

  @Override
  public void close() throws IOException {
    try (RedisSocket socket = new RedisSocket(port)) {
      socket.ask("SHUTDOWN", "NOSAVE");
      throw new IllegalStateException("it still answers");
    } catch (EOFException e) {
      folder.close();
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
