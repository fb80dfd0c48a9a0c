package barrage.outside;

import static barrage.outside.Market.code;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.Patience;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Orders from the click to the refund, and what they do to stock, points and tiers. */
@ExtendWith(SharedServer.class)
final class OrderIT {
  @TempDir Path dir;

  private static String status(JsonNode order) {
    return order.path("status").asString("");
  }

  private static JsonNode bought(ProtocolClient viewer, String sale) {
    JsonNode order = viewer.buy(ProtocolClient.newId(), sale).path("order");
    assertEquals("reserved", status(order));
    return order;
  }

  private static Map<String, Object> offer(long stock, long payMs) {
    Map<String, Object> offer = Market.offer(stock);
    offer.put("payMs", payMs);
    return offer;
  }

  @Test
  void payment_awardsThePurchase_once_andARefundTakesItBack(ServerProcess server) {
    Market market = new Market(server, "order-pay");
    Map<String, Object> offer = Market.offer(3);
    offer.put("priceCents", 60_050);
    String sale = market.open(offer);
    try (ProtocolClient ann = market.join("ann")) {
      JsonNode order = bought(ann, sale);
      assertEquals(1, market.sale(sale).path("reserved").asLong());

      Api.Answer paid = market.pay(order, "wx-1");
      assertEquals(200, paid.status(), paid.body());
      assertEquals("paid", status(paid.json()));
      ann.awaitMessage("order", m -> status(m.path("order")).equals("paid"));
      assertEquals(1, market.sale(sale).path("paid").asLong());
      JsonNode me = ann.me();
      assertEquals(600, me.path("points").asLong());
      assertEquals(600, me.path("growth").asLong());
      assertEquals("silver", me.path("tier").asString());

      assertEquals(paid.json(), market.pay(order, "wx-1").json(), "the same again");
      Api.Answer other = market.pay(order, "wx-2");
      assertEquals(409, other.status());
      assertEquals("conflict", other.code());
      assertEquals("wrong_state", code(ann.cancel(order.path("id").asString())));
      assertEquals(600, market.points("ann"));

      Api.Answer refunded = market.refund(order, "back-1");
      assertEquals("refunded", status(refunded.json()), refunded.body());
      assertEquals(refunded.json(), market.refund(order, "back-1").json());
      assertEquals("conflict", market.refund(order, "back-2").code());
      me = ann.me();
      assertEquals(0, me.path("points").asLong());
      assertEquals("regular", me.path("tier").asString());
      assertEquals(3, market.available(sale));
    }
  }

  @Test
  void refund_mayLeaveTheBalanceBelowZero_andUnpaidOrdersHaveNone(ServerProcess server) {
    Market market = new Market(server, "order-debt");
    Map<String, Object> offer = Market.offer(3);
    offer.put("perViewerLimit", 2);
    String sale = market.open(offer);
    try (ProtocolClient ann = market.join("ann")) {
      JsonNode paid = bought(ann, sale);
      JsonNode unpaid = bought(ann, sale);
      market.pay(paid, "wx-1");
      Api.Answer spent =
          market.merchant.post(
              market.path("points"),
              Map.of("viewer", "ann", "delta", -9, "reason", "gift", "ref", "g1"));
      assertEquals(200, spent.status(), spent.body());
      assertEquals("refunded", status(market.refund(paid, "back-1").json()));
      assertEquals(-9, market.points("ann"));
      Api.Answer never = market.refund(unpaid, "back-2");
      assertEquals(409, never.status());
      assertEquals("wrong_state", never.code());
    }
  }

  @Test
  void unpaid_expires_itsUnitReturns_andTheThirdTimeIsTheLast(ServerProcess server) {
    Market market = new Market(server, "order-expiry");
    String sale = market.open(offer(1, 1_000));
    try (ProtocolClient ann = market.join("ann");
        ProtocolClient bob = market.join("bob")) {
      for (int i = 0; i < 3; i++) {
        JsonNode order = bought(ann, sale);
        ann.awaitMessage(
            "order",
            m ->
                m.path("order").path("id").equals(order.path("id"))
                    && status(m.path("order")).equals("expired"));
        assertEquals(1, market.available(sale));
      }
      assertEquals("limit_reached", code(ann.buy(ProtocolClient.newId(), sale)));

      // Paid after its expiry: while there is stock it takes it again, else the money is to go
      // back.
      List<JsonNode> expired = market.orders("viewer=ann&sale=" + sale);
      assertEquals(3, expired.size());
      assertEquals("paid", status(market.pay(expired.get(0), "late-1").json()));
      assertEquals(0, market.available(sale));
      JsonNode due = market.pay(expired.get(1), "late-2").json();
      assertEquals("refund_due", status(due));
      assertEquals(9, market.points("ann"), "for the one that was granted");
      assertEquals("refunded", status(market.refund(expired.get(1), "back").json()));
      assertEquals("sold_out", code(bob.buy(ProtocolClient.newId(), sale)));
    }
  }

