package barrage.redis;

import static barrage.redis.Batches.TERMS;
import static barrage.redis.Batches.await;
import static barrage.redis.Batches.commit;
import static barrage.redis.Batches.grant;
import static barrage.redis.Batches.id;
import static barrage.redis.Batches.key;
import static barrage.redis.Batches.look;
import static barrage.redis.Batches.outcome;
import static barrage.redis.Batches.refused;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.core.Entry;
import barrage.core.LedgerEntry;
import barrage.core.Offer;
import barrage.core.OfferOf;
import barrage.core.Order;
import barrage.core.Outcome;
import barrage.core.Reason;
import barrage.core.Refusal;
import barrage.core.Role;
import barrage.core.RoomId;
import barrage.core.Standing;
import barrage.core.Tier;
import barrage.core.Viewer;
import barrage.core.ViewerId;
import barrage.room.Commit;
import barrage.room.Numbered;
import barrage.room.Store;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What {@link Store} owes its callers about sales and orders, against a real Redis. */
class SalesContractTest extends TwoStores {
  private static final String SALE = "sale1";
  private static final long HOUR = 3_600_000;

  /** The stock and nothing special. */
  private static final Offer PLAIN = offer(100);

  // Who wins

  @Test
  void clicksOfManyOnTwoNodes_giveEveryUnitOnce() {
    RoomId room = RedisFixture.freshRoom();
    schedule(room, OfferOf.stock(100).reserve(Tier.GOLD, 40, HOUR).build());
    List<Entry> clicks = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      String viewer = (i < 60 ? "gold" : "regular") + i;
      if (i < 60) {
        outcome(store, room, grant("g" + i, viewer, 0, 2_000, "gold-" + i));
      }
      clicks.add(buy(viewer, "click", 1));
    }
    Collections.shuffle(clicks, new Random(1));

    CompletableFuture<List<Outcome>> ofOther =
        CompletableFuture.supplyAsync(() -> inBatches(other, room, clicks.subList(250, 500)));
    List<Outcome> outcomes = new ArrayList<>(inBatches(store, room, clicks.subList(0, 250)));
    outcomes.addAll(ofOther.join());

    List<Order> orders = ordered(outcomes);
    assertEquals(100, orders.size());
    assertEquals(100, new HashSet<>(orders.stream().map(Order::id).toList()).size());
    long gold = orders.stream().filter(o -> o.viewer().value().startsWith("gold")).count();
    assertTrue(gold >= 40, gold + " gold");
    assertEquals(List.of(0L, 0L, 100L, 0L), counts(room));
    assertEquals(
        400, outcomes.stream().filter(refused(Reason.SOLD_OUT)::equals).count(), "sold out");

