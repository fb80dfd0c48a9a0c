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
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.core.Danmaku;
import barrage.core.Draw;
import barrage.core.Entry;
import barrage.core.LedgerEntry;
import barrage.core.Offer;
import barrage.core.OfferOf;
import barrage.core.Order;
import barrage.core.Outcome;
import barrage.core.Raffle;
import barrage.core.Reason;
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
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What {@link Store} owes its callers about lotteries, against a real Redis. */
class LotteriesContractTest extends TwoStores {
  private static final String ID = "lottery1";
  private static final byte[] SEED = HexFormat.of().parseHex("5eed".repeat(16));
  private static final List<Draw.Prize> PRIZES =
      List.of(new Draw.Prize("一\"等\"/奖", 1), new Draw.Prize("二等奖", 2));
  private static final long HOUR = 3_600_000;

  // Opening

  @Test
  void lotteryTellsWhatItIs_butForItsSeed() {
    RoomId room = RedisFixture.freshRoom();
    Collector commits = follow(other, room);
    Raffle raffle =
        new Raffle(
            "抽\"奖\"",
            PRIZES,
            60_000,
            Raffle.Entry.KEYWORD,
            "冲\"呀\"",
            0,
            new Raffle.Conditions(Tier.SILVER, 5, 7),
            List.of(1, 2, 3, 1_000));
    Store.Receipt receipt = open(room, ID, raffle);
    long locksAt = receipt.nowMs() + 60_000;
    String fixed =
        "{\"id\":\"lottery1\",\"title\":\"抽\\\"奖\\\"\",\"prizes\":[{\"name\":\"一\\\"等\\\"/奖\","
            + "\"count\":1},{\"name\":\"二等奖\",\"count\":2}],\"entry\":\"keyword\","
            + "\"keyword\":\"冲\\\"呀\\\"\",\"conditions\":{\"minTier\":\"silver\",\"minPoints\":5,"
            + "\"costPoints\":7},\"weights\":{\"regular\":1,\"silver\":2,\"gold\":3,"
            + "\"diamond\":1000},\"commitment\":\""
            + Draw.commitment(SEED)
            + "\",\"locksAt\":"
            + locksAt;
    String whole = fixed + ",\"state\":\"open\",\"entries\":0}";
    assertEquals(whole, text(((Outcome.Lottery) receipt.outcomes().get(0)).json()));
    assertEquals(whole, text(await(other.lottery(room, ID)).orElseThrow()));
    Store.Snapshot snapshot = await(other.open(room));
    assertEquals(
        List.of(whole), snapshot.lotteries().stream().map(LotteriesContractTest::text).toList());
    assertEquals(locksAt, snapshot.nextDueMs());
    assertEquals(locksAt, receipt.nextDueMs());
    Commit commit = commits.take(1).get(0);
    assertEquals(
        "{\"type\":\"lottery.opened\",\"seq\":1,\"lottery\":" + fixed + "}}",
        text(commit.events().get(0).json()));
    Commit.LotteryChanged changed =
        assertInstanceOf(Commit.LotteryChanged.class, commit.notices().get(0));
    assertEquals(ID, changed.lottery());
    assertEquals(whole, text(changed.json()));
    assertTrue(await(store.sealed(room, ID)).isEmpty());
    assertTrue(await(store.lottery(room, "none")).isEmpty());
    assertTrue(await(store.sealed(room, "none")).isEmpty());

    // Repeated: a node gives it another id and seed, and the first is the answer.
    byte[] another = new byte[Draw.SEED_BYTES];
    Entry again =
        new Entry.OpenLottery(
            key("host", "open " + ID),
            "fresh",
            raffle,
            HexFormat.of().formatHex(another),
            Draw.commitment(another));
    assertEquals(whole, text(((Outcome.Lottery) outcome(other, room, again)).json()));
    assertTrue(await(store.lottery(room, "fresh")).isEmpty());
  }

