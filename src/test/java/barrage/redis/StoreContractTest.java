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
import static barrage.redis.Batches.say;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.core.Danmaku;
import barrage.core.Entry;
import barrage.core.LedgerEntry;
import barrage.core.Offer;
import barrage.core.OfferOf;
import barrage.core.Outcome;
import barrage.core.Reason;
import barrage.core.Refusal;
import barrage.core.Role;
import barrage.core.RoomId;
import barrage.core.RoomSettings;
import barrage.core.Standing;
import barrage.core.Terms;
import barrage.core.Tier;
import barrage.core.Viewer;
import barrage.room.Commit;
import barrage.room.Numbered;
import barrage.room.Store;
import barrage.wire.Messages;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What {@link Store} owes its callers, against a real Redis. */
class StoreContractTest extends TwoStores {
  private static final long MAX = (1L << 53) - 1;

  // One effect for one id

  @Test
  void say_repeated_hasOneEffectOnAnyNode() {
    RoomId room = RedisFixture.freshRoom();
    assertEquals(new Outcome.Said(1), outcome(store, room, say("v", "1", "hello")));
    assertEquals(new Outcome.Said(1), outcome(other, room, say("v", "1", "hello")));
    assertEquals(
        List.of(
            new Outcome.Said(1),
            refused(Reason.CONFLICT),
            new Outcome.Said(2),
            new Outcome.Said(3),
            new Outcome.Said(2)),
        commit(
                store,
                room,
                say("v", "1", "hello"),
                say("v", "1", "bye"),
                say("v", "2", "hello"),
                say("w", "1", "hello"),
                say("v", "2", "hello"))
            .outcomes());
    assertEquals(2, look(store, room, "v").standing().points());
    assertEquals(3, await(store.open(room)).danmaku());
  }

  @Test
  void whatIsCommitted_agreesWithItself() throws Exception {
    RoomId room = RedisFixture.freshRoom();
    Offer offer =
        OfferOf.stock(5)
            .title("t")
            .priceCents(150)
            .durationMs(60_000)
            .perViewerLimit(2)
            .earlyUnits(1)
            .payMs(60_000)
            .build();
    Viewer ann = new Viewer(id("ann"), "Ann", Role.VIEWER);
    commit(store, room, say("ann", "1", "hello"), grant("1", "bob", 10, 0, "ref"));
    commit(store, room, new Entry.Schedule(key("host", "1"), "s", offer));
    Outcome.Ordered made =
        (Outcome.Ordered) outcome(store, room, new Entry.Buy(key("ann", "2"), ann, "s", 2));
    commit(store, room, new Entry.Pay(key("shop", "2"), made.order(), "paid"));
    assertEquals(
        new Audit(
            List.of(
                "balances: 2 viewers, 3 ledger lines",
                "sales: 1, 1 orders, 1 buyers",
                "lotteries: 0, 0 tickets"),
            List.of()),
        Audit.of(uri(), RedisTls.DEFAULT, room));
  }

  @Test
  void id_usedForAnotherKind_isConflict() {
    RoomId room = RedisFixture.freshRoom();
    outcome(store, room, say("shop", "1", "hello"));
    assertEquals(refused(Reason.CONFLICT), outcome(store, room, grant("1", "v", 10, 0, "order-1")));
    outcome(store, room, grant("2", "v", 10, 0, "order-2"));
    assertEquals(refused(Reason.CONFLICT), outcome(store, room, say("shop", "2", "hello")));
  }

  @Test
  void refusal_isNotRemembered() {
    RoomId room = RedisFixture.freshRoom();
    Entry take = grant("1", "v", -10, 0, "order-1");
    assertEquals(refused(Reason.INSUFFICIENT_POINTS), outcome(store, room, take));
    outcome(store, room, grant("2", "v", 30, 0, "order-2"));
    assertEquals(20, stands(outcome(store, room, take)).points());
  }

  @Test
  void grant_sameRef_hasOneEffectUnderAnyKey() {
    RoomId room = RedisFixture.freshRoom();
    Outcome first = outcome(store, room, grant("1", "v", 10, 5, "order-1"));
    assertEquals(new Standing(Tier.REGULAR, 10, 5, 0), stands(first));
    assertEquals(first, outcome(store, room, grant("1", "v", 10, 5, "order-1")));
    assertEquals(first, outcome(other, room, grant("2", "v", 10, 5, "order-1")));
    assertEquals(refused(Reason.CONFLICT), outcome(store, room, grant("3", "v", 11, 5, "order-1")));
    assertEquals(10, look(store, room, "v").standing().points());
  }

