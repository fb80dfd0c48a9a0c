package barrage.outside;

import static barrage.outside.Market.code;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.Patience;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Flash sales: who gets a unit, and that the books are in order at every instant. */
@ExtendWith(SharedServer.class)
final class SaleIT {
  private static final int VIEWERS = 500;
  private static final int GOLD = 60;
  private static final int STOCK = 100;
  private static final int EARLY_UNITS = 20;
  private static final int RESERVED_UNITS = 30;

  @TempDir Path dir;

  /** Looks at a sale over and over; a sample whose books are wrong ends the test. */
  private static final class Sampler implements AutoCloseable {
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicInteger taken = new AtomicInteger();
    private final CompletableFuture<Void> all;

    Sampler(Market market, String sale) {
      all =
          CompletableFuture.runAsync(
              () -> {
                while (!ended.get()) {
                  market.sale(sale);
                  taken.incrementAndGet();
                }
              });
    }

    int taken() {
      return taken.get();
    }

    @Override
    public void close() {
      ended.set(true);
      all.join();
    }
  }

  @Test
  void fiveHundredClickAtOnce_aHundredGetAUnit_andEveryPromiseIsKept() throws Exception {
    try (ServerProcess server = ServerProcess.start(dir)) {
      Market market = new Market(server, "rush");
      List<ProtocolClient> viewers = new ArrayList<>();
      for (int i = 0; i < VIEWERS; i++) {
        if (i < GOLD) {
          market.make("v" + i, "gold", 1);
        }
        viewers.add(market.join("v" + i));
      }
      // Long enough for all of them to click in it, whatever else this machine is busy with.
      long windowMs = Math.max(3_000, 6 * roundTripMs(viewers));
      Map<String, Object> offer = Market.offer(STOCK);
      offer.put("opensInMs", windowMs + 2_000);
      offer.put("earlyAccessMs", Map.of("gold", windowMs));
      offer.put("earlyUnits", EARLY_UNITS);
      offer.put("reserve", Map.of("minTier", "gold", "units", RESERVED_UNITS, "forMs", windowMs));
      JsonNode scheduled = market.schedule(offer);
      String sale = scheduled.path("id").asString();
      long opensAt = scheduled.path("opensAt").asLong();

      Map<Integer, JsonNode> won = new HashMap<>();
      Map<Integer, String> wonBy = new HashMap<>();
      try (Sampler sampler = new Sampler(market, sale)) {
        // Gold may buy, but not more than the early units; the others are told when they may.
        awaitClock(opensAt - windowMs + 500);
        for (Map.Entry<Integer, JsonNode> refused :
            clickAtOnce("early", viewers, sale, won, wonBy).entrySet()) {
          assertEquals("not_open", code(refused.getValue()), refused.toString());
          assertEquals(opensAt, refused.getValue().path("opensAt").asLong());
        }
        assertEquals(EARLY_UNITS, won.size());
        assertTrue(won.keySet().stream().allMatch(i -> i < GOLD), "gold alone");

        // Everybody may, and what is reserved goes to gold.
        awaitClock(opensAt + 20);
        Map<Integer, JsonNode> refused = clickAtOnce("open", viewers, sale, won, wonBy);
        assertTrue(System.currentTimeMillis() < opensAt + windowMs, "too slow to tell");
        refused.values().forEach(error -> assertEquals("sold_out", code(error)));
        long others = won.keySet().stream().filter(i -> i >= GOLD).count();
        assertTrue(others <= STOCK - EARLY_UNITS - RESERVED_UNITS, others + " without priority");
        assertTrue(won.size() - others >= EARLY_UNITS + RESERVED_UNITS, "what was reserved");

        // What gold has left goes to everyone.
        awaitClock(opensAt + windowMs);
        await().until(() -> market.sale(sale).path("heldForTier").asLong() == 0);
        clickAtOnce("rest", viewers, sale, won, wonBy)
            .values()
            .forEach(error -> assertEquals("sold_out", code(error)));
        assertTrue(sampler.taken() > 10);
      }
      assertEquals(STOCK, won.size());
      assertEquals(0, market.available(sale));
      assertEquals(STOCK, market.sale(sale).path("reserved").asLong());

      List<JsonNode> orders = market.orders("sale=" + sale);
      assertEquals(STOCK, orders.size());
      assertEquals(new HashSet<>(won.values()), new HashSet<>(orders));
      for (Map.Entry<Integer, String> id : wonBy.entrySet()) {
        JsonNode again = viewers.get(id.getKey()).buy(id.getValue(), sale);
        assertEquals(won.get(id.getKey()), again.path("order"), "the same answer");
      }
      assertEquals(STOCK, market.orders("sale=" + sale).size());
      viewers
          .get(0)
          .awaitEvent("sale.ended", event -> event.path("reason").asString().equals("sold_out"));
      viewers.forEach(ProtocolClient::close);
    }
  }

