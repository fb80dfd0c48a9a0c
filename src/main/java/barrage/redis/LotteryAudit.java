package barrage.redis;

import barrage.core.Draw;
import barrage.core.ViewerId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Checks that a lottery has as many tickets as it says, that each was paid for and given back when
 * it had to be, and that its winners are who the seed draws from them. It goes on meanwhile: what
 * does not agree is looked at again before it is believed, for a lottery changes its state at most
 * three times.
 */
final class LotteryAudit {
  private static final int LOOKS = 4;

  private final PagedReader reader;
  private final Keys keys;
  private final Consumer<String> faults;
  private long tickets;

  LotteryAudit(PagedReader reader, Keys keys, Consumer<String> faults) {
    this.reader = reader;
    this.keys = keys;
    this.faults = faults;
  }

  /**
   * What a viewer's ledger says of a lottery, in points.
   *
   * @param paid 0 or less
   * @param returned 0 unless it was
   */
  record Entered(String viewer, String lottery, long paid, long returned) {}

  /** Tickets read. */
  long tickets() {
    return tickets;
  }

  void checkTickets(String lottery) {
    Look look = lookAt(lottery);
    for (int i = 1; i < LOOKS && !look.faults.isEmpty(); i++) {
      look = lookAt(lottery);
    }
    tickets += look.tickets;
    look.faults.forEach(fault -> faults.accept("lottery " + lottery + ": " + fault));
  }

  /** What one look at the tickets of a lottery came to. */
  private record Look(int tickets, List<String> faults) {}

  private @Nullable KeptLottery read(String lottery) {
    return KeptLottery.read(
            reader.fields(keys.raffles(), lottery).get(0),
            reader.fields(keys.lotteries(), lottery).get(0))
        .orElse(null);
  }

  private Look lookAt(String lottery) {
    List<String> found = new ArrayList<>();
    KeptLottery before = read(lottery);
    if (before == null) {
      return new Look(0, List.of("it is damaged"));
    }
    Map<String, String> weights = new HashMap<>();
    reader.hash(
        before.isOpen() ? keys.openTickets() : keys.tickets(lottery),
        (viewer, weight) -> weights.put(viewer, PagedReader.text(weight)));
    KeptLottery after = read(lottery);
    if (after == null || !after.state().equals(before.state())) {
      return new Look(0, List.of("it changes its state"));
    }
    checkCount(lottery, before.entries(), weights.size(), after, found);
    if (!before.weighsAsAnnounced()) {
      found.add("tickets weigh " + before.weights() + ", but " + before.announced() + " was told");
    }
    List<Draw.Ticket> all = new ArrayList<>();
    weights.forEach(
        (viewer, weight) -> {
          if (!ViewerId.isValid(viewer)) {
            found.add("the ticket of " + viewer + " is of no viewer");
          } else if (before.weights().stream().map(String::valueOf).noneMatch(weight::equals)) {
            found.add("the ticket of " + viewer + " weighs " + weight);
          } else {
            all.add(new Draw.Ticket(new ViewerId(viewer), Integer.parseInt(weight)));
          }
        });
    if (!after.isOpen() && !after.isCancelled() && found.isEmpty()) {
      after.faultOf(lottery, all).ifPresent(found::add);
    }
    if (after.isActive()) {
      checkEntered(lottery, all, found);
    }
    checkPaid(lottery, after.cost(), all, found);
    return new Look(weights.size(), found);
  }

  private void checkCount(
      String lottery, long before, long count, KeptLottery now, List<String> found) {
    if (now.isCancelled()) {
      if (count > now.entries()) {
        found.add("entries " + now.entries() + ", but " + count + " are owed its cost");
      } else if (count > 0 && !reader.isDue(keys.deadlines(), "costs " + lottery)) {
        found.add("its cost is owed to " + count + " and not on its way");
      }
    } else if (count < before || count > now.entries()) {
      found.add("entries " + now.entries() + ", but tickets " + count);
    }
  }

  /** Who has a ticket and is not told from others could enter again, and would pay again. */
  private void checkEntered(String lottery, List<Draw.Ticket> tickets, List<String> found) {
    List<String> viewers = tickets.stream().map(ticket -> ticket.viewer().value()).toList();
    for (List<String> page : PagedReader.pages(viewers)) {
      List<byte @Nullable []> entered = reader.fields(keys.entered(), page);
      for (int i = 0; i < page.size(); i++) {
        byte @Nullable [] lotteries = entered.get(i);
        if (lotteries == null
            || !List.of(PagedReader.text(lotteries).split(" ")).contains(lottery)) {
          found.add(page.get(i) + " has a ticket, but could enter again");
        }
      }
    }
  }

