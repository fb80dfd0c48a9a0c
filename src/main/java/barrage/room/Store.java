package barrage.room;

import barrage.activity.Reads;
import barrage.activity.Thing;
import barrage.core.Draw;
import barrage.core.Entry;
import barrage.core.LedgerEntry;
import barrage.core.Order;
import barrage.core.Outcome;
import barrage.core.RoomId;
import barrage.core.RoomSettings;
import barrage.core.Terms;
import barrage.core.ViewerId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

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
public interface Store extends Reads, AutoCloseable {

  /** At most this many entries go into one {@link #commit}. */
  int MAX_BATCH = 500;

  /**
   * Reads a room as it is, and brings one that never was into being.
   *
   * @param knownEpoch and
   * @param knownRevision as in {@link #commit}
   */
  CompletionStage<Snapshot> open(RoomId room, long knownEpoch, long knownRevision);

  /** The same for one who knows nothing of it yet. */
  default CompletionStage<Snapshot> open(RoomId room) {
    return open(room, 0, 0);
  }

  /**
   * Applies entries in order.
   *
   * <p>Where it fails and the outcome is unknown, {@link StoreAwayException#mayHappenForMs} tells
   * for how long it may still happen: after that it has, or never does.
   *
   * @param entries 1 to {@link #MAX_BATCH}
   * @param terms in force for points and tiers
   * @param knownEpoch the epoch the caller knows of
   * @param knownRevision the newest revision the caller knows of in that epoch: a store that has
   *     fallen behind it begins a new epoch rather than tell the past twice; so does one that was
   *     failed over to, which may have fallen behind what others know
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

  /**
   * A page of a viewer's ledger, in the order in which its entries came to be.
   *
   * @param after {@link Ledger#next} of the page before, 0 for the first page
   */
  CompletionStage<Ledger> ledger(RoomId room, ViewerId viewer, long after);

  /** The newest epoch and revision of each room; a room that is not there is left out. */
  CompletionStage<Map<RoomId, Head>> heads(Collection<RoomId> rooms);

  /**
   * How far a room has come, as of now; empty when there is none. Where replicas are waited for, it
   * is told by a store that counts: one that was replaced cannot.
   */
  CompletionStage<Optional<Head>> head(RoomId room);

  /**
   * Hears of a room's commits from now on; the stage completes once it is sure to. The follower is
   * called on a store's thread, in order of arrival.
   */
  CompletionStage<Void> follow(RoomId room, Follower follower);

  /** Hears of a room no longer. */
  void unfollow(RoomId room);

  /**
   * A sale as it is: the JSON of {@code GET …/sales/{id}}, with {@code state}, {@code available},
   * {@code heldForTier}, {@code reserved}, {@code paid}, and {@code reason} once it has ended;
   * empty when there is none.
   */
  CompletionStage<Optional<byte[]>> sale(RoomId room, String sale);

  /** An order; empty when there is none. */
  CompletionStage<Optional<Order>> order(RoomId room, String order);

  /**
   * Orders, oldest first; of one viewer, newest first.
   *
   * @param viewer of this viewer alone, or {@code null}
   * @param sale of this sale alone, or {@code null}
   * @param after the cursor of the page before, or {@code null} for the first page
   */
  CompletionStage<Orders> orders(
      RoomId room, @Nullable ViewerId viewer, @Nullable String sale, @Nullable String after);

  /**
   * Everyone who was ever given an order in a sale: a page of them.
   *
   * @param cursor 0 for the first page
   */
  CompletionStage<Page<ViewerId>> buyers(RoomId room, String sale, long cursor);

  /**
   * A lottery as it is: the JSON of {@code GET …/lotteries/{id}}, with {@code state}, {@code
   * entries}, and from the lock on {@code entriesHash}, from the draw on {@code seed} and {@code
   * winners} ({@code seed} also when cancelled); empty when there is none.
   */
  CompletionStage<Optional<byte[]>> lottery(RoomId room, String lottery);

  /**
   * What a lottery is drawn from, of one that is locked, drawn or cancelled (whose tickets are not
   * kept): never to be shown before the draw. Empty when there is none, or it is open.
   */
  CompletionStage<Optional<Sealed>> sealed(RoomId room, String lottery);

  /**
   * The tickets of a lottery that is locked or drawn: a page, in no order; one may come twice.
   *
   * @param cursor 0 for the first page
   */
  CompletionStage<Page<Draw.Ticket>> tickets(RoomId room, String lottery, long cursor);

  /**
   * What a room's streamer wants to know. Costs the same however long the room has been going on.
   */
  CompletionStage<Figures> figures(RoomId room);

  /** What is due in a room by the store's clock, at most {@code limit} things, the oldest first. */
  CompletionStage<List<Due>> due(RoomId room, int limit);

