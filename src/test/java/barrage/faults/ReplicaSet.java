package barrage.faults;

import static org.awaitility.Awaitility.await;

import barrage.faults.Harm.Deed;
import barrage.faults.Harm.Target;
import barrage.redis.RedisProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A primary and its replica, which take turns, and a Sentinel that says whose turn it is. Each
 * stands behind a network of its own, through which servers, Sentinel and the other one reach it.
 *
 * <p>What one replica is good for is one failure at a time: a harm is over when the two are whole
 * again.
 */
final class ReplicaSet implements AutoCloseable {
  private static final String HOST = "127.0.0.1";
  private static final Pattern NAMED = Pattern.compile("status=(\\w+),address=[^:]*:(\\d+)");
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /** Longer than Sentinel takes to see what was done, and to begin a fail-over for it. */
  private static final Duration CALM = Duration.ofMillis(1_500);

  /** Longer than Sentinel takes from a promotion to saying so. */
  private static final Duration SPLIT = Duration.ofSeconds(3);

  private final Member one;
  private final Member two;
  private final RedisProcess sentinel;

  /** One of the two. */
  private record Member(String name, RedisProcess redis, TcpProxy network) {
    static Member start(String name, Path dir) throws IOException {
      RedisProcess redis =
          RedisProcess.start(
              Files.createDirectory(dir.resolve(name)), "--repl-diskless-sync-delay", "0");
      Member member = new Member(name, redis, new TcpProxy(name, redis.port()));
      member.announce();
      return member;
    }

    private void announce() throws IOException {
      redis.ask("CONFIG", "SET", "replica-announce-ip", HOST);
      redis.ask("CONFIG", "SET", "replica-announce-port", "" + network.port());
    }

    void startAgainBehind(Member primary) throws IOException {
      redis.start();
      announce();
      follow(primary);
    }

    /** Unlike Sentinel it ends no connection: servers find out by themselves. */
    void follow(Member primary) throws IOException {
      redis.ask("REPLICAOF", HOST, "" + primary.network.port());
    }

    boolean isPrimary() throws IOException {
      return redis.ask("INFO", "replication").contains("role:master");
    }

    /** Whether all that the other one has is here, on disk, and what comes will be. */
    boolean isInStepWith(Member primary) throws IOException {
      String replication = redis.ask("INFO", "replication");
      String persistence = redis.ask("INFO", "persistence");
      return replication.contains("role:slave")
          && replication.contains("master_port:" + primary.network.port())
          && replication.contains("master_link_status:up")
          && persistence.contains("aof_rewrite_in_progress:0")
          && persistence.contains("aof_rewrite_scheduled:0")
          && persistence.contains("aof_last_bgrewrite_status:ok")
          && primary.redis.ask("INFO", "replication").contains("state=online");
    }

    void close() throws IOException {
      redis.close();
      network.close();
    }
  }

  private ReplicaSet(Member one, Member two, RedisProcess sentinel) {
    this.one = one;
    this.two = two;
    this.sentinel = sentinel;
  }

  /** Starts them and does not wait until they are whole, see {@link #awaitBegun}. */
  static ReplicaSet start(Path dir) throws IOException {
    Member one = Member.start("a", dir);
    Member two = Member.start("b", dir);
    two.follow(one);
    Path conf =
        Files.write(
            dir.resolve("sentinel.conf"),
            List.of(
                "sentinel monitor shop " + HOST + " " + one.network.port() + " 1",
                "sentinel down-after-milliseconds shop 500",
                "sentinel failover-timeout shop 3000",
                "sentinel parallel-syncs shop 1"));
    return new ReplicaSet(one, two, RedisProcess.start(dir, conf.toString(), "--sentinel"));
  }

  /** For servers. */
  String uri() {
    return "redis-sentinel://" + HOST + ":" + sentinel.port() + "#shop";
  }

  /** That of the primary alone. */
  String primaryUri() {
    return primary().redis.uri();
  }

  /** By name. */
  Member primary() {
    Matcher named = named();
    return Integer.parseInt(named.group(2)) == one.network.port() ? one : two;
  }

  private Member other(Member member) {
    return member == one ? two : one;
  }

