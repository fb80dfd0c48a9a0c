package barrage.redis;

import static barrage.redis.Batches.TERMS;
import static barrage.redis.Batches.refused;

import barrage.core.Entry;
import barrage.core.Offer;
import barrage.core.Order;
import barrage.core.Outcome;
import barrage.core.Reason;
import barrage.core.Refusal;
import barrage.core.RequestKey;
import barrage.core.Role;
import barrage.core.Standing;
import barrage.core.Tier;
import barrage.core.ViewerId;
import barrage.room.Store;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Flash sales, orders and member-priority access, in plain Java: one entry after the other, each
 * batch at one instant.
 */
final class SalesModel {
  final Map<ViewerId, Account> accounts = new HashMap<>();
  final Map<String, Sale> sales = new HashMap<>();
  final Map<String, Bought> orders = new LinkedHashMap<>();

  /** What everybody was told of sales: the event's type, and a reason. */
  final List<String> told = new ArrayList<>();

  private final Map<String, Bought> payments = new HashMap<>();
  private final Map<RequestKey, Outcome> granted = new HashMap<>();
  private final Map<RequestKey, List<Object>> contents = new HashMap<>();
  private final Set<Sale> touched = new LinkedHashSet<>();
  private long nowMs;

  static final class Account {
    long points;
    long growth;
    private long paidCents;
    private long worth;
    private long waiting;

    Tier tier() {
      return TERMS.tierAt(growth);
    }
  }

  static final class Bought {
    final String id;
    final Sale sale;
    final ViewerId viewer;
    final int quantity;
    final long payByMs;
    Order.Status status = Order.Status.RESERVED;
    private long ofFree;
    private long ofHeld;
    private int ofEarly;
    private String paymentRef = "";
    private String refundRef = "";
    private long centWorth;

    private Bought(Sale sale, ViewerId viewer, int quantity, long nowMs) {
      this.id = sale.id + "-" + ++sale.orders;
      this.sale = sale;
      this.viewer = viewer;
      this.quantity = quantity;
      this.payByMs = nowMs + sale.offer.payMs();
    }

    Order order() {
      return new Order(
          id,
          sale.id,
          viewer,
          quantity,
          quantity * sale.offer.priceCents(),
          sale.offer.currency(),
          status,
          payByMs);
    }
  }

  static final class Sale {
    final String id;
    final Offer offer;
    final long opensAt;
    final long endsAt;
    String state = "scheduled";
    String reason = "";
    long free;
    long held;
    long reserved;
    long paid;
    private final long releasesAt;
    private final Map<ViewerId, Long> units = new HashMap<>();
    private final Map<ViewerId, Integer> expired = new HashMap<>();
    private final Map<ViewerId, Integer> cancelled = new HashMap<>();
    private final Map<ViewerId, Long> waits = new HashMap<>();
    private long early;
    private long openedAt;
    private int orders;

    private Sale(String id, Offer offer, long nowMs) {
      this.id = id;
      this.offer = offer;
      opensAt = nowMs + offer.opensInMs();
      endsAt = opensAt + offer.durationMs();
      Offer.Reserve reserve = offer.reserve();
      releasesAt = reserve == null ? opensAt : opensAt + reserve.forMs();
      held = reserve == null ? 0 : reserve.units();
      free = offer.stock() - held;
      early = offer.earlyUnits();
    }

    private boolean isOver(long nowMs) {
      return reason.equals("cancelled") || nowMs >= endsAt;
    }

    Set<ViewerId> buyers() {
      return units.keySet();
    }

    /** How much of it a viewer may take, the most important promise of all: never more. */
    private long leftFor(Tier tier) {
      Offer.Reserve reserve = offer.reserve();
      return free + (reserve != null && tier.isAtLeast(reserve.minTier()) ? held : 0);
    }
  }

  Account account(ViewerId viewer) {
    return accounts.computeIfAbsent(viewer, v -> new Account());
  }

  /** Outcomes of a batch decided at this instant; {@code null} where it is not worth telling. */
  List<Outcome> decide(List<Entry> batch, long atMs) {
    nowMs = atMs;
    touched.clear();
    List<Outcome> outcomes = new ArrayList<>();
    for (Entry entry : batch) {
      outcomes.add(entry instanceof Entry.Keyed keyed ? once(keyed) : apply(entry));
    }
    touched.forEach(this::finish);
    return outcomes;
  }

