package barrage.redis;

import barrage.core.Order.Status;
import barrage.core.ViewerId;
import barrage.room.StoreAwayException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Checks one sale against its orders and buyers while it goes on. These are too many to be read in
 * one instant, so they are read in pages, and then what commits have changed since is read again,
 * until a call finds no more such commits: what is known then, together with the counters that this
 * last call read, is the sale at one instant.
 */
final class SaleAudit {
  private static final long DAMAGED = Long.MIN_VALUE;

  private static final int MAX_CHANGED = 500;
  private static final int MAX_BYTES = 1 << 20;

  /** Of a room so busy that its stream no longer held what changed while pages were read. */
  private static final int READINGS = 10;

  private final PagedReader reader;
  private final Keys keys;
  private final String sale;
  private final Map<String, byte[]> orders = new LinkedHashMap<>();
  private final Map<String, byte[]> buyers = new HashMap<>();
  private Counters counters = Counters.NONE;
  private List<?> figures = List.of();

  private SaleAudit(PagedReader reader, Keys keys, String sale) {
    this.reader = reader;
    this.keys = keys;
    this.sale = sale;
  }

  /** Reads a sale as it is at one instant. */
  static SaleAudit read(PagedReader reader, Keys keys, String sale) {
    for (int i = 0; i < READINGS; i++) {
      SaleAudit audit = new SaleAudit(reader, keys, sale);
      if (audit.readAll()) {
        return audit;
      }
    }
    throw new StoreAwayException("sale " + sale + " changes faster than it can be read", false);
  }

  int orders() {
    return orders.size();
  }

  int buyers() {
    return buyers.size();
  }

  /** What does not agree. */
  List<String> faults() {
    List<String> faults = new ArrayList<>();
    counters.check(faults);
    Map<String, Holding> holdings = new HashMap<>();
    Map<Status, Worth> worth = new EnumMap<>(Status.class);
    long reservedUnits = 0;
    long paidUnits = 0;
    long earlyUnits = 0;
    for (Map.Entry<String, byte[]> each : orders.entrySet()) {
      KeptOrder order = KeptOrder.read(each.getValue()).orElse(null);
      if (order == null) {
        faults.add("order " + each.getKey() + " is damaged");
        continue;
      }
      if (order.units() != order.unitsDue()) {
        faults.add(
            "order %s is %s and must hold %d, but holds %d"
                .formatted(each.getKey(), order.status().wire(), order.unitsDue(), order.units()));
      }
      if (order.early() > order.units()) {
        faults.add(
            "order %s has %d early units, but holds %d"
                .formatted(each.getKey(), order.early(), order.units()));
      }
      earlyUnits += order.early();
      worth.merge(order.status(), new Worth(1, order.amountCents()), Worth::plus);
      holdings.merge(order.viewer(), Holding.of(order), Holding::plus);
      reservedUnits += order.status() == Status.RESERVED ? order.quantity() : 0;
      paidUnits += order.status() == Status.PAID ? order.quantity() : 0;
    }
    checkNumbers(faults);
    if (counters.reserved != reservedUnits) {
      faults.add(
          "reserved " + counters.reserved + ", but its reserved orders hold " + reservedUnits);
    }
    if (counters.paid != paidUnits) {
      faults.add("paid " + counters.paid + ", but its paid orders hold " + paidUnits);
    }
    // Fewer is right: what comes back after the opening is not sold early again.
    if (counters.early + earlyUnits > counters.earlyUnits) {
      faults.add(
          "%d early units and %d of orders are more than the %d there are"
              .formatted(counters.early, earlyUnits, counters.earlyUnits));
    }
    checkFigures(worth, faults);
    checkBuyers(holdings, faults);
    checkLedgers(faults);
    return faults.stream().map(fault -> "sale " + sale + ": " + fault).toList();
  }

  private void checkFigures(Map<Status, Worth> worth, List<String> faults) {
    int at = 0;
    for (Status status : Status.values()) {
      Worth is = worth.getOrDefault(status, Worth.NONE);
      byte @Nullable [] orders = (byte[]) figures.get(at++);
      byte @Nullable [] cents = (byte[]) figures.get(at++);
      if (!FiguresAudit.says(orders, is.orders) || !FiguresAudit.says(cents, is.cents)) {
        faults.add(
            "%d orders are %s, worth %d, but in the figures %s, worth %s"
                .formatted(
                    is.orders,
                    status.wire(),
                    is.cents,
                    FiguresAudit.text(orders),
                    FiguresAudit.text(cents)));
      }
    }
  }

  /** Orders are numbered from 1 without a gap. A damaged count may be as large as it likes. */
  private void checkNumbers(List<String> faults) {
    int missing = 0;
    for (long n = 1; n <= counters.orders && missing < PagedReader.PAGE; n++) {
      if (!orders.containsKey(id(n))) {
        faults.add("order " + id(n) + " is not there");
        missing++;
      }
    }
  }

