package barrage.redis;

import barrage.core.Order.Status;
import java.util.Arrays;
import java.util.Optional;

/**
 * What an audit reads of an order as order.lua keeps it.
 *
 * @param units that it holds, wherever they came from
 * @param points that its payment gave, less what its refund took
 * @param growth likewise
 * @param early units of these that were sold before the opening; orders of earlier releases say 0
 * @param paymentRef that it was paid by, empty before that
 */
record KeptOrder(
    String viewer,
    long quantity,
    long amountCents,
    Status status,
    long units,
    long points,
    long growth,
    long early,
    String paymentRef) {

  /** Empty when it is damaged. */
  static Optional<KeptOrder> read(byte[] order) {
    String[] lines = PagedReader.text(order).split("\n", 2);
    String[] words = lines[0].split(" ", -1);
    if (lines.length != 2 || (words.length != 16 && words.length != 17)) {
      return Optional.empty();
    }
    try {
      Status status =
          Arrays.stream(Status.values())
              .filter(each -> each.wire().equals(words[4]))
              .findFirst()
              .orElseThrow(IllegalArgumentException::new);
      return Optional.of(
          new KeptOrder(
              words[0],
              Long.parseLong(words[1]),
              Long.parseLong(words[2]),
              status,
              Long.parseLong(words[6]) + Long.parseLong(words[7]),
              Long.parseLong(words[8]),
              Long.parseLong(words[9]),
              words.length == 17 ? Long.parseLong(words[16]) : 0,
              lines[1].substring(0, Integer.parseInt(words[13]))));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }

  /** Units that an order of this status is to hold. */
  long unitsDue() {
    return status == Status.RESERVED || status == Status.PAID ? quantity : 0;
  }

  /** Whether it was paid at some time; an order never becomes unpaid again. */
  boolean wasPaid() {
    return status == Status.PAID || status == Status.REFUND_DUE || status == Status.REFUNDED;
  }
}