  @Test
  void givenBack_itIsForOthers_andOnlyItsOwnerMay(ServerProcess server) {
    Market market = new Market(server, "order-cancel");
    String sale = market.open(Market.offer(1));
    try (ProtocolClient ann = market.join("ann");
        ProtocolClient alsoAnn = market.join("ann");
        ProtocolClient bob = market.join("bob")) {
      JsonNode order = bought(ann, sale);
      alsoAnn.awaitMessage("order", m -> status(m.path("order")).equals("reserved"));
      String id = order.path("id").asString();
      assertEquals("not_found", code(bob.cancel(id)));
      assertEquals("cancelled", status(ann.cancel(id).path("order")));
      assertEquals("wrong_state", code(ann.cancel(id)));
      bought(bob, sale);
      assertEquals(0, market.available(sale));
      assertEquals("refund_due", status(market.pay(order, "wx-1").json()));
    }
  }

  @Test
  void cancelledSale_cancelsWhatIsReserved_andOwesWhatIsPaid(ServerProcess server) {
    Market market = new Market(server, "order-sale");
    String sale = market.open(Market.offer(3));
    try (ProtocolClient ann = market.join("ann");
        ProtocolClient bob = market.join("bob")) {
      JsonNode reserved = bought(ann, sale);
      JsonNode paid = bought(bob, sale);
      market.pay(paid, "wx-1");
      Api.Answer cancelled =
          market.streamer.post(market.path("sales/" + sale + "/cancel"), Map.of());
      assertEquals(200, cancelled.status(), cancelled.body());
      ann.awaitMessage("order", m -> status(m.path("order")).equals("cancelled"));
      bob.awaitMessage("order", m -> status(m.path("order")).equals("refund_due"));
      ann.awaitEvent("sale.ended", event -> event.path("reason").asString().equals("cancelled"));
      assertEquals(3, market.available(sale));
      assertEquals("ended", code(bob.buy(ProtocolClient.newId(), sale)));
      assertEquals("refund_due", status(market.pay(reserved, "wx-2").json()));
      assertEquals("refunded", status(market.refund(paid, "back-1").json()));
      Api.Answer again = market.streamer.post(market.path("sales/" + sale + "/cancel"), Map.of());
      assertEquals("wrong_state", again.code());
    }
  }

  @Test
  void orders_areShownToTheirOwnersAndMerchants(ServerProcess server) {
    Market market = new Market(server, "order-list");
    String sale = market.open(Market.offer(5));
    try (ProtocolClient ann = market.join("ann");
        ProtocolClient bob = market.join("bob")) {
      JsonNode hers = bought(ann, sale);
      JsonNode his = bought(bob, sale);
      assertEquals(List.of(hers, his), market.orders("sale=" + sale));
      assertEquals(List.of(his), market.orders("viewer=bob"));
      Api own = new Api(server, Jwt.viewer("ann"));
      for (String query : List.of("", "?viewer=ann", "?sale=" + sale)) {
        JsonNode shown = own.get(market.path("orders" + query)).json().path("orders");
        assertEquals(1, shown.size());
        assertEquals(hers, shown.get(0));
      }
      assertEquals(403, own.get(market.path("orders?viewer=bob")).status());
      assertEquals(401, Api.anonymous(server).get(market.path("orders")).status());
      String pay = market.path("orders/" + hers.path("id").asString() + "/pay");
      assertEquals(403, own.post(pay, Map.of("paymentRef", "p")).status());
      assertEquals(403, market.streamer.post(pay, Map.of("paymentRef", "p")).status());
      assertEquals(400, market.merchant.post(pay, Map.of("paymentRef", "")).status());
      Api.Answer none =
          market.merchant.post(
              market.path("orders/" + sale + "-99/pay"), Map.of("paymentRef", "p"));
      assertEquals(404, none.status());
      assertEquals("reserved", status(market.order(hers)));
      try (ProtocolClient back = market.join("ann")) {
        assertEquals(hers, back.welcome().path("orders").get(0));
      }
    }
  }

