package barrage.redis;

import static barrage.redis.Batches.TERMS;
import static barrage.redis.Batches.await;
import static barrage.redis.Batches.id;
import static barrage.redis.Batches.key;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.core.Entry;
import barrage.core.LedgerEntry;
import barrage.core.Offer;
import barrage.core.OfferOf;
import barrage.core.Order;
import barrage.core.Outcome;
import barrage.core.Role;
import barrage.core.RoomId;
import barrage.core.Standing;
import barrage.core.Tier;
import barrage.core.Viewer;
import barrage.core.ViewerId;
import barrage.room.Commit;
import barrage.room.Store;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Random batches against {@link SalesModel}: clicks of all tiers, early and reserved units,
 * cancels, expiries, payments before and after them, refunds, cancelled sales, repeats. A sale
 * lasts tenths of a second here, so that nothing has to wait.
 */
class SalesModelTest {
  private static final String[] VIEWERS = {"ann", "bob", "cho", "dee", "eve", "fay", "gus", "hal"};
  private static final long[] GROWTH = {0, 0, 495, 600, 1_990, 2_500, 12_000, 0};
  private static final String SALE = "s1";

  private final SalesModel model = new SalesModel();
  private final RoomId room = RedisFixture.freshRoom();
  private Store store;
  private long nowMs;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void randomBatches_matchTheModel(long seed) {
    Random random = new Random(seed);
    try (Store real = RedisStore.connect(RedisFixture.uri(), "model")) {
      store = real;
      Collector commits = new Collector();
      await(store.follow(room, commits));
      for (int i = 0; i < VIEWERS.length; i++) {
        run(List.of(Batches.grant("g" + i, VIEWERS[i], 10, GROWTH[i], "tier-" + i)));
      }
      run(List.of(new Entry.Schedule(key("host", "s"), SALE, offer(random))));
      long endsAt = model.sales.get(SALE).endsAt;
      int cancelAt = seed % 4 == 0 ? 60 + random.nextInt(20) : -1;
      for (int batch = 0; nowMs < endsAt + 60; batch++) {
        List<Entry> entries = new ArrayList<>();
        for (int i = random.nextInt(12); i >= 0; i--) {
          entries.add(random(random, batch + "-" + i));
        }
        if (batch == cancelAt) {
          entries.add(new Entry.CancelSale(key("host", "c"), SALE));
        }
        if (random.nextInt(4) == 0) {
          entries.addAll(due());
        }
        run(entries);
        assertSaleIsTheModels();
        if (batch % 8 == 0) {
          assertFiguresAreTheOrders();
        }
      }
      settle();
      assertSaleIsTheModels();
      assertOrdersAreTheModels();
      assertFiguresAreTheOrders();
      assertBalancesAreTheLedgers();
      assertToldWhatHappened(commits);
      assertEquals(List.of(), Audit.of(RedisFixture.uri(), RedisTls.DEFAULT, room).faults());
    }
  }

  private static Offer offer(Random random) {
    int stock = 5 + random.nextInt(20);
    boolean reserves = random.nextInt(3) > 0;
    return OfferOf.stock(stock)
        .title("一元\"秒杀\"")
        .priceCents(50 + random.nextInt(1_000))
        .opensInMs(80)
        .durationMs(400)
        .perViewerLimit(1 + random.nextInt(4))
        .earlyAccessMs(List.of(0L, 20L, 40L, 70L))
        .earlyUnits(random.nextInt(stock + 1))
        .reserve(reserves ? new Offer.Reserve(Tier.GOLD, random.nextInt(stock), 120) : null)
        .payMs(30 + random.nextInt(60))
        .build();
  }

