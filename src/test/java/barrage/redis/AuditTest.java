package barrage.redis;

import static barrage.core.Order.Status.RESERVED;
import static barrage.redis.Batches.answered;
import static barrage.redis.Batches.commit;
import static barrage.redis.Batches.grant;
import static barrage.redis.Batches.id;
import static barrage.redis.Batches.key;
import static barrage.redis.Batches.say;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.core.Draw;
import barrage.core.Entry;
import barrage.core.Offer;
import barrage.core.OfferOf;
import barrage.core.Order;
import barrage.core.Outcome;
import barrage.core.Raffle;
import barrage.core.RequestKey;
import barrage.core.Role;
import barrage.core.RoomId;
import barrage.core.Tier;
import barrage.core.Viewer;
import barrage.core.ViewerId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Rooms of a real Redis, sound ones and ones that were damaged by hand. */
class AuditTest {
  /** Of 10 units, as sale.lua keeps it. */
  private static final String OFFER =
      "CNY 1 2 3 4 2 100 60 10 0 0 0 0\n{\"id\":\"s1\",\"title\":\"\\\"earlyUnits\\\":1\",\"earlyUnits\":7}";

  private static final String EXPIRED = "bob 1 100 CNY expired 99 0 0 0 0 0 0 0 0 0 -\n";

  private static final byte[] SEED = HexFormat.of().parseHex("5eed".repeat(16));
  private static final List<Draw.Prize> PRIZES = List.of(new Draw.Prize("一等奖", 1));

  private final RoomId room = RedisFixture.freshRoom();
  private RedisSocket redis;

  @BeforeEach
  void open() throws IOException {
    redis = RedisFixture.socket();
  }

  @AfterEach
  void close() {
    redis.close();
  }

  private Audit audit() {
    return Audit.of(RedisFixture.uri(), RedisTls.DEFAULT, room);
  }

  private String keyOf(String name) {
    return "{" + room + "}:" + name;
  }

  private void hset(String key, String... fieldsAndValues) throws IOException {
    List<String> command = new ArrayList<>(List.of("HSET", keyOf(key)));
    command.addAll(List.of(fieldsAndValues));
    String answer = redis.ask(command.toArray(String[]::new));
    assertTrue(answer.matches("\\d+"), answer);
  }

  /** Three viewers with balances and a sale of 10 units: 2 reserved, 3 paid, 1 of them held. */
  private void aSoundRoom() throws IOException {
    try (RedisStore store = RedisStore.connect(RedisFixture.uri(), "audited")) {
      commit(
          store,
          room,
          say("ann", "1", "hello"),
          grant("1", "ann", 100, 600, "a"),
          grant("2", "bob", 50, 0, "b"),
          grant("3", "bob", -20, 0, "c"),
          say("cat", "1", "hello"));
    }
    hset("offers", "s1", OFFER);
    hset("sales", "s1", "open - 4 1 2 3 5 5 0 1 99");
    hset("sale:s1:buyers", "ann", "2 0", "bob", "3 1", "cat", "0 0");
    hset("orders", "s1-1", "ann 2 200 CNY reserved 99 2 0 0 0 0 0 0 0 0 - 2\n");
    hset("orders", "s1-2", "bob 3 300 CNY paid 99 2 1 4 3 100 1 10000 3 0 -\nref");
    hset("orders", "s1-3", EXPIRED);
    hset("orders", "s1-4", "cat 1 100 CNY refunded 99 0 0 0 0 100 1 10000 4 4 -\nref4back");
    hset("orders", "s1-5", "cat 1 100 CNY refund_due 99 0 0 0 0 0 0 0 4 0 -\nref5");
    hset("payments", "ref", "s1-2", "ref5", "s1-5");
    hset("ledger:bob", "order s1-2", "1 4 3 3 order", "#3", "order s1-2", "#", "3");
    hset("ledger:cat", "order s1-4", "1 2 2 2 order", "refund s1-4", "1 -2 -2 0 refund");
    hset("ledger:cat", "#2", "order s1-4", "#3", "refund s1-4", "#", "3");
    hset("points", "bob", "34");
    hset("growth", "bob", "3");
    redis.ask("HINCRBY", keyOf("figures"), "points given", "6");
    redis.ask("HINCRBY", keyOf("figures"), "points taken", "2");
    redis.ask("HINCRBY", keyOf("figures"), "account issued", "-4");
    hset("figures", "currencies", "CNY ");
    for (String of : List.of("s1", "*CNY")) {
      figures(of, "reserved", "200");
      figures(of, "paid", "300");
      figures(of, "expired", "100");
      figures(of, "refunded", "100");
      figures(of, "refund_due", "100");
    }
  }

