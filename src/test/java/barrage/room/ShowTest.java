package barrage.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.core.Action;
import barrage.core.Draw;
import barrage.core.Entry;
import barrage.core.Offer;
import barrage.core.OfferOf;
import barrage.core.Outcome;
import barrage.core.Raffle;
import barrage.core.RequestKey;
import barrage.core.Role;
import barrage.core.RoomId;
import barrage.core.Viewer;
import barrage.core.ViewerId;
import barrage.redis.RedisFixture;
import barrage.room.Watchers.Watcher;
import barrage.rules.RuleBook;
import barrage.rules.RulesFile;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Sales and lotteries in a room against a real Redis, its loop stepped by hand. */
final class ShowTest {
  private static final RuleBook RULES = RulesFile.shipped(false);
  private static final ViewerId BOSS = new ViewerId("boss");

  private final RoomId id = RedisFixture.freshRoom();
  private final ManualLoop loop = new ManualLoop();
  private final List<Node> nodes = new ArrayList<>();
  private final Node node = node("a");
  private int keys;

  private Node node(String name) {
    Node made = new Node(id, loop, name, () -> RULES);
    nodes.add(made);
    return made;
  }

  @AfterEach
  void close() {
    nodes.forEach(open -> open.store.close());
  }

  @Test
  void aClickThatWins_isAnsweredWithAnOrder_andTheOtherConnectionHearsOfIt() {
    schedule("sale", 10, 0, null, 300_000);
    Watcher ann = node.join("ann", null);
    Watcher alsoAnn = node.join("ann", null);
    node.buy(ann, "1", "sale");
    JsonNode order = node.answerTo(ann, "1").get("order");
    assertEquals("reserved", order.get("status").asString());
    assertEquals(0, ann.all("order").size());
    assertEquals(order, alsoAnn.all("order").get(0).get("order"));
    assertEquals(order, node.join("ann", null).all("welcome").get(0).get("orders").get(0));
  }

