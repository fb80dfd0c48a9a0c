package barrage.room;

import barrage.core.RoomId;
import java.util.ArrayDeque;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts what the store published in order: every commit once, by revision. Publishing only wakes; a
 * gap is filled from the room's stream, and where that cannot be, the room is lost and read anew.
 *
 * <p>Answers to what this node committed itself wait here until the room knows of the commit, so
 * that who was answered sees the effect in whatever they ask next.
 *
 * <p>Confined to its room's loop.
 */
final class Feed {
  private static final Logger LOG = LoggerFactory.getLogger(Feed.class);

  /** How long the published commit may take after the receipt before it is fetched. */
  private static final int REPAIR_AFTER_MS = 25;

  /** How long an answer waits for the room to know: it is durable in any case. */
  private static final int ANSWER_AFTER_MS = 500;

  private static final int RETRY_MS = 250;

  /** The store is compared with once a second. */
  private static final int CURRENT_FOR_MS = 2_500;

  /** Commits kept for when those before them are known. */
  static final int MAX_AHEAD = 256;

  private final RoomId room;
  private final Store store;
  private final RoomLoop loop;
  private final Consumer<Commit> apply;
  private final Runnable lost;

  private final TreeMap<Long, Commit> ahead = new TreeMap<>();
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private long epoch;
  private long revision;
  private boolean repairing;
  private long currentMs;
  private boolean open;

  private record Waiting(long revision, long sinceMs, Runnable answers) {}

  Feed(RoomId room, Store store, RoomLoop loop, Consumer<Commit> apply, Runnable lost) {
    this.room = room;
    this.store = store;
    this.loop = loop;
    this.apply = apply;
    this.lost = lost;
  }

  /** Whether it is at some position at all. */
  boolean isOpen() {
    return open;
  }

  long epoch() {
    return epoch;
  }

  long revision() {
    return revision;
  }

  /**
   * Whether the room lately knew all that the store knew: it heard of a commit, or asked and there
   * was none.
   */
  boolean isCurrent() {
    return open && loop.nowMs() - currentMs < CURRENT_FOR_MS;
  }

  /** Begins at a snapshot; what came while it was read follows it. */
  void openAt(long snapshotEpoch, long snapshotRevision) {
    epoch = snapshotEpoch;
    revision = snapshotRevision;
    open = true;
    currentMs = loop.nowMs();
    ahead.headMap(revision, true).clear();
    ahead.values().removeIf(commit -> commit.epoch() != epoch);
    applyAhead();
    while (!waiting.isEmpty()) {
      waiting.remove().answers().run();
    }
  }

  /** Until the next {@link #openAt} commits are only kept. */
  void close() {
    open = false;
    ahead.clear();
  }

  void onCommit(Commit commit) {
    if (!open) {
      keep(commit);
    } else if (commit.epoch() != epoch) {
      if (commit.epoch() > epoch) {
        lose();
      }
    } else if (commit.revision() == revision + 1) {
      accept(commit);
      applyAhead();
    } else if (commit.revision() > revision) {
      keep(commit);
      repair();
    }
  }

  /** What finds no room is fetched like any other gap, once what is before it is known. */
  private void keep(Commit commit) {
    if (ahead.size() < MAX_AHEAD) {
      ahead.put(commit.revision(), commit);
    }
  }

  /** The store's newest position, told from time to time. */
  void onHead(long headEpoch, long headRevision) {
    if (!open) {
      return;
    }
    if (headEpoch != epoch) {
      lose();
    } else if (headRevision > revision) {
      repair();
    } else {
      currentMs = loop.nowMs();
    }
  }

  /** Something may have been missed. */
  void onDoubt() {
    if (open) {
      repair();
    }
  }

  /** Runs {@code answers} once the room knows of this commit. */
  void whenKnown(long commitEpoch, long commitRevision, Runnable answers) {
    if (open && commitEpoch == epoch && commitRevision <= revision && waiting.isEmpty()) {
      answers.run();
      return;
    }
    waiting.add(new Waiting(commitRevision, loop.nowMs(), answers));
    if (open && commitEpoch != epoch) {
      lose();
    }
    if (waiting.size() == 1) {
      loop.schedule(this::onStillWaiting, REPAIR_AFTER_MS);
    }
  }

  private void onStillWaiting() {
    long overdue = loop.nowMs() - ANSWER_AFTER_MS;
    for (Waiting first = waiting.peek();
        first != null && first.sinceMs() <= overdue;
        first = waiting.peek()) {
      waiting.remove().answers().run();
    }
    if (!waiting.isEmpty()) {
      if (open && loop.nowMs() - waiting.element().sinceMs() >= REPAIR_AFTER_MS) {
        repair();
      }
      loop.schedule(this::onStillWaiting, REPAIR_AFTER_MS);
    }
  }

  private void accept(Commit commit) {
    revision = commit.revision();
    currentMs = loop.nowMs();
    apply.accept(commit);
    for (Waiting first = waiting.peek();
        first != null && first.revision() <= revision;
        first = waiting.peek()) {
      waiting.remove().answers().run();
    }
  }

  private void applyAhead() {
    for (Commit next = ahead.remove(revision + 1);
        next != null;
        next = ahead.remove(revision + 1)) {
      accept(next);
    }
    ahead.headMap(revision, true).clear();
    if (!ahead.isEmpty()) {
      repair();
    }
  }

  private void repair() {
    if (repairing) {
      return;
    }
    repairing = true;
    long askedEpoch = epoch;
    store
        .commitsAfter(room, epoch, revision)
        .whenComplete(
            (found, failure) ->
                loop.execute(
                    () -> {
                      repairing = false;
                      if (open && epoch == askedEpoch) {
                        onRepair(found, failure);
                      }
                    }));
  }

  private void onRepair(Store.Repair found, Throwable failure) {
    if (failure != null) {
      loop.schedule(this::onDoubt, RETRY_MS);
      return;
    }
    if (!found.possible()) {
      lose();
      return;
    }
    boolean more = false;
    for (Commit commit : found.commits()) {
      if (commit.revision() == revision + 1) {
        accept(commit);
        more = true;
      }
    }
    ahead.headMap(revision, true).clear();
    if (more) {
      LOG.debug("room {}: filled a gap up to revision {}", room, revision);
      repair();
    } else if (!ahead.isEmpty()) {
      applyAhead();
    }
  }

  private void lose() {
    close();
    lost.run();
  }
}