  private void figures(String of, String status, String cents) throws IOException {
    hset("figures", "orders " + of + " " + status, "1", "cents " + of + " " + status, cents);
  }

  /** Ann and bob have paid 5 to be in a lottery that was drawn, cat is owed what another cost. */
  private void lotteries() throws IOException {
    try (RedisStore store = RedisStore.connect(RedisFixture.uri(), "audited")) {
      commit(
          store,
          room,
          grant("4", "ann", 5, 0, "d"),
          grant("5", "bob", 5, 0, "e"),
          grant("6", "cat", 10, 0, "f"),
          opening("l1"),
          entering("l1", "ann"),
          entering("l1", "bob"),
          new Entry.DrawLottery(key("host", "draw"), "l1"));
      List<Draw.Ticket> tickets =
          List.of(new Draw.Ticket(id("ann"), 2), new Draw.Ticket(id("bob"), 1));
      String manifest = Draw.manifest("l1", tickets);
      commit(
          store,
          room,
          new Entry.AnnounceEntries("l1", 2, Draw.entriesHash(manifest)),
          new Entry.RecordDraw("l1", Draw.winners(SEED, manifest, tickets, PRIZES)),
          opening("l2"),
          entering("l2", "bob"),
          entering("l2", "cat"),
          new Entry.CancelLottery(key("host", "cancel"), "l2"));
      commit(store, room, new Entry.ReturnCost("l2", id("bob")));
      commit(store, room, opening("l3"), entering("l3", "cat"));
    }
  }

  private static Entry opening(String lottery) {
    Raffle raffle =
        new Raffle(
            lottery,
            PRIZES,
            600_000,
            Raffle.Entry.CLICK,
            "",
            0,
            new Raffle.Conditions(Tier.REGULAR, 0, 5),
            List.of(1, 2, 2, 2));
    return new Entry.OpenLottery(
        key("host", lottery),
        lottery,
        raffle,
        HexFormat.of().formatHex(SEED),
        Draw.commitment(SEED));
  }

  private static Entry entering(String lottery, String viewer) {
    return new Entry.EnterLottery(
        key(viewer, lottery), new Viewer(id(viewer), viewer, Role.VIEWER), lottery);
  }

  @Test
  void pointsThatComeFromNowhere_areTold() throws IOException {
    aSoundRoom();
    redis.ask("HINCRBY", keyOf("figures"), "account packet:p", "3");
    assertEquals(
        List.of("accounts: they sum to 3 with what viewers have, not to zero"), audit().faults());
  }

  @Test
  void aSoundRoom_agrees() throws IOException {
    aSoundRoom();
    assertEquals(
        new Audit(
            List.of(
                "balances: 3 viewers, 8 ledger lines",
                "sales: 1, 5 orders, 3 buyers",
                "lotteries: 0, 0 tickets"),
            List.of()),
        audit());
    lotteries();
    assertEquals(
        new Audit(
            List.of(
                "balances: 3 viewers, 17 ledger lines",
                "sales: 1, 5 orders, 3 buyers",
                "lotteries: 3, 4 tickets"),
            List.of()),
        audit());
  }

  @Test
  void aRoomThatNeverWas_isTold() {
    assertEquals(List.of("there is no room " + room), audit().faults());
  }

  @Test
  void aRoomWithNothingInIt_agrees() {
    try (RedisStore store = RedisStore.connect(RedisFixture.uri(), "audited")) {
      Batches.await(store.open(room));
    }
    assertEquals(List.of(), audit().faults());
  }

