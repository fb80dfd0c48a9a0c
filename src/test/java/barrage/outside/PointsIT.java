package barrage.outside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** What viewers earn, and what it makes of them. */
@ExtendWith(SharedServer.class)
final class PointsIT {
  private final ServerProcess server;

  PointsIT(ServerProcess server) {
    this.server = server;
  }

  @Test
  void acceptedDanmaku_earnsAPointThatAllAgreeOn() {
    String room = "points-danmaku";
    try (ProtocolClient ann = join(room, "ann")) {
      ann.saySeq("one");
      ann.saySeq("two");
      JsonNode told = ann.awaitMessage("points", m -> m.path("points").asLong() == 2);
      assertEquals(2, told.path("growth").asLong());
      assertEquals("regular", told.path("tier").asString());

      JsonNode me = ann.me();
      assertEquals(2, me.path("points").asLong());
      assertEquals(2, me.path("growth").asLong());

      Api own = new Api(server, Jwt.viewer("ann"));
      JsonNode viewer = own.get("/api/rooms/" + room + "/viewers/ann").json();
      assertEquals("ann", viewer.path("id").asString());
      assertEquals(2, viewer.path("points").asLong());
      assertEquals(2, ledgerSum(own, room, "ann"));
    }
  }

  @Test
  void fifteenTaps_earnAPoint() {
    try (ProtocolClient ann = join("points-likes", "ann")) {
      ann.send("{\"type\":\"like\",\"total\":15}");
      ann.awaitMessage("points", m -> m.path("points").asLong() == 1);
    }
  }

  @Test
  void grantedGrowth_changesTheTierAtOnce() {
    String room = "points-grants";
    Api service = Api.of(server, "shop", "service");
    try (ProtocolClient ann = join(room, "ann")) {
      JsonNode before = ann.awaitDanmaku(ann.saySeq("as regular"));
      assertEquals("regular", before.path("viewer").path("tier").asString());

      Api.Answer granted = service.post(points(room), grant("ann", 100, 2_000, "order-1"));
      assertEquals(200, granted.status(), granted.body());
      assertEquals("gold", granted.json().path("tier").asString());
      assertEquals(101, granted.json().path("points").asLong());
      ann.awaitMessage("points", m -> m.path("tier").asString("").equals("gold"));

      JsonNode after = ann.awaitDanmaku(ann.saySeq("as gold"));
      assertEquals("gold", after.path("viewer").path("tier").asString());
      // 1 point × 1.4: what the multiplier leaves over is carried.
      assertEquals(102, ann.me().path("points").asLong());
      assertEquals(2_002, ann.me().path("growth").asLong());
      assertEquals(102, ledgerSum(service, room, "ann"));
    }
  }

  @Test
  void grant_repeatedUnderItsKey_isGivenOnce() {
    String room = "points-repeat";
    Api service = Api.of(server, "shop", "service");
    Api.Answer first = service.post(points(room), "key-1", grant("bob", 50, 0, "a"));
    Api.Answer again = service.post(points(room), "key-1", grant("bob", 50, 0, "a"));
    assertEquals(200, first.status(), first.body());
    assertEquals(first.json(), again.json());

    Api.Answer other = service.post(points(room), "key-1", grant("bob", 51, 0, "a"));
    assertEquals(409, other.status());
    assertEquals("conflict", other.code());
    assertEquals(50, balance(service, room, "bob"));
  }

  @Test
  void points_areNeverTakenBelowZero() {
    String room = "points-floor";
    Api service = Api.of(server, "shop", "service");
    service.post(points(room), grant("bob", 10, 0, "a"));
    Api.Answer refused = service.post(points(room), grant("bob", -11, 0, "b"));
    assertEquals(409, refused.status());
    assertEquals("insufficient_points", refused.code());
    assertEquals(200, service.post(points(room), grant("bob", -10, 0, "c")).status());
    assertEquals(0, balance(service, room, "bob"));
    assertEquals(0, ledgerSum(service, room, "bob"));
  }

  @Test
  void boost_multipliesPointsAndNotGrowth() {
    String room = "points-boost";
    Api streamer = Api.of(server, "host", "streamer");
    Api.Answer boost =
        streamer.post(
            "/api/rooms/" + room + "/boosts", Map.of("factor", 2.5, "durationMs", 60_000));
    assertEquals(200, boost.status(), boost.body());
    assertEquals(2.5, boost.json().path("factor").asDouble());
    assertTrue(boost.json().path("untilAt").asLong() > System.currentTimeMillis());
    try (ProtocolClient ann = join(room, "ann")) {
      ann.saySeq("one");
      ann.saySeq("two");
      JsonNode me = ann.me();
      assertEquals(5, me.path("points").asLong());
      assertEquals(2, me.path("growth").asLong());
    }
  }

  @Test
  void rooms_haveMembershipsOfTheirOwn() {
    Api service = Api.of(server, "shop", "service");
    service.post(points("points-here"), grant("ann", 10, 600, "a"));
    try (ProtocolClient ann = join("points-there", "ann")) {
      JsonNode viewer = ann.welcome().path("viewer");
      assertEquals(0, viewer.path("points").asLong());
      assertEquals("regular", viewer.path("tier").asString());
    }
  }

  private static String points(String room) {
    return "/api/rooms/" + room + "/points";
  }

  private static Map<String, ?> grant(String viewer, long delta, long growth, String ref) {
    return Map.of(
        "viewer", viewer, "delta", delta, "growth", growth, "reason", "grant", "ref", ref);
  }

  private static long balance(Api api, String room, String viewer) {
    return api.get("/api/rooms/" + room + "/viewers/" + viewer).json().path("points").asLong();
  }

  private static long ledgerSum(Api api, String room, String viewer) {
    Api.Answer ledger = api.get("/api/rooms/" + room + "/ledger?viewer=" + viewer);
    assertEquals(200, ledger.status(), ledger.body());
    long sum = 0;
    for (JsonNode entry : ledger.json().path("entries")) {
      sum += entry.path("delta").asLong();
      assertTrue(entry.path("at").asLong() > 0 && entry.path("reason").isString());
    }
    return sum;
  }

  private ProtocolClient join(String room, String viewer) {
    return ProtocolClient.join(server, room, Jwt.viewer(viewer));
  }
}
