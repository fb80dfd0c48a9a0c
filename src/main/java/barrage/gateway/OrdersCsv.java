package barrage.gateway;

import barrage.core.Order;
import barrage.core.RoomId;
import barrage.room.Store;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Currency;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Orders for a spreadsheet, oldest first, read page by page. */
final class OrdersCsv implements Answer.Pages {
  private final Store store;
  private final RoomId room;
  private final @Nullable String sale;
  private @Nullable String after;
  private boolean begun;
  private boolean ended;

  /**
   * @param sale {@code null}: of all of them
   */
  OrdersCsv(Store store, RoomId room, @Nullable String sale) {
    this.store = store;
    this.room = room;
    this.sale = sale;
  }

  @Override
  public CompletionStage<byte @Nullable []> next() {
    if (ended) {
      return CompletableFuture.completedStage(null);
    }
    return store.orders(room, null, sale, after).thenApply(this::page);
  }

  private byte @Nullable [] page(Store.Orders page) {
    Csv csv = new Csv();
    if (!begun) {
      begun = true;
      csv.begin("order", "sale", "viewer", "quantity", "amount", "currency", "status", "pay_by");
    }
    for (Order order : page.orders()) {
      csv.row(
          order.id(),
          order.sale(),
          order.viewer().value(),
          order.quantity(),
          amount(order),
          order.currency(),
          order.status().wire(),
          Instant.ofEpochMilli(order.payByMs()));
    }
    after = page.next();
    ended = after == null;
    return csv.toBytes();
  }

  /** In units of the currency, of which not all have hundredths. */
  private static BigDecimal amount(Order order) {
    int digits = Currency.getInstance(order.currency()).getDefaultFractionDigits();
    return BigDecimal.valueOf(order.amountCents(), Math.max(0, digits));
  }
}