  // Damage

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void damage_isNamed(String fault, List<String> damage) throws IOException {
    aSoundRoom();
    lotteries();
    List<String> command = new ArrayList<>(damage);
    command.set(1, keyOf(command.get(1)));
    redis.ask(command.toArray(String[]::new));
    List<String> faults = audit().faults();
    assertTrue(faults.contains(fault), () -> "among " + faults);
  }

  static Stream<Arguments> damage_isNamed() {
    return Stream.of(
        damage(
            "viewer ann: points 102, but the ledger sums to 101", "HINCRBY", "points", "ann", "1"),
        damage("viewer bob: growth 0, but the ledger sums to 3", "HDEL", "growth", "bob"),
        damage("viewer dan: points 5, but the ledger sums to 0", "HSET", "points", "dan", "5"),
        damage("viewer dan: growth 5, but the ledger sums to 0", "HSET", "growth", "dan", "5"),
        damage(
            "viewer ann: points much, but the ledger sums to 101", "HSET", "points", "ann", "much"),
        damage(
            "viewer bob: points 34, but the ledger sums to 4",
            "HDEL",
            "ledger:bob",
            "grant b",
            "grant c"),
        damage("viewer bob: points 34, but the ledger sums to 0", "DEL", "ledger:bob"),
        damage(
            "viewer eve: points 0, but the ledger sums to 7",
            "HSET",
            "ledger:eve",
            "grant x",
            "1 7 0 0 gift"),
        damage(
            "viewer ann: the ledger line 'grant a' is damaged",
            "HSET",
            "ledger:ann",
            "grant a",
            "many"),
        damage("viewer e e: not a viewer id", "HSET", "ledger:e e", "grant x", "1 0 0 0 gift"),
        damage(
            "viewer ann: the ledger has order s1-9, which they never paid",
            "HSET",
            "ledger:ann",
            "order s1-9",
            "1 0 0 0 order"),
        damage(
            "viewer ann: the ledger has order s1-1, which they never paid",
            "HSET",
            "ledger:ann",
            "order s1-1",
            "1 2 2 2 order"),
        damage(
            "viewer ann: the ledger has order s1-2, which they never paid",
            "HSET",
            "ledger:ann",
            "refund s1-2",
            "1 -4 -3 0 refund"),
        standing(
            "free 5 + held 1 + reserved 2 + paid 3 is 11, but its stock 10",
            "open - 5 1 2 3 5 5 0 1 99"),
        standing("free is -1", "open - -1 6 2 3 5 5 0 1 99"),
        standing("held is -1", "open - 6 -1 2 3 5 5 0 1 99"),
        standing("paid is not there or damaged", "open - 4 1 2 3.5 5 5 0 1 99"),
        standing("orders is not there or damaged", "open - 4 1"),
        standing("reserved 3, but its reserved orders hold 2", "open - 3 1 3 3 5 5 0 1 99"),
        standing("paid 2, but its paid orders hold 3", "open - 5 1 2 2 5 5 0 1 99"),
        standing(
            "6 early units and 2 of orders are more than the 7 there are",
            "open - 4 1 2 3 6 5 0 1 99"),
        standing("early is -1", "open - 4 1 2 3 -1 5 0 1 99"),
        damage(
            "sale s1: order s1-1 has 3 early units, but holds 2",
            "HSET",
            "orders",
            "s1-1",
            "ann 2 200 CNY reserved 99 2 0 0 0 0 0 0 0 0 - 3\n"),
        damage(
            "sale s1: order s1-1 is damaged",
            "HSET",
            "orders",
            "s1-1",
            "ann 2 200 CNY reserved 99 2 0 0 0 0 0 0 0 0 - some\n"),
        damage(
            "sale s1: buyer bob holds 3, but the limit is 2",
            "HSET",
            "offers",
            "s1",
            OFFER.replace("CNY 1 2 3 4 ", "CNY 1 2 3 2 ")),
        damage(
            "sale s1: order s1-4 was paid by what paid s1-2",
            "HSET",
            "orders",
            "s1-4",
            "cat 1 100 CNY refunded 99 0 0 0 0 100 1 10000 3 4 -\nrefback"),
        damage("sale s1: order s1-2 was paid by what paid s1-5", "HSET", "payments", "ref", "s1-5"),
        damage("payment ref: it did not pay order s1-5", "HSET", "payments", "ref", "s1-5"),
        damage("payment ref: it did not pay order s1-1", "HSET", "payments", "ref", "s1-1"),
        damage("payment lost: it did not pay order s9-1", "HSET", "payments", "lost", "s9-1"),
        standing("order s1-5 is not counted", "open - 4 1 2 3 5 4 0 1 99"),
        standing("order s1-505 is not there", "open - 4 1 2 3 5 9000000000000 0 1 99"),
        standing("order s1-6 is not there", "open - 4 1 2 3 5 6 0 1 99"),
        damage("sale s1: stock is not there or damaged", "HDEL", "offers", "s1"),
        damage("sale s1: free is not there or damaged", "HDEL", "sales", "s1"),
        damage("sale s1: order s1-3 is not there", "HDEL", "orders", "s1-3"),
        damage("sale s1: order s1-3 is damaged", "HSET", "orders", "s1-3", "bob 1"),
        damage("sale s1: order s1-3 is damaged", "HSET", "orders", "s1-3", ""),
        damage(
            "sale s1: order s1-3 is damaged",
            "HSET",
            "orders",
            "s1-3",
            EXPIRED.replace("expired", "lost")),
        damage(
            "sale s1: order s1-3 is expired and must hold 0, but holds 1",
            "HSET",
            "orders",
            "s1-3",
            EXPIRED.replace("99 0", "99 1")),
        damage("sale s1: order s1-6 is not counted", "HSET", "orders", "s1-6", EXPIRED),
        damage("order s2-1: there is no such sale", "HSET", "orders", "s2-1", EXPIRED),
        damage("order x: not an order's id", "HSET", "orders", "x", EXPIRED),
        damage(
            "sale s1: buyer ann holds 1, but their orders 2",
            "HSET",
            "sale:s1:buyers",
            "ann",
            "1 0"),
        damage("sale s1: buyer ann is damaged", "HSET", "sale:s1:buyers", "ann", "two"),
        damage("sale s1: buyer ann is not there", "HDEL", "sale:s1:buyers", "ann"),
        damage(
            "sale s1: buyer dan was never given an order", "HSET", "sale:s1:buyers", "dan", "0 0"),
        damage(
            "sale s1: buyer bob let 0 expire, but of their orders 1",
            "HSET",
            "sale:s1:buyers",
            "bob",
            "3 0"),
        damage(
            "sale s1: order s1-2 earned 4 points and 3 growth, but in the ledger 0 and 0",
            "HDEL",
            "ledger:bob",
            "order s1-2"),
        damage(
            "sale s1: order s1-2 earned 4 points and 3 growth, but in the ledger 5 and 3",
            "HSET",
            "ledger:bob",
            "order s1-2",
            "1 5 3 3 order"),
        damage(
            "sale s1: order s1-4 was refunded, but not in the ledger",
            "HDEL",
            "ledger:cat",
            "refund s1-4"),
        damage(
            "figures: points given 184, but the ledgers sum to 183",
            "HINCRBY",
            "figures",
            "points given",
            "1"),
        damage(
            "figures: points taken 46, but the ledgers sum to 47",
            "HINCRBY",
            "figures",
            "points taken",
            "-1"),
        damage(
            "figures: points given damaged, but the ledgers sum to 183",
            "HSET",
            "figures",
            "points given",
            "many"),
        damage(
            "sale s1: 1 orders are paid, worth 300, but in the figures 2, worth 300",
            "HSET",
            "figures",
            "orders s1 paid",
            "2"),
        damage(
            "sale s1: 1 orders are refunded, worth 100, but in the figures 1, worth 0",
            "HDEL",
            "figures",
            "cents s1 refunded"),
        damage(
            "figures: cents *CNY paid is 301, but its sales sum to 300",
            "HSET",
            "figures",
            "cents *CNY paid",
            "301"),
        damage(
            "figures: orders *EUR paid is 1, but its sales sum to 0",
            "HSET",
            "figures",
            "orders *EUR paid",
            "1"),
        damage("figures: there is no sale s9", "HSET", "figures", "orders s9 paid", "1"),
        damage("lottery l1: it is damaged", "HDEL", "raffles", "l1"),
        damage("lottery l1: it is damaged", "HSET", "lotteries", "l1", "won 2 -\n"),
        damage("lottery l1: entries 2, but tickets 1", "HDEL", "lottery:l1:tickets", "ann"),
        damage("lottery l3: entries 1, but tickets 2", "HSET", "tickets", "dan", "1"),
        damage("lottery l1: the ticket of bob weighs 9", "HSET", "lottery:l1:tickets", "bob", "9"),
        damage(
            "lottery l1: the ticket of b b is of no viewer",
            "HSET",
            "lottery:l1:tickets",
            "b b",
            "1"),
        damage(
            "lottery l1: its draw does not hold: the entries hash is not the SHA-256 of the manifest",
            "HSET",
            "lottery:l1:tickets",
            "bob",
            "2"),
        damage(
            "lottery l1: it costs 5, but in the ledger of ann it is 0",
            "HDEL",
            "ledger:ann",
            "lottery l1"),
        damage(
            "lottery l3: it costs 5, but in the ledger of cat it is 4",
            "HSET",
            "ledger:cat",
            "lottery l3",
            "1 -4 0 0 lottery"),
        damage(
            "lottery l2: its cost is owed to 1 and not on its way",
            "ZREM",
            "deadlines",
            "costs l2"),
        damage(
            "viewer dan: the ledger has lottery l1, in which they are not",
            "HSET",
            "ledger:dan",
            "lottery l1",
            "1 -5 0 0 lottery"),
        damage(
            "viewer dan: the ledger has lottery l9, which is damaged or not there",
            "HSET",
            "ledger:dan",
            "lottery l9",
            "1 -5 0 0 lottery"),
        damage(
            "viewer ann: the ledger has lottery l1 given back, but it was not cancelled",
            "HSET",
            "ledger:ann",
            "lottery.refund l1",
            "1 5 0 0 lottery.refund"),
        damage(
            "viewer bob: the ledger has lottery l2 given back for 6, but it costs 5",
            "HSET",
            "ledger:bob",
            "lottery.refund l2",
            "1 6 0 0 lottery.refund"),
        damage(
            "viewer bob: the ledger has lottery l2, which was cancelled and not given back",
            "HDEL",
            "ledger:bob",
            "lottery.refund l2"),
        damage(
            "viewer cat: the ledger has lottery l2 given back, but it is owed still",
            "HSET",
            "ledger:cat",
            "lottery.refund l2",
            "1 5 0 0 lottery.refund"),
        damage("lottery l3: cat has a ticket, but could enter again", "HDEL", "entered", "cat"),
        damage(
            "lottery l3: cat has a ticket, but could enter again",
            "HSET",
            "entered",
            "cat",
            "l2 l33"),
        damage(
            "viewer dan: the ledger has lottery l2 for 0, but it costs 5",
            "HSET",
            "ledger:dan",
            "lottery.refund l2",
            "1 5 0 0 lottery.refund"));
  }

