package barrage.room;

import barrage.core.Reason;
import barrage.core.Refusal;
import barrage.core.Tier;
import barrage.core.ViewerId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a room knows of its sales: enough to refuse a click that cannot win without asking the
 * store, and never enough to grant one. A click is let through to the store when it might win, when
 * its viewer was ever given an order in the sale (it may repeat the request that won it), and
 * whenever there is doubt.
 *
 * <p>Confined to its room's loop.
 */
final class SaleBook {
  /** Sales remembered, the oldest forgotten first: of those the store is asked. */
  private static final int MAX_SALES = 256;

  /** So near to an opening the clocks of node and store may disagree, milliseconds. */
  private static final int CLOCK_DOUBT_MS = 250;

  private static final JsonMapper JSON = JsonMapper.shared();

  private final Map<String, Sale> sales = new LinkedHashMap<>();

  /** Counts the times that buyers were asked for: what an older question brings is not complete. */
  private long questions;

  /** One sale. What a click is compared with is read once, not for each click. */
  private static final class Sale {
    ObjectNode json;
    String state = "";
    long available;
    long heldForTier;
    final Set<ViewerId> buyers = new HashSet<>();
    boolean buyersComplete;

    /** Which question brings the buyers; 0 when they were not asked for. */
    long question;

    private final long opensAtMs;
    private final long endsAtMs;
    private final long[] earlyMs = new long[Tier.values().length];
    private final Tier reservedFor;
    private final long releasedAtMs;
    private boolean over;

    Sale(ObjectNode json) {
      this.json = json;
      this.opensAtMs = json.path("opensAt").asLong();
      this.endsAtMs = json.path("endsAt").asLong();
      for (Tier tier : Tier.values()) {
        earlyMs[tier.rank()] = json.path("earlyAccessMs").path(tier.wire()).asLong(0);
      }
      JsonNode reserve = json.path("reserve");
      this.reservedFor = Tier.fromWire(reserve.path("minTier").asString("")).orElse(Tier.REGULAR);
      this.releasedAtMs = opensAtMs + reserve.path("forMs").asLong(0);
      take(json);
    }

    void take(ObjectNode changed) {
      json = changed;
      state = changed.path("state").asString("");
      over = state.equals("ended") && !changed.path("reason").asString("").equals("sold_out");
      available = changed.path("available").asLong(0);
      heldForTier = changed.path("heldForTier").asLong(0);
    }

    boolean isOver(long nowMs) {
      return over || nowMs >= endsAtMs;
    }

    long opensAt(Tier tier) {
      return opensAtMs - earlyMs[tier.rank()];
    }

    /** Units that a viewer of this tier might be given. */
    long leftFor(Tier tier, long nowMs) {
      return tier.isAtLeast(reservedFor) || nowMs >= releasedAtMs - CLOCK_DOUBT_MS
          ? available
          : available - heldForTier;
    }

    byte[] toJson() {
      json.put("available", available);
      json.put("heldForTier", heldForTier);
      return JSON.writeValueAsBytes(json);
    }
  }

  /** Begins anew: these are known, and who was given an order in them is not. */
  void openAt(List<byte[]> known) {
    sales.clear();
    for (byte[] json : known) {
      learn(json);
    }
  }

  /** The sale as it is, heard of by asking. */
  void learn(byte[] json) {
    ObjectNode read = (ObjectNode) JSON.readTree(json);
    put(read.path("id").asString(), read);
  }

  /**
   * The sale as it is, heard of as it changed.
   *
   * @param begins whether the same commit scheduled it: then every order of it will be heard of. A
   *     sale that is not known otherwise was forgotten, with those who bought.
   */
  void onChanged(String id, byte[] json, boolean begins) {
    Sale sale = put(id, (ObjectNode) JSON.readTree(json));
    sale.buyersComplete |= begins;
  }