  private Outcome once(Entry.Keyed entry) {
    List<Object> content = content(entry);
    Outcome before = granted.get(entry.key());
    if (before != null) {
      return contents.get(entry.key()).equals(content) ? before : refused(Reason.CONFLICT);
    }
    Outcome outcome = apply(entry);
    if (outcome != null && !(outcome instanceof Outcome.Refused)) {
      granted.put(entry.key(), outcome);
      contents.put(entry.key(), content);
    }
    return outcome;
  }

  private static List<Object> content(Entry entry) {
    if (entry instanceof Entry.Buy buy) {
      return List.of("buy", buy.sale(), buy.quantity());
    } else if (entry instanceof Entry.CancelOrder cancel) {
      return List.of("cancel", cancel.order().id());
    } else if (entry instanceof Entry.Pay pay) {
      return List.of("pay", pay.order().id(), pay.paymentRef());
    } else if (entry instanceof Entry.Refund refund) {
      return List.of("refund", refund.order().id(), refund.refundRef());
    }
    return List.of(entry);
  }

  private Outcome apply(Entry entry) {
    if (entry instanceof Entry.Grant grant) {
      account(grant.viewer()).points += grant.delta();
      account(grant.viewer()).growth += grant.growth();
      return stands(grant.viewer());
    } else if (entry instanceof Entry.Look look) {
      return stands(look.viewer());
    } else if (entry instanceof Entry.Schedule schedule) {
      Sale sale = new Sale(schedule.sale(), schedule.offer(), nowMs);
      sales.put(sale.id, sale);
      told.add("sale.scheduled");
      touch(sale.id);
      return null;
    } else if (entry instanceof Entry.TurnSale turn) {
      touch(turn.sale());
      return Outcome.Done.DONE;
    } else if (entry instanceof Entry.CancelSale cancel) {
      Sale sale = touch(cancel.sale());
      if (sale.isOver(nowMs)) {
        return refused(Reason.WRONG_STATE);
      }
      end(sale, "cancelled");
      return Outcome.Done.DONE;
    } else if (entry instanceof Entry.Buy buy) {
      return buy(buy, touch(buy.sale()));
    } else if (entry instanceof Entry.CancelOrder cancel) {
      return cancel(find(cancel.order(), cancel.key().sender()));
    } else if (entry instanceof Entry.Pay pay) {
      return pay(find(pay.order(), pay.order().viewer()), pay.paymentRef());
    } else if (entry instanceof Entry.Refund refund) {
      return refund(find(refund.order(), refund.order().viewer()), refund.refundRef());
    }
    unwind(find(((Entry.Unwind) entry).order(), ((Entry.Unwind) entry).order().viewer()));
    return Outcome.Done.DONE;
  }

  private Outcome stands(ViewerId viewer) {
    Account account = account(viewer);
    return new Outcome.Stands(
        viewer.value(),
        Role.VIEWER,
        new Standing(account.tier(), account.points, account.growth, 0));
  }

  // ---- the clock

  private Sale touch(String id) {
    Sale sale = sales.get(id);
    if (sale != null && touched.add(sale) && !sale.reason.equals("cancelled")) {
      if (nowMs >= sale.releasesAt) {
        sale.free += sale.held;
        sale.held = 0;
      }
      if (nowMs >= sale.endsAt) {
        if (!sale.state.equals("ended")) {
          end(sale, "time");
        }
      } else if (nowMs >= sale.opensAt && sale.state.equals("scheduled")) {
        open(sale);
      }
    }
    return sale;
  }

  private void finish(Sale sale) {
    boolean any = sale.free + sale.held > 0;
    if (sale.state.equals("open") && !any) {
      end(sale, "sold_out");
    } else if (sale.reason.equals("sold_out")
        && any
        && nowMs < sale.endsAt
        && nowMs >= sale.openedAt + 1_000) {
      open(sale);
    }
  }

  private void open(Sale sale) {
    sale.state = "open";
    sale.reason = "";
    sale.openedAt = nowMs;
    told.add("sale.opened");
  }

  private void end(Sale sale, String reason) {
    sale.state = "ended";
    sale.reason = reason;
    told.add("sale.ended " + reason);
  }