  /** What was paid for a ticket stays in the ledger, also when it is given back. */
  private void checkPaid(String lottery, long cost, List<Draw.Ticket> tickets, List<String> found) {
    if (cost <= 0) {
      return;
    }
    for (List<Draw.Ticket> page : PagedReader.pages(tickets)) {
      List<List<byte @Nullable []>> lines =
          reader.fieldsOfEach(
              page.stream().map(ticket -> keys.ledger(ticket.viewer())).toList(),
              page.stream().map(ticket -> List.of(LedgerLine.LOTTERY + lottery)).toList());
      for (int i = 0; i < page.size(); i++) {
        long paid = LedgerLine.orNothing(lines.get(i).get(0)).points();
        if (paid != -cost) {
          found.add(
              "it costs %d, but in the ledger of %s it is %d"
                  .formatted(cost, page.get(i).viewer(), -paid));
        }
      }
    }
  }

  // ---- what ledgers say

  void checkLedgers(List<Entered> all) {
    for (List<Entered> page : PagedReader.pages(all)) {
      List<Entered> doubted = page;
      for (int i = 1; i < LOOKS && !doubted.isEmpty(); i++) {
        doubted = disagreeing(doubted).keySet().stream().toList();
      }
      disagreeing(doubted)
          .forEach((entered, fault) -> faults.accept("viewer " + entered.viewer + ": " + fault));
    }
  }

  private Map<Entered, String> disagreeing(List<Entered> page) {
    Map<String, @Nullable KeptLottery> lotteries = new HashMap<>();
    for (Entered entered : page) {
      if (!lotteries.containsKey(entered.lottery)) {
        lotteries.put(entered.lottery, read(entered.lottery));
      }
    }
    List<byte[]> places = new ArrayList<>();
    for (Entered entered : page) {
      KeptLottery lottery = lotteries.get(entered.lottery);
      boolean open = lottery != null && lottery.isOpen();
      places.add(open ? keys.openTickets() : keys.tickets(entered.lottery));
    }
    // A ticket that is gone was given back before, so the ledger is read after it.
    List<List<byte @Nullable []>> tickets =
        reader.fieldsOfEach(places, page.stream().map(each -> List.of(each.viewer)).toList());
    List<List<byte @Nullable []>> returned =
        reader.fieldsOfEach(
            page.stream().map(each -> keys.ledger(new ViewerId(each.viewer))).toList(),
            page.stream().map(each -> List.of(LedgerLine.LOTTERY_REFUND + each.lottery)).toList());
    Map<Entered, String> found = new HashMap<>();
    for (int i = 0; i < page.size(); i++) {
      String fault =
          faultOf(
              page.get(i),
              lotteries.get(page.get(i).lottery),
              tickets.get(i).get(0) != null,
              LedgerLine.orNothing(returned.get(i).get(0)).points());
      if (fault != null) {
        found.put(page.get(i), fault);
      }
    }
    return found;
  }

  private static @Nullable String faultOf(
      Entered entered, @Nullable KeptLottery lottery, boolean hasTicket, long returned) {
    String what = "the ledger has lottery " + entered.lottery;
    if (lottery == null) {
      return what + ", which is damaged or not there";
    } else if (entered.paid != -lottery.cost()) {
      return "%s for %d, but it costs %d".formatted(what, -entered.paid, lottery.cost());
    } else if (entered.returned != 0 && !lottery.isCancelled()) {
      return what + " given back, but it was not cancelled";
    } else if (returned != 0 && returned != lottery.cost()) {
      return "%s given back for %d, but it costs %d".formatted(what, returned, lottery.cost());
    } else if (!hasTicket && !lottery.isCancelled()) {
      return what + ", in which they are not";
    } else if (hasTicket && returned != 0) {
      return what + " given back, but it is owed still";
    } else if (!hasTicket && returned == 0 && lottery.cost() > 0) {
      return what + ", which was cancelled and not given back";
    }
    return null;
  }

  /** By lottery: what one ledger says. */
  static List<Entered> entered(String viewer, Map<String, LedgerLine> ledger) {
    Map<String, Entered> all = new HashMap<>();
    ledger.forEach(
        (field, line) -> {
          String lottery = LedgerLine.lotteryOf(field);
          if (lottery != null) {
            boolean back = field.startsWith(LedgerLine.LOTTERY_REFUND);
            all.merge(
                lottery,
                new Entered(viewer, lottery, back ? 0 : line.points(), back ? line.points() : 0),
                (a, b) -> new Entered(viewer, lottery, a.paid + b.paid, a.returned + b.returned));
          }
        });
    return List.copyOf(all.values());
  }
}
