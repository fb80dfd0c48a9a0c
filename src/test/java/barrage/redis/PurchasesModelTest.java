package barrage.redis;

import static barrage.redis.Batches.TERMS;
import static barrage.redis.Batches.commit;
import static barrage.redis.Batches.grant;
import static barrage.redis.Batches.id;
import static barrage.redis.Batches.key;
import static barrage.redis.Batches.look;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.core.Entry;
import barrage.core.LedgerEntry;
import barrage.core.OfferOf;
import barrage.core.Order;
import barrage.core.Outcome;
import barrage.core.Role;
import barrage.core.RoomId;
import barrage.core.Standing;
import barrage.core.Tier;
import barrage.core.Viewer;
import barrage.room.Store;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Points for orders that are paid and refunded in any order are what the ones that stand earn. */
class PurchasesModelTest {
  private static final int HOUR = 3_600_000;
  private static Store store;

  private final RoomId room = RedisFixture.freshRoom();
  private int requests;

  @BeforeAll
  static void connect() {
    store = RedisStore.connect(RedisFixture.uri(), "purchases");
  }

  @AfterAll
  static void close() {
    store.close();
  }

  @Test
  void payAndRefundAgainAndAgain_mintsNothing() {
    for (int i = 0; i < 5; i++) {
      Order most = buy(99);
      run(pay(most), refund(most));
      run(pay(buy(1)));
    }
    assertStands(0, 0);
    Order big = buy(990);
    run(pay(big), refund(big), refund(big));
    assertStands(0, 0);
    run(pay(buy(990)));
    assertStands(9, 9);
    assertAudited();
  }

  @Test
  void refundOfWhatAnOtherOrderCompleted_takesThatPointToo() {
    Order first = buy(99);
    Order second = buy(1);
    run(pay(first), pay(second));
    assertStands(1, 1);
    run(refund(first));
    assertStands(0, 0);
    run(pay(buy(99)));
    assertStands(1, 1);
    assertAudited();
  }

  @Test
  void refundAtAnotherTierAndBoost_takesBackWhatWasGiven() {
    run(pay(buy(250)));
    Order boosted = buy(350);
    run(new Entry.Boost(key("host", "b"), 1_000, HOUR), pay(boosted));
    assertStands(37, 6); // 2.50 and 35
    run(grant("g", "v", 0, 494, "silver"), new Entry.Boost(key("host", "c"), 100, 0));
    run(refund(boosted));
    assertStands(2, 496);
    assertEquals(Tier.REGULAR, look(store, room, "v").standing().tier());
    assertAudited();
  }

  @Test
  void centsPaidForUnderABoost_areWorthNoMoreWhenOthersGoBack() {
    Order plain = buy(99);
    run(pay(plain), new Entry.Boost(key("host", "b"), 10_000, HOUR), pay(buy(1)));
    run(refund(plain));
    assertStands(0, 0);
    assertAudited();
  }

  @Test
  void anyInterleavingOfOneTier_isTheSumRoundedOnce() {
    for (long seed = 1; seed <= 4; seed++) {
      interleave(new Random(seed), "v" + seed, false);
    }
    assertAudited();
  }

  @Test
  void anyInterleavingOfTiersAndBoosts_isNeverMoreThanWhatStandsEarns() {
    for (long seed = 5; seed <= 10; seed++) {
      interleave(new Random(seed), "v" + seed, true);
    }
    assertAudited();
  }

  private void interleave(Random random, String viewer, boolean boosted) {
    List<Order> waiting = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      waiting.add(buy(viewer, 1 + random.nextInt(random.nextBoolean() ? 99 : 400)));
    }
    if (boosted) {
      run(
          grant("g" + viewer, viewer, 0, 480, "g" + viewer), // silver is near
          new Entry.Boost(key("host", "b" + requests++), 100, HOUR));
    }
    long granted = look(store, room, viewer).standing().growth();
    Map<Order, Long> standing = new HashMap<>(); // worth of a cent
    int boost = 100;
    long points = 0;
    while (!waiting.isEmpty() || !standing.isEmpty()) {
      Entry boosting = new Entry.Look(id(viewer));
      if (boosted && random.nextInt(4) == 0) {
        boost = 1 + random.nextInt(random.nextBoolean() ? 100 : 900);
        boosting = new Entry.Boost(key("host", "b" + requests++), boost, HOUR);
      }
      boolean pays = !waiting.isEmpty() && (standing.isEmpty() || random.nextInt(10) < 6);
      Order order =
          pays
              ? waiting.remove(random.nextInt(waiting.size()))
              : List.copyOf(standing.keySet()).get(random.nextInt(standing.size()));
      List<Outcome> outcomes =
          run(
              boosting,
              new Entry.Look(id(viewer)),
              pays ? pay(order) : refund(order),
              new Entry.Look(id(viewer)));
      if (pays) {
        Tier tier = ((Outcome.Stands) outcomes.get(1)).standing().tier();
        standing.put(order, (long) TERMS.of(tier).pointsFactor() * boost);
      } else {
        standing.remove(order);
      }
      Standing now = ((Outcome.Stands) outcomes.get(3)).standing();
      long cents = standing.keySet().stream().mapToLong(Order::amountCents).sum();
      long worth =
          standing.entrySet().stream()
              .mapToLong(each -> each.getKey().amountCents() * each.getValue())
              .sum();
      assertEquals(cents / 100, now.growth() - granted);
      assertTrue(now.points() >= 0 && now.points() <= worth / 1_000_000, now + " of " + worth);
      assertTrue(pays ? now.points() >= points : now.points() <= points, "the wrong way");
      points = now.points();
      if (!boosted) {
        assertEquals(cents / 100, points);
      }
    }
    assertEquals(0, points);
    List<LedgerEntry> ledger = Batches.ledger(store, room, viewer);
    assertEquals(0, ledger.stream().mapToLong(LedgerEntry::delta).sum());
  }

  private List<Outcome> run(Entry... entries) {
    List<Outcome> outcomes = commit(store, room, entries).outcomes();
    outcomes.forEach(
        outcome -> assertTrue(!(outcome instanceof Outcome.Refused), outcome::toString));
    return outcomes;
  }

  private Order buy(int cents) {
    return buy("v", cents);
  }

  /** A unit is worth one cent. */
  private Order buy(String viewer, int cents) {
    if (requests++ == 0) {
      run(
          new Entry.Schedule(
              key("host", "sale"),
              "sale",
              OfferOf.stock(1_000_000).perViewerLimit(100_000).build()));
    }
    Entry click =
        new Entry.Buy(
            key(viewer, "r" + requests),
            new Viewer(id(viewer), viewer, Role.VIEWER),
            "sale",
            cents);
    return ((Outcome.Ordered) run(click).get(0)).order();
  }

  private Entry pay(Order order) {
    return new Entry.Pay(key("shop", "p" + requests++), order, "paid " + order.id());
  }

  private Entry refund(Order order) {
    return new Entry.Refund(key("shop", "b" + requests++), order, "back " + order.id());
  }

  private void assertStands(long points, long growth) {
    Standing standing = look(store, room, "v").standing();
    assertEquals(points, standing.points());
    assertEquals(growth, standing.growth());
  }

  private void assertAudited() {
    assertEquals(List.of(), Audit.of(RedisFixture.uri(), RedisTls.DEFAULT, room).faults());
  }
}