  @Test
  void fallenDueWhileNoServerRuns_isSettledWithinASecondOfTheNextStart() throws Exception {
    try (ServerProcess first = ServerProcess.start(dir)) {
      Market market = new Market(first, "order-due");
      String sale = market.open(offer(1, 1_500));
      JsonNode order;
      try (ProtocolClient ann = market.join("ann")) {
        order = bought(ann, sale);
      }
      first.kill();
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> System.currentTimeMillis() > order.path("payBy").asLong() + 500);
      try (ServerProcess second = first.again()) {
        Market later = new Market(second, "order-due");
        await()
            .atMost(Patience.soon(Duration.ofSeconds(1)))
            .pollInterval(Duration.ofMillis(20))
            .until(() -> status(later.order(order)).equals("expired"));
        assertEquals(1, later.available(sale));
        try (ProtocolClient ann = later.join("ann")) {
          assertTrue(bought(ann, sale).path("payBy").asLong() > System.currentTimeMillis());
        }
      }
    }
  }

  @Test
  void latePayments_buyNoMoreThanTheLimit_andOneReferencePaysOneOrder(ServerProcess server) {
    Market market = new Market(server, "order-limit");
    String sale = market.open(Market.offer(9));
    try (ProtocolClient ann = market.join("ann");
        ProtocolClient bob = market.join("bob")) {
      List<JsonNode> orders = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        orders.add(bought(ann, sale));
        assertEquals(
            "cancelled", status(ann.cancel(orders.get(i).path("id").asString()).path("order")));
      }
      orders.add(bought(ann, sale));
      assertEquals("paid", status(market.pay(orders.get(2), "a-3").json()));
      assertEquals("refund_due", status(market.pay(orders.get(0), "a-1").json()));
      Api.Answer twice = market.pay(orders.get(1), "a-1");
      assertEquals(409, twice.status());
      assertEquals("conflict", twice.code());
      assertEquals("refund_due", status(market.pay(orders.get(1), "a-2").json()));
      assertEquals(1, market.sale(sale).path("paid").asLong());
      assertEquals("conflict", market.pay(bought(bob, sale), "a-3").code());
    }
  }

  @Test
  void threeCancelledOrders_makeTheNextClickWait(ServerProcess server) {
    Market market = new Market(server, "order-cancels");
    String sale = market.open(Market.offer(9));
    try (ProtocolClient ann = market.join("ann");
        ProtocolClient bob = market.join("bob")) {
      for (int i = 0; i < 3; i++) {
        ann.cancel(bought(ann, sale).path("id").asString());
      }
      JsonNode refused = ann.buy(ProtocolClient.newId(), sale);
      assertEquals("rate_limited", code(refused));
      assertTrue(refused.path("retryAfterMs").asLong() > 5_000, refused.toString());
      bought(bob, sale);
      assertEquals(8, market.available(sale));
    }
  }

  @Test
  void oneReferenceOnTwoNodes_paysOneOfTwoOrders() throws Exception {
    try (ServerProcess one = ServerProcess.start(dir);
        ServerProcess two = ServerProcess.start(dir)) {
      Market here = new Market(one, "order-refs");
      Market there = new Market(two, "order-refs");
      String sale = here.open(Market.offer(20));
      for (int i = 0; i < 10; i++) {
        String ref = "wx-" + i;
        try (ProtocolClient ann = here.join("ann" + i);
            ProtocolClient bob = there.join("bob" + i)) {
          JsonNode hers = bought(ann, sale);
          JsonNode his = bought(bob, sale);
          CompletableFuture<Api.Answer> paying =
              CompletableFuture.supplyAsync(() -> there.pay(his, ref));
          Api.Answer answer = here.pay(hers, ref);
          List<String> both = List.of(said(answer), said(paying.join()));
          assertTrue(both.contains("paid") && both.contains("conflict"), both.toString());
          JsonNode won = both.get(0).equals("paid") ? hers : his;
          assertEquals("paid", said(there.pay(won, ref)), "the same again");
          assertEquals("refunded", said(here.refund(won, "back-" + i)));
          JsonNode lost = won == hers ? his : hers;
          assertEquals("conflict", said(here.pay(lost, ref)), "what was refunded was paid by it");
        }
      }
      assertEquals(10, here.sale(sale).path("reserved").asLong());
    }
  }

  /** The order's status, or why not. */
  private static String said(Api.Answer answer) {
    return answer.status() == 200 ? status(answer.json()) : answer.code();
  }

  @Test
  void paymentOnAnotherNode_isOneAndTheSame() throws Exception {
    try (ServerProcess one = ServerProcess.start(dir);
        ServerProcess two = ServerProcess.start(dir)) {
      Market here = new Market(one, "order-nodes");
      Market there = new Market(two, "order-nodes");
      String sale = here.open(Market.offer(1));
      try (ProtocolClient ann = here.join("ann");
          ProtocolClient annThere = there.join("ann")) {
        JsonNode order = bought(ann, sale);
        annThere.awaitMessage("order", m -> m.path("order").equals(order));
        assertEquals(
            there.pay(order, "wx-1").json(), here.pay(order, "wx-1").json(), "one payment");
        ann.awaitMessage("order", m -> status(m.path("order")).equals("paid"));
        assertEquals(9, there.points("ann"));
      }
    }
  }
}
