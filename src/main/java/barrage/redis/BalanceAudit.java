package barrage.redis;

import barrage.core.ViewerId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Checks that every balance is the sum of its ledger, and that what a ledger says of an order is
 * so. A ledger of usual length is read with its balance in one instant. A longer one is read in
 * pages; when it does not agree, somebody may have earned meanwhile, so it is read again, and only
 * what is found twice alike is told.
 */
final class BalanceAudit {
  /** Ledger lines that one call reads: about a millisecond of Redis's time. */
  private static final int MAX_LINES = 1_000;

  private static final int VIEWERS_A_CALL = 100;
  private static final int READINGS = 100;

  private final PagedReader reader;
  private final Keys keys;
  private final Consumer<String> faults;
  private final LotteryAudit lotteries;
  private long lines;
  private long given;
  private long taken;

  BalanceAudit(PagedReader reader, Keys keys, LotteryAudit lotteries, Consumer<String> faults) {
    this.reader = reader;
    this.keys = keys;
    this.lotteries = lotteries;
    this.faults = faults;
  }

  /** Ledger lines read. */
  long lines() {
    return lines;
  }

  /** Points that the ledgers give to viewers. */
  long given() {
    return given;
  }

  /** Points that the ledgers take from viewers. */
  long taken() {
    return taken;
  }

  void check(List<String> viewers) {
    for (int from = 0; from < viewers.size(); ) {
      int to = Math.min(viewers.size(), from + VIEWERS_A_CALL);
      from += checkSome(viewers.subList(from, to));
    }
  }

  /** Checks the first ones, as many as one call reads. */
  private int checkSome(List<String> viewers) {
    List<byte[]> names =
        new ArrayList<>(List.of(keys.points(), keys.growth(), keys.briefLedgers()));
    List<byte[]> args = new ArrayList<>(List.of(PagedReader.bytes(Integer.toString(MAX_LINES))));
    for (String viewer : viewers) {
      names.add(ledger(viewer));
      args.add(PagedReader.bytes(viewer));
    }
    List<Object> reply = reader.run(Script.AUDIT_LEDGERS, names, args);
    Set<Claim> claims = new LinkedHashSet<>();
    List<LotteryAudit.Entered> entered = new ArrayList<>();
    for (int i = 0; i < reply.size(); i += 4) {
      String viewer = viewers.get(i / 4);
      Account account =
          reply.get(i + 3) instanceof List<?> ledger
              ? Account.of(reply.subList(i, i + 3), ledger)
              : readLong(viewer);
      lines += account.lines.size();
      account.faults().forEach(fault -> faults.accept("viewer " + viewer + ": " + fault));
      account.orders().forEach(order -> claims.add(new Claim(viewer, order)));
      Map<String, LedgerLine> ledger = account.read();
      entered.addAll(LotteryAudit.entered(viewer, ledger));
      for (LedgerLine line : ledger.values()) {
        given += Math.max(0, line.points());
        taken -= Math.min(0, line.points());
      }
    }
    lotteries.checkLedgers(entered);
    checkOrders(List.copyOf(claims));
    return reply.size() / 4;
  }

  private Account readLong(String viewer) {
    Account before = readPages(viewer);
    for (int i = 0; i < READINGS && !before.faults().isEmpty(); i++) {
      Account again = readPages(viewer);
      if (again.faults().equals(before.faults())) {
        return again;
      }
      before = again;
    }
    return before;
  }

  private Account readPages(String viewer) {
    Map<String, byte[]> ledger = new HashMap<>();
    byte @Nullable [] points = reader.fields(keys.points(), viewer).get(0);
    byte @Nullable [] growth = reader.fields(keys.growth(), viewer).get(0);
    reader.hash(ledger(viewer), ledger::put);
    // A long ledger is no longer brief.
    return new Account(points, growth, ledger);
  }

  private byte[] ledger(String viewer) {
    return keys.ledger(new ViewerId(viewer));
  }

  /** An order never becomes unpaid again, so it does not matter that it is read a little later. */
  private void checkOrders(List<Claim> claims) {
    for (List<Claim> page : PagedReader.pages(claims)) {
      List<byte @Nullable []> orders =
          reader.fields(keys.orders(), page.stream().map(Claim::order).toList());
      for (int i = 0; i < page.size(); i++) {
        Claim claim = page.get(i);
        byte @Nullable [] words = orders.get(i);
        Optional<KeptOrder> order = words == null ? Optional.empty() : KeptOrder.read(words);
        if (order.filter(claim::isTrueOf).isEmpty()) {
          faults.accept(
              "viewer %s: the ledger has order %s, which they never paid"
                  .formatted(claim.viewer, claim.order));
        }
      }
    }
  }

