package barrage.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.core.Draw;
import barrage.core.Entry;
import barrage.core.Outcome;
import barrage.core.Raffle;
import barrage.core.Reason;
import barrage.core.RequestKey;
import barrage.core.Role;
import barrage.core.Tier;
import barrage.core.ViewerId;
import barrage.gateway.StatusByRole.InColumns;
import barrage.room.Store;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

final class LotteryApiTest extends HttpTest {
  private static final String LOTTERIES = "/api/rooms/r1/lotteries";
  private static final byte[] SEED = new byte[Draw.SEED_BYTES];
  private static final String SEED_HEX = HexFormat.of().formatHex(SEED);
  private static final List<Draw.Prize> PRIZES =
      List.of(new Draw.Prize("大奖", 1), new Draw.Prize("小奖", 2));

  private static byte[] lottery(String state) {
    return utf8("{\"id\":\"l1\",\"commitment\":\"c0ffee\",\"state\":\"" + state + "\"}");
  }

  @BeforeEach
  void aRoomThatGrants() {
    server.room().outcome =
        entry ->
            new Outcome.Lottery(
                lottery(entry instanceof Entry.CancelLottery ? "cancelled" : "open"));
  }

  private static ObjectNode least() {
    ObjectNode body =
        JsonMapper.shared()
            .createObjectNode()
            .put("title", "开播福利")
            .put("durationMs", 10_000)
            .put("entry", "click");
    body.putArray("prizes").addObject().put("name", "大奖").put("count", 1);
    return body;
  }

  private Entry.OpenLottery opened(ObjectNode body) {
    TestSocket.Response response = as(Role.STREAMER, "POST", LOTTERIES, body.toString());
    assertEquals(201, response.status(), response.body());
    assertEquals(text(lottery("open")), response.body());
    List<Entry> entries = server.room().entries;
    return (Entry.OpenLottery) entries.get(entries.size() - 1);
  }

  @Test
  void leastLottery_hasTheDefaults_anIdAndACommittedSeed() {
    Entry.OpenLottery first = opened(least());
    assertEquals(new RequestKey(new ViewerId("streamer"), "k1"), first.key());
    assertTrue(first.lottery().matches("[0-9a-z]{12}"), first.lottery());
    assertTrue(first.seed().matches("[0-9a-f]{64}"));
    assertEquals(Draw.commitment(HexFormat.of().parseHex(first.seed())), first.commitment());
    assertEquals(
        new Raffle(
            "开播福利",
            List.of(new Draw.Prize("大奖", 1)),
            10_000,
            Raffle.Entry.CLICK,
            null,
            0,
            Raffle.Conditions.NONE,
            List.of(1, 1, 1, 1)),
        first.raffle());
    Entry.OpenLottery second = opened(least());
    assertNotEquals(first.lottery(), second.lottery());
    assertNotEquals(first.seed(), second.seed());
  }