  private static Arguments standing(String fault, String standing) {
    return damage("sale s1: " + fault, "HSET", "sales", "s1", standing);
  }

  private static Arguments damage(String fault, String... command) {
    return Arguments.of(fault, List.of(command));
  }

  // Size

  @Test
  void aLedgerOfManyLines_isSummedInPages() throws IOException {
    try (RedisStore store = RedisStore.connect(RedisFixture.uri(), "audited")) {
      for (int batch = 0; batch < 10; batch++) {
        Entry[] grants = new Entry[400];
        for (int i = 0; i < grants.length; i++) {
          String nth = batch + "-" + i;
          grants[i] = grant(nth, "ann", 3, 1, "ref-" + nth);
        }
        commit(store, room, grants);
      }
    }
    assertEquals(
        new Audit(
            List.of(
                "balances: 1 viewers, 4000 ledger lines",
                "sales: 0, 0 orders, 0 buyers",
                "lotteries: 0, 0 tickets"),
            List.of()),
        audit());
    hset("points", "ann", "11999");
    assertEquals(
        List.of("viewer ann: points 11999, but the ledger sums to 12000"), audit().faults());
  }

  @Test
  void figuresOfManySales_areReadInPages() throws IOException {
    for (int from = 0; from < 1_200; from += 100) {
      List<String> offers = new ArrayList<>();
      List<String> figures = new ArrayList<>();
      for (int i = from; i < from + 100; i++) {
        offers.addAll(List.of("s" + i, OFFER));
        figures.addAll(List.of("orders s" + i + " paid", "2", "cents s" + i + " paid", "300"));
      }
      hset("offers", offers.toArray(String[]::new));
      hset("figures", figures.toArray(String[]::new));
    }
    hset("figures", "currencies", "CNY ", "orders *CNY paid", "2400", "cents *CNY paid", "360000");
    List<String> faults = new ArrayList<>();
    try (RedisLink link =
        new RedisLink(
            Connections.open(RedisFixture.uri(), RedisTls.DEFAULT, "audit", Replication.NONE))) {
      FiguresAudit figures = new FiguresAudit(new PagedReader(link), new Keys(room), faults::add);
      figures.checkTakings();
      assertEquals(List.of(), faults);
      hset("figures", "orders s777 paid", "3");
      redis.ask("HDEL", keyOf("offers"), "s1199");
      figures.checkTakings();
    }
    assertEquals(
        List.of(
            "figures: there is no sale s1199",
            "figures: orders *CNY paid is 2400, but its sales sum to 2399",
            "figures: cents *CNY paid is 360000, but its sales sum to 359700"),
        faults);
  }

