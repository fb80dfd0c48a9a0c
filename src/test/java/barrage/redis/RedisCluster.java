package barrage.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import barrage.TemporaryFolder;
import barrage.core.RoomId;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A Redis Cluster of three primaries, on request each with a replica. Its nodes find the finished
 * cluster in their files, so that nobody waits for them to get to know each other; that they serve
 * takes two seconds, a delay that Redis has built in.
 */
public final class RedisCluster implements AutoCloseable {
  public static final int PRIMARIES = 3;

  /** Where nodes of a cluster talk is so far above where they listen. */
  private static final int BUS = 10_000;

  private static final int SLOT_KEYS = 10_000;

  private final List<RedisProcess> nodes = Collections.synchronizedList(new ArrayList<>());
  private final List<Integer> ports;

  private RedisCluster(List<Integer> ports) {
    this.ports = ports;
  }

  /** One without replicas for all tests of a process, stopped and removed at its end. */
  static RedisCluster shared() {
    return Shared.CLUSTER;
  }

  private static final class Shared {
    private static final RedisCluster CLUSTER = create();

    private static RedisCluster create() {
      TemporaryFolder folder = TemporaryFolder.create("barrage-cluster");
      try {
        RedisCluster cluster = start(folder.path());
        Runtime.getRuntime()
            .addShutdownHook(
                new Thread(
                    () -> {
                      cluster.close();
                      folder.close();
                    }));
        return cluster;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Starts one without replicas, whose nodes have all the time they need to answer each other. */
  public static RedisCluster start(Path dir) throws IOException {
    return start(dir, PRIMARIES, 15_000);
  }

  /** Starts one whose primaries are replaced when they did not answer for a second. */
  public static RedisCluster startWithReplicas(Path dir) throws IOException {
    return start(dir, 2 * PRIMARIES, 1_000);
  }

  private static RedisCluster start(Path dir, int size, int nodeTimeoutMs) throws IOException {
    RedisCluster cluster = new RedisCluster(freePorts(size));
    for (int i = 0; i < size; i++) {
      Files.write(
          Files.createDirectory(dir.resolve("node" + i)).resolve("nodes.conf"), cluster.knownTo(i));
    }
    try {
      cluster.nodes.addAll(
          IntStream.range(0, size)
              .parallel()
              .mapToObj(i -> node(dir.resolve("node" + i), cluster.ports.get(i), nodeTimeoutMs))
              .collect(Collectors.toList()));
      Awaitility.await().until(cluster::isWell);
      return cluster;
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  private static RedisProcess node(Path dir, int port, int nodeTimeoutMs) {
    try {
      return RedisProcess.startAt(
          dir,
          port,
          "--cluster-enabled",
          "yes",
          "--cluster-node-timeout",
          "" + nodeTimeoutMs,
          "--repl-diskless-sync-delay",
          "0");
    } catch (IOException e) {
      throw new IllegalStateException("no node", e);
    }
  }

  /** The file by which a node knows its cluster. */
  private List<String> knownTo(int node) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < ports.size(); i++) {
      boolean primary = i < PRIMARIES;
      lines.add(
          "%s 127.0.0.1:%d@%d %s%s %s 0 0 %d connected%s"
              .formatted(
                  id(i),
                  ports.get(i),
                  ports.get(i) + BUS,
                  i == node ? "myself," : "",
                  primary ? "master" : "slave",
                  primary ? "-" : id(i - PRIMARIES),
                  i % PRIMARIES + 1,
                  primary ? " " + firstSlot(i) + "-" + (firstSlot(i + 1) - 1) : ""));
    }
    lines.add("vars currentEpoch " + PRIMARIES + " lastVoteEpoch 0");
    return lines;
  }

  private static String id(int node) {
    return "%040x".formatted(node + 1);
  }

  private static int firstSlot(int primary) {
    return SlotHash.SLOT_COUNT * primary / PRIMARIES;
  }

  private boolean isWell() throws IOException {
    for (RedisProcess node : nodes) {
      String replication = node.ask("INFO", "replication");
      if (!node.ask("CLUSTER", "INFO").contains("cluster_state:ok")
          || replication.contains("master_link_status:down")) {
        return false;
      }
    }
    return true;
  }

  /** For {@link RedisStore#connect}. */
  public String uri() {
    return ports.stream()
        .map(port -> "127.0.0.1:" + port)
        .collect(Collectors.joining(",", "redis-cluster://", ""));
  }

  /** A room that nobody else uses, kept by one of the primaries. */
  public RoomId freshRoom(int primary) {
    return Stream.generate(RedisFixture::freshRoom)
        .filter(room -> primaryOf(room) == primary)
        .findFirst()
        .orElseThrow();
  }

  private static int slot(RoomId room) {
    return SlotHash.getSlot(new Keys(room).head());
  }

  /** Which of the primaries keeps a room at the start. */
  private static int primaryOf(RoomId room) {
    return IntStream.range(0, PRIMARIES)
        .filter(i -> slot(room) < firstSlot(i + 1))
        .findFirst()
        .orElseThrow();
  }

  public RedisProcess primary(int i) {
    return nodes.get(i);
  }

  /** The one that takes over from a primary. */
  public RedisProcess replica(int primary) {
    return nodes.get(PRIMARIES + primary);
  }

  /** Whether a primary's replica has all that it has. */
  public boolean replicaHasAll(int primary) throws IOException {
    return offset(primary(primary)).equals(offset(replica(primary)));
  }

  private static String offset(RedisProcess node) throws IOException {
    return node.ask("INFO", "replication")
        .lines()
        .filter(line -> line.startsWith("master_repl_offset:"))
        .findFirst()
        .orElseThrow();
  }

  /**
   * Moves the slot of a room from one primary to another, as {@code redis-cli --cluster reshard}
   * does: key by key, while the two of them share it.
   *
   * @param betweenKeys run after each key
   */
  void move(RoomId room, int from, int to, Runnable betweenKeys) {
    int slot = slot(room);
    migrate(
        slot,
        from,
        to,
        (source, target) -> {
          for (List<String> keys = source.clusterGetKeysInSlot(slot, SLOT_KEYS);
              !keys.isEmpty();
              keys = source.clusterGetKeysInSlot(slot, SLOT_KEYS)) {
            for (String key : keys) {
              source.migrate("127.0.0.1", primary(to).port(), key, 0, 2_000);
              betweenKeys.run();
            }
          }
          // First at the one that has it now: sent there by the other, nobody is to be refused.
          target.clusterSetSlotNode(slot, id(to));
          source.clusterSetSlotNode(slot, id(to));
        });
  }

  /** Begins to move the slot of a room, without a key of it, and thinks better of it. */
  void giveUp(RoomId room, int from, int to, Runnable meanwhile) {
    int slot = slot(room);
    migrate(
        slot,
        from,
        to,
        (source, target) -> {
          meanwhile.run();
          source.clusterSetSlotStable(slot);
          target.clusterSetSlotStable(slot);
        });
  }

  /** Two primaries share a slot; how that ends is for {@code end}. */
  private void migrate(
      int slot,
      int from,
      int to,
      BiConsumer<RedisCommands<String, String>, RedisCommands<String, String>> end) {
    RedisClient client = RedisClient.create();
    try (var source = client.connect(RedisURI.create(primary(from).uri()));
        var target = client.connect(RedisURI.create(primary(to).uri()))) {
      target.sync().clusterSetSlotImporting(slot, id(from));
      source.sync().clusterSetSlotMigrating(slot, id(to));
      end.accept(source.sync(), target.sync());
    } finally {
      client.shutdown(0, 1, TimeUnit.SECONDS);
    }
  }

  /**
   * Sees to it that there is something at each of some keys of a room, but for the one that never
   * is.
   */
  void fill(byte[][] keys) {
    RedisClusterClient client = RedisClusterClient.create(RedisURI.create(primary(0).uri()));
    try (var redis = client.connect()) {
      for (byte[] each : keys) {
        String key = new String(each, ISO_8859_1);
        String name = key.substring(key.indexOf('}') + 2);
        if (key.endsWith(":deadlines")) {
          redis.sync().zadd(key, 9e15, "lottery nobodys");
        } else if (key.endsWith(":active")) {
          redis.sync().sadd(key, "lottery nobodys");
        } else if (key.endsWith(":log")) {
          redis.sync().rpush(key, "nobodys-1");
        } else if (!name.equals("nowhere") && redis.sync().exists(key) == 0) {
          redis.sync().hset(key, "nobody", "0");
        }
      }
    } finally {
      client.shutdown(0, 1, TimeUnit.SECONDS);
    }
  }

  @Override
  public void close() {
    nodes.forEach(RedisProcess::close);
  }

  /** Of nodes whose neighbours above are free as well. */
  private static List<Integer> freePorts(int count) {
    // Below those that the system gives to clients, bus and all; at random, for others look as
    // well.
    return ThreadLocalRandom.current()
        .ints(11_000, 22_000)
        .distinct()
        .filter(port -> isFree(port) && isFree(port + BUS))
        .limit(count)
        .boxed()
        .toList();
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port)) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