  /** Whether an event is the first of a sale. */
  static boolean schedules(Numbered event, String id) {
    if (event.isDanmaku()) {
      return false;
    }
    JsonNode json = JSON.readTree(event.json());
    return json.path("type").asString("").equals("sale.scheduled")
        && json.path("sale").path("id").asString("").equals(id);
  }

  private Sale put(String id, ObjectNode json) {
    Sale sale = sales.get(id);
    if (sale == null) {
      sale = new Sale(json);
      sales.put(id, sale);
      if (sales.size() > MAX_SALES) {
        sales.remove(sales.keySet().iterator().next());
      }
    } else {
      sale.take(json);
    }
    return sale;
  }

  /** What is left changed. */
  void onStock(Commit.Stock stock) {
    Sale sale = sales.get(stock.sale());
    if (sale != null) {
      sale.available = stock.available();
      sale.heldForTier = stock.heldForTier();
    }
  }

  /** Somebody was given an order. */
  void onGiven(String id, ViewerId viewer) {
    Sale sale = sales.get(id);
    if (sale != null) {
      sale.buyers.add(viewer);
    }
  }

  /** Commits were missed: orders may have been given that nobody here heard of. */
  void onDoubt() {
    for (Sale sale : sales.values()) {
      sale.buyersComplete = false;
      sale.question = 0;
    }
  }

  /** Whether the sale is known at all. */
  boolean knows(String id) {
    return sales.containsKey(id);
  }

  /**
   * Whether it should be asked now who was given an order: the sale refuses, and it is not known
   * whom it must not refuse from memory. Says so once.
   *
   * @return the question, for {@link #onBuyers}; 0 when nothing is to be asked
   */
  long wantsBuyers(String id) {
    Sale sale = sales.get(id);
    if (sale == null || sale.buyersComplete || sale.question != 0) {
      return 0;
    }
    sale.question = ++questions;
    return sale.question;
  }

  /** Some who were given an order; {@code last} when these are all. */
  void onBuyers(String id, long question, List<ViewerId> viewers, boolean last) {
    Sale sale = sales.get(id);
    if (sale != null && sale.question == question) {
      sale.buyers.addAll(viewers);
      sale.buyersComplete = last;
    }
  }

  /** Asking failed: it may be asked again. */
  void onBuyersUnknown(String id, long question) {
    Sale sale = sales.get(id);
    if (sale != null && sale.question == question) {
      sale.question = 0;
    }
  }

  /**
   * Refuses a click that cannot win and cannot be the repeat of one that has won.
   *
   * @param nowMs the store's clock as the node estimates it
   * @return {@code null} when the store has to decide
   */
  @Nullable Refusal refuse(String id, ViewerId viewer, Tier tier, long nowMs) {
    Sale sale = sales.get(id);
    if (sale == null || !sale.buyersComplete || sale.buyers.contains(viewer)) {
      return null;
    }
    if (sale.isOver(nowMs - CLOCK_DOUBT_MS)) {
      return Refusal.of(Reason.ENDED);
    }
    long opensAt = sale.opensAt(tier);
    if (nowMs < opensAt - CLOCK_DOUBT_MS) {
      return new Refusal(Reason.NOT_OPEN, Reason.NOT_OPEN.message(), 0, opensAt);
    }
    boolean opened = nowMs >= sale.opensAtMs + CLOCK_DOUBT_MS;
    if (opened && sale.leftFor(tier, nowMs) <= 0) {
      return Refusal.of(Reason.SOLD_OUT);
    }
    return null;
  }

  /** Those scheduled and open, each one JSON object in UTF-8. */
  List<byte[]> current() {
    List<byte[]> current = new ArrayList<>();
    for (Sale sale : sales.values()) {
      if (!sale.state.equals("ended")) {
        current.add(sale.toJson());
      }
    }
    return current;
  }

  /** Forgets those that were over long ago. */
  void forgetOver(long beforeMs) {
    sales.values().removeIf(sale -> sale.isOver(beforeMs));
  }
}
