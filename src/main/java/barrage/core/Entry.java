package barrage.core;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One thing for the store to do, atomically, in the order of its batch. The store decides what
 * comes of it: an {@link Outcome}.
 */
public sealed interface Entry {

  /** An entry whose outcome, once granted, is remembered under its key. */
  sealed interface Keyed extends Entry {
    /** Under which a repeat is recognised. */
    RequestKey key();
  }

  /**
   * A danmaku the rules let pass. Gives {@link Outcome.Said}; refused with {@code muted} when the
   * store knows of a mute this node has not heard of yet.
   *
   * @param lottery one that this text enters its sender in, if they may; a viewer who enters so is
   *     told by {@code lottery.entered}
   * @param slowed whether the room's slow mode concerns the viewer: refused with {@code slow_mode}
   *     so soon after their last one, whichever node that came from
   */
  record Say(
      RequestKey key, Viewer viewer, Danmaku danmaku, @Nullable String lottery, boolean slowed)
      implements Keyed {
    /** One that enters nobody in a lottery, and that slow mode does not concern. */
    public Say(RequestKey key, Viewer viewer, Danmaku danmaku) {
      this(key, viewer, danmaku, null, false);
    }

    /** One that slow mode does not concern. */
    public Say(RequestKey key, Viewer viewer, Danmaku danmaku, @Nullable String lottery) {
      this(key, viewer, danmaku, lottery, false);
    }
  }

  /**
   * The likes counted so far for one connection; the store adds what is new, so repeating it is
   * harmless. Gives {@link Outcome.Done}.
   *
   * @param connection unique among all connections of all nodes
   * @param total taps counted since the connection began
   * @param role of the viewer: staff never enter a lottery by likes
   * @param last whether the connection is gone, so that nothing more is to be remembered of it
   */
  record Tap(ViewerId viewer, Role role, String connection, long total, boolean last)
      implements Entry {}

  /**
   * The viewer was connected and seen alive. Spans of several connections and nodes may overlap;
   * time counts once. Gives {@link Outcome.Done}.
   *
   * @param fromAgoMs how long ago the span began
   * @param toAgoMs how long ago it ended, at most {@code fromAgoMs}
   */
  record Watched(ViewerId viewer, long fromAgoMs, long toAgoMs) implements Entry {}

  /**
   * How many connections a node has in the room now; kept for {@link #LIVES_MS} unless repeated.
   * Gives {@link Outcome.Done}.
   */
  record Presence(String node, int connections) implements Entry {
    /** How long the store believes a node that says nothing more, milliseconds. */
    public static final long LIVES_MS = 30_000;
  }

  /**
   * Asks for a viewer's standing after everything before it in the room. Gives {@link
   * Outcome.Stands}.
   */
  record Look(ViewerId viewer) implements Entry {}

  /**
   * {@link Look} for a viewer who joins, with the name and role to remember.
   *
   * @param kinds of activities that have things of which some may be this viewer's
   */
  record Join(Viewer viewer, Set<String> kinds) implements Entry {
    public Join {
      kinds = Set.copyOf(kinds);
    }

    /** Where there is nothing of activities. */
    public Join(Viewer viewer) {
      this(viewer, Set.of());
    }
  }

  /**
   * A service gives or takes points. Gives {@link Outcome.Stands}; {@code insufficient_points} when
   * the balance would be below zero; {@code conflict} when {@code ref} was used for something else.
   *
   * @param delta points, below zero to take
   * @param growth growth to add, at least 0
   */
  record Grant(RequestKey key, ViewerId viewer, long delta, long growth, String reason, String ref)
      implements Keyed {}

  /**
   * Points are multiplied for a while; a later boost replaces an earlier one. Gives {@link
   * Outcome.Boosted}.
   *
   * @param factor hundredths
   */
  record Boost(RequestKey key, int factor, long durationMs) implements Keyed {}

  /**
   * A viewer may not speak for a while. Gives {@link Outcome.Muted}.
   *
   * @param durationMs {@code -1} for good, 0 lifts it
   */
  record Mute(RequestKey key, ViewerId viewer, long durationMs) implements Keyed {}

  /**
   * Takes a danmaku's text out of the history. Gives {@link Outcome.Done}, also when it is deleted
   * already; {@code not_found} when history holds no danmaku of this number.
   */
  record Delete(long seq) implements Entry {}

  /** Changes settings. Gives {@link Outcome.Settled}. */
  record Configure(RoomSettings.Patch patch) implements Entry {}

  /** What an activity has the store do. Its outcome is {@link Outcome.Told}. */
  non-sealed interface OfActivity extends Entry {
    /** Under which a repeat is recognised; {@code null} for what may be done twice without harm. */
    @Nullable RequestKey key();

    /** Whether it is answered only when replicas have it, where they are waited for. */
    default boolean isPromised() {
      return true;
    }

    /** Whether of those that wait together the ones of higher tiers are decided first. */
    default boolean isRanked() {
      return false;
    }

    /** Whether something may be due later because of it. */
    default boolean isTimed() {
      return true;
    }
  }

  // ---- sales and orders

  /**
   * Puts a sale on. Gives {@link Outcome.Sale}.
   *
   * @param sale a fresh id
   */
  record Schedule(RequestKey key, String sale, Offer offer) implements Keyed {}