  @Test
  void weightsThatNobodyWasTold_areFound() throws IOException {
    aSoundRoom();
    lotteries();
    String terms = redis.ask("HGET", keyOf("raffles"), "l1");
    hset("raffles", "l1", terms.replace("\"diamond\":2", "\"diamond\":9"));
    assertEquals(
        List.of(
            "lottery l1: tickets weigh [1, 2, 2, 2], but"
                + " {REGULAR=1, SILVER=2, GOLD=2, DIAMOND=9} was told"),
        audit().faults().stream().filter(fault -> fault.contains("tickets weigh")).toList());
  }

  @Test
  void ticketsThatDoNotAgree_areCountedOnce() throws IOException {
    lotteries();
    redis.ask("HDEL", keyOf("entered"), "cat");
    assertEquals("lotteries: 3, 4 tickets", audit().checked().get(2));
  }

  // Motion

  @Test
  void aRoomInMotion_isReadAtOneInstant() throws Exception {
    try (RedisStore store = RedisStore.connect(RedisFixture.uri(), "audited")) {
      Offer offer =
          OfferOf.stock(9_000)
              .title("t")
              .priceCents(150)
              .durationMs(600_000)
              .perViewerLimit(1_000)
              .earlyUnits(1)
              .payMs(600_000)
              .build();
      commit(store, room, new Entry.Schedule(key("host", "s"), "s", offer));
      Shop shop = new Shop(store);
      shop.serve(40);
      AtomicBoolean stop = new AtomicBoolean();
      CompletableFuture<Void> open =
          CompletableFuture.runAsync(
              () -> {
                while (!stop.get()) {
                  shop.serve(1);
                }
              });
      try {
        int before = shop.batches;
        for (int i = 0; i < 10; i++) {
          assertEquals(List.of(), audit().faults());
        }
        assertTrue(shop.batches > before + 10, () -> shop.batches + " after " + before);
        hset("sale:s:buyers", "nobody", "1 0");
        assertEquals(List.of("sale s: buyer nobody was never given an order"), audit().faults());
      } finally {
        stop.set(true);
      }
      open.get();
      assertEquals(List.of("sale s: buyer nobody was never given an order"), audit().faults());
    }
  }