  @Test
  void grant_beyondWhatNumbersHold_isBadRequest() {
    RoomId room = RedisFixture.freshRoom();
    assertEquals(MAX, stands(outcome(store, room, grant("1", "v", MAX, MAX, "a"))).points());
    assertEquals(refused(Reason.BAD_REQUEST), outcome(store, room, grant("2", "v", 1, 0, "b")));
    assertEquals(refused(Reason.BAD_REQUEST), outcome(store, room, grant("2", "v", 0, 1, "b")));
    assertEquals(
        refused(Reason.BAD_REQUEST), outcome(store, room, grant("3", "w", MAX + 1, 0, "c")));
    assertEquals(new Standing(Tier.DIAMOND, MAX, MAX, 0), look(store, room, "v").standing());
    assertEquals(List.of(MAX), ledger(room, "v").stream().map(LedgerEntry::delta).toList());
  }

  // Danmaku and history

  @Test
  void say_isTheEventThatMessagesWould() {
    RoomId room = RedisFixture.freshRoom();
    outcome(store, room, grant("1", "v", 0, 2_000, "order-1"));
    Entry.Say say =
        new Entry.Say(
            key("v", "1"),
            new Viewer(id("v"), "小\"明\\", Role.VIEWER),
            new Danmaku("},\"text\": 你好 \u2028", Danmaku.Mode.TOP, 0x00ff7f));
    Store.Receipt receipt = commit(store, room, say);
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    expected.writeBytes(Messages.danmakuHead(1L, receipt.nowMs(), Tier.GOLD));
    expected.writeBytes(Messages.danmakuTail(id("v"), "小\"明\\", say.danmaku()));
    Numbered event = await(store.open(room)).tail().get(0);
    assertArrayEquals(expected.toByteArray(), event.json());
    assertEquals(1, event.seq());
    assertEquals(Tier.GOLD.rank(), event.tier());
  }

  @Test
  void say_hasTheTierBeforeItsAward() {
    RoomId room = RedisFixture.freshRoom();
    commit(
        store,
        room,
        grant("1", "v", 0, 499, "order-1"),
        say("v", "1", "still regular"),
        say("v", "2", "silver now"));
    assertEquals(
        List.of((byte) 0, (byte) 1),
        await(store.open(room)).tail().stream().map(Numbered::tier).toList());
  }

  @Test
  void delete_takesTheTextOutOfHistory() {
    RoomId room = RedisFixture.freshRoom();
    commit(store, room, say("v", "1", "one"), say("v", "2", "},\"text\":\"two\""));
    String before = json(await(store.history(room, 2, 1)).events().get(0));
    Collector commits = follow(other, room);

    assertEquals(Outcome.Done.DONE, outcome(store, room, new Entry.Delete(2)));
    List<Numbered> events = await(store.history(room, 1, 10)).events();
    assertEquals(List.of(1L, 2L, 3L), events.stream().map(Numbered::seq).toList());
    assertEquals(
        before.substring(0, before.indexOf(",\"text\":")) + ",\"deleted\":true}",
        json(events.get(1)));
    assertTrue(events.get(1).isDanmaku());
    assertEquals("{\"type\":\"danmaku.deleted\",\"seq\":3,\"target\":2}", json(events.get(2)));
    assertFalse(events.get(2).isDanmaku());
    assertEquals(List.of(new Commit.Deleted(2)), commits.take(1).get(0).notices());

    assertEquals(
        List.of(
            Outcome.Done.DONE,
            refused(Reason.NOT_FOUND),
            refused(Reason.NOT_FOUND),
            refused(Reason.NOT_FOUND)),
        commit(
                store,
                room,
                new Entry.Delete(2),
                new Entry.Delete(3),
                new Entry.Delete(4),
                new Entry.Delete(0))
            .outcomes());
    assertEquals(3, await(store.open(room)).seq());
  }

