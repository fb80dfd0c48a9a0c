package barrage.redis;

import static barrage.redis.Batches.await;
import static barrage.redis.Batches.grant;
import static barrage.redis.Batches.id;
import static barrage.redis.Batches.key;
import static barrage.redis.Batches.say;
import static org.junit.jupiter.api.Assertions.assertEquals;

import barrage.core.Entry;
import barrage.core.LedgerEntry;
import barrage.core.Outcome;
import barrage.core.Ratio;
import barrage.core.Role;
import barrage.core.RoomId;
import barrage.core.Standing;
import barrage.core.Terms;
import barrage.room.Store;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * Points against a model in plain Java: caps, carry, tiers, boosts, and the ledger that sums up.
 */
class PointsModelTest {
  private static final String[] VIEWERS = {"ann", "bob", "cho", "dee", "eve", "fay"};

  /** Small caps and odd factors, so that a short run meets all of it. */
  private static final Terms TERMS =
      new Terms(
          List.of(
              new Terms.TierTerms(0, 100, 0, new Ratio(100, 100)),
              new Terms.TierTerms(20, 117, 0, new Ratio(100, 100)),
              new Terms.TierTerms(60, 133, 0, new Ratio(100, 100)),
              new Terms.TierTerms(150, 203, 0, new Ratio(100, 100))),
          new Terms.Award(3, 2, 100),
          new Terms.Award(2, 1, 61),
          7,
          new Terms.Award(10, 5, 120),
          300_000,
          new Terms.Award(1, 1, 0),
          100,
          "UTC",
          10_000);

  @Test
  void randomBatches_matchTheModel() {
    for (long seed = 1; seed <= 5; seed++) {
      Random random = new Random(seed);
      Model model = new Model();
      RoomId room = RedisFixture.freshRoom();
      try (Store store = RedisStore.connect(RedisFixture.uri(), "model")) {
        for (int batch = 0; batch < 30; batch++) {
          List<Entry> entries = new ArrayList<>();
          List<Standing> expected = new ArrayList<>();
          for (int i = 0; i < 1 + random.nextInt(20); i++) {
            String viewer = VIEWERS[random.nextInt(VIEWERS.length)];
            entries.add(model.random(random, viewer, batch + "-" + i));
            expected.add(null);
            entries.add(new Entry.Look(id(viewer)));
            expected.add(model.account(viewer).standing());
          }
          List<Outcome> outcomes = await(store.commit(room, entries, TERMS, 0, 0)).outcomes();
          for (int i = 1; i < expected.size(); i += 2) {
            assertEquals(
                expected.get(i),
                ((Outcome.Stands) outcomes.get(i)).standing(),
                "seed " + seed + ", " + entries.get(i - 1));
          }
        }
        assertBalancesAreTheLedgers(store, room);
      }
    }
  }

  @Test
  void concurrentBatchesFromTwoStores_keepBalancesEqualToLedgers() {
    RoomId room = RedisFixture.freshRoom();
    try (Store one = RedisStore.connect(RedisFixture.uri(), "one");
        Store two = RedisStore.connect(RedisFixture.uri(), "two")) {
      CompletableFuture<List<Outcome>> ofOne =
          CompletableFuture.supplyAsync(() -> commitAtRandom(one, room, new Random(7)));
      List<Outcome> outcomes = commitAtRandom(two, room, new Random(8));
      outcomes.addAll(ofOne.join());
      Map<Long, Integer> saidOnce = new HashMap<>();
      long last = 0;
      for (Outcome outcome : outcomes) {
        if (outcome instanceof Outcome.Said said) {
          saidOnce.merge(said.seq(), 1, Integer::sum);
          last = Math.max(last, said.seq());
        }
      }
      assertEquals(last, saidOnce.size(), "numbers without a gap");
      assertEquals(last, await(one.open(room)).danmaku());
      assertBalancesAreTheLedgers(one, room);
    }
  }

  /** Danmaku and grants, of whose ids many are repeats and some conflict. */
  private static List<Outcome> commitAtRandom(Store store, RoomId room, Random random) {
    List<Outcome> outcomes = new ArrayList<>();
    for (int batch = 0; batch < 100; batch++) {
      List<Entry> entries = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        String viewer = VIEWERS[random.nextInt(VIEWERS.length)];
        String request = "r" + random.nextInt(1_500);
        entries.add(
            random.nextBoolean()
                ? say(viewer, request, "text")
                : grant(request, viewer, random.nextInt(30) - 14, random.nextInt(2), request));
      }
      outcomes.addAll(await(store.commit(room, entries, TERMS, 0, 0)).outcomes());
    }
    return outcomes;
  }

  private static void assertBalancesAreTheLedgers(Store store, RoomId room) {
    for (String viewer : VIEWERS) {
      Standing standing = Batches.look(store, room, viewer).standing();
      List<LedgerEntry> ledger = Batches.ledger(store, room, viewer);
      assertEquals(standing.points(), ledger.stream().mapToLong(LedgerEntry::delta).sum());
      assertEquals(standing.growth(), ledger.stream().mapToLong(LedgerEntry::growth).sum());
    }
  }

  /** Points and tiers, for one room and one day. */
  private static final class Model {
    private final Map<String, Account> accounts = new HashMap<>();
    private int boost = 100;

    Account account(String viewer) {
      return accounts.computeIfAbsent(viewer, v -> new Account());
    }

    /** Something the viewer does next, which is done here as well. */
    Entry random(Random random, String viewer, String request) {
      Account account = account(viewer);
      switch (random.nextInt(10)) {
        case 0 -> {
          boost = random.nextBoolean() ? 100 + random.nextInt(300) : 100;
          return new Entry.Boost(key("streamer", request), boost, 3_600_000);
        }
        case 1 -> {
          int delta = random.nextInt(40) - 20;
          int growth = random.nextInt(10);
          if (delta >= 0 || account.points + delta >= 0) {
            account.points += delta;
            account.growth += growth;
          }
          return grant(request, viewer, delta, growth, request);
        }
        case 2, 3, 4 -> {
          int more = random.nextInt(40);
          account.tapped += more;
          account.waiting += more;
          account.award("likes", TERMS.likes(), account.waiting / 7, boost);
          account.waiting %= 7;
          return new Entry.Tap(id(viewer), Role.VIEWER, "of-" + viewer, account.tapped, false);
        }
        default -> {
          account.award("danmaku", TERMS.danmaku(), 1, boost);
          return say(viewer, request, "text");
        }
      }
    }
  }

  private static final class Account {
    private long points;
    private long growth;
    private long tapped;
    private long waiting;
    private final Map<String, Long> base = new HashMap<>();
    private final Map<String, Long> carried = new HashMap<>();

    Standing standing() {
      return new Standing(TERMS.tierAt(growth), points, growth, 0);
    }

    void award(String reason, Terms.Award award, long times, int boost) {
      long factor = TERMS.of(TERMS.tierAt(growth)).pointsFactor();
      for (long i = 0; i < times; i++) {
        if (base.getOrDefault(reason, 0L) + award.points() > award.cap()) {
          return;
        }
        base.merge(reason, (long) award.points(), Long::sum);
        growth += award.growth();
        carried.merge(reason, award.points() * factor * boost, Long::sum);
        points += carried.get(reason) / 10_000;
        carried.computeIfPresent(reason, (r, left) -> left % 10_000);
      }
    }
  }
}
