package barrage.redis;

import static barrage.redis.EntryArgs.number;
import static barrage.redis.EntryArgs.optional;
import static barrage.redis.EntryArgs.text;

import barrage.core.Entry;
import barrage.core.Offer;
import barrage.core.Order;
import barrage.core.Tier;
import barrage.core.ViewerId;
import barrage.wire.Messages;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Entries about sales and orders, as the files of activity/sale take them. */
final class SaleArgs {
  private SaleArgs() {}

  /** Whether it was one of them. */
  static boolean add(EntryArgs call, Keys keys, Entry entry) {
    if (entry instanceof Entry.Buy buy) {
      call.once(buy.key(), "buy", buy.sale(), buy.quantity());
      call.entry(
          "buy",
          text(buy.sale()),
          call.key(keys.buyers(buy.sale())),
          call.viewer(buy.viewer().id()),
          number(buy.quantity()));
    } else if (entry instanceof Entry.Schedule schedule) {
      call.once(schedule.key(), "schedule", schedule.offer().title(), schedule.offer());
      schedule(call, schedule.sale(), schedule.offer());
    } else if (entry instanceof Entry.TurnSale turn) {
      call.entry("turn", text(turn.sale()), call.key(keys.buyers(turn.sale())));
    } else if (entry instanceof Entry.CancelSale cancel) {
      call.once(cancel.key(), "cancelSale", cancel.sale());
      call.entry("cancel_sale", text(cancel.sale()), call.key(keys.buyers(cancel.sale())));
    } else if (entry instanceof Entry.CancelOrder cancel) {
      call.once(cancel.key(), "cancelOrder", cancel.order().id());
      order(call, keys, "cancel_order", cancel.order(), cancel.key().sender(), null);
    } else if (entry instanceof Entry.Pay pay) {
      call.once(pay.key(), "pay", pay.order().id(), pay.paymentRef());
      order(call, keys, "pay", pay.order(), pay.order().viewer(), pay.paymentRef());
    } else if (entry instanceof Entry.Refund refund) {
      call.once(refund.key(), "refund", refund.order().id(), refund.refundRef());
      order(call, keys, "refund", refund.order(), refund.order().viewer(), refund.refundRef());
    } else if (entry instanceof Entry.Unwind unwind) {
      order(call, keys, "unwind", unwind.order(), unwind.order().viewer(), null);
    } else {
      return false;
    }
    return true;
  }

  private static void schedule(EntryArgs call, String sale, Offer offer) {
    List<byte[]> args = new ArrayList<>();
    args.add(text(sale));
    args.add(head(sale, offer));
    args.add(text(offer.currency()));
    args.add(number(offer.opensInMs()));
    args.add(number(offer.durationMs()));
    args.add(number(offer.perViewerLimit()));
    args.add(number(offer.priceCents()));
    args.add(number(offer.payMs()));
    args.add(number(offer.stock()));
    args.add(number(offer.earlyUnits()));
    List<Long> earlyAccessMs = offer.earlyAccessMs();
    for (Tier tier : Tier.values()) {
      args.add(optional(earlyAccessMs == null ? null : earlyAccessMs.get(tier.rank())));
    }
    Offer.Reserve reserve = offer.reserve();
    args.add(optional(reserve == null ? null : reserve.minTier().rank()));
    args.add(optional(reserve == null ? null : reserve.units()));
    args.add(optional(reserve == null ? null : reserve.forMs()));
    call.entry("schedule", args.toArray(byte[][]::new));
  }

  /** The beginning of its JSON: what the store's clock has no part in. */
  private static byte[] head(String sale, Offer offer) {
    byte[] whole =
        Messages.object(
            json -> {
              json.writeStringProperty("id", sale);
              json.writeStringProperty("title", offer.title());
              json.writeNumberProperty("priceCents", offer.priceCents());
              json.writeStringProperty("currency", offer.currency());
              json.writeNumberProperty("stock", offer.stock());
            });
    return Arrays.copyOf(whole, whole.length - 1);
  }

  private static void order(
      EntryArgs call, Keys keys, String kind, Order order, ViewerId viewer, @Nullable String ref) {
    List<byte[]> args = new ArrayList<>();
    args.add(text(order.id()));
    args.add(call.viewer(viewer));
    args.add(text(order.sale()));
    args.add(call.key(keys.buyers(order.sale())));
    if (ref != null) {
      args.add(text(ref));
    }
    call.entry(kind, args.toArray(byte[][]::new));
  }
}