  private Entry random(Random random, String request) {
    String viewer = VIEWERS[random.nextInt(VIEWERS.length)];
    if (model.orders.isEmpty() || random.nextInt(3) == 0) {
      String id = random.nextInt(5) == 0 ? "again-" + random.nextInt(20) : request;
      return new Entry.Buy(
          key(viewer, id),
          new Viewer(id(viewer), viewer, Role.VIEWER),
          random.nextInt(30) == 0 ? "none" : SALE,
          1 + random.nextInt(3));
    }
    List<SalesModel.Bought> all = List.copyOf(model.orders.values());
    Order order = all.get(random.nextInt(all.size())).order();
    String ref = random.nextInt(6) == 0 ? "another ref" : "ref of " + order.id();
    return switch (random.nextInt(9)) {
      case 0, 1 ->
          new Entry.CancelOrder(
              key(random.nextInt(4) == 0 ? viewer : order.viewer().value(), request), order);
      case 2, 3, 4 -> new Entry.Pay(key("shop", request), order, ref);
      case 5 -> new Entry.Refund(key("shop", request), order, ref);
      case 6 -> new Entry.Pay(key("shop", request), mistaken(random, order, viewer), ref);
      case 7 -> new Entry.TurnSale(SALE);
      default -> new Entry.Unwind(order);
    };
  }

  /** Words that perhaps do not belong together. */
  private static Order mistaken(Random random, Order order, String viewer) {
    boolean anotherSale = random.nextBoolean();
    return new Order(
        order.id(),
        anotherSale ? "none" : order.sale(),
        anotherSale ? order.viewer() : id(viewer),
        7,
        7,
        "USD",
        Order.Status.PAID,
        7);
  }

  private Store.Receipt run(List<Entry> entries) {
    Store.Receipt receipt = await(store.commit(room, entries, TERMS, 0, 0));
    nowMs = receipt.nowMs();
    List<Outcome> expected = model.decide(entries, nowMs);
    for (int i = 0; i < entries.size(); i++) {
      if (expected.get(i) != null) {
        int at = i;
        assertEquals(
            expected.get(i),
            receipt.outcomes().get(i),
            () -> entries.get(at) + " in " + entries + " at " + nowMs);
      }
    }
    return receipt;
  }

  private List<Entry> due() {
    List<Entry> entries = new ArrayList<>();
    for (Store.Due due : await(store.due(room, 50))) {
      if (due instanceof Store.SaleDue sale) {
        entries.add(new Entry.TurnSale(sale.sale()));
      } else if (due instanceof Store.OrderDue order) {
        entries.add(new Entry.Unwind(order.order()));
      } else if (due instanceof Store.OrdersDue orders) {
        orders.orders().forEach(order -> entries.add(new Entry.Unwind(order)));
      }
    }
    return entries;
  }

  /** Until nothing is due any more, nor ever will be. */
  private void settle() {
    long nextDueMs;
    do {
      List<Entry> entries = due();
      entries.add(new Entry.Look(id("ann")));
      nextDueMs = run(entries).nextDueMs();
    } while (nextDueMs != Store.Snapshot.NEVER);
    assertEquals(List.of(), due());
    assertEquals(Store.Snapshot.NEVER, model.nextDueMs());
  }

  private void assertSaleIsTheModels() {
    JsonNode json = JsonMapper.shared().readTree(await(store.sale(room, SALE)).orElseThrow());
    SalesModel.Sale sale = model.sales.get(SALE);
    assertEquals(sale.state + sale.reason, json.path("state").asString() + reason(json));
    long available = json.path("available").asLong();
    assertEquals(
        List.of(sale.free + sale.held, sale.held, sale.reserved, sale.paid),
        List.of(
            available,
            json.path("heldForTier").asLong(),
            json.path("reserved").asLong(),
            json.path("paid").asLong()));
    assertEquals(sale.offer.stock(), available + sale.reserved + sale.paid);
    assertTrue(sale.free >= 0 && sale.held >= 0 && sale.reserved >= 0 && sale.paid >= 0);
  }

  private static String reason(JsonNode json) {
    return json.path("reason").asString("");
  }

  private void assertOrdersAreTheModels() {
    List<Order> expected = model.orders.values().stream().map(SalesModel.Bought::order).toList();
    assertEquals(expected, all(null, null));
    assertEquals(expected, all(null, SALE));
    assertEquals(List.of(), all(null, "none"));
    for (String viewer : VIEWERS) {
      List<Order> own =
          new ArrayList<>(
              expected.stream().filter(order -> order.viewer().equals(id(viewer))).toList());
      Collections.reverse(own);
      assertEquals(own, all(id(viewer), null));
      assertEquals(own, all(id(viewer), SALE));
      assertEquals(List.of(), all(id(viewer), "none"));
    }
    for (Order order : expected) {
      assertEquals(order, await(store.order(room, order.id())).orElseThrow());
    }
    assertEquals(
        model.sales.get(SALE).buyers(), new HashSet<>(await(store.buyers(room, SALE, 0)).items()));
    SalesModel.Sale sale = model.sales.get(SALE);
    Map<Order.Status, Integer> units =
        expected.stream()
            .collect(Collectors.groupingBy(Order::status, Collectors.summingInt(Order::quantity)));
    assertEquals(sale.reserved, units.getOrDefault(Order.Status.RESERVED, 0).longValue());
    assertEquals(sale.paid, units.getOrDefault(Order.Status.PAID, 0).longValue());
  }