  /** When anything is due next. */
  long nextDueMs() {
    long next = Store.Snapshot.NEVER;
    for (Sale sale : sales.values()) {
      boolean any = sale.free + sale.held > 0;
      if (!sale.isOver(nowMs)) {
        next = Math.min(next, sale.state.equals("scheduled") ? sale.opensAt : sale.endsAt);
        if (!sale.state.equals("scheduled") && sale.held > 0) {
          next = Math.min(next, sale.releasesAt);
        }
        if (sale.reason.equals("sold_out") && any) {
          next = Math.min(next, sale.openedAt + 1_000);
        }
      }
    }
    for (Bought order : orders.values()) {
      if (order.status == Order.Status.RESERVED) {
        next = Math.min(next, order.payByMs);
      }
    }
    return next;
  }

  // ---- orders

  private Outcome buy(Entry.Buy click, Sale sale) {
    if (sale == null) {
      return refused(Reason.NOT_FOUND);
    }
    ViewerId viewer = click.viewer().id();
    Tier tier = account(viewer).tier();
    int quantity = click.quantity();
    if (sale.isOver(nowMs)) {
      return refused(Reason.ENDED);
    }
    if (nowMs < sale.opensAt) {
      long mine = sale.opensAt - sale.offer.earlyAccessMs().get(tier.rank());
      if (sale.early < quantity || nowMs < mine) {
        return new Outcome.Refused(
            new Refusal(
                Reason.NOT_OPEN,
                Reason.NOT_OPEN.message(),
                0,
                sale.early < quantity ? sale.opensAt : mine));
      }
    }
    long has = sale.units.getOrDefault(viewer, 0L);
    if (has + quantity > sale.offer.perViewerLimit() || sale.expired.getOrDefault(viewer, 0) >= 3) {
      return refused(Reason.LIMIT_REACHED);
    }
    long waitMs = sale.waits.getOrDefault(viewer, 0L) - nowMs;
    if (waitMs > 0) {
      return new Outcome.Refused(Refusal.retryAfter(Reason.RATE_LIMITED, waitMs));
    }
    if (quantity > sale.leftFor(tier)) {
      return refused(Reason.SOLD_OUT);
    }
    Bought order = new Bought(sale, viewer, quantity, nowMs);
    take(order);
    sale.reserved += quantity;
    orders.put(order.id, order);
    return new Outcome.Ordered(order.order());
  }

  private void take(Bought order) {
    Sale sale = order.sale;
    order.ofFree = Math.min(sale.free, order.quantity);
    order.ofHeld = order.quantity - order.ofFree;
    sale.free -= order.ofFree;
    sale.held -= order.ofHeld;
    order.ofEarly = nowMs < sale.opensAt ? order.quantity : 0;
    sale.early -= order.ofEarly;
    sale.units.merge(order.viewer, (long) order.quantity, Long::sum);
  }

  private Bought find(Order named, ViewerId viewer) {
    touch(named.sale());
    Bought order = orders.get(named.id());
    return order != null && order.viewer.equals(viewer) && order.sale.id.equals(named.sale())
        ? order
        : null;
  }

  private boolean isExpired(Bought order) {
    return order.status == Order.Status.RESERVED
        && nowMs >= order.payByMs
        && !order.sale.reason.equals("cancelled");
  }

  private void letGo(Bought order, Order.Status status) {
    Sale sale = order.sale;
    if (order.status == Order.Status.RESERVED) {
      sale.reserved -= order.quantity;
    } else {
      sale.paid -= order.quantity;
    }
    boolean released = nowMs >= sale.releasesAt;
    sale.free += released ? order.quantity : order.ofFree;
    sale.held += released ? 0 : order.ofHeld;
    sale.early += nowMs < sale.opensAt ? order.ofEarly : 0;
    order.ofEarly = 0;
    sale.units.merge(order.viewer, (long) -order.quantity, Long::sum);
    if (status == Order.Status.EXPIRED) {
      sale.expired.merge(order.viewer, 1, Integer::sum);
    }
    order.status = status;
  }

  private Outcome cancel(Bought order) {
    if (order == null) {
      return refused(Reason.NOT_FOUND);
    }
    if (order.status != Order.Status.RESERVED || isExpired(order)) {
      return refused(Reason.WRONG_STATE);
    }
    letGo(order, Order.Status.CANCELLED);
    int cancelled = order.sale.cancelled.merge(order.viewer, 1, Integer::sum);
    if (cancelled >= 3) {
      order.sale.waits.merge(order.viewer, nowMs + (cancelled - 2) * 10_000L, Math::max);
    }
    return new Outcome.Ordered(order.order());
  }

