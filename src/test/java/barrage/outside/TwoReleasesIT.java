package barrage.outside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import barrage.Patience;
import barrage.redis.RedisProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A release that does not know polls and today's on one Redis, as in a rolling upgrade. Its jar is
 * named by {@code -Dbarrage.older-jar}; {@code bench/run two-releases} builds it and runs this.
 */
final class TwoReleasesIT {
  private static final String OLDER_JAR = System.getProperty("barrage.older-jar", "");
  private static final int SECONDS = Integer.getInteger("two-releases.seconds", 30);
  private static final String ROOM = "upgrade";

  /** The shortest that a poll may be. */
  private static final int POLL_MS = 10_000;

  /** Three may be open at once. */
  private static final int POLL_EVERY_MS = 4_000;

  private static final int TALKERS = 6;
  private static final Duration IN_TIME = Duration.ofSeconds(1);

  @TempDir Path dir;

  private final AtomicInteger said = new AtomicInteger();
  private final AtomicInteger bought = new AtomicInteger();
  private final AtomicInteger resumed = new AtomicInteger();
  private volatile boolean ending;

  @BeforeEach
  void findTheOlderRelease() {
    assumeTrue(
        !OLDER_JAR.isEmpty(), "barrage.older-jar names no jar: bench/run two-releases makes one");
  }

  /** It refuses keys that it does not know, so it cannot start with the rules of this folder. */
  private ServerProcess older(RedisProcess redis) throws Exception {
    Path rules = Files.writeString(dir.resolve("rules.yaml"), "time-zone: Asia/Shanghai\n");
    return ServerProcess.startOther(
        OLDER_JAR, dir, "redis.uri=" + redis.uri(), "limits.enabled=false", "rules.file=" + rules);
  }

  private ServerProcess newer(RedisProcess redis) throws Exception {
    return ServerProcess.start(dir, "redis.uri=" + redis.uri(), "limits.enabled=false");
  }

  private static void assertAudited(RedisProcess redis) throws Exception {
    ServerProcess.Ended audit = ServerProcess.run("audit", "--room", ROOM, "--redis", redis.uri());
    assertEquals(0, audit.status(), audit.said());
    System.out.print(audit.said());
  }

  private static void assertUntroubled(ServerProcess server) {
    List<String> troubles = server.err().stream().filter(line -> line.contains(" ERROR ")).toList();
    assertEquals(List.of(), troubles);
  }

  // ---- polls

  private static JsonNode open(Market market, int points) {
    Api.Answer opened =
        market.streamer.post(
            market.path("ballots"),
            Map.of(
                "form",
                "poll",
                "title",
                "which?",
                "options",
                List.of("this", "that"),
                "points",
                points,
                "durationMs",
                POLL_MS));
    assertEquals(201, opened.status(), opened.body());
    return opened.json();
  }

  private static JsonNode vote(ProtocolClient viewer, String poll, int option) {
    ObjectNode vote = viewer.message("ballot.vote").put("id", ProtocolClient.newId());
    vote.put("ballot", poll).putArray("options").add(option);
    return viewer.request(vote);
  }

  private static boolean isOf(JsonNode event, String poll) {
    return event.path("ballot").asString("").equals(poll);
  }

  private static long closings(ProtocolClient watcher, String poll) {
    return watcher.events("ballot.closed").stream().filter(event -> isOf(event, poll)).count();
  }

  /** How late a client hears that a poll is closed, in milliseconds. */
  private static CompletableFuture<Long> lateness(ProtocolClient watcher, JsonNode poll) {
    return CompletableFuture.supplyAsync(
        () -> {
          watcher.awaitEvent("ballot.closed", event -> isOf(event, poll.path("id").asString()));
          return System.currentTimeMillis() - poll.path("closesAt").asLong();
        });
  }

  // ---- what goes on beside them

  private static Map<String, Object> offer(long durationMs) {
    Map<String, Object> offer = new LinkedHashMap<>(Market.offer(100_000));
    offer.put("perViewerLimit", 10_000);
    offer.put("payMs", 2_000);
    offer.put("durationMs", durationMs);
    return offer;
  }