  /** What the streamer is told is what adding up would give, in the middle of a sale too. */
  private void assertFiguresAreTheOrders() {
    Store.Figures figures = await(store.figures(room));
    Map<Order.Status, Store.Tally> counted = new EnumMap<>(Order.Status.class);
    for (Order.Status status : Order.Status.values()) {
      List<Order> such = all(null, SALE).stream().filter(o -> o.status() == status).toList();
      long cents = such.stream().mapToLong(Order::amountCents).sum();
      counted.put(status, new Store.Tally(such.size(), cents));
    }
    assertEquals(Map.of("CNY", new Store.Takings(counted)), figures.takings());
    assertEquals(1, figures.sales().size());
    Store.SaleFigures sale = figures.sales().get(0);
    assertEquals(new Store.Takings(counted), sale.takings());
    assertArrayEquals(await(store.sale(room, SALE)).orElseThrow(), sale.json());
    long balances = 0;
    for (String viewer : VIEWERS) {
      balances += Batches.look(store, room, viewer).standing().points();
    }
    assertEquals(balances, figures.pointsGiven() - figures.pointsTaken());
  }

  private List<Order> all(ViewerId viewer, String sale) {
    List<Order> all = new ArrayList<>();
    String after = null;
    do {
      Store.Orders page = await(store.orders(room, viewer, sale, after));
      assertTrue(page.orders().size() <= Store.Orders.PAGE);
      all.addAll(page.orders());
      after = page.next();
    } while (after != null);
    return all;
  }

  private void assertBalancesAreTheLedgers() {
    for (String viewer : VIEWERS) {
      Standing standing = Batches.look(store, room, viewer).standing();
      List<LedgerEntry> ledger = Batches.ledger(store, room, viewer);
      assertEquals(standing.points(), ledger.stream().mapToLong(LedgerEntry::delta).sum());
      assertEquals(standing.growth(), ledger.stream().mapToLong(LedgerEntry::growth).sum());
      assertEquals(model.account(id(viewer)).points, standing.points());
    }
  }

  private void assertToldWhatHappened(Collector collector) {
    long revision = await(store.heads(List.of(room))).get(room).revision();
    Awaitility.await().until(() -> collector.commits.size() == revision);
    List<String> events = new ArrayList<>();
    Map<String, Order> orders = new java.util.HashMap<>();
    Commit.Stock stock = null;
    for (Commit commit : collector.commits) {
      commit.events().forEach(event -> events.add(told(event.json())));
      for (Commit.Notice notice : commit.notices()) {
        if (notice instanceof Commit.OrderChanged changed) {
          JsonNode json = JsonMapper.shared().readTree(changed.json()).path("order");
          String id = json.path("id").asString();
          assertEquals(changed.given(), !orders.containsKey(id));
          assertEquals(changed.given(), !changed.requestId().isEmpty() && isReserved(json));
          orders.put(id, model.orders.get(id).order());
          assertEquals(changed.viewer(), orders.get(id).viewer());
          assertEquals(SALE, changed.sale());
        } else if (notice instanceof Commit.Stock left) {
          assertFalse(left.equals(stock));
          stock = left;
        }
      }
    }
    assertEquals(model.told, events);
    assertEquals(model.orders.keySet(), orders.keySet());
    SalesModel.Sale sale = model.sales.get(SALE);
    if (stock != null) {
      assertEquals(new Commit.Stock(SALE, sale.free + sale.held, sale.held), stock);
    }
  }

  private static boolean isReserved(JsonNode order) {
    return order.path("status").asString().equals("reserved");
  }

  private static String told(byte[] event) {
    JsonNode json = JsonMapper.shared().readTree(new String(event, UTF_8));
    return (json.path("type").asString() + " " + reason(json)).trim();
  }
}