  /** What a click would be given: within the limit, and before the opening of the early units. */
  private boolean mayTakeLate(Bought order) {
    Sale sale = order.sale;
    long has = sale.units.getOrDefault(order.viewer, 0L);
    return order.quantity <= sale.leftFor(account(order.viewer).tier())
        && has + order.quantity <= sale.offer.perViewerLimit()
        && (nowMs >= sale.opensAt || order.quantity <= sale.early);
  }

  private Outcome pay(Bought order, String ref) {
    if (order == null) {
      return refused(Reason.NOT_FOUND);
    }
    if (!order.paymentRef.isEmpty()) {
      return order.paymentRef.equals(ref)
          ? new Outcome.Ordered(order.order())
          : refused(Reason.CONFLICT);
    }
    if (payments.putIfAbsent(ref, order) != null) {
      return refused(Reason.CONFLICT);
    }
    order.paymentRef = ref;
    boolean cancelled = order.sale.reason.equals("cancelled");
    if (isExpired(order)) {
      letGo(order, Order.Status.EXPIRED);
    } else if (order.status == Order.Status.RESERVED && cancelled) {
      letGo(order, Order.Status.CANCELLED);
    }
    if (order.status == Order.Status.RESERVED) {
      order.sale.reserved -= order.quantity;
    } else if (!cancelled && mayTakeLate(order)) {
      take(order);
    } else {
      order.status = Order.Status.REFUND_DUE;
      return new Outcome.Ordered(order.order());
    }
    order.status = Order.Status.PAID;
    order.sale.paid += order.quantity;
    award(order, account(order.viewer));
    return new Outcome.Ordered(order.order());
  }

  /** Worth counts in hundredths of what one cent is worth without multipliers. */
  private static void award(Bought order, Account account) {
    long cents = order.order().amountCents();
    order.centWorth = TERMS.purchase().points() * TERMS.of(account.tier()).pointsFactor();
    long left = account.paidCents % TERMS.purchaseCents() + cents;
    boolean whole = left >= TERMS.purchaseCents();
    settle(
        account,
        cents,
        cents * order.centWorth,
        whole
            ? left % TERMS.purchaseCents() * order.centWorth
            : account.waiting + cents * order.centWorth);
  }

  private static void takeBack(Bought order, Account account) {
    if (order.centWorth == 0) {
      return; // never awarded: paid too late
    }
    long cents = order.order().amountCents();
    long taken = cents * order.centWorth;
    long worth = account.worth - taken;
    long kept = account.paidCents - cents;
    long below = kept % TERMS.purchaseCents();
    long average = kept == 0 ? 0 : (long) Math.floor((double) worth / kept * below);
    settle(account, -cents, -taken, Math.min(worth, Math.max(average, account.waiting - taken)));
  }

  private static void settle(Account account, long cents, long worth, long waiting) {
    long per = TERMS.purchaseCents();
    account.points -= (account.worth - account.waiting) / (100 * per);
    account.growth -= account.paidCents / per * TERMS.purchase().growth();
    account.paidCents += cents;
    account.worth += worth;
    account.waiting = waiting;
    account.points += (account.worth - account.waiting) / (100 * per);
    account.growth += account.paidCents / per * TERMS.purchase().growth();
  }

  private Outcome refund(Bought order, String ref) {
    if (order == null) {
      return refused(Reason.NOT_FOUND);
    }
    if (order.status == Order.Status.REFUNDED) {
      return order.refundRef.equals(ref)
          ? new Outcome.Ordered(order.order())
          : refused(Reason.CONFLICT);
    }
    if (order.status == Order.Status.PAID) {
      letGo(order, Order.Status.REFUNDED);
    } else if (order.status != Order.Status.REFUND_DUE) {
      return refused(Reason.WRONG_STATE);
    }
    order.status = Order.Status.REFUNDED;
    order.refundRef = ref;
    takeBack(order, account(order.viewer));
    return new Outcome.Ordered(order.order());
  }

  private void unwind(Bought order) {
    if (order == null) {
      return;
    }
    if (!order.sale.reason.equals("cancelled")) {
      if (isExpired(order)) {
        letGo(order, Order.Status.EXPIRED);
      }
    } else if (order.status == Order.Status.RESERVED) {
      letGo(order, Order.Status.CANCELLED);
    } else if (order.status == Order.Status.PAID) {
      letGo(order, Order.Status.REFUND_DUE);
    }
  }
}
