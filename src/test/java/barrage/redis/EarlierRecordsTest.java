package barrage.redis;

import static barrage.redis.Batches.await;
import static barrage.redis.Batches.commit;
import static barrage.redis.Batches.grant;
import static barrage.redis.Batches.id;
import static barrage.redis.Batches.key;
import static barrage.redis.Batches.outcome;
import static barrage.redis.Batches.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.core.Entry;
import barrage.core.Offer;
import barrage.core.OfferOf;
import barrage.core.Order;
import barrage.core.Outcome;
import barrage.core.Reason;
import barrage.core.Refusal;
import barrage.core.Role;
import barrage.core.RoomId;
import barrage.core.Viewer;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Orders and buyers as releases before wrote them, and instants that a test cannot wait for:
 * records are put in place by hand.
 */
class EarlierRecordsTest {

  private final RoomId room = RedisFixture.freshRoom();
  private RedisStore store;
  private RedisSocket redis;

  @BeforeEach
  void open() throws IOException {
    store = RedisStore.connect(RedisFixture.uri(), "earlier");
    redis = RedisFixture.socket();
  }

  @AfterEach
  void close() {
    redis.close();
    store.close();
  }

  private String ask(String command, String key, String... rest) throws IOException {
    String[] words = new String[2 + rest.length];
    words[0] = command;
    words[1] = "{" + room + "}:" + key;
    System.arraycopy(rest, 0, words, 2, rest.length);
    return redis.ask(words);
  }

  private void schedule(long opensInMs, int limit, int earlyUnits) {
    Offer offer =
        OfferOf.stock(10)
            .priceCents(100)
            .opensInMs(opensInMs)
            .perViewerLimit(limit)
            .earlyUnits(earlyUnits)
            .build();
    commit(store, room, new Entry.Schedule(key("host", "s"), "s", offer));
  }

  private Order bought(String viewer, String request) {
    return order(buy(viewer, request));
  }

  private Outcome buy(String viewer, String request) {
    Viewer buyer = new Viewer(id(viewer), viewer, Role.VIEWER);
    return outcome(store, room, new Entry.Buy(key(viewer, request), buyer, "s", 1));
  }

  private Outcome cancel(Order order) {
    return outcome(
        store, room, new Entry.CancelOrder(key(order.viewer().value(), "c" + order.id()), order));
  }

  private Outcome pay(Order order, String ref) {
    return outcome(store, room, new Entry.Pay(key("shop", order.id() + ref), order, ref));
  }

  private static Order order(Outcome outcome) {
    return assertInstanceOf(Outcome.Ordered.class, outcome).order();
  }

  private List<String> faults() {
    return Audit.of(RedisFixture.uri(), RedisTls.DEFAULT, room).faults();
  }

  /** As it was kept before orders knew of early units. */
  private void makeEarlier(Order order) throws IOException {
    String kept = ask("HGET", "orders", order.id());
    String earlier = kept.replaceFirst("^(\\S+(?: \\S+){15}) \\d+\n", "$1\n");
    assertEquals(16, earlier.split("\n", 2)[0].split(" ").length, earlier);
    ask("HSET", "orders", order.id(), earlier);
  }

  @Test
  void ordersOfEarlierReleases_areGivenBackPaidAndRefunded() throws IOException {
    outcome(store, room, grant("g1", "ann", 0, 10_000, "ann"));
    outcome(store, room, grant("g2", "bob", 0, 10_000, "bob"));
    schedule(9_000, 2, 5);
    Order cancelled = bought("ann", "1");
    Order paid = bought("bob", "1");
    Order kept = bought("bob", "2");
    pay(paid, "wx-1");
    for (Order each : List.of(cancelled, paid, kept)) {
      makeEarlier(each);
    }
    ask("DEL", "payments");
    assertEquals(List.of(), faults());

    assertEquals(Order.Status.CANCELLED, order(cancel(cancelled)).status());
    assertEquals("0 0 1 0", ask("HGET", "sale:s:buyers", "ann"));
    assertEquals(Order.Status.PAID, order(pay(paid, "wx-1")).status(), "the same again");
    assertEquals(refused(Reason.CONFLICT), pay(paid, "wx-2"));
    assertEquals(Order.Status.PAID, order(pay(kept, "wx-3")).status());
    outcome(store, room, new Entry.Refund(key("shop", "r"), paid, "back"));
    assertEquals(Order.Status.PAID, order(pay(cancelled, "wx-4")).status(), "late, and in time");
    assertEquals(
        List.of(Order.Status.PAID, Order.Status.REFUNDED, Order.Status.PAID),
        List.of(cancelled, paid, kept).stream()
            .map(order -> await(store.order(room, order.id())).orElseThrow().status())
            .toList());
    assertEquals(List.of(), faults());
  }

  @Test
  void twoOrdersThatOneReferencePaidBefore_areNamed() throws IOException {
    schedule(0, 1, 0);
    Order first = bought("ann", "1");
    Order second = bought("bob", "1");
    pay(first, "wx-1");
    pay(second, "wx-2");
    ask("HSET", "orders", second.id(), ask("HGET", "orders", second.id()).replace("wx-2", "wx-1"));
    ask("DEL", "payments");
    assertEquals(List.of("sale s: order s-2 was paid by what paid s-1"), faults());
  }

  @Test
  void eachFurtherCancel_makesTheViewerWaitLonger_andWhenThatIsOverTheyBuy() throws IOException {
    schedule(0, 1, 0);
    for (int i = 0; i < 3; i++) {
      assertEquals(Order.Status.CANCELLED, order(cancel(bought("ann", "b" + i))).status());
    }
    for (int i = 1; i <= 3; i++) {
      String request = "later " + i;
      Refusal refusal = assertInstanceOf(Outcome.Refused.class, buy("ann", request)).refusal();
      assertEquals(Reason.RATE_LIMITED, refusal.reason());
      assertTrue(
          refusal.retryAfterMs() <= i * 10_000L && refusal.retryAfterMs() > i * 10_000L - 5_000,
          refusal.toString());
      ask("HSET", "sale:s:buyers", "ann", "0 0 " + (2 + i) + " 1"); // as if the wait were over
      Order order = bought("ann", request); // an error is not remembered
      assertEquals(order, bought("ann", request), "and this is");
      cancel(order);
    }
    assertEquals(List.of(), faults());
  }
}