  @Test
  void everyField_reachesTheStore() {
    ObjectNode body = least().put("entry", "keyword").put("keyword", "抽我").put("minLikes", 5);
    body.putObject("conditions")
        .put("minTier", "silver")
        .put("minPoints", 100)
        .put("costPoints", 50);
    body.putObject("weights").put("gold", 3).put("diamond", 1_000);
    Raffle raffle = opened(body).raffle();
    assertEquals(Raffle.Entry.KEYWORD, raffle.entry());
    assertEquals("抽我", raffle.keyword());
    assertEquals(0, raffle.minLikes());
    assertEquals(new Raffle.Conditions(Tier.SILVER, 100, 50), raffle.conditions());
    assertEquals(List.of(1, 1, 3, 1_000), raffle.weights());
    raffle = opened(least().put("entry", "likes").put("minLikes", 100_000)).raffle();
    assertEquals(100_000, raffle.minLikes());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "title|null",
        "title|'a\\tb'",
        "prizes|null",
        "prizes|[]",
        "prizes|{}",
        "prizes[0]|['大奖']",
        "prizes[0].name|[{'count':1}]",
        "prizes[0].count|[{'name':'a'}]",
        "prizes[1].count|[{'name':'a','count':1},{'name':'a','count':0}]",
        "prizes[0].count|[{'name':'a','count':101}]",
        "prizes[0].count|[{'name':'a','count':4294967297}]",
        "prizes|[{'name':'a','count':100},{'name':'b','count':1}]",
        "durationMs|null",
        "durationMs|9999",
        "durationMs|900001",
        "durationMs|-10000",
        "durationMs|1e4",
        "entry|null",
        "entry|'tap'",
        "entry|1",
        "keyword|null",
        "keyword|''",
        "minLikes|null",
        "minLikes|0",
        "minLikes|100001",
        "minLikes|1.5",
        "conditions|'none'",
        "conditions.minTier|{'minTier':'bronze'}",
        "conditions.minPoints|{'minPoints':-1}",
        "conditions.costPoints|{'costPoints':-1}",
        "conditions.costPoints|{'costPoints':9007199254740992}",
        "weights|[1,2,3,4]",
        "weights|{'bronze':1}",
        "weights.gold|{'gold':0}",
        "weights.gold|{'gold':1001}",
        "weights.gold|{'gold':1.5}",
      })
  void badField_isNamed_andNothingHappens(String field, String value) {
    String name = field.split("[.\\[]")[0];
    ObjectNode body = least().put("keyword", "k").put("minLikes", 1);
    if (name.equals("keyword")) {
      body.put("entry", "keyword");
    } else if (name.equals("minLikes")) {
      body.put("entry", "likes");
    }
    body.set(name, JsonMapper.shared().readTree(value.replace('\'', '"')));
    assertFieldIsNamed(field, as(Role.STREAMER, "POST", LOTTERIES, body.toString()));
  }

  @Test
  void hundredPrizesOfOne_areAllowed() {
    ObjectNode body = least();
    body.remove("prizes");
    var prizes = body.putArray("prizes");
    IntStream.range(0, 100)
        .forEach(i -> prizes.addObject().put("name", "奖".repeat(100)).put("count", 1));
    assertEquals(100, opened(body).raffle().prizes().size());
  }

  @ParameterizedTest
  @CsvSource({
    // call, viewer, moderator, streamer, service, admin
    "POST, '', 403, 403, 201, 403, 201",
    "POST, /l1/draw, 403, 403, 200, 403, 200",
    "POST, /l1/cancel, 403, 403, 200, 403, 200",
    "GET, /l1, 200, 200, 200, 200, 200",
    "GET, /l1/proof, 200, 200, 200, 200, 200",
  })
  void roles_decideWhoMayCall(String method, String target, @InColumns StatusByRole expected) {
    drawn(List.of());
    String body = method.equals("POST") ? least().toString() : null;
    assertStatusByRole(expected, method, LOTTERIES + target, body);
  }

  @Test
  void lottery_isShownToAnyone() {
    server.store.lotteries.put("l1", lottery("open"));
    assertEquals(text(lottery("open")), call("GET", LOTTERIES + "/l1", null).body());
    assertProblem(404, "not_found", call("GET", LOTTERIES + "/l2", null));
    assertProblem(404, "not_found", call("GET", LOTTERIES + "/l%202", null));
  }

  @Test
  void draw_isAnsweredWhenItIsDrawn() {
    server.store.lotteries.put("l1", lottery("locked"));
    server.room().outcome =
        entry -> {
          assertEquals(
              new Entry.DrawLottery(new RequestKey(new ViewerId("streamer"), "k1"), "l1"), entry);
          CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS)
              .execute(() -> server.store.lotteries.put("l1", lottery("drawn")));
          return new Outcome.Lottery(lottery("locked"));
        };
    TestSocket.Response response = as(Role.STREAMER, "POST", LOTTERIES + "/l1/draw", null);
    assertEquals(200, response.status());
    assertEquals(text(lottery("drawn")), response.body());
    assertTrue(server.store.lotteryCalls < 10, "rarely asked");
  }

  @Test
  void draw_thatTakesLong_isAnsweredAsItStands() {
    server.store.lotteries.put("l1", lottery("locked"));
    TestSocket.Response response = as(Role.STREAMER, "POST", LOTTERIES + "/l1/draw", null);
    assertEquals(text(lottery("locked")), response.body());
  }

  @ParameterizedTest
  @ValueSource(strings = {"draw", "cancel"})
  void refusal_isToldAsItIs(String call) {
    server.room().outcome = entry -> Outcome.Refused.of(Reason.WRONG_STATE);
    assertProblem(409, "wrong_state", as(Role.STREAMER, "POST", LOTTERIES + "/l1/" + call, null));
    int asked = server.room().entries.size();
    assertProblem(404, "not_found", as(Role.STREAMER, "POST", LOTTERIES + "/a%20b/" + call, null));
    assertEquals(asked, server.room().entries.size());
  }

  @Test
  void cancel_answersTheLottery() {
    assertEquals(
        text(lottery("cancelled")),
        as(Role.STREAMER, "POST", LOTTERIES + "/l1/cancel", null).body());
  }

  /** Puts a drawn lottery with these tickets into the store; returns its manifest. */
  private String drawn(List<Draw.Ticket> tickets) {
    String manifest = Draw.manifest("l1", tickets);
    ObjectNode lottery =
        JsonMapper.shared()
            .createObjectNode()
            .put("id", "l1")
            .put("state", "drawn")
            .put("commitment", Draw.commitment(SEED));
    lottery.putObject("weights").put("regular", 1).put("silver", 1);
    lottery.putArray("winners").addObject().put("viewer", "v1").put("prize", "大奖");
    server.store.tickets = tickets;
    server.store.lotteries.put("l1", JsonMapper.shared().writeValueAsBytes(lottery));
    server.store.sealed.put(
        "l1",
        new Store.Sealed("drawn", SEED_HEX, PRIZES, tickets.size(), Draw.entriesHash(manifest)));
    return manifest;
  }

  private static List<Draw.Ticket> tickets(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new Draw.Ticket(new ViewerId("v" + i), 1 + i % 1_000))
        .toList();
  }

  private JsonNode proof() {
    TestSocket.Response response = call("GET", LOTTERIES + "/l1/proof", null);
    assertEquals(200, response.status(), response.body());
    assertEquals("application/json", response.header("Content-Type"));
    return JsonMapper.shared().readTree(response.body());
  }

  @Test
  void proof_holdsAllThatTheDrawWasMadeFrom() {
    String manifest = drawn(tickets(3));
    JsonNode proof = proof();
    assertEquals(
        List.of(
            "lottery",
            "commitment",
            "seed",
            "manifest",
            "entriesHash",
            "prizes",
            "weights",
            "winners"),
        List.copyOf(proof.propertyNames()));
    assertEquals("l1\nv0\t1\nv1\t2\nv2\t3\n", manifest);
    assertEquals(manifest, proof.path("manifest").asString());
    assertEquals(Draw.entriesHash(manifest), proof.path("entriesHash").asString());
    assertEquals(Draw.commitment(SEED), proof.path("commitment").asString());
    assertEquals(SEED_HEX, proof.path("seed").asString());
    assertEquals(
        "[{\"name\":\"大奖\",\"count\":1},{\"name\":\"小奖\",\"count\":2}]",
        proof.path("prizes").toString());
    assertEquals("{\"regular\":1,\"silver\":1}", proof.path("weights").toString());
    assertEquals("[{\"viewer\":\"v1\",\"prize\":\"大奖\"}]", proof.path("winners").toString());
  }

  @Test
  void proof_ofAHundredThousandEntries_isWhole_andBuiltOnce() {
    String manifest = drawn(tickets(100_000));
    assertEquals(manifest, proof().path("manifest").asString());
    int pages = server.store.ticketCalls;
    assertEquals(100_000 / StubStore.TICKETS_A_PAGE, pages);
    assertEquals(manifest, proof().path("manifest").asString());
    assertEquals(pages, server.store.ticketCalls);
  }

  @Test
  void proof_beforeTheDraw_isAWrongState_andOfNothing_notFound() {
    assertProblem(404, "not_found", call("GET", LOTTERIES + "/l1/proof", null));
    server.store.lotteries.put("l1", lottery("open"));
    assertProblem(409, "wrong_state", call("GET", LOTTERIES + "/l1/proof", null));
    for (String state : List.of("locked", "cancelled")) {
      server.store.sealed.put("l1", new Store.Sealed(state, SEED_HEX, PRIZES, 0, null));
      TestSocket.Response response = call("GET", LOTTERIES + "/l1/proof", null);
      assertProblem(409, "wrong_state", response);
      assertTrue(!response.body().contains(SEED_HEX), "the seed is secret");
    }
    drawn(List.of());
    assertEquals("l1\n", proof().path("manifest").asString());
  }
}
