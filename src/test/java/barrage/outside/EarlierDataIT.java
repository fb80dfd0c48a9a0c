package barrage.outside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.Patience;
import barrage.redis.RedisProcess;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * A room as an earlier release left it (see the README beside the file): today's server opens it,
 * does once what is long overdue, and goes on with it.
 */
final class EarlierDataIT {
  private static final String ROOM = "market";

  /** The newest number that the earlier release gave. */
  private static final long LAST_SEQ = 45;

  private static final List<String> VIEWERS =
      List.of("ann", "bob", "cat", "dan", "eve", "fay", "gus", "hal", "ida", "jon", "kim", "leo");

  @TempDir Path dir;

  private RedisProcess redis;
  private Market market;

  @Test
  void dataOf20261124_isSettledOnce_goesOn_andPassesTheAuditBeforeAndAfter() throws Exception {
    putInPlace("2026-11-24.rdb");
    try (RedisProcess started = RedisProcess.start(dir)) {
      redis = started;
      assertAudited("12 viewers", "sales: 7, 18 orders", "lotteries: 3, 10 tickets");
      try (ServerProcess server = ServerProcess.start(dir, "redis.uri=" + redis.uri())) {
        market = new Market(server, ROOM);
        settlesWhatIsOverdue();
        toldEachOfItOnce();
        keepsWhatItHad();
        remembersWhatLastsForGood();
        paysLateAndRefunds();
        sellsOn();
        drawsOn();
        takesToANewKind();
        points();
      }
      assertAudited("12 viewers", "sales: 8, 20 orders", "lotteries: 4, 12 tickets", "ballot: 1");
      long issued = Long.parseLong(redis.ask("HGET", "{market}:figures", "account issued"));
      assertTrue(issued < 0, "the room has accounts by now: " + issued);
    }
  }

  /** Redis also reads a dump that stands where it looks for its append-only file. */
  private void putInPlace(String dump) throws IOException {
    try (InputStream from = EarlierDataIT.class.getResourceAsStream("/data/" + dump)) {
      Files.copy(Objects.requireNonNull(from, dump), dir.resolve("appendonly.aof"));
    }
  }

  private void assertAudited(String... said) throws Exception {
    ServerProcess.Ended audit = ServerProcess.run("audit", "--room", ROOM, "--redis", redis.uri());
    assertEquals(0, audit.status(), audit.said());
    for (String each : said) {
      assertTrue(audit.said().contains(each), audit.said());
    }
  }

  // ---- what is there

  private JsonNode figures() {
    return market.streamer.get(market.path("figures")).json();
  }

  /** The sale or lottery of a title, the first that was made. */
  private String id(String kinds, String title) {
    String found = null;
    for (JsonNode each : figures().path(kinds)) { // the newest come first
      found = each.path("title").asString().equals(title) ? each.path("id").asString() : found;
    }
    return Objects.requireNonNull(found, title);
  }

  private String sale(String title) {
    return id("sales", title);
  }

  /** A viewer's order of a sale. */
  private JsonNode order(String viewer, String sale) {
    return market.orders("viewer=" + viewer + "&sale=" + sale).get(0);
  }

  private static String status(JsonNode order) {
    return order.path("status").asString("");
  }

  /** What each viewer has; it is what their ledgers say, and the figures. */
  private Map<String, Long> points() {
    Map<String, Long> points = new TreeMap<>();
    for (String viewer : VIEWERS) {
      JsonNode ledger = market.merchant.get(market.path("ledger?viewer=" + viewer)).json();
      long sum = 0;
      for (JsonNode entry : ledger.path("entries")) {
        sum += entry.path("delta").asLong();
      }
      assertEquals(sum, market.points(viewer), viewer);
      points.put(viewer, sum);
    }
    JsonNode figure = figures().path("points");
    assertEquals(
        figure.path("given").asLong() - figure.path("taken").asLong(),
        points.values().stream().mapToLong(Long::longValue).sum());
    return points;
  }

