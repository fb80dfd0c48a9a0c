package barrage.redis;

import barrage.activity.Activities;
import barrage.core.RoomId;
import barrage.core.ViewerId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Looks through a room as it lies in Redis, while it goes on, and names what does not agree: stock,
 * orders, buyers, lotteries, ledgers, balances, figures; and what cannot be read at all. Reads
 * only, and in pieces that take Redis a millisecond or so.
 *
 * @param checked what was looked at, one line for each kind
 * @param faults what does not agree, one line each
 */
public record Audit(List<String> checked, List<String> faults) {

  /** Things of a kind that one call looks at. */
  private static final int THINGS_A_CALL = 10;

  /** A sale may be looked at so often before what does not agree is believed. */
  private static final int LOOKS = 3;

  /**
   * Audits a room. Blocks.
   *
   * @param uri as for {@link RedisStore#connect}
   * @param tls for {@code rediss://}
   * @throws IllegalArgumentException when it is no such address
   * @throws io.lettuce.core.RedisException when Redis cannot be reached
   * @throws barrage.room.StoreAwayException when Redis does not answer
   */
  public static Audit of(String uri, RedisTls tls, RoomId room) {
    return of(uri, tls, room, Activities.NONE);
  }

  /**
   * The same.
   *
   * @param activities whose things are looked at too
   */
  public static Audit of(String uri, RedisTls tls, RoomId room, Activities activities) {
    // Not named as servers are: it must not keep an embedded Redis alive.
    try (RedisLink link = new RedisLink(Connections.open(uri, tls, "audit", Replication.NONE))) {
      return new Walk(new PagedReader(link), room, new Modules(activities)).audit();
    }
  }

  public Audit {
    checked = List.copyOf(checked);
    faults = List.copyOf(faults);
  }

  /** One audit under way. */
  private static final class Walk {
    private final PagedReader reader;
    private final Keys keys;
    private final RoomId room;
    private final Modules modules;
    private final Set<String> viewers = new TreeSet<>();
    private final Set<String> sales = new TreeSet<>();
    private final Set<String> raffles = new TreeSet<>();
    private final LotteryAudit lotteries;
    private final FiguresAudit figures;
    private final List<String> checked = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();

    Walk(PagedReader reader, RoomId room, Modules modules) {
      this.reader = reader;
      this.keys = new Keys(room);
      this.room = room;
      this.modules = modules;
      this.lotteries = new LotteryAudit(reader, keys, faults::add);
      this.figures = new FiguresAudit(reader, keys, faults::add);
    }

    Audit audit() {
      figures.begin();
      find();
      if (viewers.isEmpty() && sales.isEmpty() && !reader.exists(keys.head())) {
        return new Audit(List.of(), List.of("there is no room " + room));
      }
      checkBalances();
      checkSales();
      checkStrays();
      checkPayments();
      checkLotteries();
      modules.kinds().forEach(this::checkThings);
      figures.checkAccounts();
      figures.checkTakings();
      new RecordAudit(reader, keys, faults::add).check();
      return new Audit(checked, faults);
    }

    /** In either place: a balance may have lost its ledger, and a ledger its balance. */
    private void find() {
      reader.keys(keys.ledgers(), key -> viewers.add(keys.viewerOfLedger(key)));
      reader.hash(keys.points(), (viewer, points) -> viewers.add(viewer));
      reader.hash(keys.growth(), (viewer, growth) -> viewers.add(viewer));
      reader.hash(keys.offers(), (sale, offer) -> sales.add(sale));
      reader.hash(keys.sales(), (sale, standing) -> sales.add(sale));
      reader.hash(keys.raffles(), (lottery, terms) -> raffles.add(lottery));
      reader.hash(keys.lotteries(), (lottery, standing) -> raffles.add(lottery));
    }