  @Test
  void whenClicksWaitTogether_membersAreDecidedFirst() {
    schedule("sale", 3, 0, null, 300_000);
    grow("gold", 2_000);
    Watcher gold = node.join("gold", null);
    List<Watcher> crowd = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      crowd.add(node.join("viewer" + i, null));
    }
    for (Watcher each : crowd) {
      node.buy(each, "1", "sale");
    }
    node.buy(gold, "1", "sale");
    assertEquals("ok", node.answerTo(gold, "1").get("type").asString());
    long won =
        crowd.stream()
            .filter(w -> node.answerTo(w, "1").get("type").asString().equals("ok"))
            .count();
    assertEquals(2, won);
  }

  @Test
  void afterSoldOut_onlyThoseWhoHadAnOrderAreAskedOfTheStore() {
    schedule("sale", 1, 0, null, 300_000);
    Watcher ann = node.join("ann", null);
    Watcher bob = node.join("bob", null);
    node.buy(ann, "1", "sale");
    JsonNode won = node.answerTo(ann, "1");
    long revision = node.room.revision();
    // So near to the opening the store is asked, whose clock may differ.
    long sure = sale("sale").get("opensAt").asLong() + 500;
    loop.runUntil(() -> node.store.nowMs() > sure);
    node.buy(bob, "1", "sale");
    assertEquals("sold_out", node.answerTo(bob, "1").get("code").asString());
    assertEquals(revision, node.room.revision());
    Watcher again = node.join("ann", null);
    node.buy(again, "1", "sale");
    assertEquals(won, node.answerTo(again, "1"));
    // A node that has just come to the room asks who bought, then knows as well.
    Node other = node("b");
    Watcher there = other.join("ann", null);
    other.buy(there, "1", "sale");
    assertEquals(won, other.answerTo(there, "1"));
    Watcher late = other.join("late", null);
    loop.runUntil(
        () -> {
          String key = "try" + keys++;
          other.buy(late, key, "sale");
          loop.advance(5);
          return other.answerTo(late, key).get("code").asString().equals("sold_out");
        });
  }

  @Test
  void anOrderThatIsNotPaid_expires_andItsUnitIsSoldAgain() {
    schedule("sale", 1, 0, null, Offer.MIN_PAY_MS);
    Watcher ann = node.join("ann", null);
    Watcher bob = node.join("bob", null);
    node.buy(ann, "1", "sale");
    node.answerTo(ann, "1");
    settleUntil(
        () ->
            ann.all("order").stream()
                .anyMatch(o -> o.get("order").get("status").asString().equals("expired")));
    settleUntil(() -> !events(bob, "sale.opened").isEmpty());
    node.buy(bob, "1", "sale");
    assertEquals("ok", node.answerTo(bob, "1").get("type").asString());
  }

  @Test
  void aLotteryIsLockedAndDrawnByItself_asAnyoneCanComputeAgain() {
    byte[] seed = new byte[Draw.SEED_BYTES];
    Raffle raffle =
        new Raffle(
            "mugs",
            List.of(new Draw.Prize("mug", 2)),
            Raffle.MIN_MS,
            Raffle.Entry.CLICK,
            null,
            0,
            Raffle.Conditions.NONE,
            List.of(1, 2, 3, 4));
    Outcome opened =
        await(
            node.room.offer(
                new Entry.OpenLottery(
                    key(), "lot", raffle, HexFormat.of().formatHex(seed), Draw.commitment(seed))));
    assertTrue(opened instanceof Outcome.Lottery, opened.toString());
    List<Watcher> crowd = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Watcher each = node.join("viewer" + i, null);
      node.room.offerAction(each, "e", new Action.Enter("e", "lot"));
      crowd.add(each);
    }
    for (Watcher each : crowd) {
      assertEquals(1, node.answerTo(each, "e").get("weight").asInt());
    }
    await(node.room.offer(new Entry.DrawLottery(key(), "lot")));
    Watcher first = crowd.get(0);
    settleUntil(() -> !events(first, "lottery.drawn").isEmpty());
    JsonNode locked = events(first, "lottery.locked").get(0);
    JsonNode drawn = events(first, "lottery.drawn").get(0);
    assertTrue(locked.get("seq").asLong() < drawn.get("seq").asLong());
    String manifest = "lot\nviewer0\t1\nviewer1\t1\nviewer2\t1\nviewer3\t1\nviewer4\t1\n";
    assertEquals(Draw.entriesHash(manifest), locked.get("entriesHash").asString());
    List<String> expected =
        Draw.winners(seed, manifest, Draw.tickets("lot", manifest), raffle.prizes()).stream()
            .map(winner -> winner.viewer().value())
            .toList();
    List<String> told = new ArrayList<>();
    drawn.get("winners").forEach(winner -> told.add(winner.get("viewer").asString()));
    assertEquals(expected, told);
    for (Watcher each : crowd) {
      boolean won = expected.contains(each.viewer().id().value());
      assertEquals(won ? 1 : 0, each.all("lottery.won").size());
    }
  }

  /** However many entered: Redis is never kept busy for long, and the room goes on meanwhile. */
  @Test
  void aHundredThousandEntries_areDrawnWithoutStoppingTheRoom() {
    byte[] seed = new byte[Draw.SEED_BYTES];
    Raffle raffle =
        new Raffle(
            "crowd",
            List.of(new Draw.Prize("mug", 100)),
            Raffle.MAX_MS,
            Raffle.Entry.CLICK,
            null,
            0,
            Raffle.Conditions.NONE,
            List.of(1, 2, 3, 4));
    await(
        node.room.offer(
            new Entry.OpenLottery(
                key(), "big", raffle, HexFormat.of().formatHex(seed), Draw.commitment(seed))));
    Queue<List<Entry>> unanswered = new ConcurrentLinkedQueue<>();
    for (int batch = 0; batch < 200; batch++) {
      List<Entry> entries = new ArrayList<>();
      for (int i = 0; i < Store.MAX_BATCH; i++) {
        ViewerId viewer = new ViewerId("v" + (batch * Store.MAX_BATCH + i));
        entries.add(
            new Entry.EnterLottery(
                new RequestKey(viewer, "e"), new Viewer(viewer, "v", Role.VIEWER), "big"));
      }
      unanswered.add(entries);
    }
    // Who is not answered in time by a busy machine asks again, which has one effect.
    Set<CompletableFuture<?>> asked = new HashSet<>();
    while (!unanswered.isEmpty() || !asked.isEmpty()) {
      loop.runUntil(() -> !node.store.isAway());
      while (asked.size() < 4 && !unanswered.isEmpty()) {
        asked.add(commit(unanswered.remove(), unanswered));
      }
      loop.runUntil(() -> asked.removeIf(CompletableFuture::isDone));
    }
    Watcher ann = node.join("ann", null);
    // A loop over all of them takes dozens of pages' time, on a busy machine as on a quiet one.
    long slowUs = Math.max(30_000, RedisFixture.microsOfReadingAll(id, "tickets") / 4);
    RedisFixture.forgetSlowCommands(slowUs);
    await(node.room.offer(new Entry.DrawLottery(key(), "big")));
    int[] said = {0};
    settleUntil(
        () -> {
          String request = key().id();
          node.say(ann, request, request);
          JsonNode answer = node.answerTo(ann, request);
          if (answer.get("type").asString().equals("ok")) {
            said[0]++;
          } else {
            assertEquals("unavailable", answer.get("code").asString());
          }
          return !events(ann, "lottery.drawn").isEmpty();
        });
    assertEquals(100_000, events(ann, "lottery.locked").get(0).get("entries").asLong());
    assertEquals(100, events(ann, "lottery.drawn").get(0).get("winners").size());
    assertTrue(said[0] > 1, "the room went on");
    assertEquals(0, RedisFixture.slowCommands(), "commands over " + slowUs + " µs");
  }

  /** What is not answered is put back. */
  private CompletableFuture<?> commit(List<Entry> entries, Queue<List<Entry>> unanswered) {
    return node.store
        .commit(id, entries, RULES.terms(), 0, 0)
        .whenComplete(
            (receipt, fault) -> {
              if (fault instanceof StoreAwayException
                  || (fault != null && fault.getCause() instanceof StoreAwayException)) {
                unanswered.add(entries);
              }
            })
        .toCompletableFuture();
  }

  @Test
  void aKeyword_entersItsSender() {
    byte[] seed = new byte[Draw.SEED_BYTES];
    Raffle raffle =
        new Raffle(
            "keys",
            List.of(new Draw.Prize("key", 1)),
            60_000,
            Raffle.Entry.KEYWORD,
            "冲鸭",
            0,
            Raffle.Conditions.NONE,
            List.of(1, 1, 1, 1));
    await(
        node.room.offer(
            new Entry.OpenLottery(
                key(), "kw", raffle, HexFormat.of().formatHex(seed), Draw.commitment(seed))));
    Watcher ann = node.join("ann", null);
    Watcher mod = node.join("mod", Role.MODERATOR, null);
    node.say(ann, "1", "冲鸭");
    node.say(mod, "1", "冲鸭");
    node.answerTo(ann, "1");
    node.answerTo(mod, "1");
    assertEquals("kw", ann.all("lottery.entered").get(0).get("lottery").asString());
    assertEquals(0, mod.all("lottery.entered").size());
    JsonNode welcome = node.join("ann", null).all("welcome").get(0);
    assertTrue(welcome.get("lotteries").get(0).get("entered").asBoolean());
  }

  @Test
  void overAConnectionOfStaff_nobodyEnters_howeverManyOthersTheViewerHas() {
    ViewerId mo = new ViewerId("mo");
    Watcher tab = node.join(new Viewer(mo, "Mo", Role.VIEWER));
    Watcher staff = node.join(new Viewer(mo, "Mo the moderator", Role.MODERATOR));
    raffle("clicks", Raffle.Entry.CLICK, null);
    node.room.offerAction(staff, "1", new Action.Enter("1", "clicks"));
    assertEquals("not_eligible", node.answerTo(staff, "1").get("code").asString());
    node.room.offerAction(tab, "2", new Action.Enter("2", "clicks"));
    JsonNode entered = node.answerTo(tab, "2");
    assertEquals(1, entered.get("entries").asLong());
    node.room.offerAction(staff, "2", new Action.Enter("2", "clicks"));
    assertEquals(entered, node.answerTo(staff, "2"), "a repeat gets the first answer");
    await(node.room.offer(new Entry.CancelLottery(key(), "clicks")));

    raffle("words", Raffle.Entry.KEYWORD, "冲鸭");
    node.say(staff, "3", "冲鸭");
    assertEquals("ok", node.answerTo(staff, "3").get("type").asString());
    await(node.room.offer(new Entry.CancelLottery(key(), "words")));

    raffle("taps", Raffle.Entry.LIKES, null);
    node.room.offerLikes(staff, 5);
    settleUntil(() -> !events(tab, "likes").isEmpty());
    assertEquals(0, tab.all("lottery.entered").size());
    node.room.offerLikes(tab, 5);
    settleUntil(() -> !tab.all("lottery.entered").isEmpty());
    assertEquals("taps", tab.all("lottery.entered").get(0).get("lottery").asString());
  }

  private void raffle(String lottery, Raffle.Entry entry, @Nullable String keyword) {
    byte[] seed = new byte[Draw.SEED_BYTES];
    Raffle raffle =
        new Raffle(
            "mugs",
            List.of(new Draw.Prize("mug", 1)),
            60_000,
            entry,
            keyword,
            entry == Raffle.Entry.LIKES ? 5 : 0,
            Raffle.Conditions.NONE,
            List.of(1, 1, 1, 1));
    Outcome opened =
        await(
            node.room.offer(
                new Entry.OpenLottery(
                    key(),
                    lottery,
                    raffle,
                    HexFormat.of().formatHex(seed),
                    Draw.commitment(seed))));
    assertTrue(opened instanceof Outcome.Lottery, opened.toString());
  }

  @Test
  void whatFallsDueWhileNobodyIsThere_isSettledByWhoeverComes() {
    schedule("sale", 1, 0, null, Offer.MIN_PAY_MS);
    Watcher ann = node.join("ann", null);
    node.buy(ann, "1", "sale");
    node.answerTo(ann, "1");
    // This node does not look at its clock any more; another one comes when the order is due.
    loop.runUntil(
        () -> {
          CompletableFuture<List<RoomId>> overdue = node.store.overdue().toCompletableFuture();
          return overdue.join().contains(id);
        });
    Node other = node("b");
    Watcher back = other.join("bob", null);
    settleUntil(() -> sale("sale").get("available").asLong() == 1);
    assertNull(back.closed);
  }

  private JsonNode sale(String sale) {
    return JsonMapper.shared().readTree(await(node.store.sale(id, sale)).orElseThrow());
  }

  private void schedule(
      String sale, long stock, long opensInMs, Offer.@Nullable Reserve reserve, long payMs) {
    Offer offer =
        OfferOf.stock(stock)
            .title("cups")
            .priceCents(100)
            .opensInMs(opensInMs)
            .durationMs(600_000)
            .earlyUnits(stock)
            .reserve(reserve)
            .payMs(payMs)
            .build();
    Outcome scheduled = await(node.room.offer(new Entry.Schedule(key(), sale, offer)));
    assertTrue(scheduled instanceof Outcome.Sale, scheduled.toString());
  }

  private void grow(String viewer, long growth) {
    await(
        node.room.offer(
            new Entry.Grant(key(), new ViewerId(viewer), 0, growth, "test", "ref" + keys++)));
  }

  private RequestKey key() {
    return new RequestKey(BOSS, "key" + keys++);
  }

  /** The room's timers run on the loop's clock, what is due on the store's: both go on. */
  private void settleUntil(java.util.function.BooleanSupplier holds) {
    loop.runUntil(
        () -> {
          loop.advance(20);
          return holds.getAsBoolean();
        });
  }

  private <T> T await(java.util.concurrent.CompletionStage<T> stage) {
    CompletableFuture<T> future = stage.toCompletableFuture();
    loop.runUntil(future::isDone);
    return future.join();
  }

  private static List<JsonNode> events(Watcher watcher, String type) {
    return watcher.events().stream().filter(e -> e.get("type").asString().equals(type)).toList();
  }
}