  /** Each of them in turn, about twenty times a second in all. */
  private void talk(List<ProtocolClient> talkers) throws InterruptedException {
    for (int i = 0; !ending; i++) {
      ProtocolClient talker = talkers.get(i % talkers.size());
      String id = ProtocolClient.newId();
      talker.send(talker.message("danmaku").put("id", id).put("text", "line " + id).toString());
      said.incrementAndGet();
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  /** Most orders are paid, by way of another node; two are given back, and one expires. */
  private void buy(ProtocolClient buyer, String sale, Market elsewhere)
      throws InterruptedException {
    for (int i = 0; !ending; i++) {
      JsonNode answer = buyer.buy(ProtocolClient.newId(), sale);
      JsonNode order = answer.path("order");
      assertEquals("reserved", order.path("status").asString(), answer.toString());
      // Who gives back three orders of a sale has to wait, and who lets some expire buys no more.
      if (i == 1 || i == 4) {
        assertEquals("ok", buyer.cancel(order.path("id").asString()).path("type").asString());
      } else if (i != 2) {
        assertEquals(200, elsewhere.pay(order, "wx-" + order.path("id").asString()).status());
      }
      bought.incrementAndGet();
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  /** Somebody comes, and somebody comes back, and misses nothing. */
  private void comeAndComeBack(ServerProcess server, ProtocolClient watcher, String sale)
      throws InterruptedException {
    while (!ending) {
      long epoch = watcher.welcome().path("epoch").asLong();
      List<Long> seen = watcher.numbers();
      long since = seen.isEmpty() ? 0 : seen.get(seen.size() / 2);
      try (ProtocolClient newcomer = ProtocolClient.join(server, ROOM, Jwt.viewer("newcomer"));
          ProtocolClient back =
              ProtocolClient.resume(server, ROOM, Jwt.viewer("back"), epoch, since)) {
        long head = newcomer.welcome().path("seq").asLong();
        assertEquals(sale, newcomer.welcome().path("sales").path(0).path("id").asString());
        assertTrue(back.welcome().path("resumed").asBoolean(), "resumed");
        List<Long> missed = LongStream.rangeClosed(since + 1, head).boxed().toList();
        Awaitility.await()
            .atMost(Patience.OF_TESTS)
            .until(() -> back.numbers().size() >= missed.size());
        assertEquals(missed, back.numbers().subList(0, missed.size()));
        resumed.incrementAndGet();
      }
      TimeUnit.MILLISECONDS.sleep(500);
    }
  }

  private interface Activity {
    void run() throws InterruptedException;
  }

  private static Future<?> inBackground(Activity activity) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            activity.run();
          } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
          }
        },
        task -> new Thread(task, "two-releases").start());
  }

  private static List<ProtocolClient> talkers(ServerProcess server, String name) {
    List<ProtocolClient> talkers = new ArrayList<>();
    for (int i = 0; i < TALKERS; i++) {
      talkers.add(ProtocolClient.join(server, ROOM, Jwt.viewer(name + i)));
    }
    return talkers;
  }

  @Test
  void pollsBesideARelease_thatDoesNotKnowThem_closeInTime_andNobodyMissesAnything()
      throws Exception {
    List<ProtocolClient> there = new ArrayList<>();
    try (RedisProcess redis = RedisProcess.start(dir);
        ServerProcess older = older(redis);
        ServerProcess newer = newer(redis);
        ProtocolClient watcher = ProtocolClient.join(older, ROOM, null);
        ProtocolClient newWatcher = ProtocolClient.join(newer, ROOM, null);
        ProtocolClient oldBuyer = ProtocolClient.join(older, ROOM, Jwt.viewer("old-buyer"));
        ProtocolClient newBuyer = ProtocolClient.join(newer, ROOM, Jwt.viewer("new-buyer"))) {
      Market old = new Market(older, ROOM);
      Market market = new Market(newer, ROOM);
      String sale = old.open(offer(600_000));
      List<ProtocolClient> voters = talkers(newer, "new");
      List<ProtocolClient> others = talkers(older, "old");
      there.addAll(voters);
      there.addAll(others);
      List<Future<?>> all =
          List.of(
              inBackground(() -> talk(voters)),
              inBackground(() -> talk(others)),
              inBackground(() -> buy(oldBuyer, sale, market)),
              inBackground(() -> buy(newBuyer, sale, old)),
              inBackground(() -> comeAndComeBack(older, watcher, sale)));

      List<JsonNode> polls = new ArrayList<>();
      List<CompletableFuture<Long>> latenesses = new ArrayList<>();
      for (int atMs = 0; atMs < SECONDS * 1_000; atMs += POLL_EVERY_MS) {
        JsonNode poll = open(market, 2);
        String id = poll.path("id").asString();
        polls.add(poll);
        latenesses.add(lateness(newWatcher, poll));
        latenesses.add(lateness(watcher, poll));
        for (int i = 0; i < voters.size(); i++) {
          assertEquals("ok", vote(voters.get(i), id, i % 2).path("type").asString());
        }
        assertEquals("bad_request", Market.code(vote(others.get(0), id, 0)));
        TimeUnit.MILLISECONDS.sleep(POLL_EVERY_MS);
      }
      List<Long> late = latenesses.stream().map(CompletableFuture::join).toList();
      ending = true;
      for (Future<?> each : all) {
        each.get();
      }
      Awaitility.await()
          .atMost(Patience.OF_TESTS)
          .until(() -> market.sale(sale).path("reserved").asLong() == 0);
      long last = voters.get(0).saySeq("the end");
      watcher.awaitDanmaku(last);
      newWatcher.awaitDanmaku(last);

      List<Long> numbers = watcher.numbers();
      assertEquals(
          LongStream.rangeClosed(watcher.welcome().path("seq").asLong() + 1, last).boxed().toList(),
          numbers);
      List<JsonNode> heard = newWatcher.numbered();
      assertEquals(heard.subList(heard.size() - numbers.size(), heard.size()), watcher.numbered());
      long latest = late.stream().mapToLong(Long::longValue).max().orElseThrow();
      System.out.printf(
          "%d polls, closed %d to %d ms after closesAt; %d danmaku, %d orders, %d numbered events"
              + " on the older node, %d came back to it%n",
          polls.size(),
          late.stream().mapToLong(Long::longValue).min().orElseThrow(),
          latest,
          said.get(),
          bought.get(),
          numbers.size(),
          resumed.get());
      assertTrue(latest <= Patience.soon(IN_TIME).toMillis(), "closed " + latest + " ms late");
      for (JsonNode poll : polls) {
        String id = poll.path("id").asString();
        assertEquals(1, closings(watcher, id));
        JsonNode closed = Api.anonymous(newer).get(market.path("ballots/" + id)).json();
        assertEquals(TALKERS, closed.path("voters").asLong());
      }
      assertUntroubled(older);
      assertUntroubled(newer);
      assertAudited(redis);
    } finally {
      there.forEach(ProtocolClient::close);
    }
  }

  @Test
  void anOlderReleaseAlone_leavesAnOverduePoll_andSettlesAllElse() throws Exception {
    try (RedisProcess redis = RedisProcess.start(dir)) {
      JsonNode poll;
      String sale;
      JsonNode order;
      try (ServerProcess newer = newer(redis);
          ProtocolClient ann = ProtocolClient.join(newer, ROOM, Jwt.viewer("ann"))) {
        Market market = new Market(newer, ROOM);
        poll = open(market, 2);
        assertEquals("ok", vote(ann, poll.path("id").asString(), 1).path("type").asString());
        Map<String, Object> offer = offer(POLL_MS + 4_000);
        offer.put("payMs", POLL_MS + 2_000);
        sale = market.open(offer);
        order = ann.buy("buy", sale).path("order");
        newer.kill();
      }
      String id = poll.path("id").asString();
      try (ServerProcess older = older(redis);
          ProtocolClient watcher = ProtocolClient.join(older, ROOM, Jwt.viewer("ann"))) {
        Market market = new Market(older, ROOM);
        watcher.awaitMessage(
            "order", m -> m.path("order").path("status").asString("").equals("expired"));
        long expiredMs = System.currentTimeMillis() - order.path("payBy").asLong();
        watcher.awaitEvent("sale.ended", event -> event.path("sale").asString().equals(sale));
        long endedMs = System.currentTimeMillis() - market.sale(sale).path("endsAt").asLong();
        System.out.printf(
            "with a poll overdue: order expired %d ms and sale ended %d ms after its time%n",
            expiredMs, endedMs);
        long inTimeMs = Patience.soon(IN_TIME).toMillis();
        assertTrue(expiredMs <= inTimeMs && endedMs <= inTimeMs, expiredMs + ", " + endedMs);
        assertTrue(System.currentTimeMillis() > poll.path("closesAt").asLong());
        assertEquals(0, closings(watcher, id), "left to a node that knows it");
        assertTrue(watcher.saySeq("and people talk") > 0);
        assertUntroubled(older);
      }
      // A room that nobody has open: a node that starts finds what is due there, poll or not.
      try (ServerProcess older = older(redis);
          ServerProcess newer = newer(redis);
          ProtocolClient watcher = ProtocolClient.join(older, ROOM, null)) {
        Market market = new Market(newer, ROOM);
        Awaitility.await()
            .atMost(Patience.OF_TESTS)
            .until(
                () -> {
                  JsonNode now = Api.anonymous(newer).get(market.path("ballots/" + id)).json();
                  return now.path("state").asString().equals("closed");
                });
        long head = watcher.welcome().path("seq").asLong();
        try (ProtocolClient back =
            ProtocolClient.resume(
                older, ROOM, Jwt.viewer("ann"), watcher.welcome().path("epoch").asLong(), 0)) {
          back.awaitEvent("ballot.closed", event -> isOf(event, id));
          assertEquals(1, closings(back, id));
          Awaitility.await().atMost(Patience.OF_TESTS).until(() -> back.numbers().size() >= head);
          assertFalse(back.numbers().isEmpty());
        }
        assertUntroubled(older);
        assertUntroubled(newer);
        assertAudited(redis);
      }
    }
  }
}
