package barrage.outside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** A room in which things are sold and drawn, with its streamer and its merchant. */
final class Market {
  final ServerProcess server;
  final String room;
  final Api streamer;
  final Api merchant;

  Market(ServerProcess server, String room) {
    this.server = server;
    this.room = room;
    this.streamer = Api.of(server, "host", "streamer");
    this.merchant = Api.of(server, "shop", "service");
  }

  String path(String rest) {
    return "/api/rooms/" + room + "/" + rest;
  }

  ProtocolClient join(String viewer) {
    return ProtocolClient.join(server, room, Jwt.viewer(viewer));
  }

  /** Makes a viewer one of this tier, and gives points. */
  void make(String viewer, String tier, long points) {
    long growth = Map.of("regular", 0, "silver", 500, "gold", 2_000, "diamond", 10_000).get(tier);
    Api.Answer granted =
        merchant.post(
            path("points"),
            Map.of(
                "viewer", viewer,
                "delta", points,
                "growth", growth,
                "reason", "grant",
                "ref", ProtocolClient.newId()));
    assertEquals(200, granted.status(), granted.body());
    assertEquals(tier, granted.json().path("tier").asString());
  }

  // ---- sales

  /** What a sale needs, open at once and for long. */
  static Map<String, Object> offer(long stock) {
    Map<String, Object> offer = new LinkedHashMap<>();
    offer.put("title", "杯子");
    offer.put("priceCents", 990);
    offer.put("stock", stock);
    offer.put("opensInMs", 0);
    offer.put("durationMs", 600_000);
    return offer;
  }

  /** Puts a sale on; returns it. */
  JsonNode schedule(Map<String, ?> offer) {
    Api.Answer answer = streamer.post(path("sales"), offer);
    assertEquals(201, answer.status(), answer.body());
    return answer.json();
  }

  /** Puts a sale on that is open at once; returns its id. */
  String open(Map<String, ?> offer) {
    return schedule(offer).path("id").asString();
  }

  /** A sale as it is, its books in order. */
  JsonNode sale(String id) {
    Api.Answer answer = Api.anonymous(server).get(path("sales/" + id));
    assertEquals(200, answer.status(), answer.body());
    JsonNode sale = answer.json();
    long available = sale.path("available").asLong(-1);
    long reserved = sale.path("reserved").asLong(-1);
    long paid = sale.path("paid").asLong(-1);
    long held = sale.path("heldForTier").asLong(-1);
    assertTrue(available >= 0 && reserved >= 0 && paid >= 0 && held >= 0, answer.body());
    assertTrue(held <= available, answer.body());
    assertEquals(sale.path("stock").asLong(), available + reserved + paid, answer.body());
    return sale;
  }

  long available(String sale) {
    return sale(sale).path("available").asLong();
  }

  /** All orders that a caller is shown with this query. */
  List<JsonNode> orders(String query) {
    List<JsonNode> orders = new ArrayList<>();
    String after = "";
    while (true) {
      Api.Answer page = merchant.get(path("orders?" + query + after));
      assertEquals(200, page.status(), page.body());
      page.json().path("orders").forEach(orders::add);
      assertTrue(page.json().path("orders").size() <= 200);
      if (!page.json().path("next").isString()) {
        return orders;
      }
      after = "&after=" + page.json().path("next").asString();
    }
  }

  JsonNode order(JsonNode order) {
    return orders("viewer=" + order.path("viewer").asString()).stream()
        .filter(each -> each.path("id").equals(order.path("id")))
        .findFirst()
        .orElseThrow();
  }

  Api.Answer pay(JsonNode order, String ref) {
    return merchant.post(
        path("orders/" + order.path("id").asString() + "/pay"), Map.of("paymentRef", ref));
  }

  Api.Answer refund(JsonNode order, String ref) {
    return merchant.post(
        path("orders/" + order.path("id").asString() + "/refund"), Map.of("refundRef", ref));
  }

  // ---- lotteries

  /** What a lottery needs, entered by a click and open for long. */
  static Map<String, Object> raffle(int prizes) {
    Map<String, Object> raffle = new LinkedHashMap<>();
    raffle.put("title", "开播福利");
    raffle.put(
        "prizes",
        prizes == 1
            ? List.of(Map.of("name", "大奖", "count", 1))
            : List.of(Map.of("name", "大奖", "count", 1), Map.of("name", "小奖", "count", prizes - 1)));
    raffle.put("durationMs", 600_000);
    raffle.put("entry", "click");
    return raffle;
  }

  /** Opens a lottery; returns it. */
  JsonNode raffled(Map<String, ?> raffle) {
    Api.Answer answer = streamer.post(path("lotteries"), raffle);
    assertEquals(201, answer.status(), answer.body());
    return answer.json();
  }

  JsonNode lottery(String id) {
    Api.Answer answer = Api.anonymous(server).get(path("lotteries/" + id));
    assertEquals(200, answer.status(), answer.body());
    return answer.json();
  }

  long points(String viewer) {
    return merchant.get(path("viewers/" + viewer)).json().path("points").asLong();
  }

  static String code(JsonNode answer) {
    return answer.path("code").asString("");
  }
}
