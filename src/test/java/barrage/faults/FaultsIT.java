package barrage.faults;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.outside.ServerProcess;
import barrage.redis.RedisProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two nodes over one durable Redis, or over a primary and a replica, whose processes and network
 * fail at random while people chat, buy and enter lotteries: what came of it must be what could
 * have come of it. By hand, for long:
 *
 * <pre>mvn verify -Dit.test=FaultsIT -Dfaults.seconds=600 -Dfaults.seed=7</pre>
 *
 * With {@code -Dfaults.history=FILE} all that was asked and heard is written down there.
 */
final class FaultsIT {
  private static final String ROOM = "faults";
  private static final long SEED = Long.getLong("faults.seed", 1);
  private static final int SECONDS = Integer.getInteger("faults.seconds", 8);

  /** One fail-over, and the servers are killed meanwhile. */
  private static final int REPLICA_SECONDS = Integer.getInteger("faults.seconds", 4);

  private static final String REPLICATED = "redis.wait-replicas=majority";

  /**
   * Without tiers and caps, so that what is due to a viewer does not depend on the order; and
   * nothing is forgotten, so that all of it can be read in the end.
   */
  private static final String RULES =
      """
      history: {events: 1000000}
      points:
        danmaku: {points: 1, growth: 0, cap: 0}
        purchase: {points: 1, growth: 0}
      """
          + KindModel.ALL.stream().map(KindModel::rules).collect(Collectors.joining("\n"));

  @TempDir Path dir;

  @Test
  void whateverFails_everyAnswerIsKept_andNothingHappensTwice() throws Exception {
    try (RedisProcess redis = RedisProcess.start(dir);
        TcpProxy net0 = new TcpProxy("n0", redis.port());
        TcpProxy net1 = new TcpProxy("n1", redis.port());
        Node one = Node.launch("n0", dir, rules(), "redis.uri=redis://127.0.0.1:" + net0.port());
        Node two = Node.launch("n1", dir, rules(), "redis.uri=redis://127.0.0.1:" + net1.port())) {
      List<Harm> all = new ArrayList<>(Harm.toNodes(List.of(one, two)));
      all.addAll(Harm.toRedis(redis));
      all.addAll(Harm.toNetworks(List.of(net0, net1)));
      List<Harm> others = new ArrayList<>(all);
      Collections.reverse(others);
      run(SECONDS, List.of(one, two), List.of(all, others), false, redis::uri);
    }
  }

  @Test
  void whicheverRedisFails_everyPromiseIsKept_andWhatIsLostIsTold() throws Exception {
    try (ReplicaSet set = ReplicaSet.start(dir);
        Node one = Node.launch("n0", dir, rules(), "redis.uri=" + set.uri(), REPLICATED);
        Node two = Node.launch("n1", dir, rules(), "redis.uri=" + set.uri(), REPLICATED)) {
      List<Node> nodes = List.of(one, two);
      set.awaitBegun();
      run(REPLICA_SECONDS, nodes, List.of(set.harms(), Harm.toNodes(nodes)), true, set::primaryUri);
    }
  }

  private Path rules() throws IOException {
    return Files.writeString(dir.resolve("rules.yaml"), RULES);
  }

  private static void run(
      int seconds,
      List<Node> nodes,
      List<List<Harm>> harms,
      boolean losesLast,
      Supplier<String> redis)
      throws Exception {
    for (Node node : nodes) {
      node.awaitReady();
    }
    Recorder recorder = new Recorder();
    Crowd crowd = new Crowd(SEED, recorder, nodes, ROOM);
    Nemesis nemesis = new Nemesis(recorder, seconds < 60 ? 500 : 4_000, harms);
    crowd.start();
    nemesis.start(SEED);
    TimeUnit.SECONDS.sleep(seconds); // for as long as was asked
    List<String> done = nemesis.finish();
    for (Node node : nodes) {
      await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> isReady(node));
    }
    crowd.finish();
    History history = crowd.history(losesLast);
    String file = System.getProperty("faults.history");
    if (file != null) {
      history.writeTo(Path.of(file));
    }
    Checker checker = Checker.of(history);
    report(seconds, history, done, crowd, checker);

    ServerProcess.Ended audit = ServerProcess.run("audit", "--room", ROOM, "--redis", redis.get());
    System.out.println(audit.said());
    assertEquals(0, audit.status(), audit.said());
    assertEquals(List.of(), checker.violations(), "with faults.seed=" + SEED);
    assertTrue(!losesLast || checker.epochs() > 1, "nothing failed over");
    for (Node node : nodes) {
      assertTrue(
          node.server().err().stream().noneMatch(line -> line.contains(" ERROR ")),
          () -> String.join("\n", node.server().err()));
    }
  }

  private static boolean isReady(Node node) throws Exception {
    return Device.HTTP
            .send(
                java.net.http.HttpRequest.newBuilder(node.uri().resolve("/readyz")).build(),
                java.net.http.HttpResponse.BodyHandlers.discarding())
            .statusCode()
        == 200;
  }

  private static void report(
      int seconds, History history, List<String> done, Crowd crowd, Checker checker) {
    Map<String, Long> asked =
        history.attempts().stream()
            .collect(
                Collectors.groupingBy(
                    attempt -> attempt.act().label() + " " + attempt.end(),
                    TreeMap::new,
                    Collectors.counting()));
    System.out.printf(
        "%n%d faults in %d s, seed %d; %d sales, %d lotteries, %,d events, %,d looks at books%n",
        done.size(),
        seconds,
        SEED,
        crowd.sales(),
        crowd.lotteries(),
        history.outcome().seq(),
        history.samples().size());
    System.out.println(
        "things "
            + history.outcome().things().stream()
                .collect(
                    Collectors.groupingBy(
                        thing ->
                            thing.kind() + ' ' + thing.stands().get(0).path("state").asString(""),
                        TreeMap::new,
                        Collectors.counting())));
    System.out.printf("%,d requests sent: %s%n", history.attempts().size(), asked);
    System.out.printf(
        "%d streams, %d of them begun anew after a snapshot%n",
        history.streams().size(),
        history.streams().stream().filter(stream -> !stream.isLive()).count());
    done.forEach(fault -> System.out.println("  " + fault));
    System.out.printf(
        "%d epochs, %d danmaku lost where one began%n", checker.epochs(), checker.lost());
    System.out.println(checker.violations().size() + " violations");
    checker.violations().stream().limit(20).forEach(each -> System.out.println("  " + each));
  }
}
