package barrage.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.core.Entry;
import barrage.core.Offer;
import barrage.core.OfferOf;
import barrage.core.Outcome;
import barrage.core.Reason;
import barrage.core.RequestKey;
import barrage.core.Role;
import barrage.core.Tier;
import barrage.core.ViewerId;
import barrage.gateway.StatusByRole.InColumns;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

final class SaleApiTest extends HttpTest {
  private static final String SALES = "/api/rooms/r1/sales";
  private static final byte[] SALE = utf8("{\"id\":\"s1\",\"title\":\"杯子\"}");

  @BeforeEach
  void aRoomThatGrants() {
    server.room().outcome =
        entry -> entry instanceof Entry.Schedule ? new Outcome.Sale(SALE) : Outcome.Done.DONE;
  }

  private static ObjectNode least() {
    return JsonMapper.shared()
        .createObjectNode()
        .put("title", "杯子")
        .put("priceCents", 990)
        .put("stock", 7)
        .put("opensInMs", 0)
        .put("durationMs", 10_000);
  }

  private Offer offered(ObjectNode body) {
    TestSocket.Response response = as(Role.STREAMER, "POST", SALES, body.toString());
    assertEquals(201, response.status(), response.body());
    return ((Entry.Schedule) server.room().entries.get(server.room().entries.size() - 1)).offer();
  }

  @Test
  void leastSale_hasTheDefaults_andIsAnsweredAsTheStoreSays() {
    TestSocket.Response response = as(Role.STREAMER, "POST", SALES, least().toString());
    assertEquals(201, response.status());
    assertEquals("application/json", response.header("Content-Type"));
    assertEquals("{\"id\":\"s1\",\"title\":\"杯子\"}", response.body());
    Entry.Schedule entry = (Entry.Schedule) server.room().entries.get(0);
    assertEquals(new RequestKey(new ViewerId("streamer"), "k1"), entry.key());
    assertTrue(entry.sale().matches("[0-9a-z]{12}"), entry.sale());
    assertEquals(
        OfferOf.stock(7)
            .title("杯子")
            .priceCents(990)
            .durationMs(10_000)
            .earlyUnits(4)
            .payMs(300_000)
            .build(),
        entry.offer());
  }

  @Test
  void everySale_getsAnIdOfItsOwn() {
    offered(least());
    offered(least());
    List<Entry> entries = server.room().entries;
    assertNotEquals(
        ((Entry.Schedule) entries.get(0)).sale(), ((Entry.Schedule) entries.get(1)).sale());
  }

  @Test
  void everyField_reachesTheStore() {
    ObjectNode body = least();
    body.put("currency", "JPY").put("perViewerLimit", 3).put("earlyUnits", 0).put("payMs", 1_000);
    body.putObject("earlyAccessMs").put("gold", 8_000);
    body.putObject("reserve").put("minTier", "silver").put("units", 7).put("forMs", 86_400_000);
    assertEquals(
        OfferOf.stock(7)
            .title("杯子")
            .priceCents(990)
            .currency("JPY")
            .durationMs(10_000)
            .perViewerLimit(3)
            .earlyAccessMs(List.of(0L, 0L, 8_000L, 8_000L))
            .reserve(Tier.SILVER, 7, 86_400_000)
            .payMs(1_000)
            .build(),
        offered(body));
  }

  @Test
  void earlyAccess_ofATierNotNamed_isThatOfTheNearestLowerOne() {
    ObjectNode body = least();
    body.putObject("earlyAccessMs");
    assertEquals(List.of(0L, 0L, 0L, 0L), offered(body).earlyAccessMs());
    body.putObject("earlyAccessMs").put("regular", 1).put("diamond", 0).putNull("gold");
    assertEquals(List.of(1L, 1L, 1L, 0L), offered(body).earlyAccessMs());
    body.putNull("earlyAccessMs");
    assertNull(offered(body).earlyAccessMs());
  }

