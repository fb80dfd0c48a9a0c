package barrage.faults;

import barrage.redis.RedisProcess;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** Does harm, two kinds at a time, in an order that the seed gives; and undoes it. */
final class Nemesis {
  private static final int HANDS = 2;

  private enum Harm {
    KILL_NODE,
    FREEZE_NODE,
    KILL_REDIS,
    FREEZE_REDIS,
    SLOW_NETWORK,
    BLACK_HOLE,
    RESET,
    DROP_REPLIES,
    CUT_FEEDS,
    FLUSH_SCRIPTS
  }

  private final Recorder recorder;
  private final List<Node> nodes;
  private final RedisProcess redis;
  private final int longestMs;
  private final int longestPauseMs;
  private final CountDownLatch over = new CountDownLatch(1);
  private final List<Thread> hands = new ArrayList<>();
  private final List<String> done = new CopyOnWriteArrayList<>();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final ConcurrentHashMap<Object, ReentrantLock> busy = new ConcurrentHashMap<>();

  /**
   * @param longestMs of one harm; the pauses between two are up to twice that
   */
  Nemesis(Recorder recorder, List<Node> nodes, RedisProcess redis, int longestMs) {
    this.recorder = recorder;
    this.nodes = nodes;
    this.redis = redis;
    this.longestMs = longestMs;
    this.longestPauseMs = 2 * longestMs;
  }

  void start(long seed) {
    for (int i = 0; i < HANDS; i++) {
      Random random = new Random(seed * HANDS + i);
      Thread hand = new Thread(() -> rage(random), "nemesis-" + i);
      hand.setDaemon(true);
      hands.add(hand);
      hand.start();
    }
  }

  /** Stops; all harm is undone. Returns what was done. */
  List<String> finish() throws InterruptedException {
    over.countDown();
    for (Thread hand : hands) {
      hand.join(200_000);
    }
    nodes.forEach(node -> node.network.heal());
    for (Throwable failure : failures) {
      throw new AssertionError("a harm failed", failure);
    }
    return done;
  }

  /** Each kind in turn, in another order every time. */
  private void rage(Random random) {
    List<Harm> kinds = new ArrayList<>();
    try {
      while (!over.await(random.nextInt(longestPauseMs), TimeUnit.MILLISECONDS)) {
        if (kinds.isEmpty()) {
          Collections.addAll(kinds, Harm.values());
          Collections.shuffle(kinds, random);
        }
        Harm harm = kinds.remove(0);
        Node node = nodes.get(random.nextInt(nodes.size()));
        int forMs = longestMs / 10 + random.nextInt(longestMs);
        Object victim =
            switch (harm) {
              case KILL_NODE, FREEZE_NODE -> node;
              case KILL_REDIS, FREEZE_REDIS, FLUSH_SCRIPTS -> redis;
              default -> node.network;
            };
        ReentrantLock lock = busy.computeIfAbsent(victim, any -> new ReentrantLock());
        lock.lock();
        try {
          harm(harm, node, forMs);
        } finally {
          lock.unlock();
        }
      }
    } catch (Exception | AssertionError e) {
      failures.add(e);
    }
  }

  private void harm(Harm harm, Node node, int forMs) throws Exception {
    done.add("%,d ms %s %s for %,d ms".formatted(recorder.nowMs(), harm, on(harm, node), forMs));
    switch (harm) {
      case KILL_NODE -> {
        node.server().kill();
        over.await(forMs, TimeUnit.MILLISECONDS);
        node.startAgain();
      }
      case FREEZE_NODE -> {
        node.server().freeze();
        over.await(forMs, TimeUnit.MILLISECONDS);
        node.server().thaw();
      }
      case KILL_REDIS -> {
        redis.kill();
        over.await(forMs, TimeUnit.MILLISECONDS);
        redis.start();
      }
      case FREEZE_REDIS -> {
        redis.freeze();
        over.await(forMs, TimeUnit.MILLISECONDS);
        redis.thaw();
      }
      case FLUSH_SCRIPTS -> redis.ask("SCRIPT", "FLUSH");
      case RESET -> node.network.reset();
      case SLOW_NETWORK -> network(node, () -> node.network.delay(20 + forMs / 10), forMs);
      case BLACK_HOLE -> network(node, node.network::blackhole, forMs);
      case DROP_REPLIES -> network(node, node.network::dropReplies, forMs);
      case CUT_FEEDS -> network(node, node.network::cutFeeds, forMs);
    }
  }

  private static String on(Harm harm, Node node) {
    return switch (harm) {
      case KILL_REDIS, FREEZE_REDIS, FLUSH_SCRIPTS -> "redis";
      default -> node.name;
    };
  }

  private void network(Node node, Runnable harm, int forMs) throws InterruptedException {
    harm.run();
    over.await(forMs, TimeUnit.MILLISECONDS);
    node.network.heal();
  }
}
