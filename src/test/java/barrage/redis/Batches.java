package barrage.redis;

import barrage.Patience;
import barrage.core.Danmaku;
import barrage.core.Entry;
import barrage.core.LedgerEntry;
import barrage.core.Outcome;
import barrage.core.Ratio;
import barrage.core.Reason;
import barrage.core.RequestKey;
import barrage.core.Role;
import barrage.core.RoomId;
import barrage.core.Terms;
import barrage.core.Viewer;
import barrage.core.ViewerId;
import barrage.room.Store;
import barrage.room.StoreAwayException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;

/** What tests of the store say in one word. */
final class Batches {
  /** The shipped defaults. */
  static final Terms TERMS = terms(10_000);

  private Batches() {}

  static Terms terms(int historyEvents) {
    return new Terms(
        List.of(
            new Terms.TierTerms(0, 100, 0, new Ratio(100, 100)),
            new Terms.TierTerms(500, 120, 2_000, new Ratio(2, 3)),
            new Terms.TierTerms(2_000, 140, 5_000, new Ratio(1, 3)),
            new Terms.TierTerms(10_000, 200, 10_000, new Ratio(0, 100))),
        new Terms.Award(1, 1, 50),
        new Terms.Award(1, 1, 20),
        15,
        new Terms.Award(10, 5, 120),
        300_000,
        new Terms.Award(1, 1, 0),
        100,
        "Asia/Shanghai",
        historyEvents);
  }

  static ViewerId id(String viewer) {
    return new ViewerId(viewer);
  }

  static RequestKey key(String viewer, String id) {
    return new RequestKey(id(viewer), id);
  }

  static Entry say(String viewer, String id, String text) {
    return new Entry.Say(
        key(viewer, id),
        new Viewer(id(viewer), "名 " + viewer, Role.VIEWER),
        new Danmaku(text, Danmaku.Mode.SCROLL, Danmaku.DEFAULT_COLOR));
  }

  static Entry grant(String id, String viewer, long delta, long growth, String ref) {
    return new Entry.Grant(key("shop", id), id(viewer), delta, growth, "a gift", ref);
  }

  static Outcome refused(Reason reason) {
    return Outcome.Refused.of(reason);
  }

  static Store.Receipt commit(Store store, RoomId room, Entry... entries) {
    return commit(store, room, TERMS, entries);
  }

  static Store.Receipt commit(Store store, RoomId room, Terms terms, Entry... entries) {
    return await(store.commit(room, List.of(entries), terms, 0, 0));
  }

  /** Asks until there is an answer, as one does whom a busy machine has not answered in time. */
  static Store.Receipt answered(Store store, RoomId room, Entry... entries) {
    long deadline = System.nanoTime() + Patience.OF_TESTS.toNanos();
    while (true) {
      try {
        return commit(store, room, entries);
      } catch (StoreAwayException e) {
        if (System.nanoTime() > deadline) {
          throw e;
        }
        Awaitility.await().until(() -> !store.isAway());
      }
    }
  }

  static Outcome outcome(Store store, RoomId room, Entry entry) {
    return commit(store, room, entry).outcomes().get(0);
  }

  static Outcome.Stands look(Store store, RoomId room, String viewer) {
    return (Outcome.Stands) outcome(store, room, new Entry.Look(id(viewer)));
  }

  /** All of a viewer's ledger, page by page. */
  static List<LedgerEntry> ledger(Store store, RoomId room, String viewer) {
    List<LedgerEntry> all = new ArrayList<>();
    Long next = 0L;
    while (next != null) {
      Store.Ledger page = await(store.ledger(room, id(viewer), next));
      all.addAll(page.entries());
      next = page.next();
    }
    return all;
  }

  static <T> T await(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(Patience.OF_TESTS.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException fault) {
        throw fault;
      }
      throw new AssertionError(e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }
}