  @Test
  void delete_inTheBatchThatSaysIt_leavesNoText() {
    RoomId room = RedisFixture.freshRoom();
    Collector commits = follow(store, room);
    assertEquals(
        List.of(new Outcome.Said(1), Outcome.Done.DONE, Outcome.Done.DONE),
        commit(store, room, say("v", "1", "oops"), new Entry.Delete(1), new Entry.Delete(1))
            .outcomes());
    assertEquals(2, commits.take(1).get(0).events().size());
    assertFalse(json(await(store.open(room)).tail().get(0)).contains("oops"));
  }

  @Test
  void history_keepsTheNewest() {
    RoomId room = RedisFixture.freshRoom();
    Terms five = Batches.terms(5);
    for (int i = 0; i < 4; i++) {
      commit(store, room, five, say("v", "a" + i, "a"), say("v", "b" + i, "b"));
    }
    Store.History all = await(store.history(room, 1, 100));
    assertEquals(8, all.headSeq());
    assertEquals(List.of(4L, 5L, 6L, 7L, 8L), seqs(all.events()));
    assertEquals(List.of(6L, 7L), seqs(await(store.history(room, 6, 2)).events()));
    assertEquals(List.of(), seqs(await(store.history(room, 9, 2)).events()));
    assertTrue(json(all.events().get(0)).contains("\"seq\":4,"));
    assertEquals(refused(Reason.NOT_FOUND), outcome(store, room, new Entry.Delete(3)));
    assertEquals(Outcome.Done.DONE, outcome(store, room, new Entry.Delete(4)));
  }

  // Points and tiers (arithmetic: PointsModelTest)

  @Test
  void tier_followsGrowthAtOnce() {
    RoomId room = RedisFixture.freshRoom();
    assertEquals(Tier.SILVER, stands(outcome(store, room, grant("1", "v", 0, 500, "a"))).tier());
    outcome(store, room, say("v", "1", "one")); // 1.2 points
    assertEquals(1, look(store, room, "v").standing().points());
    outcome(store, room, grant("2", "v", 0, 9_500, "b"));
    outcome(store, room, say("v", "2", "two")); // 2.0 points
    assertEquals(new Standing(Tier.DIAMOND, 3, 10_002, 0), look(store, room, "v").standing());
  }

  @Test
  void ledger_hasOneLineADayForACappedReason() {
    RoomId room = RedisFixture.freshRoom();
    commit(store, room, say("v", "1", "one"), grant("g", "v", 7, 3, "order 1"));
    Store.Receipt last = commit(store, room, say("v", "2", "two"));
    String day =
        LocalDate.ofInstant(Instant.ofEpochMilli(last.nowMs()), ZoneId.of(TERMS.zone())).toString();
    List<LedgerEntry> ledger = ledger(room, "v");
    // Both lines may be of one millisecond, and then stand in either order.
    LedgerEntry gift = ledger.get(ledger.get(0).reason().equals("a gift") ? 0 : 1);
    assertEquals("order 1", gift.ref());
    assertEquals(2, ledger.size());
    assertTrue(ledger.contains(new LedgerEntry(last.nowMs(), 2, 2, "danmaku", day)));
  }

  @Test
  void boost_multipliesPointsAndNotGrowth() {
    RoomId room = RedisFixture.freshRoom();
    Collector commits = follow(other, room);
    Entry boost = new Entry.Boost(key("streamer", "1"), 250, 60_000);
    Store.Receipt receipt = commit(store, room, boost);
    Outcome.Boosted boosted = new Outcome.Boosted(250, receipt.nowMs() + 60_000);
    assertEquals(List.of(boosted), receipt.outcomes());
    assertEquals(boosted, outcome(store, room, boost));
    assertEquals(
        List.of(new Commit.Boosted(250, boosted.untilMs())), commits.take(1).get(0).notices());
    Store.Snapshot snapshot = await(store.open(room));
    assertEquals(250, snapshot.boostFactor());
    assertEquals(boosted.untilMs(), snapshot.boostUntilMs());
    commit(store, room, say("v", "1", "a"), say("v", "2", "b"), grant("g", "w", 10, 0, "r"));
    assertEquals(new Standing(Tier.REGULAR, 5, 2, 0), look(store, room, "v").standing());
    assertEquals(10, look(store, room, "w").standing().points());
    outcome(store, room, new Entry.Boost(key("streamer", "2"), 200, 0));
    assertEquals(100, await(store.open(room)).boostFactor());
  }

