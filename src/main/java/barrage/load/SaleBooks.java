package barrage.load;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The buyers' books of a sale, to compare with the shop's: what each was answered, and what the
 * server says of the stock. Safe for any thread.
 */
final class SaleBooks {
  private final long stock;
  private final int perViewer;

  // Guarded by this.
  private final Map<String, Got> granted = new HashMap<>();
  private final List<String> broken = new ArrayList<>();
  private long unitsGranted;
  private long unknown;
  private long worstOversold;
  private @Nullable JsonNode last;

  private record Got(String viewer, long quantity) {}

  SaleBooks(long stock, int perViewer) {
    this.stock = stock;
    this.perViewer = perViewer;
  }

  /** A click won. */
  synchronized void onOk(String viewer, JsonNode order) {
    String id = order.path("id").asString("");
    long quantity = order.path("quantity").asLong();
    if (!order.path("viewer").asString("").equals(viewer)) {
      broken.add("order " + id + " of another viewer was given to " + viewer);
    }
    if (granted.putIfAbsent(id, new Got(viewer, quantity)) == null) {
      unitsGranted += quantity;
    } else {
      broken.add("two clicks were given the same order " + id);
    }
  }

  /** A click whose outcome stays open, of one unit. */
  synchronized void onUnknown() {
    unknown++;
  }

  /** What the server says of the sale, at any time. */
  synchronized void onSale(JsonNode sale) {
    last = sale;
    long available = sale.path("available").asLong(-1);
    long reserved = sale.path("reserved").asLong(-1);
    long paid = sale.path("paid").asLong(-1);
    if (available < 0 || reserved < 0 || paid < 0) {
      broken.add(
          "a count is below zero: "
              + available
              + " available, "
              + reserved
              + " reserved, "
              + paid
              + " paid");
    }
    if (available + reserved + paid != stock) {
      broken.add(
          available
              + " available + "
              + reserved
              + " reserved + "
              + paid
              + " paid is not the stock of "
              + stock);
    }
  }

  /** Units that were promised and are not there. */
  synchronized long oversold() {
    return Math.max(worstOversold, Math.max(0, unitsGranted - stock));
  }

  synchronized long unitsGranted() {
    return unitsGranted;
  }

  /** The sale as it was last seen. */
  synchronized @Nullable JsonNode sale() {
    return last;
  }

  /**
   * Compares with the shop's books, when all clicks are answered.
   *
   * @param orders all of the sale, which nobody but these viewers bought from
   * @return what does not agree; a line each
   */
  synchronized List<String> close(Collection<JsonNode> orders) {
    List<String> all = new ArrayList<>(broken);
    Map<String, Got> kept = new HashMap<>();
    Map<String, Long> held = new HashMap<>();
    long units = 0;
    for (JsonNode order : orders) {
      String viewer = order.path("viewer").asString("");
      long quantity = order.path("quantity").asLong();
      kept.put(order.path("id").asString(""), new Got(viewer, quantity));
      String status = order.path("status").asString("");
      if (status.equals("reserved") || status.equals("paid")) {
        units += quantity;
        held.merge(viewer, quantity, Long::sum);
      }
    }
    long lost =
        granted.entrySet().stream().filter(e -> !e.getValue().equals(kept.get(e.getKey()))).count();
    tell(all, lost, "orders were answered ok and are not in the books, or differ there");
    long strangers = kept.keySet().stream().filter(id -> !granted.containsKey(id)).count();
    tell(all, Math.max(0, strangers - unknown), "orders are in the books that no click was given");
    long greedy = held.values().stream().filter(quantity -> quantity > perViewer).count();
    tell(all, greedy, "viewers hold more than " + perViewer + " units");
    worstOversold = Math.max(0, Math.max(units, unitsGranted) - stock);
    tell(all, worstOversold, "units were sold that were not there");
    JsonNode sale = last;
    if (sale != null) {
      long said = sale.path("reserved").asLong() + sale.path("paid").asLong();
      if (said != units) {
        all.add("the sale counts " + said + " units sold, its orders hold " + units);
      }
    }
    return all;
  }

  private static void tell(List<String> broken, long count, String what) {
    if (count > 0) {
      broken.add(count + " " + what);
    }
  }
}
