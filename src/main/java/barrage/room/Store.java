package barrage.room;

import barrage.core.Entry;
import barrage.core.LedgerEntry;
import barrage.core.Outcome;
import barrage.core.RoomId;
import barrage.core.RoomSettings;
import barrage.core.Terms;
import barrage.core.ViewerId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * Where rooms live. Whoever implements it owes its callers:
 *
 * <ul>
 *   <li>one {@link #commit} is atomic: all of its entries are decided in order, stored, numbered
 *       and published in one step, or nothing is;
 *   <li>commits of a room have revisions that rise by one, and every follower hears of each, in
 *       order, at least once unless a link breaks; {@link #commitsAfter} fills what it missed;
 *   <li>what an answered commit holds is still there after any process is killed;
 *   <li>stages are completed on the store's threads, which must not be kept; within 2 s, or they
 *       fail with {@link StoreAwayException}.
 * </ul>
 *
 * All methods may be called from any thread and never block.
 */
public interface Store extends AutoCloseable {

  /** At most this many entries go into one {@link #commit}. */
  int MAX_BATCH = 500;

  /** Reads a room as it is, and brings one that never was into being. */
  CompletionStage<Snapshot> open(RoomId room);

  /**
   * Applies entries in order.
   *
   * @param entries 1 to {@link #MAX_BATCH}
   * @param terms in force for points and tiers
   * @param knownEpoch the epoch the caller knows of
   * @param knownRevision the newest revision the caller knows of in that epoch: a store that has
   *     fallen behind it, as after a fail-over, begins a new epoch rather than tell the past twice
   */
  CompletionStage<Receipt> commit(
      RoomId room, List<Entry> entries, Terms terms, long knownEpoch, long knownRevision);

  /**
   * The commits after a revision, oldest first; fewer than all when there are very many.
   *
   * @return complete from {@code revision + 1} on, or {@link Repair#impossible()} when the epoch is
   *     another or the commits are no longer kept
   */
  CompletionStage<Repair> commitsAfter(RoomId room, long epoch, long revision);

  /**
   * Numbered events from history, oldest first, beginning at {@code fromSeq} or at the oldest that
   * is kept.
   *
   * @param limit at most so many
   */
  CompletionStage<History> history(RoomId room, long fromSeq, int limit);

  /** A viewer's ledger, oldest entry first. */
  CompletionStage<List<LedgerEntry>> ledger(RoomId room, ViewerId viewer);

  /** The newest epoch and revision of each room; a room that is not there is left out. */
  CompletionStage<Map<RoomId, Head>> heads(Collection<RoomId> rooms);

  /**
   * Hears of a room's commits from now on; the stage completes once it is sure to. The follower is
   * called on a store's thread, in order of arrival.
   */
  CompletionStage<Void> follow(RoomId room, Follower follower);

  /** Hears of a room no longer. */
  void unfollow(RoomId room);

  /** Whether the store is known to be away: nothing sent now would reach it. */
  boolean isAway();

  /** The store's clock as this node estimates it, Unix milliseconds. */
  long nowMs();

  @Override
  void close();

  /** Hears what was committed to a room. */
  interface Follower {
    /** One commit, in the order the store published it; may repeat, may leave out. */
    void onCommit(Commit commit);

    /** The link broke and is whole again: there may be a gap. */
    void onRelinked();
  }

  /** A room's position. */
  record Head(long epoch, long revision) {}

  /**
   * A room at one instant.
   *
   * @param seq of the newest numbered event, 0 before the first
   * @param nowMs the store's clock
   * @param danmaku how many were ever said
   * @param boostFactor hundredths; 100 when there is no boost
   * @param tail the newest numbered events, oldest first: {@link #TAIL} of them when there are so
   *     many
   */
  record Snapshot(
      long epoch,
      long revision,
      long seq,
      long nowMs,
      RoomSettings settings,
      long likes,
      long online,
      long danmaku,
      int boostFactor,
      long boostUntilMs,
      List<Numbered> tail) {
    /** The length of a full tail. */
    public static final int TAIL = 1_000;
  }

  /**
   * What came of a commit.
   *
   * @param revision after it; unchanged when the entries changed nothing
   * @param nowMs the store's clock when it decided
   * @param outcomes one for each entry, in order
   */
  record Receipt(long epoch, long revision, long nowMs, List<Outcome> outcomes) {}

  /** An answer to {@link Store#commitsAfter}. */
  record Repair(boolean possible, List<Commit> commits) {
    /** What was missed cannot be told any more. */
    public static Repair impossible() {
      return new Repair(false, List.of());
    }
  }

  /**
   * A stretch of history.
   *
   * @param headSeq of the newest event there is
   */
  record History(long epoch, long headSeq, List<Numbered> events) {}
}