  @Test
  void tap_countsOnceHoweverOftenItIsTold() {
    RoomId room = RedisFixture.freshRoom();
    Collector commits = follow(other, room);
    commit(store, room, tap("v", "c1", 10, false), tap("v", "c1", 10, false));
    commit(other, room, tap("v", "c1", 10, false), tap("v", "c2", 4, false));
    assertEquals(0, look(store, room, "v").standing().points());
    commit(store, room, tap("v", "c2", 20, true));
    commit(store, room, tap("v", "c2", 20, true)); // its answer was lost
    assertEquals(new Standing(Tier.REGULAR, 2, 2, 0), look(store, room, "v").standing());
    assertEquals(30, await(store.open(room)).likes());
    assertEquals(
        List.of(10L, 14L, 30L),
        commits.take(3).stream()
            .map(
                c ->
                    ((Commit.Likes)
                            c.notices().stream()
                                .filter(Commit.Likes.class::isInstance)
                                .findFirst()
                                .orElseThrow())
                        .total())
            .toList());
  }

  @Test
  void watched_overlappingSpansCountOnce() {
    RoomId room = RedisFixture.freshRoom();
    commit(
        store,
        room,
        new Entry.Watched(id("v"), 600_000, 400_000),
        new Entry.Watched(id("v"), 500_000, 350_000), // 250 s by now
        new Entry.Watched(id("v"), 600_000, 400_000));
    assertEquals(0, look(store, room, "v").standing().points());
    commit(store, room, new Entry.Watched(id("v"), 340_000, 280_000)); // 310 s
    assertEquals(new Standing(Tier.REGULAR, 10, 5, 0), look(store, room, "v").standing());
    commit(store, room, new Entry.Watched(id("v"), 270_000, 0)); // 580 s
    assertEquals(10, look(store, room, "v").standing().points());
    commit(store, room, new Entry.Watched(id("w"), 300_000L * 20, 0));
    assertEquals(new Standing(Tier.REGULAR, 120, 60, 0), look(store, room, "w").standing());
  }

  @Test
  void watched_partsThatWereLongerOnTheirWayThanTheNext_leaveNoGap() {
    RoomId room = RedisFixture.freshRoom();
    commit(store, room, new Entry.Watched(id("v"), 900_000, 750_200));
    commit(store, room, new Entry.Watched(id("v"), 750_000, 600_100));
    assertEquals(0, look(store, room, "v").standing().points(), "299.9 s");
    commit(store, room, new Entry.Watched(id("v"), 600_000, 599_000));
    assertEquals(10, look(store, room, "v").standing().points());
  }

  // Who is who and what they may

  @Test
  void join_isRememberedAndNoRevision() {
    RoomId room = RedisFixture.freshRoom();
    Store.Receipt before = commit(store, room, say("v", "1", "hello"));
    Viewer viewer = new Viewer(id("v"), "名 with spaces", Role.MODERATOR);
    Store.Receipt joined = commit(store, room, new Entry.Join(viewer));
    assertEquals(before.revision(), joined.revision());
    Outcome stands =
        new Outcome.Stands(viewer.name(), Role.MODERATOR, new Standing(Tier.REGULAR, 1, 1, 0));
    assertEquals(List.of(stands), joined.outcomes());
    assertEquals(stands, look(other, room, "v"));
    assertEquals(
        new Outcome.Stands("nobody", Role.VIEWER, Standing.NEWCOMER), look(other, room, "nobody"));
  }

  @Test
  void mute_refusesEverywhereUntilLifted() {
    RoomId room = RedisFixture.freshRoom();
    Collector commits = follow(other, room);
    Store.Receipt receipt = commit(store, room, new Entry.Mute(key("mod", "1"), id("v"), 60_000));
    long untilMs = receipt.nowMs() + 60_000;
    assertEquals(List.of(new Outcome.Muted(untilMs)), receipt.outcomes());
    assertEquals(
        List.of(new Commit.MutedUntil(id("v"), untilMs)), commits.take(1).get(0).notices());
    Outcome.Refused refused =
        assertInstanceOf(Outcome.Refused.class, outcome(other, room, say("v", "1", "hello")));
    assertEquals(Reason.MUTED, refused.refusal().reason());
    assertTrue(refused.refusal().retryAfterMs() > 50_000);
    assertTrue(refused.refusal().retryAfterMs() <= 60_000);
    assertEquals(untilMs, look(store, room, "v").standing().mutedUntilMs());

    commit(store, room, new Entry.Mute(key("mod", "2"), id("v"), -1));
    assertEquals(refused(Reason.MUTED), outcome(other, room, say("v", "1", "hello")));
    assertEquals(Standing.FOREVER, look(store, room, "v").standing().mutedUntilMs());

    assertEquals(
        new Outcome.Muted(0), outcome(store, room, new Entry.Mute(key("mod", "3"), id("v"), 0)));
    assertEquals(new Outcome.Said(1), outcome(other, room, say("v", "1", "hello")));
  }