  private void settlesWhatIsOverdue() {
    Awaitility.await() // nobody has come yet
        .atMost(Patience.OF_TESTS)
        .until(() -> market.orders("").stream().noneMatch(each -> status(each).equals("reserved")));
    Awaitility.await()
        .atMost(Patience.OF_TESTS)
        .until(
            () ->
                Stream.of("mugs", "hats", "early birds", "tomorrow")
                    .allMatch(
                        title ->
                            market.sale(sale(title)).path("state").asString().equals("ended")));
    Awaitility.await().atMost(Patience.OF_TESTS).until(() -> drawn().size() == 2);
  }

  private List<JsonNode> drawn() {
    return figures()
        .path("lotteries")
        .valueStream()
        .filter(lottery -> lottery.path("state").asString().equals("drawn"))
        .toList();
  }

  /** All numbered events, the old ones first. */
  private List<JsonNode> history() {
    JsonNode view = Api.anonymous(market.server).get("/api/rooms/" + ROOM).json();
    long epoch = view.path("epoch").asLong();
    long seq = view.path("seq").asLong();
    try (ProtocolClient client =
        ProtocolClient.resume(market.server, ROOM, Jwt.viewer("ann"), epoch, 0)) {
      assertTrue(client.welcome().path("resumed").asBoolean());
      Awaitility.await().atMost(Patience.OF_TESTS).until(() -> client.numbers().size() >= seq);
      assertEquals(LongStream.rangeClosed(1, seq).boxed().toList(), client.numbers());
      return client.numbered();
    }
  }

  private void toldEachOfItOnce() {
    Map<String, Integer> told = new TreeMap<>();
    for (JsonNode event : history()) {
      if (event.path("seq").asLong() > LAST_SEQ) {
        String of = event.path("sale").asString(event.path("lottery").asString(""));
        told.merge(event.path("type").asString() + " " + of, 1, Integer::sum);
      }
    }
    Map<String, Integer> expected = new TreeMap<>();
    for (String sale : List.of("mugs", "hats", "early birds", "tomorrow")) {
      expected.put("sale.ended " + sale(sale), 1);
    }
    String lottery = figures().path("lotteries").get(0).path("id").asString();
    expected.put("lottery.locked " + lottery, 1);
    expected.put("lottery.drawn " + lottery, 1);
    assertEquals(expected, told);
  }

  private void keepsWhatItHad() throws Exception {
    Map<String, Long> had = new TreeMap<>();
    long[] points = {235, 266, 329, 391, 246, 271, 281, 251, 283, 262, 251, 222};
    for (int i = 0; i < points.length; i++) {
      had.put(VIEWERS.get(i), points[i]);
    }
    assertEquals(had, points());
    assertEquals(
        Map.of("paid", 7L, "expired", 6L, "cancelled", 2L, "refunded", 1L, "refund_due", 2L),
        market.orders("").stream()
            .collect(Collectors.groupingBy(EarlierDataIT::status, Collectors.counting())));
    JsonNode view = Api.anonymous(market.server).get("/api/rooms/" + ROOM).json();
    assertEquals(135, view.path("likes").asLong());
    assertEquals(1_500, view.path("settings").path("slowModeMs").asLong());
    for (JsonNode lottery : drawn()) {
      JsonNode proof =
          Api.anonymous(market.server)
              .get(market.path("lotteries/" + lottery.path("id").asString() + "/proof"))
              .json();
      Path file = Files.writeString(dir.resolve("proof.json"), proof.toString());
      assertEquals(0, ServerProcess.run("verify", file.toString()).status(), proof.toString());
    }
  }

  // ---- what is done then

