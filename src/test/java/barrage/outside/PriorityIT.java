package barrage.outside;

import static barrage.outside.Market.code;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What members are promised of sales, with viewers of every tier. */
@ExtendWith(SharedServer.class)
final class PriorityIT {
  private static final List<String> TIERS = List.of("regular", "silver", "gold", "diamond");

  @TempDir Path dir;

  private static void awaitClock(long atMs) {
    await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> System.currentTimeMillis() >= atMs);
  }

  /** One viewer of each tier, named after it. */
  private static Map<String, ProtocolClient> oneOfEach(Market market) {
    Map<String, ProtocolClient> viewers = new LinkedHashMap<>();
    for (String tier : TIERS) {
      if (!tier.equals("regular")) {
        market.make(tier, tier, 1);
      }
      viewers.put(tier, market.join(tier));
    }
    return viewers;
  }

  private static JsonNode buy(ProtocolClient viewer, String sale) {
    return viewer.buy(ProtocolClient.newId(), sale);
  }

  private static boolean isBought(JsonNode answer) {
    return answer.path("order").path("status").asString("").equals("reserved");
  }

  @Test
  void everyTier_isToldItsOwnInstant_andMayBuyThen(ServerProcess server) {
    Market market = new Market(server, "priority-early");
    Map<String, ProtocolClient> viewers = oneOfEach(market);
    Map<String, Object> offer = Market.offer(8);
    offer.put("opensInMs", 4_000);
    offer.put("earlyAccessMs", Map.of("silver", 1_000, "gold", 2_000, "diamond", 3_000));
    JsonNode sale = market.schedule(offer);
    String id = sale.path("id").asString();
    long opensAt = sale.path("opensAt").asLong();
    assertEquals(4, sale.path("earlyUnits").asLong());
    Map<String, Long> opens =
        Map.of(
            "regular", opensAt,
            "silver", opensAt - 1_000,
            "gold", opensAt - 2_000,
            "diamond", opensAt - 3_000);
    viewers.forEach(
        (tier, viewer) -> {
          JsonNode early = buy(viewer, id);
          assertEquals("not_open", code(early), tier);
          assertEquals(opens.get(tier), early.path("opensAt").asLong(), tier);
        });
    for (String tier : List.of("diamond", "gold", "silver", "regular")) {
      awaitClock(opens.get(tier) + 30);
      assertTrue(isBought(buy(viewers.get(tier), id)), tier);
      for (String later : TIERS.subList(0, TIERS.indexOf(tier))) {
        // However often: it costs no token.
        for (int i = 0; i < 4; i++) {
          assertEquals("not_open", code(buy(viewers.get(later), id)), later);
        }
      }
    }
    viewers
        .get("regular")
        .awaitEvent("sale.opened", event -> event.path("sale").asString().equals(id));
    viewers.values().forEach(ProtocolClient::close);
  }

  @Test
  void earlyUnits_areAllThatIsSoldEarly(ServerProcess server) {
    Market market = new Market(server, "priority-units");
    market.make("gold1", "gold", 1);
    market.make("gold2", "gold", 1);
    Map<String, Object> offer = Market.offer(3);
    offer.put("opensInMs", 2_500);
    offer.put("earlyUnits", 1);
    JsonNode sale = market.schedule(offer);
    String id = sale.path("id").asString();
    long opensAt = sale.path("opensAt").asLong();
    assertEquals(5_000, sale.path("earlyAccessMs").path("gold").asLong(), "the tier table");
    try (ProtocolClient one = market.join("gold1");
        ProtocolClient two = market.join("gold2")) {
      assertTrue(isBought(buy(one, id)));
      JsonNode refused = buy(two, id);
      assertEquals("not_open", code(refused));
      assertEquals(opensAt, refused.path("opensAt").asLong());
      assertEquals(2, market.available(id));
      awaitClock(opensAt + 30);
      assertTrue(isBought(buy(two, id)));
    }
  }

  @Test
  void earlyUnitsThatComeBack_areSoldEarlyAgain_andAStormOfCancelsBurnsNone(ServerProcess server) {
    Market market = new Market(server, "priority-returned");
    market.make("storm", "diamond", 1);
    market.make("calm", "diamond", 1);
    Map<String, Object> offer = Market.offer(20);
    offer.put("opensInMs", 9_500);
    offer.put("earlyUnits", 1);
    offer.put("perViewerLimit", 20);
    offer.put("payMs", 1_000);
    JsonNode sale = market.schedule(offer);
    String id = sale.path("id").asString();
    try (ProtocolClient storm = market.join("storm");
        ProtocolClient calm = market.join("calm")) {
      for (int i = 0; i < 3; i++) {
        JsonNode order = buy(storm, id).path("order");
        assertEquals("not_open", code(buy(calm, id)), "it is taken");
        storm.cancel(order.path("id").asString());
      }
      JsonNode waits = buy(storm, id);
      assertEquals("rate_limited", code(waits), waits.toString());
      assertTrue(waits.path("retryAfterMs").asLong() > 5_000, waits.toString());

      String mine = buy(calm, id).path("order").path("id").asString("");
      calm.awaitMessage(
          "order",
          m ->
              m.at("/order/id").asString("").equals(mine)
                  && m.at("/order/status").asString("").equals("expired"));
      assertTrue(isBought(buy(calm, id)), "it came back by itself");
      assertTrue(System.currentTimeMillis() < sale.path("opensAt").asLong(), "all of it early");
      assertEquals(19, market.available(id));
    }
  }

  @Test
  void reservedUnits_waitForTheirTiers_andReturnWhereTheyCameFrom(ServerProcess server) {
    Market market = new Market(server, "priority-reserve");
    Map<String, ProtocolClient> viewers = oneOfEach(market);
    market.make("gold2", "gold", 1);
    Map<String, Object> offer = Market.offer(3);
    offer.put("reserve", Map.of("minTier", "gold", "units", 2, "forMs", 4_000));
    JsonNode scheduled = market.schedule(offer);
    String sale = scheduled.path("id").asString();
    try (ProtocolClient gold2 = market.join("gold2")) {
      assertEquals(3, market.available(sale));
      assertEquals(2, market.sale(sale).path("heldForTier").asLong());
      JsonNode silver = buy(viewers.get("silver"), sale);
      assertTrue(isBought(silver));
      assertEquals("sold_out", code(buy(viewers.get("regular"), sale)));
      JsonNode gold = buy(viewers.get("gold"), sale);
      assertTrue(isBought(gold));
      viewers
          .get("regular")
          .awaitEvent(
              "sale.stock",
              event ->
                  event.path("available").asLong() == 1 && event.path("heldForTier").asLong() == 1);

      // A reserved unit that returns is reserved again, an unreserved one is for everyone.
      viewers.get("gold").cancel(gold.path("order").path("id").asString());
      assertEquals(2, market.sale(sale).path("heldForTier").asLong());
      assertEquals("sold_out", code(buy(viewers.get("regular"), sale)));
      viewers.get("silver").cancel(silver.path("order").path("id").asString());
      assertEquals(2, market.sale(sale).path("heldForTier").asLong());
      assertEquals(3, market.available(sale));
      assertTrue(isBought(buy(viewers.get("silver"), sale)));
      assertTrue(isBought(buy(viewers.get("diamond"), sale)));
      assertEquals("sold_out", code(buy(viewers.get("regular"), sale)));

      // What is left at the release is for everyone.
      awaitClock(scheduled.path("opensAt").asLong() + 4_000);
      viewers
          .get("regular")
          .awaitEvent(
              "sale.stock",
              event ->
                  event.path("available").asLong() == 1 && event.path("heldForTier").asLong() == 0);
      assertTrue(isBought(buy(viewers.get("regular"), sale)));
      assertEquals("sold_out", code(buy(gold2, sale)));
    }
    viewers.values().forEach(ProtocolClient::close);
  }

  @Test
  void clicksThatWaitTogether_areDecidedByTier_thenByArrival() throws Exception {
    try (ServerProcess server = ServerProcess.start(dir)) {
      Market market = new Market(server, "priority-queue");
      List<ProtocolClient> regulars = new ArrayList<>();
      List<ProtocolClient> diamonds = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        regulars.add(market.join("r" + i));
      }
      for (int i = 0; i < 10; i++) {
        market.make("d" + i, "diamond", 1);
        diamonds.add(market.join("d" + i));
      }
      // On a busy machine Redis may be frozen for so long that it is away, and nobody waits for it.
      int tries = 0;
      while (!rushed(server, market, "c" + tries, regulars, diamonds)) {
        assertTrue(++tries < 10, "the store was away each time");
      }
      regulars.forEach(ProtocolClient::close);
      diamonds.forEach(ProtocolClient::close);
    }
  }

  /** Whether clicks that waited together were decided, and so in order. */
  private static boolean rushed(
      ServerProcess server,
      Market market,
      String click,
      List<ProtocolClient> regulars,
      List<ProtocolClient> diamonds)
      throws Exception {
    String sale = market.open(Market.offer(20));
    server.redis().freeze();
    try {
      // The first goes out alone and waits for Redis; the others wait for it to return.
      regulars.get(0).click(click, sale, 1);
      awaitClock(System.currentTimeMillis() + 50);
      for (ProtocolClient regular : regulars.subList(1, regulars.size())) {
        regular.click(click, sale, 1);
      }
      for (ProtocolClient diamond : diamonds) {
        diamond.click(click, sale, 1);
      }
      awaitClock(System.currentTimeMillis() + 100);
    } finally {
      server.redis().thaw();
    }
    List<JsonNode> toDiamonds = answers(diamonds, click);
    List<JsonNode> toRegulars = answers(regulars, click);
    if (Stream.concat(toDiamonds.stream(), toRegulars.stream())
        .anyMatch(answer -> code(answer).equals("unavailable"))) {
      await().until(() -> market.streamer.get("/readyz").status() == 200);
      return false;
    }
    assertTrue(toDiamonds.stream().allMatch(answer -> isBought(answer)), "first in the queue");
    assertEquals(10, toRegulars.stream().filter(answer -> isBought(answer)).count());
    assertEquals(0, market.available(sale));
    return true;
  }

  private static List<JsonNode> answers(List<ProtocolClient> viewers, String click) {
    return viewers.stream().map(viewer -> viewer.awaitAnswer(click)).toList();
  }
}
