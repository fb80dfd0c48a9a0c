package barrage.redis;

import barrage.core.Order.Status;
import java.util.Arrays;
import java.util.Optional;

/**
 * What an audit reads of an order as {@link Keys#orders} holds it: {@code sale viewer quantity
 * amount currency status payBy fromFree fromHeld paidRef refundRef points growth at}.
 *
 * @param points that its payment earned
 * @param growth that its payment earned
 */
record OrderWords(String viewer, long quantity, Status status, long points, long growth) {

  /** Empty when it is damaged. */
  static Optional<OrderWords> read(byte[] order) {
    String[] words = PagedReader.text(order).split(" ", -1);
    if (words.length < 14) {
      return Optional.empty();
    }
    try {
      Status status =
          Arrays.stream(Status.values())
              .filter(each -> each.wire().equals(words[5]))
              .findFirst()
              .orElseThrow(IllegalArgumentException::new);
      return Optional.of(
          new OrderWords(
              words[1],
              Long.parseLong(words[2]),
              status,
              Long.parseLong(words[11]),
              Long.parseLong(words[12])));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  boolean holdsUnits() {
    return status == Status.RESERVED || status == Status.PAID;
  }

  /** Whether it was paid at some time; an order never becomes unpaid again. */
  boolean wasPaid() {
    return status == Status.PAID || status == Status.REFUND_DUE || status == Status.REFUNDED;
  }
}
