package barrage.redis;

import barrage.core.Order;
import barrage.core.ViewerId;
import java.util.HashMap;
import java.util.Map;

/** Reads orders as scripts tell them: {@code id viewer quantity amount currency status payBy}. */
final class OrderWords {
  private static final Map<String, Order.Status> STATUSES = new HashMap<>();

  static {
    for (Order.Status status : Order.Status.values()) {
      STATUSES.put(status.wire(), status);
    }
  }

  private OrderWords() {}

  static Order read(Words words) {
    return read(words.word(), words);
  }

  /** One whose id is known. */
  static Order read(String id, Words words) {
    return new Order(
        id,
        // An order is named after its sale: sale-number.
        id.substring(0, id.lastIndexOf('-')),
        new ViewerId(words.word()),
        words.count(),
        words.number(),
        words.word(),
        status(words.word()),
        words.number());
  }

  private static Order.Status status(String wire) {
    Order.Status status = STATUSES.get(wire);
    if (status == null) {
      throw new IllegalArgumentException("unknown status");
    }
    return status;
  }
}