  /**
   * Does what the store's clock says is due for a sale: opens it, lets go of its reserve, announces
   * that units are back, ends it. Harmless when nothing is due. Gives {@link Outcome.Done}.
   */
  record TurnSale(String sale) implements Entry {}

  /**
   * Ends a sale for good; its orders are to be unwound one by one with {@link Unwind}. Gives {@link
   * Outcome.Done}; {@code wrong_state} when it is over already.
   */
  record CancelSale(RequestKey key, String sale) implements Keyed {}

  /**
   * A click on a sale. Gives {@link Outcome.Ordered}; refused with {@code not_found}, {@code
   * ended}, {@code not_open}, {@code limit_reached} or {@code sold_out}, in this order.
   *
   * @param quantity all or nothing; from 1
   */
  record Buy(RequestKey key, Viewer viewer, String sale, int quantity) implements Keyed {}

  /**
   * The viewer gives a reserved order back. Gives {@link Outcome.Ordered}; {@code not_found} for
   * one that is not theirs, {@code wrong_state} for one that is not reserved.
   *
   * @param order with its sale, viewer and quantity as once read; the store decides by what it has
   */
  record CancelOrder(RequestKey key, Order order) implements Keyed {}

  /**
   * A merchant was paid; the purchase points are awarded in the same step. Gives {@link
   * Outcome.Ordered}: paid, or {@code refund_due} when it came too late and nothing is left. The
   * same {@code paymentRef} again gives the same order; another one is a {@code conflict}.
   */
  record Pay(RequestKey key, Order order, String paymentRef) implements Keyed {}

  /**
   * A merchant paid back; points and growth of the purchase are taken back, even below zero. Gives
   * {@link Outcome.Ordered}; {@code wrong_state} for what was never paid. {@code refundRef} as
   * {@code paymentRef}.
   */
  record Refund(RequestKey key, Order order, String refundRef) implements Keyed {}

  /**
   * Does what is due for an order: it expires when its time to pay is over, and when its sale was
   * cancelled it is cancelled or becomes {@code refund_due}. Harmless when nothing is due. Gives
   * {@link Outcome.Done}.
   */
  record Unwind(Order order) implements Entry {}

  // ---- lotteries

  /**
   * Opens a lottery. Gives {@link Outcome.Lottery}; {@code wrong_state} when another one is open.
   *
   * @param lottery a fresh id
   * @param seed hex, secret until it is drawn or cancelled
   * @param commitment hex SHA-256 of the seed
   */
  record OpenLottery(RequestKey key, String lottery, Raffle raffle, String seed, String commitment)
      implements Keyed {}

  /**
   * A viewer enters by a click. Gives {@link Outcome.Entered}; refused with {@code not_found},
   * {@code ended}, {@code not_eligible} (staff, or a lottery that is not entered by clicks), {@code
   * already_entered}, {@code tier_required}, {@code insufficient_points}, in this order.
   */
  record EnterLottery(RequestKey key, Viewer viewer, String lottery) implements Keyed {}

  /**
   * Locks a lottery whose time is over; its entries never change again. Harmless before that and
   * when it is locked already. Gives {@link Outcome.Done}.
   */
  record LockLottery(String lottery) implements Entry {}

  /**
   * Locks a lottery before its time. Gives {@link Outcome.Lottery}; {@code wrong_state} when it is
   * cancelled, drawn or locked.
   */
  record DrawLottery(RequestKey key, String lottery) implements Keyed {}

  /**
   * Announces the entries of a locked lottery. Harmless when they are announced already. Gives
   * {@link Outcome.Done}.
   *
   * @param entriesHash hex SHA-256 of the manifest
   */
  record AnnounceEntries(String lottery, long entries, String entriesHash) implements Entry {}

  /**
   * Records the draw of an announced lottery, tells everybody, and each winner. Harmless when it is
   * drawn already. Gives {@link Outcome.Done}.
   */
  record RecordDraw(String lottery, List<Draw.Winner> winners) implements Entry {
    public RecordDraw {
      winners = List.copyOf(winners);
    }
  }

  /**
   * Cancels an open lottery; everybody is told with its seed by {@link TellCancelled}, and what
   * entering cost is given back one by one with {@link ReturnCost}. Gives {@link Outcome.Lottery};
   * {@code wrong_state} when it is locked.
   */
  record CancelLottery(RequestKey key, String lottery) implements Keyed {}

  /**
   * Tells everybody the seed of a lottery that is cancelled for good: one that a fail-over might
   * open again must keep it. Harmless when it is told already. Gives {@link Outcome.Done}.
   */
  record TellCancelled(String lottery) implements Entry {}

  /**
   * Gives back what entering a cancelled lottery cost a viewer, once. Gives {@link Outcome.Done}.
   */
  record ReturnCost(String lottery, ViewerId viewer) implements Entry {}

  /**
   * What is due of a lottery cannot be settled, because a record that it needs cannot be read: it
   * is due again after as long as it has waited. Gives {@link Outcome.Done}.
   *
   * @param due as the store names it
   */
  record PassOver(String due) implements Entry {
    /** The draw of a lottery. */
    public static PassOver draw(String lottery) {
      return new PassOver("lottery " + lottery);
    }

    /** What entering a cancelled lottery cost, to be given back. */
    public static PassOver costs(String lottery) {
      return new PassOver("costs " + lottery);
    }
  }
}
