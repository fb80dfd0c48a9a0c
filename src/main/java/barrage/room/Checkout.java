package barrage.room;

import barrage.core.Action;
import barrage.core.Entry;
import barrage.core.Outcome;
import barrage.core.Reason;
import barrage.core.Refusal;
import barrage.core.RequestKey;
import barrage.core.RoomId;
import barrage.core.Tier;
import barrage.rules.RuleBook;
import barrage.wire.Messages;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Clicks on sales, and orders given back. What the room knows may refuse a click; the store alone
 * grants one.
 *
 * <p>Confined to its room's loop.
 */
final class Checkout {
  /** Orders looked up at a time, each by a command of its own. */
  private static final int MAX_LOOKUPS = 256;

  private final RoomId id;
  private final Store store;
  private final RoomLoop loop;
  private final SaleBook sales;
  private final Feed feed;
  private final Outbox outbox;
  private final Attendance attendance;
  private final Supplier<RuleBook> rules;
  private final RoomMeters meters;
  private final Certainty certainty;

  /** Requests on their way, by the connection that will learn of the order by its answer. */
  private final Map<RequestKey, Seat> underWay = new HashMap<>();

  private int lookups;

  Checkout(
      RoomId id,
      Store store,
      RoomLoop loop,
      SaleBook sales,
      Feed feed,
      Outbox outbox,
      Attendance attendance,
      Supplier<RuleBook> rules,
      RoomMeters meters) {
    this.id = id;
    this.store = store;
    this.loop = loop;
    this.sales = sales;
    this.feed = feed;
    this.outbox = outbox;
    this.attendance = attendance;
    this.rules = rules;
    this.meters = meters;
    this.certainty = new Certainty(id, store, loop, feed);
  }

  /** A click. */
  void buy(Seat seat, Attendant attendant, Action.Buy buy, int rank) {
    if (feed.isCurrent() && refusal(attendant, buy) != null) {
      certainty.await(known -> buyUnlessRefused(seat, attendant, buy, rank, known));
    } else {
      order(seat, attendant, buy, rank);
    }
  }

  private void buyUnlessRefused(
      Seat seat, Attendant attendant, Action.Buy buy, int rank, boolean certain) {
    Refusal refusal = certain ? refusal(attendant, buy) : null;
    if (refusal == null) {
      order(seat, attendant, buy, rank);
    } else {
      onRefusedBuy(attendant, buy, refusal);
      seat.refuse(meters, buy.id(), refusal);
    }
  }

  /** As far as the room remembers. */
  private @Nullable Refusal refusal(Attendant attendant, Action.Buy buy) {
    Tier tier = attendant.member.standing(rules.get().terms()).tier();
    return sales.refuse(buy.sale(), attendant.id, tier, store.nowMs());
  }

  private void order(Seat seat, Attendant attendant, Action.Buy buy, int rank) {
    RequestKey key = new RequestKey(attendant.id, buy.id());
    underWay.put(key, seat);
    outbox.add(
        new Entry.Buy(key, seat.viewer(), buy.sale(), buy.quantity()),
        rank,
        (outcome, fate, revision) -> {
          if (outcome instanceof Outcome.Refused refused && fate == Outbox.Fate.DECIDED) {
            onRefusedBuy(attendant, buy, refused.refusal());
          }
          onOrderAnswer(seat, key, outcome);
        });
  }

  private void onRefusedBuy(Attendant attendant, Action.Buy buy, Refusal refusal) {
    Reason reason = refusal.reason();
    if (reason == Reason.NOT_OPEN) {
      attendant.member.keep(rules.get().giveBack(Action.Kind.BUY, attendant.member.recent()));
    }
    if (reason == Reason.SOLD_OUT || reason == Reason.ENDED || reason == Reason.NOT_OPEN) {
      learnWhoBought(buy.sale());
    }
  }

  /** From now on clicks on this sale that cannot win need not go to the store. */
  void learnWhoBought(String sale) {
    if (!sales.knows(sale)) {
      store
          .sale(id, sale)
          .thenAccept(
              found ->
                  loop.execute(
                      () -> {
                        if (found.isPresent() && !sales.knows(sale)) {
                          sales.learn(found.get());
                        }
                      }));
    } else {
      long question = sales.wantsBuyers(sale);
      if (question != 0) {
        askBuyers(sale, question, 0);
      }
    }
  }

  private void askBuyers(String sale, long question, long cursor) {
    store
        .buyers(id, sale, cursor)
        .whenComplete(
            (page, failure) ->
                loop.execute(
                    () -> {
                      if (failure != null) {
                        sales.onBuyersUnknown(sale, question);
                        return;
                      }
                      sales.onBuyers(sale, question, page.items(), page.next() == 0);
                      if (page.next() != 0) {
                        askBuyers(sale, question, page.next());
                      }
                    }));
  }

  /** An order is given back. */
  void cancel(Seat seat, Attendant attendant, Action.Cancel cancel, int rank) {
    if (lookups >= MAX_LOOKUPS) {
      seat.refuse(meters, cancel.id(), outbox.busy());
      return;
    }
    lookups++;
    RequestKey key = new RequestKey(attendant.id, cancel.id());
    store
        .order(id, cancel.order())
        .whenComplete(
            (order, failure) ->
                loop.execute(
                    () -> {
                      lookups--;
                      if (failure != null) {
                        seat.refuse(meters, cancel.id(), Refusal.of(Reason.UNAVAILABLE));
                      } else if (order.isEmpty() || !order.get().viewer().equals(attendant.id)) {
                        seat.refuse(meters, cancel.id(), Refusal.of(Reason.NOT_FOUND));
                      } else {
                        underWay.put(key, seat);
                        outbox.add(
                            new Entry.CancelOrder(key, order.get()),
                            rank,
                            (outcome, fate, revision) -> onOrderAnswer(seat, key, outcome));
                      }
                    }));
  }

  private void onOrderAnswer(Seat seat, RequestKey key, Outcome outcome) {
    underWay.remove(key, seat);
    if (outcome instanceof Outcome.Ordered ordered) {
      seat.answer(Messages.ordered(key.id(), ordered.order()));
    } else {
      seat.refuse(meters, key.id(), outcome);
    }
  }

  /** An order was made or changed: the viewer is told. */
  void onOrder(Commit.OrderChanged changed) {
    if (changed.given()) {
      sales.onGiven(changed.sale(), changed.viewer());
    }
    Seat answered =
        changed.requestId().isEmpty()
            ? null
            : underWay.get(new RequestKey(changed.viewer(), changed.requestId()));
    attendance.toViewer(changed.viewer(), changed.json(), answered);
  }

  /** What is left of a sale changed. */
  void onStock(Commit.Stock stock) {
    sales.onStock(stock);
    if (stock.available() - stock.heldForTier() <= 0) {
      learnWhoBought(stock.sale());
    }
  }
}