  /**
   * Rooms that have something due, or will have, and by now may have been left by the node that
   * would see to it: those whose next deadline has passed.
   */
  CompletionStage<List<RoomId>> overdue();

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
   * @param sales as {@link Store#sale}: all whose time is not over and that are not cancelled,
   *     those among them that are sold out for now
   * @param lotteries as {@link Store#lottery}: the open one, and those still to be drawn
   * @param things of activities, all that are open, scheduled or just over, oldest first
   * @param nextDueMs as {@link Receipt#nextDueMs}
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
      List<Numbered> tail,
      List<byte[]> sales,
      List<byte[]> lotteries,
      List<Thing> things,
      long nextDueMs) {
    /** Without anything of activities. */
    public Snapshot(
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
        List<Numbered> tail,
        List<byte[]> sales,
        List<byte[]> lotteries,
        long nextDueMs) {
      this(
          epoch,
          revision,
          seq,
          nowMs,
          settings,
          likes,
          online,
          danmaku,
          boostFactor,
          boostUntilMs,
          tail,
          sales,
          lotteries,
          List.of(),
          nextDueMs);
    }

    /** Nothing is due. */
    public static final long NEVER = Long.MAX_VALUE;

    /** The length of a full tail. */
    public static final int TAIL = 1_000;
  }

  /**
   * What came of a commit.
   *
   * @param revision after it; unchanged when the entries changed nothing
   * @param nowMs the store's clock when it decided
   * @param nextDueMs when something is due next, the store's clock; {@link Snapshot#NEVER}
   * @param outcomes one for each entry, in order
   */
  record Receipt(long epoch, long revision, long nowMs, long nextDueMs, List<Outcome> outcomes) {}

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

  /** A page of orders; {@code next} continues it, {@code null} at the end. */
  record Orders(List<Order> orders, @Nullable String next) {
    /** Orders a page. */
    public static final int PAGE = 200;
  }

  /** A page of a ledger; {@code next} continues it, {@code null} at the end. */
  record Ledger(List<LedgerEntry> entries, @Nullable Long next) {
    /** Entries a page. */
    public static final int PAGE = 200;

    public Ledger {
      entries = List.copyOf(entries);
    }
  }

  /** A page of something; {@code next} continues it, 0 at the end. */
  record Page<T>(List<T> items, long next) {}

  /**
   * What a lottery is drawn from, but for its tickets.
   *
   * @param state {@code locked}, {@code drawn} or {@code cancelled}
   * @param seed hex
   * @param entries how many tickets there are
   * @param entriesHash {@code null} until it was announced
   */
  record Sealed(
      String state,
      String seed,
      List<Draw.Prize> prizes,
      long entries,
      @Nullable String entriesHash) {}

  /**
   * A room's figures at one instant, each equal to what adding up its orders and ledgers would
   * give.
   *
   * @param atMs the store's clock
   * @param danmaku how many were ever said
   * @param boostFactor hundredths; 100 when there is no boost
   * @param boostUntilMs 0 when there is no boost
   * @param pointsGiven ever, to all viewers; with {@code pointsTaken} from it: the sum of balances
   * @param takings of all sales, by their currency
   * @param sales the newest, newest first
   * @param lotteries as {@link Store#lottery} without winners: the newest, newest first
   */
  record Figures(
      long atMs,
      long likes,
      long danmaku,
      int boostFactor,
      long boostUntilMs,
      long pointsGiven,
      long pointsTaken,
      Map<String, Takings> takings,
      List<SaleFigures> sales,
      List<byte[]> lotteries) {}

  /** A sale as {@link Store#sale}, and its orders. */
  record SaleFigures(byte[] json, Takings takings) {}

  /** Orders by the state they are in now. */
  record Takings(Map<Order.Status, Tally> byStatus) {
    /** What was ever paid: refunds and what is due back are not taken off. */
    public long gmvCents() {
      return cents(Order.Status.PAID)
          + cents(Order.Status.REFUND_DUE)
          + cents(Order.Status.REFUNDED);
    }

    private long cents(Order.Status status) {
      return byStatus.getOrDefault(status, Tally.NONE).amountCents();
    }
  }

  /** How many orders, and what they are worth together. */
  record Tally(long orders, long amountCents) {
    static final Tally NONE = new Tally(0, 0);
  }

  /** Something that is due. What cannot be read is passed over, and comes again after a while. */
  sealed interface Due {}

  /** {@link Entry.TurnSale}. */
  record SaleDue(String sale) implements Due {}

  /** The orders of a cancelled sale are to be unwound: the next of them, at most a page. */
  record OrdersDue(List<Order> orders) implements Due {}

  /** {@link Entry.Unwind}. */
  record OrderDue(Order order) implements Due {}

  /** {@link Entry.LockLottery}, and then to be drawn; of a cancelled one, to be told. */
  record LotteryDue(String lottery) implements Due {}

  /** Something of an activity's thing: its settler knows what. */
  record ThingDue(String kind, String id) implements Due {}

  /**
   * {@link Entry.ReturnCost} for the next of those who entered a cancelled lottery; {@link
   * Entry.PassOver} when there are none of whom it can be told who they are.
   */
  record CostsDue(String lottery, List<ViewerId> viewers) implements Due {}
}