  private void checkBuyers(Map<String, Holding> holdings, List<String> faults) {
    buyers.forEach(
        (viewer, words) -> {
          Holding counted = Holding.read(words);
          Holding held = holdings.remove(viewer);
          if (counted == null) {
            faults.add("buyer " + viewer + " is damaged");
          } else if (held == null) {
            faults.add("buyer " + viewer + " was never given an order");
          } else if (counted.units != held.units) {
            faults.add(
                "buyer %s holds %d, but their orders %d"
                    .formatted(viewer, counted.units, held.units));
          } else if (counted.units > counters.limit) {
            faults.add(
                "buyer %s holds %d, but the limit is %d"
                    .formatted(viewer, counted.units, counters.limit));
          } else if (counted.expired < held.expired) {
            // More is right: an order that expired and was paid then is counted still.
            faults.add(
                "buyer %s let %d expire, but of their orders %d"
                    .formatted(viewer, counted.expired, held.expired));
          }
        });
    holdings.keySet().forEach(viewer -> faults.add("buyer " + viewer + " is not there"));
  }

  /** Once written, these lines never change, so it does not matter that they are read later. */
  private void checkLedgers(List<String> faults) {
    List<String> ids = new ArrayList<>();
    List<KeptOrder> paid = new ArrayList<>();
    orders.forEach(
        (id, words) ->
            KeptOrder.read(words)
                .filter(order -> order.wasPaid() && ViewerId.isValid(order.viewer()))
                .ifPresent(
                    order -> {
                      ids.add(id);
                      paid.add(order);
                    }));
    for (int from = 0; from < ids.size(); from += PagedReader.PAGE) {
      int to = Math.min(ids.size(), from + PagedReader.PAGE);
      checkLedgers(ids.subList(from, to), paid.subList(from, to), faults);
    }
  }

  private void checkLedgers(List<String> ids, List<KeptOrder> paid, List<String> faults) {
    List<List<byte @Nullable []>> lines =
        reader.fieldsOfEach(
            paid.stream().map(order -> keys.ledger(new ViewerId(order.viewer()))).toList(),
            ids.stream()
                .map(id -> List.of(LedgerLine.ORDER + id, LedgerLine.REFUND + id))
                .toList());
    List<byte @Nullable []> payments =
        reader.fields(keys.payments(), paid.stream().map(KeptOrder::paymentRef).toList());
    Map<String, String> firstPaid = new HashMap<>();
    for (int i = 0; i < ids.size(); i++) {
      KeptOrder order = paid.get(i);
      // Earlier releases did not list what a payment paid, and let it pay several.
      byte @Nullable [] listed = payments.get(i);
      String first = firstPaid.putIfAbsent(order.paymentRef(), ids.get(i));
      String paidBy = listed == null ? first : PagedReader.text(listed);
      if (paidBy != null && !paidBy.equals(ids.get(i))) {
        faults.add("order %s was paid by what paid %s".formatted(ids.get(i), paidBy));
      }
      LedgerLine earned = LedgerLine.orNothing(lines.get(i).get(0));
      LedgerLine refunded = LedgerLine.orNothing(lines.get(i).get(1));
      if (order.status() == Status.REFUNDED) {
        if (!earned.plus(refunded).equals(new LedgerLine(order.points(), order.growth()))) {
          faults.add("order " + ids.get(i) + " was refunded, but not in the ledger");
        }
      } else if (!earned.equals(new LedgerLine(order.points(), order.growth()))) {
        faults.add(
            "order %s earned %d points and %d growth, but in the ledger %d and %d"
                .formatted(
                    ids.get(i), order.points(), order.growth(), earned.points(), earned.growth()));
      }
    }
  }

  /** False when it has to be begun again. */
  private boolean readAll() {
    List<byte @Nullable []> head = reader.fields(keys.head(), "epoch", "rev");
    byte @Nullable [] epoch = head.get(0);
    byte @Nullable [] revision = head.get(1);
    if (epoch == null) {
      throw new StoreAwayException("the room has no head", false);
    }
    readPages();
    reader.hash(keys.buyers(sale), buyers::put);
    return catchUp(epoch, revision == null ? "0" : PagedReader.text(revision));
  }

  private void readPages() {
    long last = ordersOf(reader.fields(keys.sales(), sale).get(0));
    for (long from = 1; from <= last; from += PagedReader.PAGE) {
      long first = from;
      List<String> ids =
          IntStream.range(0, (int) Math.min(PagedReader.PAGE, last - from + 1))
              .mapToObj(i -> id(first + i))
              .toList();
      List<byte @Nullable []> page = reader.fields(keys.orders(), ids);
      for (int i = 0; i < ids.size(); i++) {
        byte @Nullable [] order = page.get(i);
        if (order != null) {
          orders.put(ids.get(i), order);
        }
      }
      if (page.stream().allMatch(Objects::isNull)) {
        return; // The count is damaged, and may be anything.
      }
    }
  }