  @Test
  void configure_changesWhatIsGiven() {
    RoomId room = RedisFixture.freshRoom();
    Collector commits = follow(other, room);
    RoomSettings slow = new RoomSettings(5_000, false, Tier.GOLD, false);
    Entry patch = configure(5_000L, null, Tier.GOLD, null);
    assertEquals(new Outcome.Settled(slow), outcome(store, room, patch));
    Store.Receipt same = commit(store, room, patch, configure(null, false, null, null));
    assertEquals(List.of(new Outcome.Settled(slow), new Outcome.Settled(slow)), same.outcomes());
    assertEquals(1, same.revision());
    RoomSettings members = new RoomSettings(5_000, true, Tier.GOLD, true);
    assertEquals(
        new Outcome.Settled(members), outcome(store, room, configure(null, true, null, true)));
    assertEquals(members, await(store.open(room)).settings());
    List<Commit> told = commits.take(2);
    assertEquals(List.of(new Commit.Changed(slow)), told.get(0).notices());
    assertEquals(
        "{\"type\":\"room.settings\",\"seq\":2,\"settings\":{\"slowModeMs\":5000,"
            + "\"membersOnly\":true,\"minTier\":\"gold\",\"silenced\":true}}",
        json(told.get(1).events().get(0)));
  }

  @Test
  void presence_isTheSumOfTheNodes() {
    RoomId room = RedisFixture.freshRoom();
    Collector commits = follow(store, room);
    commit(store, room, new Entry.Presence("a", 3));
    commit(other, room, new Entry.Presence("b", 4));
    long unchanged = commit(store, room, new Entry.Presence("a", 3)).revision();
    assertEquals(2, unchanged);
    assertEquals(7, await(store.open(room)).online());
    commit(other, room, new Entry.Presence("b", 0));
    assertEquals(
        List.of(new Commit.Online(3), new Commit.Online(7), new Commit.Online(3)),
        commits.take(3).stream().map(c -> c.notices().get(0)).toList());
  }

  // Rooms, revisions, feeds

  @Test
  void open_ofANewRoom_bringsItIntoBeing() {
    RoomId room = RedisFixture.freshRoom();
    assertEquals(Map.of(), await(store.heads(List.of(room))));
    Store.Snapshot snapshot = await(store.open(room));
    assertEquals(snapshot.epoch(), await(other.open(room)).epoch());
    assertEquals(
        new Store.Snapshot(
            snapshot.epoch(),
            0,
            0,
            snapshot.nowMs(),
            RoomSettings.DEFAULT,
            0,
            0,
            0,
            100,
            0,
            List.of(),
            List.of(),
            List.of(),
            Store.Snapshot.NEVER),
        snapshot);
    assertTrue(Math.abs(snapshot.nowMs() - store.nowMs()) < 1_000);
    assertEquals(
        Map.of(room, new Store.Head(snapshot.epoch(), 0)),
        await(store.heads(List.of(room, RedisFixture.freshRoom()))));
    assertEquals(Map.of(), await(store.heads(List.of())));
  }

  @Test
  void open_hasTheNewestTail() {
    RoomId room = RedisFixture.freshRoom();
    for (int batch = 0; batch < 3; batch++) {
      int first = batch * 400;
      commit(
          store,
          room,
          IntStream.range(0, 400)
              .mapToObj(i -> say("v" + i, "r" + (first + i), "hello"))
              .toArray(Entry[]::new));
    }
    assertEquals(
        LongStream.rangeClosed(201, 1_200).boxed().toList(), seqs(await(store.open(room)).tail()));
  }