  @Test
  void open_oneAtATime() {
    RoomId room = RedisFixture.freshRoom();
    open(room, ID, clicks());
    assertEquals(refused(Reason.WRONG_STATE), outcome(store, room, opening("lottery2", clicks())));
    outcome(store, room, new Entry.CancelLottery(key("host", "cancel"), ID));
    open(room, "lottery2", clicks());
    outcome(store, room, new Entry.DrawLottery(key("host", "draw"), "lottery2"));
    open(room, "lottery3", clicks()); // while the one before is still to be drawn
    assertEquals(
        List.of("lottery2", "lottery3"),
        await(store.open(room)).lotteries().stream()
            .map(json -> JsonMapper.shared().readTree(json).path("id").asString())
            .toList());
  }

  @Test
  void numbersOutOfBounds_changeNothing() {
    RoomId room = RedisFixture.freshRoom();
    Raffle.Conditions beyond = new Raffle.Conditions(Tier.REGULAR, 0, Long.MAX_VALUE);
    for (Raffle bad :
        List.of(
            raffle(Raffle.Entry.CLICK, -1, Raffle.Conditions.NONE),
            raffle(Raffle.Entry.CLICK, Long.MAX_VALUE, Raffle.Conditions.NONE),
            raffle(Raffle.Entry.CLICK, HOUR, beyond))) {
      assertEquals(refused(Reason.BAD_REQUEST), outcome(store, room, opening(ID, bad)));
    }
    assertTrue(await(store.lottery(room, ID)).isEmpty());
    open(room, ID, clicks());
  }

  // Entering

  @Test
  void click_entersOnce() {
    RoomId room = RedisFixture.freshRoom();
    assertEquals(refused(Reason.NOT_FOUND), outcome(store, room, enter("v", "1")));
    open(room, ID, clicks());
    outcome(store, room, grant("g", "gold", 0, 2_000, "ref"));
    assertEquals(new Outcome.Entered(1, 1), outcome(store, room, enter("v", "1")));
    assertEquals(new Outcome.Entered(3, 2), outcome(other, room, enter("gold", "1")));
    assertEquals(new Outcome.Entered(1, 1), outcome(other, room, enter("v", "1")));
    assertEquals(refused(Reason.ALREADY_ENTERED), outcome(store, room, enter("v", "2")));
    for (Role staff : List.of(Role.MODERATOR, Role.STREAMER, Role.ADMIN)) {
      assertEquals(
          refused(Reason.NOT_ELIGIBLE),
          outcome(
              store,
              room,
              new Entry.EnterLottery(key("w", "1"), new Viewer(id("w"), "w", staff), ID)));
    }
    assertEquals(
        List.of(new Outcome.Entered(1, 3), refused(Reason.ALREADY_ENTERED)),
        commit(store, room, enter("w", "1"), enter("w", "2")).outcomes());
    assertEquals(3, lottery(room).path("entries").asInt());
    // A weight is frozen at the entry.
    outcome(store, room, grant("h", "v", 0, 10_000, "later"));
    lockNow(room);
    assertEquals(Map.of(id("v"), 1, id("gold"), 3, id("w"), 1), ticketsOf(room, ID));
  }

  @Test
  void conditions_areChecked() {
    RoomId room = RedisFixture.freshRoom();
    open(room, ID, raffle(Raffle.Entry.CLICK, HOUR, new Raffle.Conditions(Tier.SILVER, 10, 20)));
    assertEquals(refused(Reason.TIER_REQUIRED), outcome(store, room, enter("v", "1")));
    outcome(store, room, grant("1", "v", 9, 500, "a"));
    assertEquals(refused(Reason.INSUFFICIENT_POINTS), outcome(store, room, enter("v", "1")));
    outcome(store, room, grant("2", "v", 10, 0, "b"));
    assertEquals(refused(Reason.INSUFFICIENT_POINTS), outcome(store, room, enter("v", "1")));
    outcome(store, room, grant("3", "v", 1, 0, "c"));
    assertEquals(new Outcome.Entered(2, 1), outcome(store, room, enter("v", "1")));
    assertEquals(0, look(store, room, "v").standing().points());
    assertEquals(new Outcome.Entered(2, 1), outcome(store, room, enter("v", "1")));
    assertEquals(refused(Reason.ALREADY_ENTERED), outcome(store, room, enter("v", "2")));
    assertEquals(0, look(store, room, "v").standing().points());
    assertEquals(List.of("lottery lottery1 -20"), ledger(room, "v"));
  }

