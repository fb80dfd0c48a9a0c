package barrage.faults;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.outside.ServerProcess;
import barrage.redis.RedisProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two nodes over one durable Redis, whose processes and network fail at random while people chat,
 * buy and enter lotteries: what came of it must be what could have come of it. By hand, for long:
 *
 * <pre>mvn verify -Dit.test=FaultsIT -Dfaults.seconds=600 -Dfaults.seed=7</pre>
 */
final class FaultsIT {
  private static final String ROOM = "faults";
  private static final long SEED = Long.getLong("faults.seed", 1);
  private static final int SECONDS = Integer.getInteger("faults.seconds", 8);

  /** Without tiers and caps, so that what is due to a viewer does not depend on the order. */
  private static final String RULES =
      """
      points:
        danmaku: {points: 1, growth: 0, cap: 0}
        purchase: {points: 1, growth: 0}
      """;

  @TempDir Path dir;

  @Test
  void whateverFails_everyAnswerIsKept_andNothingHappensTwice() throws Exception {
    Path rules = Files.writeString(dir.resolve("rules.yaml"), RULES);
    try (RedisProcess redis = RedisProcess.start(dir);
        Node one = Node.launch("n0", dir, redis, rules);
        Node two = Node.launch("n1", dir, redis, rules)) {
      List<Node> nodes = List.of(one, two);
      for (Node node : nodes) {
        node.awaitReady();
      }
      Recorder recorder = new Recorder();
      Crowd crowd = new Crowd(SEED, recorder, nodes, ROOM);
      Nemesis nemesis = new Nemesis(recorder, nodes, redis, SECONDS < 60 ? 500 : 4_000);
      crowd.start();
      nemesis.start(SEED);
      TimeUnit.SECONDS.sleep(SECONDS); // for as long as was asked
      List<String> done = nemesis.finish();
      for (Node node : nodes) {
        await().atMost(Duration.ofSeconds(20)).ignoreExceptions().until(() -> isReady(node));
      }
      crowd.finish();
      History history = crowd.history();
      List<Checker.Violation> violations = Checker.check(history);
      report(history, done, crowd, violations);

      ServerProcess.Ended audit =
          ServerProcess.run("audit", "--room", ROOM, "--redis", redis.uri());
      assertEquals(0, audit.status(), audit.said());
      assertEquals(List.of(), violations, "with faults.seed=" + SEED);
      for (Node node : nodes) {
        assertTrue(
            node.server().err().stream().noneMatch(line -> line.contains(" ERROR ")),
            () -> String.join("\n", node.server().err()));
      }
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
      History history, List<String> done, Crowd crowd, List<Checker.Violation> violations) {
    Map<String, Long> asked =
        history.attempts().stream()
            .collect(
                Collectors.groupingBy(
                    attempt -> attempt.act().getClass().getSimpleName() + " " + attempt.end(),
                    TreeMap::new,
                    Collectors.counting()));
    System.out.printf(
        "%n%d faults in %d s, seed %d; %d sales, %d lotteries, %,d events, %,d looks at books%n",
        done.size(),
        SECONDS,
        SEED,
        crowd.sales(),
        crowd.lotteries(),
        history.outcome().seq(),
        history.samples().size());
    System.out.printf("%,d requests sent: %s%n", history.attempts().size(), asked);
    System.out.printf(
        "%d streams, %d of them begun anew after a snapshot%n",
        history.streams().size(),
        history.streams().stream().filter(stream -> !stream.isLive()).count());
    done.forEach(fault -> System.out.println("  " + fault));
    System.out.println(violations.size() + " violations");
    violations.stream().limit(20).forEach(each -> System.out.println("  " + each));
  }
}
