package barrage.outside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Rooms without end: who begins them, how many there may be; and a damaged record in one. */
final class RoomsIT {
  @TempDir private static Path dir;
  private static ServerProcess server;

  @BeforeAll
  static void start() throws Exception {
    server = ServerProcess.start(dir, "rooms.begin-by=staff");
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  private static String keysOf(String room) throws Exception {
    return server.redis().ask("EVAL \"return #redis.call('keys','{" + room + "}*')\" 0");
  }

  private static double metric(String name) {
    return Api.anonymous(server)
        .get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .sum();
  }

  @Test
  void viewers_findNoRoomThatStaffHasNotBegun_andLeaveNothingBehind() throws Exception {
    String jwt = Jwt.viewer("ann");
    try (ProtocolClient early = ProtocolClient.connect(server, "quiet", jwt)) {
      assertEquals(4404, early.awaitClose());
    }
    Api viewer = new Api(server, jwt);
    for (String path :
        List.of("", "/viewers/ann", "/ledger?viewer=ann", "/orders", "/sales/s", "/danmaku.xml")) {
      Api.Answer answer = viewer.get("/api/rooms/quiet" + path);
      assertEquals(404, answer.status(), path);
      assertEquals("not_found", answer.code(), path);
    }
    assertEquals(404, Api.anonymous(server).get("/api/rooms/quiet").status());
    assertEquals(":0", keysOf("quiet"));

    try (ProtocolClient host = ProtocolClient.join(server, "quiet", Jwt.of("host", "streamer"));
        ProtocolClient ann = ProtocolClient.join(server, "quiet", jwt)) {
      host.awaitDanmaku(ann.saySeq("here I am"));
    }
    assertEquals(200, viewer.get("/api/rooms/quiet/ledger?viewer=ann").status());
  }

  @Test
  void moreRoomsThanMayBeOpen_areBusy_untilSomeAreEmpty(@TempDir Path other) throws Exception {
    try (ServerProcess small = ServerProcess.start(other, "limits.rooms=5")) {
      Api admin = Api.of(small, "root", "admin");
      for (int i = 0; i < 5; i++) {
        assertEquals(200, admin.patch("/api/rooms/many" + i, Map.of("silenced", false)).status());
      }
      Api.Answer full = admin.patch("/api/rooms/many5", Map.of("silenced", false));
      assertEquals(503, full.status());
      assertEquals("busy", full.code());
      assertEquals(200, admin.patch("/api/rooms/many0", Map.of("silenced", false)).status());
      try (ProtocolClient late = ProtocolClient.connect(small, "many6", Jwt.viewer("ann"))) {
        assertEquals(1012, late.awaitClose());
      }
      // Nobody is in them: they are closed soon.
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> admin.patch("/api/rooms/many5", Map.of("silenced", false)).status() == 200);
    }
  }

  @Test
  void ledger_comesInPages() {
    Market market = new Market(server, "paged");
    for (int i = 0; i < 205; i++) {
      market.make("ann", "regular", 1);
    }
    Set<String> refs = new HashSet<>();
    JsonNode first = page(market, "");
    assertEquals(200, first.path("entries").size());
    JsonNode second = page(market, "&after=" + first.path("next").asString());
    assertEquals(5, second.path("entries").size());
    assertTrue(second.path("next").isMissingNode());
    for (JsonNode page : List.of(first, second)) {
      page.path("entries").forEach(entry -> refs.add(entry.path("ref").asString()));
    }
    assertEquals(205, refs.size());
    assertEquals(400, market.merchant.get(market.path("ledger?viewer=ann&after=what")).status());
  }

  private static JsonNode page(Market market, String after) {
    Api.Answer answer = market.merchant.get(market.path("ledger?viewer=ann" + after));
    assertEquals(200, answer.status(), answer.body());
    return answer.json();
  }

  /** Its viewer joins, the others' orders are settled, and log, metric and audit name it. */
  @Test
  void damagedOrder_stopsItselfAlone() throws Exception {
    Market market = new Market(server, "damaged");
    Map<String, Object> offer = Market.offer(10);
    offer.put("payMs", 1_500);
    String sale = market.open(offer);
    JsonNode bad;
    JsonNode good;
    try (ProtocolClient ann = market.join("ann");
        ProtocolClient bob = market.join("bob")) {
      bad = ann.buy("1", sale).path("order");
      good = bob.buy("1", sale).path("order");
    }
    server
        .redis()
        .ask("HSET {damaged}:orders " + bad.path("id").asString() + " \"no order at all\"");
    double before = metric("barrage_unreadable_records_total");
    try (ProtocolClient again = market.join("ann");
        ProtocolClient other = market.join("cat")) {
      other.awaitDanmaku(again.saySeq("still here"));
      Awaitility.await()
          .until(() -> market.order(good).path("status").asString().equals("expired"));
    }
    assertEquals(503, market.pay(bad, "wx-1").status());
    assertTrue(metric("barrage_unreadable_records_total") > before);
    String id = bad.path("id").asString();
    assertTrue(
        server.err().stream().anyMatch(line -> line.contains("orders " + id)),
        String.join("\n", server.err()));
    ServerProcess.Ended audit =
        ServerProcess.run("audit", "--room", "damaged", "--set", "redis.embedded.dir=" + dir);
    assertEquals(1, audit.status(), audit.said());
    assertTrue(audit.said().contains("order " + id + " cannot be read"), audit.said());
  }
}