  @Test
  void noCondition_letsEvenDebtorsIn() {
    RoomId room = RedisFixture.freshRoom();
    Offer offer = OfferOf.stock(1).priceCents(1_000).build();
    commit(store, room, new Entry.Schedule(key("host", "s"), "sale1", offer));
    Entry buy = new Entry.Buy(key("v", "b"), viewer("v", Role.VIEWER), "sale1", 1);
    Order order = ((Outcome.Ordered) outcome(store, room, buy)).order();
    commit(
        store,
        room,
        new Entry.Pay(key("shop", "p"), order, "ref"),
        grant("g", "v", -10, 0, "spent"),
        new Entry.Refund(key("shop", "r"), order, "ref"));
    assertEquals(-10, look(store, room, "v").standing().points());
    open(room, ID, clicks());
    assertEquals(new Outcome.Entered(1, 1), outcome(store, room, enter("v", "1")));
  }

  @Test
  void keyword_entersItsSender_whenTheDanmakuIsAccepted() {
    RoomId room = RedisFixture.freshRoom();
    Collector commits = follow(store, room);
    open(room, ID, raffle(Raffle.Entry.KEYWORD, HOUR, new Raffle.Conditions(Tier.REGULAR, 0, 1)));
    assertEquals(refused(Reason.NOT_ELIGIBLE), outcome(store, room, enter("v", "1")));
    commit(store, room, new Entry.Mute(key("mod", "1"), id("muted"), -1));
    List<Outcome> outcomes =
        commit(
                store,
                room,
                keyword("v", "1", Role.VIEWER, ID),
                keyword("v", "1", Role.VIEWER, ID),
                keyword("v", "2", Role.VIEWER, ID),
                keyword("mod", "2", Role.MODERATOR, ID),
                keyword("muted", "1", Role.VIEWER, ID),
                keyword("w", "1", Role.VIEWER, "none"))
            .outcomes();
    assertEquals(
        List.of(new Outcome.Said(2), new Outcome.Said(2), new Outcome.Said(3), new Outcome.Said(4)),
        outcomes.subList(0, 4));
    assertEquals(refused(Reason.MUTED), outcomes.get(4));
    assertEquals(1, lottery(room).path("entries").asInt());
    // What a danmaku earns can pay for the entry; two danmaku, one entry of one point.
    assertEquals(new Standing(Tier.REGULAR, 1, 2, 0), look(store, room, "v").standing());
    // Whether a text enters is no part of the request: said plainly, it is a repeat.
    assertEquals(new Outcome.Said(2), outcome(other, room, keyword("v", "1", Role.VIEWER, null)));
    assertEquals(
        List.of(
            new Message(
                "v", "{\"type\":\"lottery.entered\",\"lottery\":\"lottery1\",\"weight\":1}")),
        messages(commits.take(3)));
    assertEquals(Map.of(id("v"), 1), lockNow(room));
  }

  @Test
  void likes_enterWhenEnoughSinceTheOpening() {
    RoomId room = RedisFixture.freshRoom();
    commit(store, room, tap("v", "c1", 100, Role.VIEWER));
    Collector commits = follow(store, room);
    open(room, ID, raffle(Raffle.Entry.LIKES, HOUR, Raffle.Conditions.NONE)); // from 30 on
    commit(store, room, tap("v", "c1", 120, Role.VIEWER), tap("w", "c3", 40, Role.STREAMER));
    commit(other, room, tap("v", "c1", 120, Role.VIEWER));
    assertEquals(0, lottery(room).path("entries").asInt());
    commit(store, room, tap("v", "c2", 9, Role.VIEWER));
    assertEquals(0, lottery(room).path("entries").asInt());
    commit(other, room, tap("v", "c2", 10, Role.VIEWER), tap("v", "c2", 90, Role.VIEWER));
    commit(other, room, tap("v", "c2", 500, Role.VIEWER), tap("x", "c4", 30, Role.VIEWER));
    assertEquals(2, lottery(room).path("entries").asInt());
    assertEquals(Map.of(id("v"), 1, id("x"), 1), lockNow(room));
    Awaitility.await().until(() -> messages(commits.commits).size() == 2);
    // The next one counts anew.
    open(room, "lottery2", raffle(Raffle.Entry.LIKES, HOUR, Raffle.Conditions.NONE));
    commit(other, room, tap("x", "c4", 59, Role.VIEWER));
    commit(other, room, tap("v", "c2", 530, Role.VIEWER));
    assertEquals(Map.of(id("v"), 1), lockNow(room, "lottery2"));
  }