  /** What a ledger says: that this viewer once paid this order. */
  private record Claim(String viewer, String order) {
    boolean isTrueOf(KeptOrder kept) {
      return kept.wasPaid() && kept.viewer().equals(viewer);
    }
  }

  /** A balance and its ledger; {@code lines} are those of it that number none. */
  private record Account(
      byte @Nullable [] points,
      byte @Nullable [] growth,
      Map<String, byte[]> ledger,
      Map<String, byte[]> lines) {

    private static final String NUMBER = "#";

    Account(byte @Nullable [] points, byte @Nullable [] growth, Map<String, byte[]> ledger) {
      this(points, growth, ledger, new HashMap<>(ledger));
      lines.keySet().removeIf(field -> field.startsWith(NUMBER));
    }

    /**
     * @param balance points, growth, and the brief ledger
     * @param fieldsAndValues as HGETALL answers
     */
    static Account of(List<Object> balance, List<?> fieldsAndValues) {
      Map<String, byte[]> ledger = new HashMap<>();
      for (int i = 0; i < fieldsAndValues.size(); i += 2) {
        ledger.put(
            PagedReader.text((byte[]) fieldsAndValues.get(i)), (byte[]) fieldsAndValues.get(i + 1));
      }
      byte @Nullable [] brief = (byte[]) balance.get(2);
      if (brief != null) {
        for (String line : PagedReader.text(brief).split("\n", -1)) {
          String[] parts = line.split("\t", 2);
          ledger.put(parts[0], PagedReader.bytes(parts.length < 2 ? "" : parts[1]));
        }
      }
      return new Account((byte[]) balance.get(0), (byte[]) balance.get(1), ledger);
    }

    List<String> faults() {
      List<String> faults = new ArrayList<>();
      LedgerLine sum = LedgerLine.NOTHING;
      for (Map.Entry<String, byte[]> line : lines.entrySet()) {
        Optional<LedgerLine> read = LedgerLine.read(line.getValue());
        if (read.isEmpty()) {
          faults.add("the ledger line '" + line.getKey() + "' is damaged");
        }
        sum = sum.plus(read.orElse(LedgerLine.NOTHING));
      }
      compare("points", points, sum.points(), faults);
      compare("growth", growth, sum.growth(), faults);
      checkNumbers(faults);
      return faults;
    }

    /** Each line is to be told once, in its place; a brief ledger has no numbers. */
    private void checkNumbers(List<String> faults) {
      if (ledger.size() == lines.size()) {
        return;
      }
      Set<String> numbered = new HashSet<>();
      for (int n = 1; n <= lines.size(); n++) {
        byte @Nullable [] field = ledger.get(NUMBER + n);
        if (field == null || !lines.containsKey(PagedReader.text(field))) {
          faults.add("number " + n + " of the ledger is of no line");
        } else {
          numbered.add(PagedReader.text(field));
        }
      }
      byte @Nullable [] count = ledger.get(NUMBER);
      String says = count == null ? "nothing" : PagedReader.text(count);
      if (!says.equals(Integer.toString(lines.size())) || numbered.size() < lines.size()) {
        faults.add(
            "the ledger counts %s lines, but has %d, %d of them in a place"
                .formatted(says, lines.size(), numbered.size()));
      }
    }

    private static void compare(
        String what, byte @Nullable [] balance, long sum, List<String> faults) {
      String has = balance == null ? "0" : PagedReader.text(balance);
      if (!has.equals(Long.toString(sum))) {
        faults.add(what + " " + has + ", but the ledger sums to " + sum);
      }
    }

    /** The lines that are not damaged. */
    Map<String, LedgerLine> read() {
      Map<String, LedgerLine> lines = new HashMap<>();
      this.lines.forEach(
          (field, line) -> LedgerLine.read(line).ifPresent(read -> lines.put(field, read)));
      return lines;
    }

    /** What the ledger says was paid or refunded. */
    List<String> orders() {
      List<String> orders = new ArrayList<>();
      for (String field : lines.keySet()) {
        for (String start : List.of(LedgerLine.ORDER, LedgerLine.REFUND)) {
          if (field.startsWith(start)) {
            orders.add(field.substring(start.length()));
          }
        }
      }
      return orders;
    }
  }
}