    // Again, each on the other node: who won gets the same, who lost loses again.
    List<Outcome> again = new ArrayList<>(inBatches(other, room, clicks.subList(0, 250)));
    again.addAll(inBatches(store, room, clicks.subList(250, 500)));
    assertEquals(outcomes, again);
    assertEquals(List.of(0L, 0L, 100L, 0L), counts(room));
    assertEquals(
        new HashSet<>(orders.stream().map(Order::viewer).toList()), new HashSet<>(buyers(room)));
  }

  private List<Outcome> inBatches(Store on, RoomId room, List<Entry> clicks) {
    List<Outcome> outcomes = new ArrayList<>();
    for (int from = 0; from < clicks.size(); from += 25) {
      outcomes.addAll(
          await(on.commit(room, clicks.subList(from, from + 25), TERMS, 0, 0)).outcomes());
      counts(room);
    }
    return outcomes;
  }

  @Test
  void buy_repeated_isTheSameOrderOrAConflict() {
    RoomId room = RedisFixture.freshRoom();
    schedule(room, PLAIN);
    Order order = order(outcome(store, room, buy("v", "1", 1)));
    assertEquals(
        new Order("sale1-1", SALE, id("v"), 1, 990, "CNY", Order.Status.RESERVED, order.payByMs()),
        order);
    assertEquals(new Outcome.Ordered(order), outcome(other, room, buy("v", "1", 1)));
    assertEquals(refused(Reason.CONFLICT), outcome(other, room, buy("v", "1", 2)));
    outcome(store, room, pay(order, "p", "ref"));
    assertEquals(new Outcome.Ordered(order), outcome(other, room, buy("v", "1", 1)));
    assertEquals(List.of(99L, 0L, 0L, 1L), counts(room));
  }

  @Test
  void buy_ofAllOrNothing() {
    RoomId room = RedisFixture.freshRoom();
    schedule(room, OfferOf.stock(5).priceCents(5).perViewerLimit(10).build());
    assertEquals(
        List.of(true, false, true),
        commit(store, room, buy("v", "1", 3), buy("w", "1", 3), buy("w", "2", 2))
            .outcomes()
            .stream()
            .map(Outcome.Ordered.class::isInstance)
            .toList());
    assertEquals(refused(Reason.SOLD_OUT), outcome(store, room, buy("w", "1", 3)));
  }

  @Test
  void whatBelongsToAnotherRoom_isNotFound() {
    RoomId room = RedisFixture.freshRoom();
    RoomId elsewhere = RedisFixture.freshRoom();
    schedule(room, PLAIN);
    Order order = order(outcome(store, room, buy("v", "1", 1)));
    schedule(elsewhere, "another", PLAIN);
    assertEquals(
        Collections.nCopies(5, refused(Reason.NOT_FOUND)),
        commit(
                store,
                elsewhere,
                buy("v", "1", 1),
                pay(order, "1", "ref"),
                refund(order, "2", "ref"),
                new Entry.CancelOrder(key("v", "3"), order),
                new Entry.CancelSale(key("host", "4"), SALE))
            .outcomes());
    // Nor is an order of a sale whose name only begins as this one's.
    schedule(room, "sale1-1", PLAIN);
    Order longer =
        order(outcome(store, room, new Entry.Buy(key("v", "2"), viewer("v"), "sale1-1", 1)));
    assertEquals("sale1-1", longer.sale());
    Order shortened =
        new Order(longer.id(), SALE, id("v"), 1, 990, "CNY", longer.status(), longer.payByMs());
    assertEquals(refused(Reason.NOT_FOUND), outcome(store, room, pay(shortened, "5", "ref")));
    assertTrue(await(store.sale(elsewhere, SALE)).isEmpty());
    assertTrue(await(store.order(elsewhere, order.id())).isEmpty());
    assertEquals(List.of(99L, 0L, 1L, 0L), counts(room));
  }

  @Test
  void numbersOutOfBounds_changeNothing() {
    RoomId room = RedisFixture.freshRoom();
    for (Offer bad :
        List.of(
            offer(0),
            offer(-1),
            OfferOf.stock(1).currency("nan").build(),
            OfferOf.stock(1).currency("C Y").build(),
            OfferOf.stock(1).priceCents(-1).build(),
            OfferOf.stock(1).priceCents(1_000_000_001).build(),
            OfferOf.stock(1).opensInMs(-1).build(),
            OfferOf.stock(1).durationMs(0).build(),
            OfferOf.stock(1).durationMs(Long.MAX_VALUE).build(),
            OfferOf.stock(1).perViewerLimit(0).build(),
            OfferOf.stock(1).earlyUnits(2).build(),
            OfferOf.stock(1).payMs(0).build(),
            OfferOf.stock(1).reserve(Tier.GOLD, 2, 1).build())) {
      assertEquals(
          refused(Reason.BAD_REQUEST),
          outcome(store, room, new Entry.Schedule(key("host", "1"), SALE, bad)),
          bad.toString());
    }
    assertEquals(List.of(), await(store.open(room)).sales());

    schedule(room, OfferOf.stock(9).priceCents(600_000_000).perViewerLimit(9).build());
    assertEquals(
        Collections.nCopies(4, refused(Reason.BAD_REQUEST)),
        commit(
                store,
                room,
                buy("v", "1", 0),
                buy("v", "1", -1),
                buy("v", "1", 2),
                buy("v", "1", Integer.MAX_VALUE))
            .outcomes());
    assertEquals(List.of(9L, 0L, 0L, 0L), counts(room));
  }

  // Priority

  @Test
  void beforeTheOpening_eachTierLearnsWhenItIsItsTurn() {
    RoomId room = RedisFixture.freshRoom();
    tiers(room);
    Offer offer =
        OfferOf.stock(10)
            .opensInMs(60_000)
            .perViewerLimit(5)
            .earlyAccessMs(List.of(0L, 30_000L, 90_000L, 90_000L))
            .earlyUnits(3)
            .build();
    long opensAt = schedule(room, offer).nowMs() + 60_000;
    assertEquals(
        List.of(
            notOpen(opensAt),
            notOpen(opensAt - 30_000),
            notOpen(opensAt)), // four are more than all early units
        commit(store, room, buy("regular", "1", 1), buy("silver", "1", 1), buy("gold", "1", 4))
            .outcomes());
    order(outcome(store, room, buy("gold", "1", 2)));
    order(outcome(store, room, buy("diamond", "1", 1)));
    assertEquals(notOpen(opensAt), outcome(store, room, buy("gold", "2", 1)));
    assertEquals(notOpen(opensAt), outcome(store, room, buy("silver", "1", 1)));
    assertEquals("scheduled", sale(room).path("state").asString());
  }

  @Test
  void earlyAccess_followsTheTierTableWhenTheOfferSaysNothing() {
    RoomId room = RedisFixture.freshRoom();
    tiers(room);
    Offer offer = OfferOf.stock(10).opensInMs(60_000).perViewerLimit(5).earlyUnits(3).build();
    long opensAt = schedule(room, offer).nowMs() + 60_000;
    assertEquals(
        List.of(
            notOpen(opensAt),
            notOpen(opensAt - 2_000),
            notOpen(opensAt - 5_000),
            notOpen(opensAt - 10_000)),
        Stream.of("regular", "silver", "gold", "diamond")
            .map(viewer -> outcome(store, room, buy(viewer, "1", 1)))
            .toList());
    assertEquals(
        "{\"regular\":0,\"silver\":2000,\"gold\":5000,\"diamond\":10000}",
        sale(room).path("earlyAccessMs").toString());
  }

  @Test
  void reservedUnits_areForMembersUntilTheRelease() {
    RoomId room = RedisFixture.freshRoom();
    tiers(room);
    Collector commits = follow(store, room);
    Offer.Reserve reserve = new Offer.Reserve(Tier.GOLD, 2, 500);
    schedule(room, OfferOf.stock(4).perViewerLimit(4).reserve(reserve).build());
    List<Outcome> outcomes =
        commit(
                store,
                room,
                buy("gold", "1", 1),
                buy("regular", "1", 1),
                buy("regular", "2", 1),
                buy("silver", "1", 1),
                buy("gold", "2", 1))
            .outcomes();
    assertEquals(
        List.of(refused(Reason.SOLD_OUT), refused(Reason.SOLD_OUT)), outcomes.subList(2, 4));
    Order reserved = order(outcomes.get(4));
    assertEquals(List.of(1L, 1L, 3L, 0L), counts(room));
    // A reserved unit that returns is reserved again.
    outcome(store, room, new Entry.CancelOrder(key("gold", "3"), reserved));
    assertEquals(List.of(2L, 2L, 2L, 0L), counts(room));
    assertEquals(refused(Reason.SOLD_OUT), outcome(store, room, buy("regular", "2", 1)));

    Awaitility.await()
        .until(
            () -> {
              settle(store, room);
              return counts(room).get(1) == 0;
            });
    assertEquals(List.of(2L, 0L, 2L, 0L), counts(room));
    order(outcome(store, room, buy("regular", "2", 1)));
    assertTrue(
        commits.commits.stream()
            .flatMap(commit -> commit.notices().stream())
            .anyMatch(new Commit.Stock(SALE, 2, 0)::equals));
  }

  // Sold out and back

  @Test
  void soldOut_opensAgainWhenUnitsReturn_atMostOnceASecond() {
    RoomId room = RedisFixture.freshRoom();
    Collector commits = follow(store, room);
    long openedAt = schedule(room, offer(1)).nowMs();
    Order order = order(outcome(store, room, buy("v", "1", 1)));
    assertEquals(List.of("ended", "sold_out"), state(room));
    assertEquals("sold_out", snapshotSale(room).path("reason").asString());

    Store.Receipt back = commit(store, room, new Entry.CancelOrder(key("v", "2"), order));
    assertEquals(openedAt + 1_000, back.nextDueMs());
    assertEquals(List.of("ended", "sold_out"), state(room));
    assertEquals(List.of(1L, 0L, 0L, 0L), counts(room));
    // Not announced yet, and yet to be had.
    Order second = order(outcome(store, room, buy("w", "1", 1)));
    outcome(store, room, new Entry.CancelOrder(key("w", "2"), second));

    Awaitility.await()
        .until(
            () -> {
              settle(store, room);
              return state(room).get(0).equals("open");
            });
    Order third = order(outcome(store, room, buy("x", "1", 1)));
    assertEquals(
        List.of(
            "sale.scheduled",
            "sale.opened",
            "sale.ended sold_out",
            "sale.opened",
            "sale.ended sold_out"),
        events(commits, 5));
    assertEquals(
        refused(Reason.WRONG_STATE),
        outcome(store, room, new Entry.CancelOrder(key("w", "3"), second)));
    assertEquals("sale1-3", third.id());
  }

  @Test
  void cancelledInTheBatchThatSchedulesIt_leavesNothing() {
    RoomId room = RedisFixture.freshRoom();
    Store.Receipt receipt =
        commit(
            store,
            room,
            new Entry.Schedule(key("host", "1"), SALE, PLAIN),
            buy("v", "1", 1),
            new Entry.CancelSale(key("host", "2"), SALE));
    order(receipt.outcomes().get(1));
    settle(store, room);
    Store.Snapshot snapshot = await(store.open(room));
    assertEquals(List.of(), snapshot.sales());
    assertEquals(Store.Snapshot.NEVER, snapshot.nextDueMs());
    assertEquals(List.of(100L, 0L, 0L, 0L), counts(room));
  }

  @Test
  void allSoldEarly_isToldAtTheOpening() {
    RoomId room = RedisFixture.freshRoom();
    tiers(room);
    Collector commits = follow(store, room);
    schedule(
        room,
        OfferOf.stock(1)
            .opensInMs(200)
            .earlyAccessMs(List.of(0L, 0L, HOUR, HOUR))
            .earlyUnits(1)
            .build());
    order(outcome(store, room, buy("gold", "1", 1)));
    assertEquals(
        refused(Reason.SOLD_OUT).getClass(),
        outcome(store, room, buy("diamond", "1", 1)).getClass());
    assertEquals("scheduled", sale(room).path("state").asString());
    Awaitility.await()
        .until(
            () -> {
              settle(store, room);
              return state(room).get(0).equals("ended");
            });
    assertEquals(
        List.of("sale.scheduled", "sale.opened", "sale.ended sold_out"), events(commits, 3));
  }

  // Orders

  @Test
  void pay_awardsPointsAndGrowthOnce_refundTakesThemBack() {
    RoomId room = RedisFixture.freshRoom();
    outcome(store, room, grant("g", "v", 0, 490, "ref"));
    schedule(room, OfferOf.stock(9).priceCents(1_050).perViewerLimit(9).build());
    Order one = order(outcome(store, room, buy("v", "1", 1)));
    Order two = order(outcome(store, room, buy("v", "2", 1)));

    Outcome paid = outcome(store, room, pay(one, "1", "wx-1"));
    assertEquals(Order.Status.PAID, order(paid).status());
    assertEquals(new Standing(Tier.SILVER, 10, 500, 0), look(store, room, "v").standing());
    assertEquals(paid, outcome(other, room, pay(one, "1", "wx-1")));
    assertEquals(paid, outcome(other, room, pay(one, "2", "wx-1")));
    assertEquals(refused(Reason.CONFLICT), outcome(store, room, pay(one, "3", "wx-2")));
    assertEquals(refused(Reason.CONFLICT), outcome(store, room, pay(two, "1", "wx-1")));
    // 50 left of the first and 1,050: eleven times; of 23.1 a tenth of a point is carried.
    outcome(store, room, pay(two, "4", "wx-3"));
    assertEquals(new Standing(Tier.SILVER, 23, 511, 0), look(store, room, "v").standing());
    outcome(store, room, grant("h", "v", -20, 0, "spent"));

    Outcome refunded = outcome(store, room, refund(one, "5", "back-1"));
    assertEquals(Order.Status.REFUNDED, order(refunded).status());
    // The second alone: 12 points of 1,000, and 50 are left.
    assertEquals(new Standing(Tier.SILVER, -8, 500, 0), look(store, room, "v").standing());
    assertEquals(refunded, outcome(other, room, refund(one, "6", "back-1")));
    assertEquals(refused(Reason.CONFLICT), outcome(store, room, refund(one, "7", "back-2")));
    assertEquals(refunded, outcome(store, room, pay(one, "8", "wx-1")));
    outcome(store, room, refund(two, "9", "back-3"));
    assertEquals(new Standing(Tier.REGULAR, -20, 490, 0), look(store, room, "v").standing());
    assertEquals(List.of(9L, 0L, 0L, 0L), counts(room));
    List<LedgerEntry> ledger = Batches.ledger(store, room, "v");
    assertEquals(-20, ledger.stream().mapToLong(LedgerEntry::delta).sum());
    assertEquals(
        Set.of("order sale1-1", "order sale1-2", "refund sale1-1", "refund sale1-2"),
        new HashSet<>(
            ledger.stream()
                .filter(line -> !line.reason().equals("a gift"))
                .map(line -> line.reason() + " " + line.ref())
                .toList()));
  }

  @Test
  void refund_ofWhatWasNeverPaid_isWrong() {
    RoomId room = RedisFixture.freshRoom();
    schedule(room, PLAIN);
    Order order = order(outcome(store, room, buy("v", "1", 1)));
    assertEquals(refused(Reason.WRONG_STATE), outcome(store, room, refund(order, "1", "ref")));
    outcome(store, room, new Entry.CancelOrder(key("v", "2"), order));
    assertEquals(refused(Reason.WRONG_STATE), outcome(store, room, refund(order, "1", "ref")));
  }

  @Test
  void cancel_isTheViewersAlone() {
    RoomId room = RedisFixture.freshRoom();
    schedule(room, PLAIN);
    Order order = order(outcome(store, room, buy("v", "1", 1)));
    assertEquals(
        refused(Reason.NOT_FOUND),
        outcome(store, room, new Entry.CancelOrder(key("w", "1"), order)));
    Outcome cancelled = outcome(store, room, new Entry.CancelOrder(key("v", "2"), order));
    assertEquals(Order.Status.CANCELLED, order(cancelled).status());
    assertEquals(cancelled, outcome(other, room, new Entry.CancelOrder(key("v", "2"), order)));
    // Money that comes all the same takes a unit again.
    assertEquals(Order.Status.PAID, order(outcome(store, room, pay(order, "1", "ref"))).status());
    assertEquals(
        refused(Reason.WRONG_STATE),
        outcome(store, room, new Entry.CancelOrder(key("v", "3"), order)));
    assertEquals(List.of(99L, 0L, 0L, 1L), counts(room));
  }

  @Test
  void unpaidOrders_expireOnce_andTheThirdIsTheLast() {
    RoomId room = RedisFixture.freshRoom();
    schedule(room, OfferOf.stock(1).perViewerLimit(9).payMs(1).build());
    Order last = null;
    for (int i = 0; i < 3; i++) {
      String request = "r" + i;
      last = order(outcome(store, room, buy("v", request, 1)));
      Order order = last;
      Awaitility.await()
          .until(
              () -> {
                settle(store, room);
                return status(room, order) == Order.Status.EXPIRED;
              });
      commit(store, room, new Entry.Unwind(order), new Entry.Unwind(order));
      assertEquals(List.of(1L, 0L, 0L, 0L), counts(room));
    }
    assertEquals(refused(Reason.LIMIT_REACHED), outcome(store, room, buy("v", "r3", 1)));
    order(outcome(store, room, buy("w", "1", 1)));
    // Another has the unit: the late payment is due back.
    assertEquals(
        Order.Status.REFUND_DUE, order(outcome(store, room, pay(last, "1", "ref"))).status());
    assertEquals(0, look(store, room, "v").standing().points());
    assertEquals(
        Order.Status.REFUNDED, order(outcome(store, room, refund(last, "2", "ref"))).status());
  }

  @Test
  void paymentAtTheLastInstantAndAfter_countsAsExpired() {
    RoomId room = RedisFixture.freshRoom();
    schedule(room, OfferOf.stock(1).perViewerLimit(9).payMs(1).build());
    for (int i = 0; i < 3; i++) {
      String request = "r" + i;
      Order order = order(outcome(store, room, buy("v", request, 1)));
      Awaitility.await()
          .until(() -> commit(store, room, new Entry.Look(id("v"))).nowMs() >= order.payByMs());
      // Nobody unwound it, and yet it is the clock that counts.
      assertEquals(
          refused(Reason.WRONG_STATE),
          outcome(store, room, new Entry.CancelOrder(key("v", "c" + i), order)));
      assertEquals(
          Order.Status.PAID, order(outcome(store, room, pay(order, request, request))).status());
      outcome(store, room, refund(order, request, "ref"));
    }
    assertEquals(refused(Reason.LIMIT_REACHED), outcome(store, room, buy("v", "r3", 1)));
    assertEquals(List.of(1L, 0L, 0L, 0L), counts(room));
  }

  @Test
  void paymentsOfCancelledOrders_buyNoMoreThanTheLimit() {
    RoomId room = RedisFixture.freshRoom();
    schedule(room, OfferOf.stock(10).build());
    List<Order> orders = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Order order = order(outcome(store, room, buy("v", "b" + i, 1)));
      outcome(store, room, new Entry.CancelOrder(key("v", "c" + i), order));
      orders.add(order);
    }
    orders.add(order(outcome(store, room, buy("v", "b2", 1))));
    List<Order.Status> paid = new ArrayList<>();
    for (int i = 2; i >= 0; i--) {
      Store on = i == 1 ? other : store;
      paid.add(order(outcome(on, room, pay(orders.get(i), "p" + i, "ref" + i))).status());
    }
    assertEquals(
        List.of(Order.Status.PAID, Order.Status.REFUND_DUE, Order.Status.REFUND_DUE), paid);
    assertEquals(List.of(9L, 0L, 0L, 1L), counts(room));

    // When the unit is given back there is room for another one, but not for what is due back.
    outcome(store, room, refund(orders.get(2), "r", "back"));
    assertEquals(
        Order.Status.REFUND_DUE,
        order(outcome(store, room, pay(orders.get(1), "again", "ref1"))).status());
    order(outcome(store, room, buy("v", "b3", 1)));
    assertEquals(List.of(9L, 0L, 1L, 0L), counts(room));
  }

  @Test
  void paymentRef_paysOneOrderOfTheRoom() {
    RoomId room = RedisFixture.freshRoom();
    schedule(room, OfferOf.stock(10).perViewerLimit(9).build());
    Order first = order(outcome(store, room, buy("v", "1", 1)));
    Order second = order(outcome(store, room, buy("w", "1", 1)));
    CompletableFuture<Outcome> there =
        CompletableFuture.supplyAsync(() -> outcome(other, room, pay(second, "b", "wx-1")));
    List<Outcome> both = List.of(outcome(store, room, pay(first, "a", "wx-1")), there.join());
    assertEquals(1, ordered(both).size(), both.toString());
    assertEquals(1, both.stream().filter(refused(Reason.CONFLICT)::equals).count());
    Order won = ordered(both).get(0);
    Order lost = won.id().equals(first.id()) ? second : first;
    assertEquals(won, order(outcome(other, room, pay(won, "again", "wx-1"))), "the same again");
    // What was paid back has been paid by it all the same.
    outcome(store, room, refund(won, "r", "back"));
    assertEquals(refused(Reason.CONFLICT), outcome(store, room, pay(lost, "c", "wx-1")));
    assertEquals(Order.Status.PAID, order(outcome(store, room, pay(lost, "d", "wx-2"))).status());
    RoomId elsewhere = RedisFixture.freshRoom();
    schedule(elsewhere, PLAIN);
    Order ofElsewhere = order(outcome(store, elsewhere, buy("v", "1", 1)));
    assertEquals(
        Order.Status.PAID,
        order(outcome(store, elsewhere, pay(ofElsewhere, "a", "wx-1"))).status());
  }

  @Test
  void earlyUnitsThatComeBack_areSoldEarlyAgain() {
    RoomId room = RedisFixture.freshRoom();
    tiers(room);
    schedule(room, OfferOf.stock(20).opensInMs(9_000).perViewerLimit(100).earlyUnits(2).build());
    Order order = order(outcome(store, room, buy("diamond", "1", 2)));
    long opensAt = sale(room).path("opensAt").asLong();
    Entry another = new Entry.Buy(key("gold2", "1"), viewer("gold2"), SALE, 2);
    outcome(store, room, grant("g", "gold2", 0, 10_000, "be diamond too"));
    assertEquals(notOpen(opensAt), outcome(store, room, another));
    outcome(store, room, new Entry.CancelOrder(key("diamond", "c"), order));
    Order second = order(outcome(other, room, another));
    // A payment after all takes no early unit that is not there.
    assertEquals(
        Order.Status.REFUND_DUE, order(outcome(store, room, pay(order, "late", "late"))).status());
    assertEquals(Order.Status.PAID, order(outcome(store, room, pay(second, "p", "p"))).status());
    assertEquals(List.of(18L, 0L, 0L, 2L), counts(room));
    outcome(store, room, refund(second, "r", "r"));
    order(outcome(store, room, buy("diamond", "2", 2)));
  }

  @Test
  void earlyUnits_comeBackHoweverTheyDo_andOnlyBeforeTheOpening() {
    RoomId room = RedisFixture.freshRoom();
    tiers(room);
    schedule(
        room,
        OfferOf.stock(20).opensInMs(7_000).perViewerLimit(100).earlyUnits(3).payMs(1_000).build());
    Order unpaid = order(outcome(store, room, buy("diamond", "1", 1)));
    Order paid = order(outcome(other, room, buy("diamond", "2", 2)));
    Outcome none = notOpen(sale(room).path("opensAt").asLong());
    assertEquals(none, outcome(store, room, buy("diamond", "3", 1)));
    assertEquals(Order.Status.PAID, order(outcome(other, room, pay(paid, "p", "p"))).status());
    // A refund.
    outcome(store, room, refund(paid, "r", "r"));
    assertEquals(none, outcome(store, room, buy("diamond", "4", 3)), "all or nothing");
    Order again = order(outcome(store, room, buy("diamond", "5", 2)));
    // The end of the time to pay, and then a payment of what expired.
    Awaitility.await().until(() -> settle(store, room) > 0);
    Awaitility.await()
        .until(
            () -> {
              settle(store, room);
              return status(room, again) == Order.Status.EXPIRED;
            });
    assertEquals(Order.Status.EXPIRED, status(room, unpaid));
    assertEquals(
        Order.Status.PAID, order(outcome(other, room, pay(again, "late", "late"))).status());
    assertEquals(none, outcome(store, room, buy("diamond", "6", 2)), "the payment took two");
    // After the opening there is nothing to come back early.
    Awaitility.await()
        .until(
            () -> {
              settle(store, room);
              return state(room).get(0).equals("open");
            });
    outcome(store, room, refund(again, "r2", "r2"));
    assertEquals(List.of(20L, 0L, 0L, 0L), counts(room));
    assertEquals(List.of(), Audit.of(uri(), RedisTls.DEFAULT, room).faults());
  }

  @Test
  void latePaymentOfMany_isGivenAllOrNothing_withinTheLimit() {
    RoomId room = RedisFixture.freshRoom();
    schedule(room, OfferOf.stock(10).perViewerLimit(3).build());
    Order two = order(outcome(store, room, buy("v", "1", 2)));
    outcome(store, room, new Entry.CancelOrder(key("v", "c"), two));
    Order alsoTwo = order(outcome(store, room, buy("v", "2", 2)));
    // Two payments in one batch and one reference: what the first took counts for the second.
    List<Outcome> both =
        commit(store, room, pay(two, "a", "ref"), pay(alsoTwo, "b", "ref")).outcomes();
    assertEquals(Order.Status.REFUND_DUE, order(both.get(0)).status(), "2 and 2 are more than 3");
    assertEquals(refused(Reason.CONFLICT), both.get(1), "it is used, for what is due back too");
    assertEquals(
        Order.Status.PAID, order(outcome(other, room, pay(alsoTwo, "c", "ref2"))).status());
    assertEquals(
        Order.Status.REFUND_DUE, order(outcome(other, room, pay(two, "a", "ref"))).status());
    assertEquals(refused(Reason.LIMIT_REACHED), outcome(store, room, buy("v", "3", 2)));
    assertEquals(List.of(8L, 0L, 0L, 2L), counts(room));
    assertEquals(List.of(), Audit.of(uri(), RedisTls.DEFAULT, room).faults());
  }

  @Test
  void whoCancelsAgainAndAgain_waitsLongerEachTime() {
    RoomId room = RedisFixture.freshRoom();
    schedule(room, PLAIN);
    for (int i = 0; i < 3; i++) {
      Order order = order(outcome(store, room, buy("v", "b" + i, 1)));
      outcome(store, room, new Entry.CancelOrder(key("v", "c" + i), order));
    }
    Refusal refusal =
        assertInstanceOf(Outcome.Refused.class, outcome(other, room, buy("v", "b3", 1))).refusal();
    assertEquals(Reason.RATE_LIMITED, refusal.reason());
    assertTrue(refusal.retryAfterMs() > 5_000 && refusal.retryAfterMs() <= 10_000);
    order(outcome(store, room, buy("w", "1", 1)));
    // A repeat of what was granted is told what was granted.
    order(outcome(store, room, buy("v", "b2", 1)));
    assertEquals(List.of(99L, 0L, 1L, 0L), counts(room));
  }

  @Test
  void cancelledSale_isUnwoundPageByPage() {
    RoomId room = RedisFixture.freshRoom();
    Collector commits = follow(store, room);
    schedule(room, OfferOf.stock(1_000).priceCents(100).build());
    List<Entry> clicks = new ArrayList<>();
    for (int i = 0; i < 450; i++) {
      clicks.add(buy("v" + i, "1", 1));
    }
    List<Order> orders = ordered(await(store.commit(room, clicks, TERMS, 0, 0)).outcomes());
    outcome(store, room, pay(orders.get(7), "1", "ref"));
    outcome(store, room, new Entry.CancelOrder(key("v8", "2"), orders.get(8)));

    Entry cancel = new Entry.CancelSale(key("host", "c"), SALE);
    Store.Receipt receipt = commit(store, room, cancel);
    assertEquals(List.of(Outcome.Done.DONE), receipt.outcomes());
    assertEquals(receipt.nowMs(), receipt.nextDueMs());
    assertEquals(Outcome.Done.DONE, outcome(other, room, cancel));
    assertEquals(
        refused(Reason.WRONG_STATE),
        outcome(store, room, new Entry.CancelSale(key("host", "d"), SALE)));
    assertEquals(refused(Reason.ENDED), outcome(store, room, buy("w", "1", 1)));
    assertEquals(
        Order.Status.REFUND_DUE,
        order(outcome(store, room, pay(orders.get(9), "2", "x"))).status());
    List<Store.Due> due = await(store.due(room, 10));
    assertEquals(orders.subList(0, 200).stream().map(Order::id).toList(), ids(due));
    commit(
        store, room, orders.subList(0, 449).stream().map(Entry.Unwind::new).toArray(Entry[]::new));
    assertEquals(List.of("sale1-450"), ids(await(store.due(room, 10))));
    assertEquals(1, settle(store, room));
    settle(other, room);
    assertEquals(Store.Snapshot.NEVER, await(store.open(room)).nextDueMs());
    assertEquals(List.of(), await(store.due(room, 10)));
    assertEquals(Order.Status.REFUND_DUE, status(room, orders.get(7)));
    assertEquals(Order.Status.CANCELLED, status(room, orders.get(8)));
    assertEquals(Order.Status.REFUND_DUE, status(room, orders.get(9)));
    assertEquals(Order.Status.CANCELLED, status(room, orders.get(449)));
    assertEquals(List.of(1_000L, 0L, 0L, 0L), counts(room));
    assertEquals(1, look(store, room, "v7").standing().points());
    outcome(store, room, refund(orders.get(7), "3", "ref"));
    assertEquals(0, look(store, room, "v7").standing().points());
    assertEquals(List.of("ended", "cancelled"), state(room));
    assertEquals(List.of(), await(store.open(room)).sales());
    assertEquals("sale.ended cancelled", events(commits, 3).get(2));
  }

  private static List<String> ids(List<Store.Due> due) {
    assertEquals(1, due.size());
    Store.OrdersDue orders = assertInstanceOf(Store.OrdersDue.class, due.get(0));
    return orders.orders().stream().map(Order::id).toList();
  }

  // Reading

  @Test
  void saleTellsWhatItIs() {
    RoomId room = RedisFixture.freshRoom();
    Offer.Reserve reserve = new Offer.Reserve(Tier.SILVER, 3, 4_000);
    Offer offer =
        OfferOf.stock(10)
            .title("抢\"购\"")
            .priceCents(990)
            .currency("EUR")
            .opensInMs(5_000)
            .durationMs(60_000)
            .perViewerLimit(2)
            .earlyAccessMs(List.of(1L, 2L, 3L, 4L))
            .earlyUnits(5)
            .reserve(reserve)
            .payMs(7_000)
            .build();
    Collector commits = follow(store, room);
    Store.Receipt receipt = schedule(room, offer);
    long opensAt = receipt.nowMs() + 5_000;
    String fixed =
        "{\"id\":\"sale1\",\"title\":\"抢\\\"购\\\"\",\"priceCents\":990,\"currency\":\"EUR\","
            + "\"stock\":10,\"opensAt\":"
            + opensAt
            + ",\"endsAt\":"
            + (opensAt + 60_000)
            + ",\"perViewerLimit\":2,\"earlyAccessMs\":{\"regular\":1,\"silver\":2,\"gold\":3,"
            + "\"diamond\":4},\"earlyUnits\":5,\"reserve\":{\"minTier\":\"silver\",\"units\":3,"
            + "\"forMs\":4000},\"payMs\":7000";
    String whole =
        fixed
            + ",\"state\":\"scheduled\",\"available\":10,\"heldForTier\":3,\"reserved\":0,"
            + "\"paid\":0}";
    assertEquals(fixed + "}", text(((Outcome.Sale) receipt.outcomes().get(0)).json()));
    assertEquals(whole, text(await(other.sale(room, SALE)).orElseThrow()));
    Store.Snapshot snapshot = await(other.open(room));
    assertEquals(List.of(whole), snapshot.sales().stream().map(SalesContractTest::text).toList());
    assertEquals(opensAt, snapshot.nextDueMs());
    assertEquals(opensAt, receipt.nextDueMs());
    Commit commit = commits.take(1).get(0);
    assertEquals(
        "{\"type\":\"sale.scheduled\",\"seq\":1,\"sale\":" + fixed + "}}",
        text(commit.events().get(0).json()));
    Commit.SaleChanged changed =
        assertInstanceOf(Commit.SaleChanged.class, commit.notices().get(0));
    assertEquals(SALE, changed.sale());
    assertEquals(whole, text(changed.json()));
    // Repeated, with the fresh id that a node gives it: the first is the answer.
    Outcome again =
        outcome(other, room, new Entry.Schedule(key("host", "schedule"), "fresh", offer));
    assertEquals(fixed + "}", text(((Outcome.Sale) again).json()));
    assertTrue(await(store.sale(room, "fresh")).isEmpty());
    assertEquals(
        refused(Reason.CONFLICT),
        outcome(other, room, new Entry.Schedule(key("host", "schedule"), "fresh", PLAIN)));
  }

  @Test
  void orderChanged_isForItsViewer() {
    RoomId room = RedisFixture.freshRoom();
    schedule(room, PLAIN);
    Collector commits = follow(other, room);
    Order order = order(outcome(store, room, buy("v", "an id, with spaces", 1)));
    outcome(store, room, pay(order, "p", "ref"));
    List<Commit> told = commits.take(2);
    Commit.OrderChanged given =
        assertInstanceOf(Commit.OrderChanged.class, told.get(0).notices().get(0));
    assertEquals(
        List.of(id("v"), SALE, "an id, with spaces", true),
        List.of(given.viewer(), given.sale(), given.requestId(), given.given()));
    assertEquals(
        "{\"type\":\"order\",\"order\":{\"id\":\"sale1-1\",\"sale\":\"sale1\",\"viewer\":\"v\","
            + "\"quantity\":1,\"amountCents\":990,\"currency\":\"CNY\",\"status\":\"reserved\","
            + "\"payBy\":"
            + order.payByMs()
            + "}}",
        text(given.json()));
    assertEquals(new Commit.Stock(SALE, 99, 0), told.get(0).notices().get(1));
    Commit.OrderChanged paid =
        told.get(1).notices().stream()
            .filter(Commit.OrderChanged.class::isInstance)
            .map(Commit.OrderChanged.class::cast)
            .findFirst()
            .orElseThrow();
    assertEquals("", paid.requestId());
    assertFalse(paid.given());
    assertTrue(text(paid.json()).contains("\"paid\""));
  }

  @Test
  void join_isToldOfTheNewestOrders() {
    RoomId room = RedisFixture.freshRoom();
    schedule(room, OfferOf.stock(100).perViewerLimit(100).build());
    schedule(room, "sale2", PLAIN);
    List<Order> orders = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      orders.add(order(outcome(store, room, buy("v", "r" + i, 1))));
    }
    Entry join = new Entry.Join(new Viewer(id("v"), "名 v", Role.VIEWER));
    List<Outcome> outcomes =
        commit(
                store,
                room,
                new Entry.Buy(key("v", "other"), viewer("v"), "sale2", 1),
                new Entry.CancelOrder(key("v", "c"), orders.get(19)),
                join,
                buy("w", "1", 1))
            .outcomes();
    Outcome.Stands stands = (Outcome.Stands) outcomes.get(2);
    List<Order> expected = new ArrayList<>(orders.subList(1, 19));
    expected.add(order(outcomes.get(1)));
    expected.add(order(outcomes.get(0)));
    Collections.reverse(expected);
    assertEquals(expected, stands.orders());
    assertEquals("名 v", stands.name());
    assertEquals(
        expected, ((Outcome.Stands) outcome(other, room, join)).orders(), "read from the store");
    assertEquals(List.of(), look(other, room, "v").orders());
  }

  @Test
  void orders_comeInPages() {
    RoomId room = RedisFixture.freshRoom();
    schedule(room, OfferOf.stock(1_000).perViewerLimit(1_000).build());
    schedule(room, "sale2", PLAIN);
    List<Order> all = new ArrayList<>();
    for (int batch = 0; batch < 2; batch++) {
      List<Entry> clicks = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        clicks.add(buy(i % 4 == 0 ? "w" : "v", "r" + batch + "-" + i, 1));
      }
      clicks.add(new Entry.Buy(key("v", "o" + batch), viewer("v"), "sale2", 1));
      all.addAll(ordered(await(store.commit(room, clicks, TERMS, 0, 0)).outcomes()));
      outcome(store, room, new Entry.CancelOrder(key("v", "c" + batch), all.get(all.size() - 1)));
    }
    assertEquals(602, all.size());
    List<String> ids = all.stream().map(Order::id).toList();
    assertEquals(ids, paged(room, null, null, 200, 200, 200, 2));
    List<String> ofSale = ids.stream().filter(id -> id.startsWith("sale1-")).toList();
    assertEquals(ofSale, paged(room, null, SALE, 200, 200, 200));
    List<String> ofViewer =
        new ArrayList<>(
            all.stream().filter(o -> o.viewer().equals(id("v"))).map(Order::id).toList());
    Collections.reverse(ofViewer);
    assertEquals(ofViewer, paged(room, id("v"), null, 200, 200, 52));
    assertEquals(
        ofViewer.stream().filter(ofSale::contains).toList(),
        paged(room, id("v"), SALE, 200, 200, 50));
    assertEquals(2, paged(room, id("v"), "sale2", 2).size());
    for (String nonsense : List.of("-1", "x", "99999", "", "sale1-1", "' or 1")) {
      assertNull(await(store.orders(room, id("nobody"), null, nonsense)).next());
      await(store.orders(room, null, null, nonsense));
      await(store.orders(room, null, SALE, nonsense));
    }
  }

  private List<String> paged(RoomId room, ViewerId viewer, String sale, int... sizes) {
    List<String> ids = new ArrayList<>();
    String after = null;
    for (int size : sizes) {
      Store.Orders page = await(store.orders(room, viewer, sale, after));
      assertEquals(size, page.orders().size());
      page.orders().forEach(order -> ids.add(order.id()));
      after = page.next();
    }
    assertNull(after);
    return ids;
  }

  @Test
  void buyers_comeInPages() {
    RoomId room = RedisFixture.freshRoom();
    schedule(room, offer(5_000));
    for (int batch = 0; batch < 6; batch++) {
      int first = batch * 500;
      await(
          store.commit(
              room,
              IntStream.range(first, first + 500)
                  .<Entry>mapToObj(i -> buy("v" + i, "1", 1))
                  .toList(),
              TERMS,
              0,
              0));
    }
    assertEquals(3_000, new HashSet<>(buyers(room)).size());
    assertEquals(List.of(), await(store.buyers(room, "none", 0)).items());
  }

  // Time

  @Test
  void deadlines_areKeptByTheStore() {
    RoomId room = RedisFixture.freshRoom();
    Offer offer =
        OfferOf.stock(5)
            .opensInMs(300)
            .durationMs(500)
            .perViewerLimit(5)
            .earlyAccessMs(List.of(0L, 0L, 0L, HOUR))
            .earlyUnits(5)
            .payMs(50)
            .build();
    Store.Receipt scheduled = schedule(room, offer);
    long opensAt = scheduled.nowMs() + 300;
    assertEquals(opensAt, scheduled.nextDueMs());
    assertEquals(List.of(), await(store.due(room, 10)));
    outcome(store, room, grant("g", "v", 0, 10_000, "diamond"));
    Store.Receipt bought = commit(store, room, buy("v", "1", 1), buy("v", "2", 1));
    assertEquals(bought.nowMs() + 50, bought.nextDueMs());
    Awaitility.await().until(() -> await(store.due(room, 10)).size() == 2);
    Order paid = order(bought.outcomes().get(0));
    Order unpaid = order(bought.outcomes().get(1));
    assertEquals(
        Set.of(new Store.OrderDue(paid), new Store.OrderDue(unpaid)),
        Set.copyOf(await(other.due(room, 10))));
    assertEquals(1, await(other.due(room, 1)).size());
    assertEquals(
        opensAt, commit(store, room, pay(paid, "1", "ref"), new Entry.Unwind(unpaid)).nextDueMs());

    // Nobody was there at the opening.
    Awaitility.await()
        .until(() -> await(store.due(room, 10)), List.of(new Store.SaleDue(SALE))::equals);
    Collector commits = follow(other, room);
    long next = commit(store, room, new Entry.TurnSale(SALE)).nextDueMs();
    assertEquals(opensAt + 500, next);
    assertEquals(List.of("open", ""), state(room));
    commit(store, room, new Entry.TurnSale(SALE), new Entry.TurnSale(SALE));
    // Nor at the end.
    Awaitility.await().until(() -> !await(store.due(room, 10)).isEmpty());
    assertEquals(refused(Reason.ENDED), outcome(store, room, buy("w", "1", 1)));
    assertEquals(Store.Snapshot.NEVER, commit(other, room, new Entry.TurnSale(SALE)).nextDueMs());
    assertEquals(List.of("ended", "time"), state(room));
    assertEquals(List.of(), await(store.open(room)).sales());
    assertEquals(List.of("sale.opened", "sale.ended time"), events(commits, 2));
  }

  @Test
  void overdue_findsARoomThatNobodyHasOpen() {
    RoomId room = RedisFixture.freshRoom();
    schedule(
        room, OfferOf.stock(5).durationMs(50).perViewerLimit(5).earlyUnits(5).payMs(50).build());
    assertFalse(await(other.overdue()).contains(room));
    try (RedisStore started = RedisStore.connect(uri(), "c")) {
      Awaitility.await().until(() -> await(started.overdue()).contains(room));
      settle(started, room);
      assertFalse(await(started.overdue()).contains(room));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  // What the tests say in one word

  private static Offer offer(long stock) {
    return OfferOf.stock(stock).priceCents(990).build();
  }

  private Store.Receipt schedule(RoomId room, Offer offer) {
    return schedule(room, SALE, offer);
  }

  private Store.Receipt schedule(RoomId room, String sale, Offer offer) {
    String request = sale.equals(SALE) ? "schedule" : "schedule " + sale;
    Store.Receipt receipt =
        commit(store, room, new Entry.Schedule(key("host", request), sale, offer));
    assertInstanceOf(Outcome.Sale.class, receipt.outcomes().get(0));
    return receipt;
  }

  /** One viewer of each tier, named after it. */
  private void tiers(RoomId room) {
    for (Tier tier : Tier.values()) {
      outcome(
          store,
          room,
          grant(tier.wire(), tier.wire(), 0, TERMS.of(tier).growth(), "be " + tier.wire()));
    }
  }

  private static Viewer viewer(String viewer) {
    return new Viewer(id(viewer), viewer, Role.VIEWER);
  }

  private static Entry buy(String viewer, String request, int quantity) {
    return new Entry.Buy(key(viewer, request), viewer(viewer), SALE, quantity);
  }

  private static Entry pay(Order order, String request, String ref) {
    return new Entry.Pay(key("shop", "pay " + request), order, ref);
  }

  private static Entry refund(Order order, String request, String ref) {
    return new Entry.Refund(key("shop", "refund " + request), order, ref);
  }

  private static Outcome notOpen(long opensAtMs) {
    return new Outcome.Refused(
        new Refusal(Reason.NOT_OPEN, Reason.NOT_OPEN.message(), 0, opensAtMs));
  }

  private static Order order(Outcome outcome) {
    return assertInstanceOf(Outcome.Ordered.class, outcome).order();
  }

  private static List<Order> ordered(List<Outcome> outcomes) {
    return outcomes.stream()
        .filter(Outcome.Ordered.class::isInstance)
        .map(SalesContractTest::order)
        .toList();
  }

  private Order.Status status(RoomId room, Order order) {
    return await(store.order(room, order.id())).orElseThrow().status();
  }

  /** Does what is due, and says how many things that were. */
  private static int settle(Store on, RoomId room) {
    int settled = 0;
    List<Store.Due> all = await(on.due(room, 10));
    while (!all.isEmpty()) {
      List<Entry> entries = new ArrayList<>();
      for (Store.Due due : all) {
        if (due instanceof Store.SaleDue sale) {
          entries.add(new Entry.TurnSale(sale.sale()));
        } else if (due instanceof Store.OrderDue order) {
          entries.add(new Entry.Unwind(order.order()));
        } else if (due instanceof Store.OrdersDue orders) {
          assertTrue(orders.orders().size() <= 200);
          orders.orders().forEach(order -> entries.add(new Entry.Unwind(order)));
        }
      }
      settled += all.size();
      await(on.commit(room, entries, TERMS, 0, 0));
      all = await(on.due(room, 10));
    }
    return settled;
  }

  private JsonNode sale(RoomId room) {
    return JsonMapper.shared().readTree(await(other.sale(room, SALE)).orElseThrow());
  }

  private JsonNode snapshotSale(RoomId room) {
    return JsonMapper.shared().readTree(await(other.open(room)).sales().get(0));
  }

  private List<String> state(RoomId room) {
    JsonNode sale = sale(room);
    return List.of(sale.path("state").asString(), sale.path("reason").asString(""));
  }

  /** Available, held, reserved, paid; they always add up. */
  private List<Long> counts(RoomId room) {
    JsonNode sale = sale(room);
    List<Long> counts =
        Stream.of("available", "heldForTier", "reserved", "paid")
            .map(field -> sale.path(field).asLong())
            .toList();
    assertTrue(counts.stream().allMatch(count -> count >= 0), counts.toString());
    assertEquals(sale.path("stock").asLong(), counts.get(0) + counts.get(2) + counts.get(3));
    return counts;
  }

  private List<ViewerId> buyers(RoomId room) {
    List<ViewerId> all = new ArrayList<>();
    long cursor = 0;
    do {
      Store.Page<ViewerId> page = await(other.buyers(room, SALE, cursor));
      all.addAll(page.items());
      cursor = page.next();
    } while (cursor != 0);
    return all;
  }

  private static List<String> events(Collector collector, int count) {
    Awaitility.await().until(() -> told(collector).size() >= count);
    return told(collector);
  }

  private static List<String> told(Collector collector) {
    return collector.commits.stream()
        .flatMap(commit -> commit.events().stream())
        .map(Numbered::json)
        .map(JsonMapper.shared()::readTree)
        .map(json -> (json.path("type").asString() + " " + json.path("reason").asString("")).trim())
        .toList();
  }

  private static String text(byte[] json) {
    return new String(json, UTF_8);
  }
}