  @Test
  void likes_enterOnceTheConditionIsMet() {
    RoomId room = RedisFixture.freshRoom();
    open(room, ID, raffle(Raffle.Entry.LIKES, HOUR, new Raffle.Conditions(Tier.SILVER, 0, 0)));
    commit(store, room, tap("v", "c1", 40, Role.VIEWER));
    assertEquals(0, lottery(room).path("entries").asInt());
    commit(store, room, grant("1", "v", 0, 500, "ref"), tap("v", "c1", 41, Role.VIEWER));
    assertEquals(1, lottery(room).path("entries").asInt());
  }

  @Test
  void join_tellsWhichLotteriesOneIsIn() {
    RoomId room = RedisFixture.freshRoom();
    open(room, ID, clicks());
    outcome(store, room, enter("v", "1"));
    assertEquals(Set.of(ID), entered(room, "v"));
    assertEquals(Set.of(), entered(room, "w"));
    lockNow(room);
    open(room, "lottery2", clicks());
    assertEquals(Set.of(ID), entered(room, "v"));
    outcome(
        store, room, new Entry.EnterLottery(key("v", "2"), viewer("v", Role.VIEWER), "lottery2"));
    assertEquals(Set.of(ID, "lottery2"), entered(room, "v"));
    outcome(store, room, new Entry.CancelLottery(key("host", "c"), "lottery2"));
    assertEquals(Set.of(ID), entered(room, "v"));
    draw(store, room, ID);
    assertEquals(Set.of(), entered(room, "v"));
  }

  // Lock and draw

  @Test
  void lock_isFinal() {
    RoomId room = RedisFixture.freshRoom();
    open(room, ID, raffle(Raffle.Entry.CLICK, 300, Raffle.Conditions.NONE));
    outcome(store, room, enter("v", "1"));
    commit(store, room, new Entry.LockLottery(ID));
    assertEquals("open", lottery(room).path("state").asString());
    Awaitility.await()
        .until(() -> await(store.due(room, 10)), List.of(new Store.LotteryDue(ID))::equals);
    // The time is over, locked or not.
    assertEquals(
        List.of(
            refused(Reason.ENDED),
            refused(Reason.WRONG_STATE),
            refused(Reason.WRONG_STATE),
            new Outcome.Entered(1, 1)),
        commit(
                store,
                room,
                enter("w", "1"),
                new Entry.DrawLottery(key("host", "d"), ID),
                new Entry.CancelLottery(key("host", "c"), ID),
                enter("v", "1"))
            .outcomes());
    Store.Receipt receipt =
        commit(store, room, new Entry.LockLottery(ID), new Entry.LockLottery(ID), enter("w", "1"));
    assertEquals(refused(Reason.ENDED), receipt.outcomes().get(2));
    commit(other, room, new Entry.LockLottery(ID), new Entry.LockLottery("none"));
    assertEquals("locked", lottery(room).path("state").asString());
    assertTrue(receipt.nextDueMs() <= receipt.nowMs(), "due until it is drawn");
    assertEquals(
        new Store.Sealed("locked", HexFormat.of().formatHex(SEED), PRIZES, 1, null),
        await(other.sealed(room, ID)).orElseThrow());
    assertFalse(lottery(room).has("seed"));
    assertEquals(Map.of(id("v"), 1), ticketsOf(room, ID));
    assertEquals(
        List.of(refused(Reason.WRONG_STATE), refused(Reason.WRONG_STATE), refused(Reason.ENDED)),
        commit(
                store,
                room,
                new Entry.DrawLottery(key("host", "d"), ID),
                new Entry.CancelLottery(key("host", "c"), ID),
                enter("w", "1"))
            .outcomes());
  }