  @Test
  void lotteriesInMotion_agree() throws Exception {
    try (RedisStore store = RedisStore.connect(RedisFixture.uri(), "audited")) {
      Raffles raffles = new Raffles(store);
      AtomicBoolean stop = new AtomicBoolean();
      CompletableFuture<Void> open =
          CompletableFuture.runAsync(
              () -> {
                do {
                  raffles.holdOne();
                } while (!stop.get());
              });
      try {
        await().until(() -> raffles.held > 0 || open.isDone());
        int before = raffles.held;
        for (int i = 0; i < 5 || raffles.held < before + 3; i++) {
          assertEquals(List.of(), audit().faults());
          assertFalse(open.isDone(), "nothing moves any more");
        }
      } finally {
        stop.set(true);
      }
      open.get();
      String last = "r" + raffles.held;
      assertEquals(
          List.of(
              "balances: 60 viewers, %d ledger lines".formatted(60 + 2 * 60 * raffles.held),
              "sales: 0, 0 orders, 0 buyers",
              "lotteries: %d, 0 tickets".formatted(raffles.held)),
          audit().checked());
      hset("lottery:" + last + ":tickets", "v1", "1");
      assertEquals(
          List.of(
              "viewer v1: the ledger has lottery " + last + " given back, but it is owed still",
              "lottery " + last + ": its cost is owed to 1 and not on its way"),
          audit().faults());
    }
  }