  @Test
  void bounds_areWithin() {
    ObjectNode body = least();
    body.put("stock", 100_000_000).put("opensInMs", 86_400_000).put("durationMs", 86_400_000);
    body.put("priceCents", 10_000).put("perViewerLimit", 100_000).put("payMs", 86_400_000);
    body.put("title", "😀".repeat(100)).put("earlyUnits", 100_000_000);
    assertEquals(100_000_000, offered(body).earlyUnits());
    assertEquals(1_000_000_000, offered(least().put("priceCents", 1_000_000_000)).priceCents());
    assertEquals(0, offered(least().put("priceCents", 0)).priceCents());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "title|null",
        "title|''",
        "title|' '",
        "title|7",
        "title|'a\\u0007b'",
        "title|'a\\nb'",
        "priceCents|null",
        "priceCents|-1",
        "priceCents|9.9",
        "priceCents|1e3",
        "priceCents|'990'",
        "priceCents|1000000001",
        "priceCents|9223372036854775808",
        "currency|'cny'",
        "currency|'ABC'",
        "currency|156",
        "currency|''",
        "stock|null",
        "stock|0",
        "stock|-1",
        "stock|100000001",
        "stock|18446744073709551616",
        "opensInMs|null",
        "opensInMs|-1",
        "opensInMs|86400001",
        "durationMs|null",
        "durationMs|9999",
        "durationMs|86400001",
        "perViewerLimit|0",
        "perViewerLimit|100001",
        "perViewerLimit|4294967297",
        "earlyUnits|-1",
        "earlyUnits|8",
        "payMs|999",
        "payMs|86400001",
        "earlyAccessMs|5000",
        "earlyAccessMs|{'bronze':1}",
        "earlyAccessMs.gold|{'gold':-1}",
        "earlyAccessMs.gold|{'gold':86400001}",
        "earlyAccessMs.gold|{'gold':'1'}",
        "reserve|[]",
        "reserve.minTier|{'units':1,'forMs':1}",
        "reserve.minTier|{'minTier':'Gold','units':1,'forMs':1}",
        "reserve.units|{'minTier':'gold','units':0,'forMs':1}",
        "reserve.units|{'minTier':'gold','units':8,'forMs':1}",
        "reserve.units|{'minTier':'gold','forMs':1}",
        "reserve.forMs|{'minTier':'gold','units':1,'forMs':0}",
        "reserve.forMs|{'minTier':'gold','units':1,'forMs':86400001}",
      })
  void badField_isNamed_andNothingHappens(String field, String value) {
    ObjectNode body = least();
    String name = field.split("\\.")[0];
    body.set(name, JsonMapper.shared().readTree(value.replace('\'', '"')));
    assertFieldIsNamed(field, as(Role.STREAMER, "POST", SALES, body.toString()));
  }

  @Test
  void orderThatCouldBeTooDear_isABadRequest() {
    TestSocket.Response response =
        as(
            Role.STREAMER,
            "POST",
            SALES,
            least().put("priceCents", 500_001).put("perViewerLimit", 2_000).toString());
    assertProblem(400, "bad_request", response);
    assertTrue(response.body().contains("priceCents times perViewerLimit"), response.body());
  }

  @ParameterizedTest
  @CsvSource({"NaN", "Infinity", "1e999999999", "01", "0x10", "1_000"})
  void numberThatIsNone_isABadRequest(String number) {
    String body = least().toString().replace("990", number);
    assertProblem(400, "bad_request", as(Role.STREAMER, "POST", SALES, body));
    assertTrue(server.room().entries.isEmpty());
  }

  @ParameterizedTest
  @CsvSource({
    // call, viewer, moderator, streamer, service, admin
    "POST, /sales, 403, 403, 201, 403, 201",
    "GET, /sales/s1, 200, 200, 200, 200, 200",
    "POST, /sales/s1/cancel, 403, 403, 200, 403, 200",
  })
  void roles_decideWhoMayCall(String method, String target, @InColumns StatusByRole expected) {
    server.store.sales.put("s1", SALE);
    String body = method.equals("POST") ? least().toString() : null;
    assertStatusByRole(expected, method, "/api/rooms/r1" + target, body);
  }

  @Test
  void sale_isShownToAnyone_asTheStoreHasIt() {
    server.store.sales.put("s1", SALE);
    TestSocket.Response response = call("GET", SALES + "/s1", null);
    assertEquals(200, response.status());
    assertEquals("{\"id\":\"s1\",\"title\":\"杯子\"}", response.body());
    assertProblem(404, "not_found", call("GET", SALES + "/s2", null));
    assertProblem(404, "not_found", call("GET", SALES + "/a%20b", null));
    assertProblem(404, "not_found", call("GET", SALES + "/" + "x".repeat(65), null));
  }

  @Test
  void cancel_isAnsweredWhenTheOrdersAreUnwound() {
    byte[] unwinding = utf8("{\"id\":\"s1\",\"reserved\":1,\"paid\":0}");
    byte[] unwound = utf8("{\"id\":\"s1\",\"reserved\":0,\"paid\":0}");
    server.store.sales.put("s1", unwinding);
    server.room().outcome =
        entry -> {
          assertEquals(
              new Entry.CancelSale(new RequestKey(new ViewerId("streamer"), "k1"), "s1"), entry);
          CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS)
              .execute(() -> server.store.sales.put("s1", unwound));
          return Outcome.Done.DONE;
        };
    TestSocket.Response response = as(Role.STREAMER, "POST", SALES + "/s1/cancel", "{}");
    assertEquals(200, response.status());
    assertEquals(text(unwound), response.body());
  }

  @Test
  void cancel_thatTakesLong_isAnsweredAsItStands() {
    server.store.sales.put("s1", utf8("{\"id\":\"s1\",\"reserved\":1,\"paid\":0}"));
    TestSocket.Response response = as(Role.STREAMER, "POST", SALES + "/s1/cancel", null);
    assertEquals("{\"id\":\"s1\",\"reserved\":1,\"paid\":0}", response.body());
  }

  @Test
  void cancel_ofASaleThatIsOver_isAWrongState() {
    server.room().outcome = entry -> Outcome.Refused.of(Reason.WRONG_STATE);
    assertProblem(409, "wrong_state", as(Role.STREAMER, "POST", SALES + "/s1/cancel", null));
    server.room().outcome = entry -> Outcome.Refused.of(Reason.NOT_FOUND);
    assertProblem(404, "not_found", as(Role.STREAMER, "POST", SALES + "/s2/cancel", null));
    int asked = server.room().entries.size();
    assertProblem(404, "not_found", as(Role.STREAMER, "POST", SALES + "/a%2Fb/cancel", null));
    assertEquals(asked, server.room().entries.size());
  }
}