  @Test
  void lookAlone_changesNothing() {
    RoomId room = RedisFixture.freshRoom();
    long before = commit(store, room, say("v", "1", "hello")).revision();
    assertEquals(before, commit(store, room, new Entry.Look(id("v"))).revision());
    assertEquals(
        before, commit(store, room, say("v", "1", "hello"), tap("v", "c", 0, false)).revision());
  }

  @Test
  void fullBatch_isOneCommit() {
    RoomId room = RedisFixture.freshRoom();
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < Store.MAX_BATCH; i++) {
      entries.add(
          i % 2 == 0
              ? say("v" + i, "1", "text".repeat(50))
              : tap("v" + i, "connection-" + i, 30, false));
    }
    Store.Receipt receipt = await(store.commit(room, entries, TERMS, 0, 0));
    assertEquals(1, receipt.revision());
    assertEquals(Store.MAX_BATCH, receipt.outcomes().size());
    assertEquals(Store.MAX_BATCH / 2, await(store.open(room)).seq());
  }

  @Test
  void followers_hearEveryCommitInOrder() {
    RoomId room = RedisFixture.freshRoom();
    Collector here = follow(store, room);
    Collector there = follow(other, room);
    for (int i = 0; i < 200; i += 2) {
      CompletionStage<Store.Receipt> first = store.commit(room, sayAndGrant(i), TERMS, 0, 0);
      await(other.commit(room, sayAndGrant(i + 1), TERMS, 0, 0));
      await(first);
    }
    List<Commit> commits = there.take(200);
    assertEquals(
        LongStream.rangeClosed(1, 200).boxed().toList(),
        commits.stream().map(Commit::revision).toList());
    assertEquals(
        LongStream.rangeClosed(1, 200).boxed().toList(),
        commits.stream().flatMap(c -> c.events().stream()).map(Numbered::seq).toList());
    assertSame(commits, here.take(200));
    List<Commit> kept = await(store.commitsAfter(room, commits.get(0).epoch(), 0)).commits();
    assertSame(commits, kept);
    assertEquals(
        new Commit.Awarded(id("v"), 1, 200, 0, "a gift"),
        commits.get(199).notices().stream()
            .filter(n -> n instanceof Commit.Awarded a && a.viewer().equals(id("v")))
            .findFirst()
            .orElseThrow());
  }

  @Test
  void unfollow_endsIt() {
    RoomId room = RedisFixture.freshRoom();
    Collector first = follow(store, room);
    commit(store, room, say("v", "1", "one"));
    first.take(1);
    store.unfollow(room);
    Collector second = follow(store, room);
    commit(store, room, say("v", "2", "two"));
    second.take(1);
    assertEquals(1, first.commits.size());
  }

  @Test
  void commitsAfter_saysWhenItCannotTell() {
    RoomId room = RedisFixture.freshRoom();
    Store.Receipt last = null;
    for (int i = 0; i < 5; i++) {
      last = commit(store, room, say("v", "" + i, "text"));
    }
    long epoch = last.epoch();
    assertEquals(
        List.of(4L, 5L),
        await(store.commitsAfter(room, epoch, 3)).commits().stream()
            .map(Commit::revision)
            .toList());
    assertEquals(new Store.Repair(true, List.of()), await(store.commitsAfter(room, epoch, 5)));
    assertFalse(await(store.commitsAfter(room, epoch, 6)).possible());
    assertFalse(await(store.commitsAfter(room, epoch - 1, 3)).possible());
    assertFalse(await(store.commitsAfter(RedisFixture.freshRoom(), epoch, 3)).possible());
  }

  @Test
  void fallenBehind_beginsANewEpoch() {
    RoomId room = RedisFixture.freshRoom();
    Store.Receipt before = commit(store, room, say("v", "1", "one"));
    Store.Receipt after =
        await(
            store.commit(
                room, List.of(say("v", "2", "two")), TERMS, before.epoch(), before.revision() + 1));
    assertTrue(after.epoch() > before.epoch());
    assertEquals(1, after.revision());
    assertEquals(List.of(new Outcome.Said(2)), after.outcomes());
    assertFalse(await(store.commitsAfter(room, before.epoch(), 1)).possible());
    assertEquals(1, await(store.commitsAfter(room, after.epoch(), 0)).commits().size());
    // Who knows of another epoch is not behind: their receipt tells them.
    Store.Receipt another =
        await(store.commit(room, List.of(say("v", "3", "three")), TERMS, before.epoch(), 1_000));
    assertEquals(after.epoch(), another.epoch());
    assertEquals(2, another.revision());
  }

  @Test
  void slowMode_isTheSameOnAllNodes_andFollowsTheTier() {
    RoomId room = RedisFixture.freshRoom();
    commit(store, room, new Entry.Configure(new RoomSettings.Patch(3_000L, null, null, null)));
    outcome(store, room, grant("g", "gold", 0, 2_000, "gold"));
    assertInstanceOf(Outcome.Said.class, outcome(store, room, slowed("v", "1")));
    assertSlowed(3_000, outcome(other, room, slowed("v", "2")));
    assertInstanceOf(
        Outcome.Said.class, outcome(other, room, slowed("v", "1")), "a repeat of what was granted");
    assertInstanceOf(Outcome.Said.class, outcome(other, room, slowed("w", "1")), "another viewer");
    assertInstanceOf(Outcome.Said.class, outcome(store, room, slowed("gold", "1")));
    assertSlowed(1_000, outcome(other, room, slowed("gold", "2")));
    Store.Receipt batch = commit(other, room, slowed("x", "1"), slowed("x", "2"));
    assertSlowed(3_000, batch.outcomes().get(1));
    assertInstanceOf(Outcome.Said.class, outcome(other, room, say("v", "3", "of the staff")));
    commit(store, room, new Entry.Configure(new RoomSettings.Patch(0L, null, null, null)));
    assertInstanceOf(Outcome.Said.class, outcome(other, room, slowed("v", "4")));
  }

  private static void assertSlowed(long pauseMs, Outcome outcome) {
    Refusal refusal = assertInstanceOf(Outcome.Refused.class, outcome).refusal();
    assertEquals(Reason.SLOW_MODE, refusal.reason());
    assertTrue(refusal.retryAfterMs() > 0 && refusal.retryAfterMs() <= pauseMs);
  }

  private static Entry slowed(String viewer, String request) {
    Entry.Say said = (Entry.Say) say(viewer, request, "text " + request);
    return new Entry.Say(said.key(), said.viewer(), said.danmaku(), null, true);
  }

  @Test
  void wrongIdeaOfTheTime_isCorrectedUnseen() {
    RoomId room = RedisFixture.freshRoom();
    long now = store.nowMs();
    store.clock.observe(StoreClock.monotonicMs(), now + 90_000_000);
    assertEquals(new Outcome.Said(1), outcome(store, room, say("v", "1", "hello")));
    assertTrue(Math.abs(store.nowMs() - now) < 5_000);
  }

  private static List<Entry> sayAndGrant(int i) {
    return List.of(say("v" + i % 7, "r" + i, "a"), grant("g" + i, "v", 1, 0, "r" + i));
  }

  private static void assertSame(List<Commit> expected, List<Commit> actual) {
    assertEquals(
        expected.stream().map(StoreContractTest::plain).toList(),
        actual.stream().map(StoreContractTest::plain).toList());
  }

  private static List<Object> plain(Commit commit) {
    return List.of(
        commit.epoch(),
        commit.revision(),
        commit.atMs(),
        commit.seq(),
        commit.events().stream().map(StoreContractTest::json).toList(),
        commit.notices());
  }

  private List<LedgerEntry> ledger(RoomId room, String viewer) {
    return Batches.ledger(store, room, viewer);
  }

  private static Standing stands(Outcome outcome) {
    return assertInstanceOf(Outcome.Stands.class, outcome).standing();
  }

  private static Entry tap(String viewer, String connection, long total, boolean last) {
    return new Entry.Tap(id(viewer), Role.VIEWER, connection, total, last);
  }

  private static Entry configure(Long slowModeMs, Boolean members, Tier minTier, Boolean silenced) {
    return new Entry.Configure(new RoomSettings.Patch(slowModeMs, members, minTier, silenced));
  }

  private static String json(Numbered event) {
    return new String(event.json(), UTF_8);
  }

  private static List<Long> seqs(List<Numbered> events) {
    return events.stream().map(Numbered::seq).toList();
  }
}