  /** Ids of requests do not outlive a day; references of points and payments do. */
  private void remembersWhatLastsForGood() {
    Map<String, ?> welcome = grant("ann", 100, "welcome-ann");
    Api.Answer again = market.merchant.post(market.path("points"), welcome);
    assertEquals(100, again.json().path("points").asLong(), "as it was answered: " + again.body());
    assertEquals(235, market.points("ann"));
    assertEquals(
        "conflict",
        market.merchant.post(market.path("points"), grant("ann", 101, "welcome-ann")).code());
    JsonNode paid = order("cat", sale("mugs"));
    assertEquals("paid", status(market.pay(paid, "wx-paid").json()));
    assertEquals("conflict", market.pay(paid, "another").code());
    try (ProtocolClient ann = market.join("ann");
        ProtocolClient jon = market.join("jon");
        ProtocolClient kim = market.join("kim")) {
      long seq = ann.say("kept-text", "again").path("seq").asLong();
      assertTrue(seq > LAST_SEQ, "said anew: " + seq);
      assertTrue(jon.saySeq("my hour is over") > seq);
      assertEquals("muted", Market.code(kim.say("and mine never is")));
    }
  }

  private static Map<String, ?> grant(String viewer, long delta, String ref) {
    return Map.of("viewer", viewer, "delta", delta, "growth", 0, "reason", "grant", "ref", ref);
  }

  private void paysLateAndRefunds() {
    JsonNode late = order("bob", sale("mugs"));
    assertEquals("expired", status(late));
    long before = market.points("bob");
    assertEquals("paid", status(market.pay(late, "wx-bob").json()), "late, and there is a unit");
    assertTrue(market.points("bob") > before);
    try (ProtocolClient ann = market.join("ann")) {
      assertEquals(
          "wrong_state", Market.code(ann.cancel(order("ann", sale("mugs")).path("id").asString())));
    }
    JsonNode cat = order("cat", sale("mugs"));
    long had = market.points("cat");
    assertEquals("refunded", status(market.refund(cat, "re-cat").json()));
    assertTrue(market.points("cat") < had);
    JsonNode due = order("hal", sale("sold out"));
    assertEquals("refund_due", status(due));
    assertEquals("refunded", status(market.refund(due, "re-hal").json()));
  }

  private void sellsOn() {
    String sale = market.open(Market.offer(3));
    try (ProtocolClient ann = market.join("ann");
        ProtocolClient dan = market.join("dan")) {
      JsonNode given = ann.buy("kept-click", sale).path("order");
      assertEquals("reserved", status(given), "its id was kept for a day");
      assertEquals("cancelled", status(ann.cancel(given.path("id").asString()).path("order")));
      JsonNode bought = dan.buy(ProtocolClient.newId(), sale).path("order");
      assertEquals("paid", status(market.pay(bought, "wx-dan").json()));
    }
    assertEquals(2, market.available(sale));
  }

  private void drawsOn() {
    Map<String, Object> raffle = new LinkedHashMap<>(Market.raffle(1));
    raffle.put("conditions", Map.of("costPoints", 5));
    String lottery = market.raffled(raffle).path("id").asString();
    long had = market.points("eve");
    try (ProtocolClient eve = market.join("eve");
        ProtocolClient fay = market.join("fay")) {
      for (ProtocolClient each : List.of(eve, fay)) {
        JsonNode entered = each.enter(ProtocolClient.newId(), lottery);
        assertEquals("ok", entered.path("type").asString(), entered.toString());
      }
      assertEquals(had - 5, market.points("eve"));
      market.streamer.post(market.path("lotteries/" + lottery + "/draw"), Collections.emptyMap());
      eve.awaitEvent("lottery.drawn", event -> event.path("lottery").asString().equals(lottery));
    }
  }

  private void takesToANewKind() {
    Map<String, Object> poll =
        Map.of(
            "form",
            "poll",
            "title",
            "好?",
            "options",
            List.of("是", "否"),
            "points",
            3,
            "durationMs",
            600_000);
    Api.Answer opened = market.streamer.post(market.path("ballots"), poll);
    assertEquals(201, opened.status(), opened.body());
    long had = market.points("leo");
    try (ProtocolClient leo = market.join("leo")) {
      var vote =
          leo.message("ballot.vote")
              .put("id", "v")
              .put("ballot", opened.json().path("id").asString());
      vote.putArray("options").add(1);
      assertEquals("ok", leo.request(vote).path("type").asString());
    }
    assertEquals(had + 3, market.points("leo"));
  }
}