    private void checkBalances() {
      BalanceAudit balances = new BalanceAudit(reader, keys, lotteries, faults::add);
      List<String> valid = viewers.stream().filter(ViewerId::isValid).toList();
      viewers.stream()
          .filter(viewer -> !ViewerId.isValid(viewer))
          .forEach(viewer -> faults.add("viewer " + viewer + ": not a viewer id"));
      balances.check(valid);
      figures.checkPoints(balances.given(), balances.taken());
      checked.add(
          "balances: %d viewers, %d ledger lines".formatted(viewers.size(), balances.lines()));
    }

    private void checkSales() {
      long orders = 0;
      long buyers = 0;
      for (String sale : sales) {
        SaleAudit audit = SaleAudit.read(reader, keys, sale);
        List<String> found = audit.faults();
        for (int i = 1; i < LOOKS && !found.isEmpty(); i++) {
          audit = SaleAudit.read(reader, keys, sale);
          found = audit.faults();
        }
        faults.addAll(found);
        orders += audit.orders();
        buyers += audit.buyers();
      }
      checked.add("sales: %d, %d orders, %d buyers".formatted(sales.size(), orders, buyers));
    }

    /** Once written, neither of the two ever changes, and they are written together. */
    private void checkPayments() {
      Map<String, String> paid = new HashMap<>();
      reader.hash(
          keys.payments(),
          (ref, order) -> {
            paid.put(ref, PagedReader.text(order));
            if (paid.size() == PagedReader.PAGE) {
              checkPaid(paid);
              paid.clear();
            }
          });
      if (!paid.isEmpty()) {
        checkPaid(paid);
      }
    }

    private void checkPaid(Map<String, String> paid) {
      List<Map.Entry<String, String>> page = List.copyOf(paid.entrySet());
      List<byte @Nullable []> orders =
          reader.fields(keys.orders(), page.stream().map(Map.Entry::getValue).toList());
      for (int i = 0; i < page.size(); i++) {
        Map.Entry<String, String> payment = page.get(i);
        byte @Nullable [] words = orders.get(i);
        if (words == null
            || KeptOrder.read(words).stream()
                .noneMatch(order -> order.paymentRef().equals(payment.getKey()))) {
          faults.add(
              "payment %s: it did not pay order %s"
                  .formatted(payment.getKey(), payment.getValue()));
        }
      }
    }

    private void checkLotteries() {
      raffles.forEach(lotteries::checkTickets);
      checked.add("lotteries: %d, %d tickets".formatted(raffles.size(), lotteries.tickets()));
    }

    /** Its module looks at each thing in one instant. */
    private void checkThings(String kind) {
      List<byte[]> names = modules.keys(Set.of(kind), keys);
      String last = "";
      long looked = 0;
      do {
        List<byte[]> args =
            Stream.of(kind, "audit", last, Integer.toString(THINGS_A_CALL))
                .map(PagedReader::bytes)
                .toList();
        List<String> reply =
            reader.run(modules.ask(kind), names, args).stream()
                .map(text -> PagedReader.text((byte[]) text))
                .toList();
        last = reply.get(0);
        looked += Long.parseLong(reply.get(1));
        faults.addAll(reply.subList(2, reply.size()));
      } while (!last.isEmpty());
      checked.add("%s: %d".formatted(kind, looked));
    }

    /** Orders that no sale counts. The counts only grow, so reading them last does no harm. */
    private void checkStrays() {
      Map<String, Long> newest = new HashMap<>();
      reader.hash(
          keys.orders(),
          (order, words) -> {
            int dash = order.lastIndexOf('-');
            String n = order.substring(dash + 1);
            if (dash < 1 || !n.matches("[1-9]\\d{0,17}")) {
              faults.add("order " + order + ": not an order's id");
            } else {
              newest.merge(order.substring(0, dash), Long.parseLong(n), Math::max);
            }
          });
      newest.forEach(
          (sale, n) -> {
            byte @Nullable [] standing = reader.fields(keys.sales(), sale).get(0);
            if (standing == null) {
              faults.add("order " + sale + "-" + n + ": there is no such sale");
            } else if (SaleAudit.ordersOf(standing) < n) {
              faults.add("sale " + sale + ": order " + sale + "-" + n + " is not counted");
            }
          });
    }
  }
}