  @Test
  void draw_isAnnouncedThenRecordedOnce() {
    RoomId room = RedisFixture.freshRoom();
    for (String viewer : List.of("a", "b", "c", "d")) {
      commit(store, room, new Entry.Join(new Viewer(id(viewer), "名\"" + viewer, Role.VIEWER)));
    }
    open(room, ID, clicks());
    commit(store, room, enter("a", "1"), enter("b", "1"), enter("c", "1"), enter("d", "1"));
    Entry draw = new Entry.DrawLottery(key("host", "draw"), ID);
    Store.Receipt locked = commit(store, room, draw);
    JsonNode json =
        JsonMapper.shared().readTree(((Outcome.Lottery) locked.outcomes().get(0)).json());
    assertEquals("locked", json.path("state").asString());
    assertEquals(4, json.path("entries").asInt());
    assertEquals(locked.nowMs(), locked.nextDueMs());
    assertInstanceOf(Outcome.Lottery.class, outcome(other, room, draw));

    List<Draw.Ticket> tickets = tickets(other, room, ID);
    String manifest = Draw.manifest(ID, tickets);
    String hash = Draw.entriesHash(manifest);
    List<Draw.Winner> winners = Draw.winners(SEED, manifest, Draw.tickets(ID, manifest), PRIZES);
    Entry record = new Entry.RecordDraw(ID, winners);
    assertEquals(
        List.of(
            refused(Reason.WRONG_STATE),
            refused(Reason.WRONG_STATE),
            refused(Reason.NOT_FOUND),
            refused(Reason.NOT_FOUND)),
        commit(
                store,
                room,
                record, // not announced yet
                new Entry.AnnounceEntries(ID, 3, hash), // not what there is
                new Entry.AnnounceEntries("none", 4, hash),
                new Entry.RecordDraw("none", winners))
            .outcomes());

    Collector commits = follow(store, room);
    Entry announce = new Entry.AnnounceEntries(ID, 4, hash);
    commit(store, room, announce, announce);
    commit(other, room, announce, new Entry.AnnounceEntries(ID, 4, "another hash"));
    assertEquals(
        new Store.Sealed("locked", HexFormat.of().formatHex(SEED), PRIZES, 4, hash),
        await(store.sealed(room, ID)).orElseThrow());
    assertFalse(lottery(room).has("seed"));
    Store.Receipt drawn = commit(store, room, record, record);
    commit(other, room, record, new Entry.RecordDraw(ID, List.of()), new Entry.LockLottery(ID));
    assertEquals(Store.Snapshot.NEVER, drawn.nextDueMs());
    assertEquals(List.of(), await(store.open(room)).lotteries());

    String all =
        winners.stream()
            .map(
                winner ->
                    "{\"viewer\":\""
                        + winner.viewer()
                        + "\",\"name\":\"名\\\""
                        + winner.viewer()
                        + "\",\"prize\":"
                        + JsonMapper.shared().writeValueAsString(winner.prize())
                        + "}")
            .toList()
            .toString()
            .replace("}, {", "},{");
    List<Commit> told = commits.take(2);
    assertEquals(
        "{\"type\":\"lottery.locked\",\"seq\":2,\"lottery\":\"lottery1\",\"entries\":4,"
            + "\"entriesHash\":\""
            + hash
            + "\"}",
        text(told.get(0).events().get(0).json()));
    assertEquals(1, told.get(0).events().size());
    assertEquals(
        JsonMapper.shared()
            .readTree(
                "{\"type\":\"lottery.drawn\",\"seq\":3,\"lottery\":\"lottery1\",\"seed\":\""
                    + HexFormat.of().formatHex(SEED)
                    + "\",\"winners\":"
                    + all
                    + "}"),
        JsonMapper.shared().readTree(told.get(1).events().get(0).json()));
    assertEquals(3, messages(told).size());
    for (Draw.Winner winner : winners) {
      Message message =
          messages(told).stream()
              .filter(one -> one.viewer().equals(winner.viewer().value()))
              .findFirst()
              .orElseThrow();
      assertEquals(
          JsonMapper.shared()
              .createObjectNode()
              .put("type", "lottery.won")
              .put("lottery", ID)
              .put("prize", winner.prize()),
          JsonMapper.shared().readTree(message.json()));
    }
    JsonNode result = lottery(room);
    assertEquals("drawn", result.path("state").asString());
    assertEquals(HexFormat.of().formatHex(SEED), result.path("seed").asString());
    assertEquals(JsonMapper.shared().readTree(all), result.path("winners"));
    assertEquals(2, commits.commits.size());
  }