  private Matcher named() {
    try {
      Matcher named = NAMED.matcher(sentinel.ask("INFO", "sentinel"));
      if (!named.find()) {
        throw new AssertionError("Sentinel names no primary");
      }
      return named;
    } catch (IOException e) {
      throw new AssertionError("Sentinel does not answer", e);
    }
  }

  /** Until there are a primary and a replica for the first time: nothing was done to them yet. */
  void awaitBegun() {
    await("a whole set").atMost(PATIENCE).ignoreExceptions().until(() -> isWhole(new long[1]));
  }

  /** Until there are again a primary and a replica that has all of it, and Sentinel knows. */
  void awaitWhole() {
    long[] splitSince = {0};
    await("a whole set")
        .atMost(PATIENCE)
        .ignoreExceptions()
        .during(CALM)
        .until(() -> isWhole(splitSince));
  }

  private boolean isWhole(long[] splitSince) throws IOException {
    Member primary = primary();
    Member replica = other(primary);
    if (primary.isPrimary() && replica.isPrimary()) {
      // Sentinel would see to it as well, after 8 s.
      long now = System.nanoTime();
      splitSince[0] = splitSince[0] == 0 ? now : splitSince[0];
      if (now - splitSince[0] > SPLIT.toNanos()) {
        replica.follow(primary);
      }
      return false;
    }
    splitSince[0] = 0;
    return named().group(1).equals("ok")
        && sentinel.ask("INFO", "sentinel").contains("slaves=1")
        && primary.isPrimary()
        && replica.isInStepWith(primary);
  }

  private void awaitPromoted(Member replica) {
    await("a fail-over")
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> primary() == replica && replica.isPrimary());
  }

  /** What the two can suffer; the first of them is a fail-over. */
  List<Harm> harms() {
    return List.of(
        harm(
            "KILL_PRIMARY",
            (forMs, pause) -> {
              Member old = primary();
              old.redis.kill();
              awaitPromoted(other(old));
              pause.await(forMs);
              old.startAgainBehind(other(old));
            }),
        harm(
            "FREEZE_PRIMARY",
            (forMs, pause) -> {
              Member old = primary();
              old.redis.freeze();
              awaitPromoted(other(old));
              old.redis.thaw();
              pause.await(forMs); // there are two primaries
              old.follow(other(old));
            }),
        harm(
            "CUT_OFF_PRIMARY",
            (forMs, pause) -> {
              Member old = primary();
              old.network.blackhole();
              awaitPromoted(other(old));
              old.network.heal();
              pause.await(forMs); // there are two primaries
              old.follow(other(old));
            }),
        harm(
            "KILL_REPLICA",
            (forMs, pause) -> {
              Member primary = primary();
              Member replica = other(primary);
              replica.redis.kill();
              pause.await(forMs);
              replica.startAgainBehind(primary);
            }),
        harm(
            "FREEZE_REPLICA",
            (forMs, pause) -> {
              RedisProcess replica = other(primary()).redis;
              replica.freeze();
              pause.await(forMs);
              replica.thaw();
            }),
        harm("FLUSH_SCRIPTS", (forMs, pause) -> primary().redis.ask("SCRIPT", "FLUSH")),
        harm("RESET", (forMs, pause) -> primary().network.reset()),
        harm("SLOW_NETWORK", network((network, forMs) -> network.delay(20 + forMs / 10))),
        harm("DROP_REPLIES", network((network, forMs) -> network.dropReplies())),
        harm("CUT_FEEDS", network((network, forMs) -> network.cutFeeds())));
  }

  private interface Cut {
    void make(TcpProxy network, int forMs);
  }

  /** It may last so long that Sentinel takes the primary for dead. */
  private Deed network(Cut cut) {
    return (forMs, pause) -> {
      TcpProxy network = primary().network;
      cut.make(network, forMs);
      pause.await(forMs);
      network.heal();
    };
  }

  private Harm harm(String kind, Deed deed) {
    Deed untilWhole =
        (forMs, pause) -> {
          deed.run(forMs, pause);
          awaitWhole();
        };
    return new Harm(kind, List.of(new Target("redis", this, untilWhole)));
  }

  @Override
  public void close() throws IOException {
    sentinel.close();
    one.close();
    two.close();
  }
}
