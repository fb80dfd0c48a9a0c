package barrage.gateway;

import static barrage.gateway.TestGateway.bearer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.core.Entry;
import barrage.core.Order;
import barrage.core.Outcome;
import barrage.core.Reason;
import barrage.core.RequestKey;
import barrage.core.Role;
import barrage.core.ViewerId;
import barrage.gateway.StatusByRole.InColumns;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class OrderApiTest extends HttpTest {
  private static final String ORDERS = "/api/rooms/r1/orders";
  private static final RequestKey KEY = new RequestKey(new ViewerId("service"), "k1");
  private static final Order RESERVED = order(Order.Status.RESERVED);
  private static final String JSON =
      "{\"id\":\"s1-7\",\"sale\":\"s1\",\"viewer\":\"bob\",\"quantity\":2,\"amountCents\":1980,"
          + "\"currency\":\"CNY\",\"status\":\"STATUS\",\"payBy\":1700000300000}";

  private static Order order(Order.Status status) {
    return new Order(
        "s1-7", "s1", new ViewerId("bob"), 2, 1_980, "CNY", status, StubStore.NOW_MS + 300_000);
  }

  private static String json(String status) {
    return JSON.replace("STATUS", status);
  }

  @Test
  void payment_becomesAnEntry_andAnswersTheOrder() {
    server.store.orders.add(RESERVED);
    server.room().outcome = entry -> new Outcome.Ordered(order(Order.Status.PAID));
    TestSocket.Response response =
        as(Role.SERVICE, "POST", ORDERS + "/s1-7/pay", "{\"paymentRef\":\"wx pay #1\"}");
    assertEquals(200, response.status(), response.body());
    assertEquals(json("paid"), response.body());
    assertEquals(List.of(new Entry.Pay(KEY, RESERVED, "wx pay #1")), server.room().entries);
  }

  @Test
  void refund_becomesAnEntry_andAnswersTheOrder() {
    server.store.orders.add(RESERVED);
    server.room().outcome = entry -> new Outcome.Ordered(order(Order.Status.REFUNDED));
    TestSocket.Response response =
        as(Role.SERVICE, "POST", ORDERS + "/s1-7/refund", "{\"refundRef\":\"r1\"}");
    assertEquals(json("refunded"), response.body());
    assertEquals(List.of(new Entry.Refund(KEY, RESERVED, "r1")), server.room().entries);
  }

  @Test
  void orderThatIsNotThere_is404_andNothingHappens() {
    for (String id : List.of("s1-8", "a%20b", "s1%2D9")) {
      reconnect();
      assertProblem(
          404,
          "not_found",
          as(Role.SERVICE, "POST", ORDERS + "/" + id + "/pay", "{\"paymentRef\":\"p\"}"));
    }
    reconnect();
    assertProblem(
        404, "not_found", as(Role.SERVICE, "POST", ORDERS + "/x/refund", "{\"refundRef\":\"p\"}"));
    assertTrue(server.rooms.isEmpty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"CONFLICT", "WRONG_STATE", "BUSY", "UNAVAILABLE"})
  void refusal_isToldAsItIs(Reason reason) {
    server.store.orders.add(RESERVED);
    server.room().outcome = entry -> Outcome.Refused.of(reason);
    assertProblem(
        reason.status(),
        reason.wire(),
        as(Role.SERVICE, "POST", ORDERS + "/s1-7/pay", "{\"paymentRef\":\"p\"}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "7", "\"\"", "\"é\"", "\"a\\nb\"", "[\"p\"]", "LONG"})
  void badReference_isNamed(String ref) {
    server.store.orders.add(RESERVED);
    String value = ref.replace("LONG", '"' + "x".repeat(65) + '"');
    for (String call : List.of("pay", "refund")) {
      String field = call.equals("pay") ? "paymentRef" : "refundRef";
      TestSocket.Response response =
          as(Role.SERVICE, "POST", ORDERS + "/s1-7/" + call, "{\"" + field + "\":" + value + "}");
      assertProblem(400, "bad_request", response);
      assertTrue(response.body().contains(field), response.body());
    }
    assertTrue(server.rooms.isEmpty());
  }

  @ParameterizedTest
  @CsvSource({
    // call, viewer, moderator, streamer, service, admin
    "POST, /s1-7/pay, 403, 403, 403, 200, 200",
    "POST, /s1-7/refund, 403, 403, 403, 200, 200",
    "GET, ?viewer=bob, 403, 403, 200, 200, 200",
    "GET, '', 200, 200, 200, 200, 200",
  })
  void roles_decideWhoMayCall(String method, String target, @InColumns StatusByRole expected) {
    server.store.orders.add(RESERVED);
    server.room().outcome = entry -> new Outcome.Ordered(RESERVED);
    String body = method.equals("POST") ? "{\"paymentRef\":\"p\",\"refundRef\":\"p\"}" : null;
    assertStatusByRole(expected, method, ORDERS + target, body);
  }

  @Test
  void forbidden_isDecidedBeforeTheBodyIsRead() {
    client.send(
        "POST "
            + ORDERS
            + "/s1-7/pay HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n"
            + bearer(server.token("bob", Role.VIEWER))
            + "\r\n\r\n");
    assertProblem(403, "forbidden", client.response());
    assertTrue(client.isAtEnd());
  }

  private TestSocket.Response listAs(String viewer, Role role, String query) {
    reconnect();
    return call("GET", ORDERS + query, null, bearer(server.token(viewer, role)));
  }

  @Test
  void orders_comeInPages_filteredAsAsked() {
    server.store.orders.add(RESERVED);
    server.store.next = "s1-7";
    assertEquals(
        "{\"orders\":[" + json("reserved") + "],\"next\":\"s1-7\"}",
        listAs("shop", Role.SERVICE, "?viewer=bob&sale=s1&after=s1-6").body());
    server.store.next = null;
    assertEquals(
        "{\"orders\":[" + json("reserved") + "]}",
        listAs("shop", Role.SERVICE, "?viewer=&sale=&after=").body());
    assertEquals(List.of("bob s1 s1-6", "null null null"), server.store.listed);
  }

  @Test
  void viewer_seesTheirOwnAlone_namedOrNot() {
    assertEquals(200, listAs("bob", Role.VIEWER, "").status());
    assertEquals(200, listAs("bob", Role.VIEWER, "?viewer=bob&sale=s1").status());
    assertEquals(200, listAs("bob", Role.VIEWER, "?viewer=").status());
    assertEquals(List.of("bob null null", "bob s1 null", "bob null null"), server.store.listed);
    assertProblem(403, "forbidden", listAs("bob", Role.VIEWER, "?viewer=ann"));
    assertProblem(403, "forbidden", listAs("bob", Role.VIEWER, "?viewer=ann&viewer=bob"));
    reconnect();
    assertProblem(401, "unauthorized", call("GET", ORDERS, null));
    assertEquals(3, server.store.listed.size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"viewer", "sale", "after"})
  void badFilter_isNamed(String field) {
    TestSocket.Response response = listAs("shop", Role.SERVICE, "?" + field + "=a%20b");
    assertProblem(400, "bad_request", response);
    assertTrue(response.body().contains(field), response.body());
  }
}