  /** Lotteries one after the other, that all enter, and that are cancelled. For one thread. */
  private final class Raffles {
    volatile int held;
    private final RedisStore store;

    Raffles(RedisStore store) {
      this.store = store;
      forAll(viewer -> grant(viewer, viewer, 1_000_000, 0, viewer), 60);
    }

    void holdOne() {
      String id = "r" + (held + 1);
      answered(store, room, opening(id));
      forAll(viewer -> entering(id, viewer), 5);
      answered(store, room, new Entry.CancelLottery(key("host", "cancel " + id), id));
      forAll(viewer -> new Entry.ReturnCost(id, id(viewer)), 5);
      held++;
    }

    private void forAll(Function<String, Entry> entry, int atOnce) {
      for (int from = 0; from < 60; from += atOnce) {
        answered(
            store,
            room,
            IntStream.range(from, from + atOnce)
                .mapToObj(i -> entry.apply("v" + i))
                .toArray(Entry[]::new));
      }
    }
  }

  /** Hundreds of viewers who buy, pay, give back and are refunded. For one thread. */
  private final class Shop {
    final List<Order> orders = new ArrayList<>();
    volatile int batches;
    private final RedisStore store;
    private final Random random = new Random(7);

    Shop(RedisStore store) {
      this.store = store;
    }

    void serve(int count) {
      for (int i = 0; i < count; i++) {
        List<Entry> entries = new ArrayList<>();
        for (int j = 0; j < 50; j++) {
          entries.add(entry(batches + "-" + j));
        }
        for (Outcome outcome : answered(store, room, entries.toArray(Entry[]::new)).outcomes()) {
          if (outcome instanceof Outcome.Ordered made && made.order().status() == RESERVED) {
            orders.add(made.order());
          }
        }
        batches++;
      }
    }

    private Entry entry(String id) {
      int what = orders.isEmpty() ? 0 : random.nextInt(6);
      if (what < 2) {
        ViewerId buyer = id("v" + random.nextInt(700));
        return new Entry.Buy(
            new RequestKey(buyer, id), new Viewer(buyer, "name", Role.VIEWER), "s", 1 + what);
      }
      Order order = orders.get(random.nextInt(orders.size()));
      RequestKey asShop = key("shop", id);
      return switch (what) {
        case 2 -> new Entry.CancelOrder(new RequestKey(order.viewer(), id), order);
        case 3 -> new Entry.Refund(asShop, order, "back " + order.id());
        default -> new Entry.Pay(asShop, order, "paid " + order.id());
      };
    }
  }
}
