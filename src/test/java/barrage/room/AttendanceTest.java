package barrage.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.core.Entry;
import barrage.core.Outcome;
import barrage.core.Role;
import barrage.core.RoomId;
import barrage.room.Watchers.Watcher;
import barrage.rules.RuleBook;
import barrage.rules.RulesFile;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When those who watch are told to the store; what it makes of that is in its contract. */
final class AttendanceTest {
  private static final RoomId ROOM = new RoomId("r");
  private static final int SECOND_MS = 1_000;
  private static final int HEARTBEAT_MS = 25_000;
  private static final int PING_EVERY_MS = 20_000;

  private final RuleBook rules = RulesFile.shipped(true);
  private final ManualLoop loop = new ManualLoop();
  private long watchedFromMs = Long.MAX_VALUE;
  private long watchedToMs;
  private int told;
  private int frameEveryMs;

  private final Store store = CommitsOnly.store(this::commit);
  private final Outbox outbox =
      new Outbox(
          ROOM,
          store,
          loop,
          new Feed(ROOM, store, loop, commit -> {}, () -> {}),
          rules::terms,
          dueMs -> {},
          () -> frameEveryMs == 0 ? loop.nowMs() : (loop.nowMs() / frameEveryMs + 1) * frameEveryMs,
          new RoomPulse());
  private final Attendance attendance =
      new Attendance(loop, outbox, "n", HEARTBEAT_MS, rules::terms, rules::limits);

  private CompletableFuture<Store.Receipt> commit(List<Entry> entries) {
    for (Entry entry : entries) {
      if (entry instanceof Entry.Watched watched) {
        told++;
        watchedFromMs = Math.min(watchedFromMs, loop.nowMs() - watched.fromAgoMs());
        watchedToMs = Math.max(watchedToMs, loop.nowMs() - watched.toAgoMs());
      }
    }
    List<Outcome> done = Collections.nCopies(entries.size(), Outcome.Done.DONE);
    return CompletableFuture.completedFuture(
        new Store.Receipt(0, 0, 0, Store.Snapshot.NEVER, done));
  }

  private long watchedMs() {
    return told == 0 ? 0 : watchedToMs - watchedFromMs;
  }

  /** Somebody who says nothing, and answers the pings of the socket. */
  private Watcher comes() {
    Watcher watcher = new Watcher(loop, "ann", Role.VIEWER);
    watcher.silent = true;
    watcher.ping();
    attendance.enter(watcher);
    return watcher;
  }

  private void secondsPass(int seconds, List<Watcher> answering) {
    for (int i = 0; i < seconds; i++) {
      loop.advance(SECOND_MS);
      for (Watcher watcher : answering) {
        if (loop.nowMs() - watcher.lastSeenMs() >= PING_EVERY_MS) {
          watcher.ping();
        }
      }
      attendance.onSecond();
    }
    loop.advance(frameEveryMs);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 125})
  void fiveMinutesAreTold_asSoonAsTheyWereWatched(int frames) {
    frameEveryMs = frames;
    Watcher ann = comes();
    loop.advance(700); // the room's seconds are its own
    secondsPass(300, List.of(ann));
    assertTrue(watchedMs() >= rules.terms().watchMs(), watchedMs() + " ms");
    assertEquals(5, told);
    secondsPass(300, List.of(ann));
    assertTrue(watchedMs() >= 2 * rules.terms().watchMs(), watchedMs() + " ms");
    assertEquals(10, told);
  }

  @Test
  void whoIsNotSeenAnyMore_isNotToldToWatch() {
    Watcher ann = comes();
    secondsPass(100, List.of(ann));
    ann.dead = true;
    long seenMs = ann.lastSeenMs();
    secondsPass(400, List.of());
    assertTrue(watchedToMs <= seenMs + HEARTBEAT_MS + 2 * SECOND_MS, "to " + watchedToMs);
  }
}