  private static void awaitClock(long atMs) {
    await()
        .atMost(Patience.OF_TESTS.plus(Duration.ofMillis(atMs - System.currentTimeMillis())))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> System.currentTimeMillis() >= atMs);
  }

  /** How long it takes now until all of them, who ask at once, are answered. */
  private static long roundTripMs(List<ProtocolClient> viewers) {
    long beganNanos = System.nanoTime();
    List<String> ids =
        viewers.stream().map(viewer -> viewer.click("try", "nosuchsale00", 1)).toList();
    for (int i = 0; i < ids.size(); i++) {
      assertEquals("not_found", code(viewers.get(i).awaitAnswer(ids.get(i))));
    }
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNanos);
  }

  /** All who have nothing yet; returns the refusals. */
  private static Map<Integer, JsonNode> clickAtOnce(
      String id,
      List<ProtocolClient> viewers,
      String sale,
      Map<Integer, JsonNode> won,
      Map<Integer, String> wonBy) {
    Map<Integer, JsonNode> refused = new HashMap<>();
    List<Integer> clicking = new ArrayList<>();
    for (int i = viewers.size() - 1; i >= 0; i--) {
      if (!won.containsKey(i)) {
        clicking.add(i);
        viewers.get(i).click(id, sale, 1);
      }
    }
    for (int i : clicking) {
      JsonNode answer = viewers.get(i).awaitAnswer(id);
      if (answer.path("order").isObject()) {
        won.put(i, answer.path("order"));
        wonBy.put(i, id);
      } else {
        refused.put(i, answer);
      }
    }
    return refused;
  }

  @Test
  void quantity_isAllOrNothing_upToTheLimit() throws Exception {
    try (ServerProcess server = ServerProcess.start(dir)) {
      Market market = new Market(server, "quantity");
      Map<String, Object> offer = Market.offer(5);
      offer.put("perViewerLimit", 3);
      String sale = market.open(offer);
      try (ProtocolClient ann = market.join("ann");
          ProtocolClient bob = market.join("bob")) {
        ann.click("four", sale, 4);
        assertEquals("limit_reached", code(ann.awaitAnswer("four")));
        ann.click("three", sale, 3);
        JsonNode order = ann.awaitAnswer("three").path("order");
        assertEquals(3, order.path("quantity").asInt());
        assertEquals(2_970, order.path("amountCents").asLong());
        assertEquals("reserved", order.path("status").asString());
        assertEquals("ann", order.path("viewer").asString());
        assertTrue(order.path("payBy").asLong() > System.currentTimeMillis());
        assertEquals("limit_reached", code(ann.buy("more", sale)));
        bob.click("three", sale, 3);
        assertEquals("sold_out", code(bob.awaitAnswer("three")));
        bob.click("two", sale, 2);
        assertEquals(2, bob.awaitAnswer("two").path("order").path("quantity").asInt());
        assertEquals(0, market.available(sale));
        bob.click("two", sale, 1);
        bob.awaitMessage("error", error -> code(error).equals("conflict"));
        assertEquals(2, market.orders("sale=" + sale).size());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "stock,0",
    "stock,-1",
    "stock,100000001",
    "stock,9223372036854775807",
    "priceCents,-1",
    "opensInMs,-1",
    "opensInMs,86400001",
    "durationMs,9999",
    "durationMs,86400001",
    "perViewerLimit,0",
    "perViewerLimit,100001",
    "earlyUnits,-1",
    "earlyUnits,6",
    "payMs,999"
  })
  void saleOutOfItsBounds_isABadRequest_andThereIsNone(
      String field, long value, ServerProcess server) {
    Market market = new Market(server, "bounds");
    Map<String, Object> offer = Market.offer(5);
    offer.put(field, value);
    Api.Answer answer = market.streamer.post(market.path("sales"), offer);
    assertEquals(400, answer.status(), answer.body());
    assertEquals("bad_request", answer.code());
    assertTrue(answer.body().contains(field), answer.body());
    Api.Answer room = market.streamer.get("/api/rooms/bounds");
    assertEquals(0, room.json().path("sales").size());
  }

  @Test
  void whatIsNotThere_orNotTheirs_changesNothing(ServerProcess server) {
    Market market = new Market(server, "strict");
    String sale = market.open(Market.offer(5));
    Market other = new Market(server, "strict-other");
    String foreign = other.open(Market.offer(5));
    try (ProtocolClient ann = market.join("ann")) {
      assertEquals("not_found", code(ann.buy("a", "nosuchsale00")));
      assertEquals("not_found", code(ann.buy("b", foreign)));
      assertEquals("not_found", code(ann.cancel("nosuchsale00-1")));
      ann.click("c", sale, 0);
      assertEquals("bad_request", code(ann.awaitAnswer("c")));
    }
    Api viewer = new Api(server, Jwt.viewer("ann"));
    assertEquals(403, viewer.post(market.path("sales"), Market.offer(5)).status());
    assertEquals(403, viewer.post(market.path("sales/" + sale + "/cancel"), Map.of()).status());
    assertEquals(404, market.streamer.get(market.path("sales/" + foreign)).status());
    assertEquals(
        404, market.streamer.post(market.path("sales/" + foreign + "/cancel"), Map.of()).status());
    assertEquals(5, market.available(sale));
    assertEquals(5, other.available(foreign));
    assertNotEquals("ended", other.sale(foreign).path("state").asString());
  }

  @Test
  void soldOut_isOpenAgain_whenAUnitReturns(ServerProcess server) {
    Market market = new Market(server, "returns");
    String sale = market.open(Market.offer(1));
    try (ProtocolClient ann = market.join("ann");
        ProtocolClient bob = market.join("bob")) {
      JsonNode order = ann.buy("a", sale).path("order");
      bob.awaitEvent("sale.ended", event -> event.path("sale").asString().equals(sale));
      bob.awaitEvent(
          "sale.stock",
          event ->
              event.path("sale").asString("").equals(sale) && event.path("available").asInt() == 0);
      assertEquals("sold_out", code(bob.buy("b", sale)));
      JsonNode cancelled = ann.cancel(order.path("id").asString()).path("order");
      assertEquals("cancelled", cancelled.path("status").asString());
      long ended =
          bob.awaitEvent("sale.ended", event -> event.path("sale").asString().equals(sale))
              .path("seq")
              .asLong();
      bob.awaitEvent(
          "sale.opened",
          event ->
              event.path("sale").asString().equals(sale) && event.path("seq").asLong() > ended);
      assertEquals("reserved", bob.buy("b", sale).path("order").path("status").asString());
      assertEquals(0, market.available(sale));
    }
  }

  @Test
  void scheduleRepeatedUnderItsKey_isOneSale(ServerProcess server) {
    Market market = new Market(server, "key");
    Api.Answer first = market.streamer.post(market.path("sales"), "k-1", Market.offer(5));
    Api.Answer again = market.streamer.post(market.path("sales"), "k-1", Market.offer(5));
    assertEquals(201, again.status());
    assertEquals(first.json(), again.json());
    Api.Answer other = market.streamer.post(market.path("sales"), "k-1", Market.offer(6));
    assertEquals(409, other.status());
    assertEquals("conflict", other.code());
    try (ProtocolClient ann = market.join("ann")) {
      assertEquals(1, ann.welcome().path("sales").size());
    }
  }

  @Test
  void afterSoldOut_clicksOfThoseWithoutAnOrder_neverReachRedis() throws Exception {
    try (ServerProcess one = ServerProcess.start(dir, "limits.enabled=false");
        ServerProcess two = ServerProcess.start(dir, "limits.enabled=false")) {
      Market market = new Market(one, "latch");
      String sale = market.open(Market.offer(10));
      JsonNode order = null;
      for (int i = 0; i < 10; i++) {
        try (ProtocolClient holder = market.join("holder" + i)) {
          order = holder.buy("won", sale).path("order");
          assertTrue(order.isObject());
        }
      }
      Market there = new Market(two, "latch");
      try (ProtocolClient here = market.join("late");
          ProtocolClient far = there.join("later")) {
        EmbeddedRedis redis = one.redis();
        // A node that is not sure yet asks the store, once.
        await()
            .until(
                () ->
                    code(here.buy(ProtocolClient.newId(), sale)).equals("sold_out")
                        && code(far.buy(ProtocolClient.newId(), sale)).equals("sold_out")
                        && clicksThatReach(redis, here, sale) < 10
                        && clicksThatReach(redis, far, sale) < 10);
        // What runs besides is what the rooms do by themselves: a few a second.
        assertTrue(clicksThatReach(redis, here, sale) < 10);
        assertTrue(clicksThatReach(redis, far, sale) < 10);
      }
      try (ProtocolClient holder = there.join("holder9")) {
        assertEquals(order, holder.buy("won", sale).path("order"), "on the other node");
      }
      assertEquals(10, market.orders("sale=" + sale).size());
    }
  }

  @Test
  void grantedId_isAnsweredAsBefore_whenTheNodeHasForgottenTheSale() throws Exception {
    try (ServerProcess one = ServerProcess.start(dir, "limits.enabled=false")) {
      Market market = new Market(one, "forgotten");
      String sale = market.open(Market.offer(2));
      try (ProtocolClient ann = market.join("ann");
          ProtocolClient bob = market.join("bob");
          ProtocolClient cho = market.join("cho")) {
        JsonNode order = ann.buy("won", sale).path("order");
        assertTrue(order.isObject());
        Map<String, Object> another = Market.offer(1);
        another.put("opensInMs", 3_600_000);
        for (int i = 0; i < 257; i++) {
          market.schedule(another);
        }
        // Sold out: the node hears of the sale again, and not of who bought before.
        assertTrue(bob.buy("last", sale).path("order").isObject());
        assertEquals("sold_out", code(cho.buy(ProtocolClient.newId(), sale)));
        assertEquals(order, ann.buy("won", sale).path("order"));
        // Also when it has asked who bought, and refuses from memory.
        for (int i = 0; i < 20; i++) {
          assertEquals("sold_out", code(cho.buy(ProtocolClient.newId(), sale)));
        }
        assertEquals(order, ann.buy("won", sale).path("order"));
      }
    }
  }

  /** How many scripts ran while somebody clicked 500 times in vain. */
  private static long clicksThatReach(EmbeddedRedis redis, ProtocolClient viewer, String sale)
      throws Exception {
    long before = redis.scriptsRun();
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      ids.add(viewer.click(ProtocolClient.newId(), sale, 1));
    }
    for (String id : ids) {
      assertEquals("sold_out", code(viewer.awaitAnswer(id)));
    }
    return redis.scriptsRun() - before;
  }

  @Test
  void killedAgainAndAgainInARush_losesNoOrderAndDoublesNone() throws Exception {
    int viewers = 40;
    int each = 50;
    AtomicInteger answered = new AtomicInteger();
    Map<String, JsonNode> acknowledged = new ConcurrentHashMap<>();
    ServerProcess server = ServerProcess.start(dir, "limits.enabled=false");
    ExecutorService threads = Executors.newFixedThreadPool(viewers);
    try {
      Map<String, Object> offer = Market.offer((long) viewers * each);
      offer.put("perViewerLimit", each);
      Market market = new Market(server, "killed");
      String sale = market.open(offer);
      List<Future<?>> rush = new ArrayList<>();
      ServerProcess first = server;
      for (int i = 0; i < viewers; i++) {
        String viewer = "v" + i;
        rush.add(
            threads.submit(
                () -> {
                  buyAll(first, market.room, viewer, sale, each, acknowledged, answered);
                }));
      }
      for (int kill = 1; kill <= 3; kill++) {
        int enough = kill * viewers * each / 5;
        await().atMost(Duration.ofSeconds(60)).until(() -> answered.get() >= enough);
        server.kill();
        server = server.again();
        market.sale(sale);
      }
      for (Future<?> viewer : rush) {
        viewer.get();
      }

      List<JsonNode> orders = market.orders("sale=" + sale);
      assertEquals(viewers * each, orders.size());
      Set<JsonNode> kept = new HashSet<>(orders);
      assertEquals(viewers * each, kept.size());
      assertEquals(kept, new HashSet<>(acknowledged.values()));
      assertEquals(viewers * each, market.sale(sale).path("reserved").asLong());
      for (int i = 0; i < viewers; i++) {
        assertEquals(each, market.orders("viewer=v" + i).size());
      }
      try (ProtocolClient back = market.join("v0")) {
        for (int i = 0; i < each; i++) {
          assertEquals(
              acknowledged.get("v0 b" + i), back.buy("b" + i, sale).path("order"), "same answer");
        }
      }
      ServerProcess.Ended audit =
          ServerProcess.run("audit", "--room", market.room, "--set", "redis.embedded.dir=" + dir);
      assertEquals(0, audit.status(), audit.said());
    } finally {
      threads.shutdownNow();
      server.close();
    }
  }

  /** Buys one unit after the other, each under one id until it is answered. */
  private static void buyAll(
      ServerProcess server,
      String room,
      String viewer,
      String sale,
      int units,
      Map<String, JsonNode> acknowledged,
      AtomicInteger answered) {
    int next = 0;
    while (next < units) {
      try (ProtocolClient client = ProtocolClient.join(server, room, Jwt.viewer(viewer))) {
        while (next < units) {
          JsonNode answer = client.buy("b" + next, sale);
          if (answer.path("order").isObject()) {
            acknowledged.put(viewer + " b" + next, answer.path("order"));
            answered.incrementAndGet();
            next++;
          } else if (!code(answer).matches("busy|unavailable")) {
            throw new IllegalStateException("refused: " + answer);
          }
        }
      } catch (CompletionException | AssertionError gone) {
        // The server was killed: the same id again.
      }
    }
  }
}
