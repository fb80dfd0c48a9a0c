package barrage.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.activity.StoreEntry;
import barrage.core.Entry;
import barrage.core.Outcome;
import barrage.core.Reason;
import barrage.core.RequestKey;
import barrage.core.Role;
import barrage.core.RoomId;
import barrage.core.Viewer;
import barrage.core.ViewerId;
import barrage.rules.RulesFile;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Clicks beyond what can wait, while the store takes its time. */
final class OutboxTest {
  private static final RoomId ROOM = new RoomId("r");
  private static final int REGULAR = 0;
  private static final int GOLD = 2;

  private final ManualLoop loop = new ManualLoop();
  private final List<List<Entry>> batches = new ArrayList<>();
  private final CompletableFuture<Store.Receipt> first = new CompletableFuture<>();
  private final List<String> busy = new ArrayList<>();
  private final Store store = CommitsOnly.store(this::commit);
  private final Outbox outbox =
      new Outbox(
          ROOM,
          store,
          loop,
          new Feed(ROOM, store, loop, commit -> {}, () -> {}),
          RulesFile.shipped(true)::terms,
          dueMs -> {},
          loop::nowMs,
          new RoomPulse());

  private CompletableFuture<Store.Receipt> commit(List<Entry> entries) {
    batches.add(entries);
    return batches.size() == 1 ? first : new CompletableFuture<>();
  }

  private void click(String viewer, int rank) {
    Viewer who = new Viewer(new ViewerId(viewer), viewer, Role.VIEWER);
    outbox.add(
        new Entry.Buy(new RequestKey(who.id(), "click"), who, "sale", 1),
        rank,
        (outcome, fate, revision) -> {
          if (outcome instanceof Outcome.Refused refused
              && refused.refusal().reason() == Reason.BUSY) {
            assertTrue(refused.refusal().retryAfterMs() > 0);
            assertEquals(Outbox.Fate.NOT_EXECUTED, fate);
            busy.add(viewer);
          }
        });
  }

  private static Stream<String> buyers(List<Entry> batch) {
    return batch.stream().map(entry -> ((Entry.Buy) entry).viewer().id().value());
  }

  @Test
  void tenTimesTheClicks_membersTakeThePlaceOfTheNewestRegulars_andAreDecidedFirst() {
    for (int i = 0; i < Store.MAX_BATCH; i++) {
      click("first" + i, REGULAR);
    }
    loop.run();
    assertEquals(1, batches.size());
    int all = 10 * Outbox.MAX_WAITING;
    for (int i = 0; i < all; i++) {
      click("regular" + i, REGULAR);
    }
    assertEquals(all - Outbox.MAX_WAITING, busy.size());
    assertEquals("regular" + Outbox.MAX_WAITING, busy.get(0));
    busy.clear();
    for (int i = 0; i < 100; i++) {
      click("gold" + i, GOLD);
    }
    assertEquals(100, busy.size());
    assertEquals("regular" + (Outbox.MAX_WAITING - 1), busy.get(0));
    assertEquals("regular" + (Outbox.MAX_WAITING - 100), busy.get(99));

    first.completeExceptionally(new StoreAwayException("late", false));
    loop.run();
    List<String> next = buyers(batches.get(1)).toList();
    assertEquals(Store.MAX_BATCH, next.size());
    for (int i = 0; i < 100; i++) {
      assertEquals("gold" + i, next.get(i));
    }
    assertEquals("regular0", next.get(100));
  }

  @Test
  void whatIsAskedOfAnActivity_andMayStillHappen_isUnavailableWhenThatIsOver() {
    List<Outbox.Fate> told = new ArrayList<>();
    RequestKey key = new RequestKey(new ViewerId("ann"), "1");
    outbox.add(
        StoreEntry.of("kind", "take").keyed(key), (outcome, fate, revision) -> told.add(fate));
    loop.run();
    first.completeExceptionally(new StoreAwayException("cut", false).onItsWayFor(1_000));
    loop.advance(999);
    assertEquals(List.of(), told, "the same id may be sent again, and refused");
    loop.advance(1);
    assertEquals(List.of(Outbox.Fate.UNKNOWN), told);
  }

  @Test
  void whatMayStillHappen_isUnavailableWhenThatIsOver_andTheNextBatchDoesNotWait() {
    List<String> told = new ArrayList<>();
    Viewer ann = new Viewer(new ViewerId("ann"), "ann", Role.VIEWER);
    Outbox.Answer answer =
        new Outbox.Answer() {
          @Override
          public void on(Outcome outcome, Outbox.Fate fate, long revision) {
            assertEquals(Outcome.Refused.of(Reason.UNAVAILABLE), outcome);
            told.add("click " + fate);
          }

          @Override
          public void onUnsure() {
            told.add("unsure");
          }
        };
    outbox.add(new Entry.Buy(new RequestKey(ann.id(), "1"), ann, "sale", 1), answer);
    outbox.add(new Entry.Look(ann.id()), (outcome, fate, revision) -> told.add("look " + fate));
    loop.run();
    click("bob", REGULAR);
    first.completeExceptionally(new StoreAwayException("cut", false).onItsWayFor(1_000));
    loop.run();
    assertEquals(2, batches.size());
    assertEquals(List.of("look UNKNOWN", "unsure"), told);
    loop.advance(999);
    assertEquals(2, told.size());
    loop.advance(1);
    assertEquals("click UNKNOWN", told.get(2));
  }
}