  @Test
  void thousandsOfTickets_comeInPages() {
    RoomId room = RedisFixture.freshRoom();
    open(room, ID, clicks());
    for (int batch = 0; batch < 8; batch++) {
      int first = batch * 500;
      await(
          store.commit(
              room,
              IntStream.range(first, first + 500).mapToObj(i -> enter("v" + i, "1")).toList(),
              TERMS,
              0,
              0));
    }
    assertEquals(4_000, lockNow(room).size());
    draw(other, room, ID);
    assertEquals(3, lottery(room).path("winners").size());
  }

  @Test
  void nobodyEntered_nobodyWins() {
    RoomId room = RedisFixture.freshRoom();
    open(room, ID, clicks());
    lockNow(room);
    draw(store, room, ID);
    assertEquals("[]", lottery(room).path("winners").toString());
    assertEquals("drawn", lottery(room).path("state").asString());
  }

  // Cancel

  @Test
  void cancel_revealsTheSeedAndGivesCostsBackOnce() {
    RoomId room = RedisFixture.freshRoom();
    open(room, ID, raffle(Raffle.Entry.CLICK, HOUR, new Raffle.Conditions(Tier.REGULAR, 0, 30)));
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < 240; i++) {
      entries.add(grant("g" + i, "v" + i, 50, 0, "ref" + i));
      entries.add(enter("v" + i, "1"));
    }
    await(store.commit(room, entries, TERMS, 0, 0));
    Collector commits = follow(store, room);
    Entry cancel = new Entry.CancelLottery(key("host", "c"), ID);
    // Given back in the very batch of the cancel: not yet, and not lost.
    Store.Receipt receipt =
        commit(
            store,
            room,
            cancel,
            new Entry.ReturnCost(ID, id("v0")),
            enter("w", "1"),
            new Entry.TellCancelled(ID));
    assertEquals(refused(Reason.ENDED), receipt.outcomes().get(2));
    assertEquals(receipt.nowMs(), receipt.nextDueMs());
    assertEquals(
        text(((Outcome.Lottery) receipt.outcomes().get(0)).json()),
        text(((Outcome.Lottery) outcome(other, room, cancel)).json()));
    JsonNode json = lottery(room);
    assertEquals("cancelled", json.path("state").asString());
    assertEquals(HexFormat.of().formatHex(SEED), json.path("seed").asString());
    assertEquals(240, json.path("entries").asInt());
    assertEquals(List.of(), commits.take(1).get(0).events(), "not in the step that cancels");
    Entry tell = new Entry.TellCancelled(ID);
    commit(other, room, tell, tell);
    commit(store, room, tell);
    assertEquals(
        "{\"type\":\"lottery.cancelled\",\"seq\":2,\"lottery\":\"lottery1\",\"seed\":\""
            + HexFormat.of().formatHex(SEED)
            + "\"}",
        text(commits.take(2).get(1).events().get(0).json()));
    assertEquals(2, await(store.open(room)).seq(), "once");
    assertEquals(20, look(store, room, "v0").standing().points());