  private boolean catchUp(byte[] epoch, String from) {
    List<byte[]> names =
        List.of(
            keys.head(),
            keys.stream(),
            keys.offers(),
            keys.sales(),
            keys.orders(),
            keys.buyers(sale),
            keys.figures());
    String revision = from;
    while (true) {
      List<byte[]> args =
          new ArrayList<>(
              List.of(
                  PagedReader.bytes(sale),
                  epoch,
                  PagedReader.bytes(revision),
                  PagedReader.bytes(Integer.toString(MAX_CHANGED)),
                  PagedReader.bytes(Integer.toString(MAX_BYTES))));
      for (Status status : Status.values()) {
        args.add(PagedReader.bytes(FiguresAudit.orders(sale, status)));
        args.add(PagedReader.bytes(FiguresAudit.cents(sale, status)));
      }
      List<Object> reply = reader.run(Script.AUDIT_SALE, names, args);
      if (Answers.number(reply, 0) < 0) {
        return false;
      }
      revision = Long.toString(Answers.number(reply, 0));
      List<?> changed = (List<?>) reply.get(4);
      for (int i = 0; i < changed.size(); i += 3) {
        byte[] order = (byte[]) changed.get(i + 1);
        orders.put(PagedReader.text((byte[]) changed.get(i)), order);
        byte @Nullable [] buyer = (byte[]) changed.get(i + 2);
        if (buyer != null) {
          KeptOrder.read(order).ifPresent(read -> buyers.put(read.viewer(), buyer));
        }
      }
      if (Answers.number(reply, 1) == 1) {
        counters =
            Counters.read((byte[]) reply.get(2), (byte[]) reply.get(3), (byte[]) reply.get(6));
        figures = (List<?>) reply.get(5);
        return true;
      }
    }
  }

  /** How many orders a sale ever had, by how it stands; {@link #DAMAGED} when that is damaged. */
  static long ordersOf(byte @Nullable [] standing) {
    return Counters.number(Counters.words(standing), 7);
  }

  private String id(long n) {
    return sale + "-" + n;
  }

  /** A sale's own counters. */
  private record Counters(
      long stock,
      long limit,
      long earlyUnits,
      long free,
      long held,
      long reserved,
      long paid,
      long early,
      long orders) {
    static final Counters NONE = new Counters(0, 0, 0, 0, 0, 0, 0, 0, 0);

    /**
     * From the first line of the offer, and how it stands, as sale.lua keeps them.
     *
     * @param earlyUnits that the offer has
     */
    static Counters read(
        byte @Nullable [] offer, byte @Nullable [] standing, byte @Nullable [] earlyUnits) {
      String[] words = words(standing);
      return new Counters(
          number(words(offer), 8),
          number(words(offer), 4),
          number(words(earlyUnits), 0),
          number(words, 2),
          number(words, 3),
          number(words, 4),
          number(words, 5),
          number(words, 6),
          number(words, 7));
    }

    static String[] words(byte @Nullable [] text) {
      return text == null ? new String[0] : PagedReader.text(text).split(" ", -1);
    }

    static long number(String[] words, int index) {
      try {
        return index < words.length ? Long.parseLong(words[index]) : DAMAGED;
      } catch (NumberFormatException e) {
        return DAMAGED;
      }
    }

    void check(List<String> faults) {
      long[] all = {stock, limit, earlyUnits, free, held, reserved, paid, early, orders};
      String[] names = {
        "stock", "limit", "earlyUnits", "free", "held", "reserved", "paid", "early", "orders"
      };
      for (int i = 0; i < all.length; i++) {
        if (all[i] == DAMAGED) {
          faults.add(names[i] + " is not there or damaged");
        } else if (all[i] < 0) {
          faults.add(names[i] + " is " + all[i]);
        }
      }
      if (faults.isEmpty() && free + held + reserved + paid != stock) {
        faults.add(
            "free %d + held %d + reserved %d + paid %d is %d, but its stock %d"
                .formatted(free, held, reserved, paid, free + held + reserved + paid, stock));
      }
    }
  }

  /** Orders in one state. */
  private record Worth(long orders, long cents) {
    static final Worth NONE = new Worth(0, 0);

    Worth plus(Worth other) {
      return new Worth(orders + other.orders, cents + other.cents);
    }
  }

  /** What somebody holds of the sale. */
  private record Holding(long units, long expired) {
    static Holding of(KeptOrder order) {
      return new Holding(order.unitsDue(), order.status() == Status.EXPIRED ? 1 : 0);
    }

    static @Nullable Holding read(byte[] words) {
      try {
        String[] numbers = PagedReader.text(words).split(" ", -1);
        return numbers.length < 2
            ? null
            : new Holding(Long.parseLong(numbers[0]), Long.parseLong(numbers[1]));
      } catch (NumberFormatException e) {
        return null;
      }
    }

    Holding plus(Holding other) {
      return new Holding(units + other.units, expired + other.expired);
    }
  }
}