    int pages = 0;
    for (List<Store.Due> due = await(store.due(room, 10));
        !due.isEmpty();
        due = await(store.due(room, 10))) {
      Store.CostsDue costs = assertInstanceOf(Store.CostsDue.class, due.get(0));
      List<Entry> returns = new ArrayList<>();
      for (ViewerId viewer : costs.viewers()) {
        returns.add(new Entry.ReturnCost(costs.lottery(), viewer));
        returns.add(new Entry.ReturnCost(costs.lottery(), viewer));
      }
      await(other.commit(room, returns, TERMS, 0, 0));
      await(store.commit(room, returns, TERMS, 0, 0));
      pages++;
    }
    assertEquals(2, pages);
    assertEquals(Store.Snapshot.NEVER, await(store.open(room)).nextDueMs());
    for (int i = 0; i < 240; i++) {
      assertEquals(50, look(store, room, "v" + i).standing().points());
    }
    assertEquals(
        List.of("a gift ref7 50", "lottery lottery1 -30", "lottery.refund lottery1 30"),
        ledger(room, "v7"));
    commit(store, room, new Entry.ReturnCost(ID, id("v7")), new Entry.ReturnCost("x", id("v7")));
    assertEquals(50, look(store, room, "v7").standing().points());
    assertEquals(
        refused(Reason.WRONG_STATE),
        outcome(store, room, new Entry.CancelLottery(key("host", "d"), ID)));
  }

  @Test
  void cancelledAndOpenedInOneBatch_areNotMixedUp() {
    RoomId room = RedisFixture.freshRoom();
    Raffle costs = raffle(Raffle.Entry.CLICK, HOUR, new Raffle.Conditions(Tier.REGULAR, 0, 5));
    open(room, ID, costs);
    commit(store, room, grant("1", "v", 10, 0, "v"), grant("2", "w", 10, 0, "w"), enter("v", "1"));
    List<Outcome> outcomes =
        commit(
                store,
                room,
                enter("w", "1"),
                new Entry.CancelLottery(key("host", "c"), ID),
                opening("lottery2", costs),
                new Entry.EnterLottery(key("v", "2"), viewer("v", Role.VIEWER), "lottery2"))
            .outcomes();
    assertEquals(new Outcome.Entered(1, 2), outcomes.get(0));
    assertEquals(new Outcome.Entered(1, 1), outcomes.get(3));
    commit(
        store,
        room,
        new Entry.ReturnCost(ID, id("v")),
        new Entry.ReturnCost(ID, id("w")),
        new Entry.ReturnCost("lottery2", id("v")));
    assertEquals(5, look(store, room, "v").standing().points());
    assertEquals(10, look(store, room, "w").standing().points());
    assertEquals(Map.of(id("v"), 1), lockNow(room, "lottery2"));
    assertEquals(
        List.of(new Store.LotteryDue(ID), new Store.LotteryDue("lottery2")),
        await(store.due(room, 10)));
  }

  @Test
  void cancel_withoutCosts_leavesNothingToDo() {
    RoomId room = RedisFixture.freshRoom();
    open(room, ID, clicks());
    outcome(store, room, enter("v", "1"));
    Store.Receipt receipt = commit(store, room, new Entry.CancelLottery(key("host", "c"), ID));
    assertEquals(receipt.nowMs(), receipt.nextDueMs(), "it is to be told");
    assertEquals(List.of(), await(store.open(room)).lotteries());
    Store.Receipt told = commit(store, room, new Entry.TellCancelled(ID));
    assertEquals(Store.Snapshot.NEVER, told.nextDueMs());
    assertEquals("cancelled", await(store.sealed(room, ID)).orElseThrow().state());
    open(room, "lottery2", clicks());
    assertEquals(Map.of(), lockNow(room, "lottery2"));
  }

  // What the tests say in one word

  private static Raffle clicks() {
    return raffle(Raffle.Entry.CLICK, HOUR, Raffle.Conditions.NONE);
  }

  private static Raffle raffle(Raffle.Entry entry, long durationMs, Raffle.Conditions conditions) {
    return new Raffle(
        "lottery", PRIZES, durationMs, entry, "冲", 30, conditions, List.of(1, 2, 3, 4));
  }

  private static Entry opening(String lottery, Raffle raffle) {
    return new Entry.OpenLottery(
        key("host", "open " + lottery),
        lottery,
        raffle,
        HexFormat.of().formatHex(SEED),
        Draw.commitment(SEED));
  }

  private Store.Receipt open(RoomId room, String lottery, Raffle raffle) {
    Store.Receipt receipt = commit(store, room, opening(lottery, raffle));
    assertInstanceOf(Outcome.Lottery.class, receipt.outcomes().get(0));
    return receipt;
  }

  private static Viewer viewer(String viewer, Role role) {
    return new Viewer(id(viewer), viewer, role);
  }

  private static Entry enter(String viewer, String request) {
    return new Entry.EnterLottery(key(viewer, request), viewer(viewer, Role.VIEWER), ID);
  }

  private static Entry keyword(String viewer, String request, Role role, String lottery) {
    return new Entry.Say(
        key(viewer, request),
        viewer(viewer, role),
        new Danmaku("冲", Danmaku.Mode.SCROLL, Danmaku.DEFAULT_COLOR),
        lottery);
  }

  private static Entry tap(String viewer, String connection, long total, Role role) {
    return new Entry.Tap(id(viewer), role, connection, total, false);
  }

  private Map<ViewerId, Integer> lockNow(RoomId room) {
    return lockNow(room, ID);
  }

  private Map<ViewerId, Integer> lockNow(RoomId room, String lottery) {
    assertInstanceOf(
        Outcome.Lottery.class,
        outcome(store, room, new Entry.DrawLottery(key("host", "draw " + lottery), lottery)));
    return ticketsOf(room, lottery);
  }

  private Map<ViewerId, Integer> ticketsOf(RoomId room, String lottery) {
    Map<ViewerId, Integer> tickets = new HashMap<>();
    tickets(other, room, lottery).forEach(one -> tickets.put(one.viewer(), one.weight()));
    return tickets;
  }

  private static List<Draw.Ticket> tickets(Store on, RoomId room, String lottery) {
    Map<ViewerId, Draw.Ticket> tickets = new HashMap<>();
    long cursor = 0;
    do {
      Store.Page<Draw.Ticket> page = await(on.tickets(room, lottery, cursor));
      page.items().forEach(ticket -> tickets.put(ticket.viewer(), ticket));
      cursor = page.next();
    } while (cursor != 0);
    return List.copyOf(tickets.values());
  }

  private static void draw(Store on, RoomId room, String lottery) {
    Store.Sealed sealed = await(on.sealed(room, lottery)).orElseThrow();
    String manifest = Draw.manifest(lottery, tickets(on, room, lottery));
    commit(
        on,
        room,
        new Entry.AnnounceEntries(lottery, sealed.entries(), Draw.entriesHash(manifest)),
        new Entry.RecordDraw(
            lottery,
            Draw.winners(SEED, manifest, Draw.tickets(lottery, manifest), sealed.prizes())));
  }

  private JsonNode lottery(RoomId room) {
    return JsonMapper.shared().readTree(await(other.lottery(room, ID)).orElseThrow());
  }

  private Set<String> entered(RoomId room, String viewer) {
    Entry join = new Entry.Join(viewer(viewer, Role.VIEWER));
    return ((Outcome.Stands) outcome(other, room, join)).entered();
  }

  private List<String> ledger(RoomId room, String viewer) {
    List<String> lines = new ArrayList<>();
    for (LedgerEntry line : Batches.ledger(store, room, viewer)) {
      if (!line.reason().equals("a gift") || line.delta() == 50) {
        lines.add(line.reason() + " " + line.ref() + " " + line.delta());
      }
    }
    Collections.sort(lines);
    return lines;
  }

  /** A message for one viewer; records of bytes are not equal. */
  private record Message(String viewer, String json) {}

  private static List<Message> messages(List<Commit> commits) {
    List<Message> messages = new ArrayList<>();
    for (Commit commit : commits) {
      for (Commit.Notice notice : commit.notices()) {
        if (notice instanceof Commit.ToViewer message) {
          messages.add(new Message(message.viewer().value(), text(message.json())));
        }
      }
    }
    return messages;
  }

  private static String text(byte[] json) {
    return new String(json, UTF_8);
  }
}
