package barrage.redis;

import barrage.core.Order.Status;
import barrage.room.StoreAwayException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Checks the figures that a streamer is shown against what they are the sums of; those of one sale
 * are read with the sale.
 */
final class FiguresAudit {
  private static final String GIVEN = "points given";
  private static final String TAKEN = "points taken";

  /** Of figures whose sales go on changing, others each time. */
  private static final int READINGS = 10;

  private final PagedReader reader;
  private final Keys keys;
  private final Consumer<String> faults;
  private long givenBefore;
  private long takenBefore;

  FiguresAudit(PagedReader reader, Keys keys, Consumer<String> faults) {
    this.reader = reader;
    this.keys = keys;
    this.faults = faults;
  }

  /** The field of how many orders of a sale, or of {@code *} and a currency, are in a state. */
  static String orders(String of, Status status) {
    return "orders " + of + " " + status.wire();
  }

  /** The field of what these are worth. */
  static String cents(String of, Status status) {
    return "cents " + of + " " + status.wire();
  }

  static boolean says(byte @Nullable [] figure, long number) {
    return text(figure).equals(Long.toString(number));
  }

  static String text(byte @Nullable [] figure) {
    return figure == null ? "0" : PagedReader.text(figure);
  }

  /** Before ledgers are read. */
  void begin() {
    givenBefore = number(GIVEN, 0);
    takenBefore = number(TAKEN, 0);
  }

  /** After all ledgers were read: these only grow, so what was read is between before and now. */
  void checkPoints(long given, long taken) {
    long givenNow = number(GIVEN, Long.MIN_VALUE);
    long takenNow = number(TAKEN, Long.MIN_VALUE);
    check(GIVEN, givenBefore, given, givenNow);
    check(TAKEN, takenBefore, taken, takenNow);
  }

  private void check(String what, long before, long sum, long now) {
    if (sum < before || sum > now) {
      faults.accept(
          "figures: %s %s, but the ledgers sum to %d"
              .formatted(what, now == Long.MIN_VALUE ? "damaged" : Long.toString(now), sum));
    }
  }

  /**
   * Points move between accounts, so all of a room's and all that viewers have sum to zero. What
   * viewers have is what was given less what was taken; read in one instant.
   */
  void checkAccounts() {
    List<Object> figuresNow = reader.run(Script.HASH, List.of(keys.figures()), List.of());
    long sum = 0;
    boolean known = false;
    for (int i = 0; i < figuresNow.size(); i += 2) {
      String field = PagedReader.text((byte[]) figuresNow.get(i));
      boolean account = field.startsWith("account ");
      if (account || field.equals(GIVEN) || field.equals(TAKEN)) {
        String value = PagedReader.text((byte[]) figuresNow.get(i + 1));
        if (!value.matches("-?\\d{1,18}")) {
          if (account) {
            faults.accept("figures: " + field + " damaged");
          }
          return;
        }
        sum += field.equals(TAKEN) ? -Long.parseLong(value) : Long.parseLong(value);
        known |= account;
      }
    }
    if (known && sum != 0) {
      faults.accept("accounts: they sum to " + sum + " with what viewers have, not to zero");
    }
  }

  private long number(String field, long ifDamaged) {
    try {
      return Long.parseLong(text(reader.fields(keys.figures(), field).get(0)));
    } catch (NumberFormatException e) {
      return ifDamaged;
    }
  }

  /**
   * Those of a currency are the sums of those of its sales. They are too many to be read in one
   * instant, so pages of them are read before and after one call, which reads the currencies and
   * those sales that were seen to change: what is alike in the pages was so at the call as well,
   * for orders only go forward, and so the figures of a sale never come back to what they were.
   */
  void checkTakings() {
    Set<String> changing = new TreeSet<>();
    Map<String, String> before = readPages();
    for (int i = 0; i < READINGS; i++) {
      Map<String, String> figures = new HashMap<>(before);
      Set<String> currencies = currenciesOf(before);
      readAtOnce(currencies, changing, figures);
      Map<String, String> after = readPages();
      if (!changing.addAll(changed(before, after))) {
        checkTakings(currencies, figures);
        return;
      }
      before = after;
    }
    throw new StoreAwayException("the figures change faster than they can be read", false);
  }

  private Map<String, String> readPages() {
    Map<String, String> figures = new HashMap<>();
    reader.hash(keys.figures(), (field, value) -> figures.put(field, PagedReader.text(value)));
    return figures;
  }

  private void readAtOnce(Set<String> currencies, Set<String> sales, Map<String, String> figures) {
    List<String> fields = new ArrayList<>();
    currencies.forEach(currency -> fields.addAll(fieldsOf("*" + currency)));
    sales.forEach(sale -> fields.addAll(fieldsOf(sale)));
    if (fields.isEmpty()) {
      return;
    }
    List<byte @Nullable []> values = reader.fields(keys.figures(), fields);
    for (int i = 0; i < fields.size(); i++) {
      figures.put(fields.get(i), text(values.get(i)));
    }
  }

  private static List<String> fieldsOf(String what) {
    return Arrays.stream(Status.values())
        .flatMap(status -> Stream.of(orders(what, status), cents(what, status)))
        .toList();
  }

  private static Set<String> currenciesOf(Map<String, String> figures) {
    Set<String> currencies =
        new TreeSet<>(List.of(figures.getOrDefault("currencies", "").split(" ")));
    figures.keySet().stream()
        .map(FiguresAudit::of)
        .filter(of -> of.startsWith("*"))
        .forEach(of -> currencies.add(of.substring(1)));
    currencies.remove("");
    return currencies;
  }

  /** What a field is about: a sale, {@code *} and a currency, or nothing of the kind. */
  private static String of(String field) {
    String[] words = field.split(" ", -1);
    return words.length == 3 ? words[1] : "*";
  }

  private static Set<String> salesOf(Map<String, String> figures) {
    return figures.keySet().stream()
        .map(FiguresAudit::of)
        .filter(of -> !of.startsWith("*"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> changed(Map<String, String> before, Map<String, String> after) {
    Map<String, String> changed = new HashMap<>(after);
    changed.entrySet().removeIf(figure -> figure.getValue().equals(before.get(figure.getKey())));
    return salesOf(changed);
  }

  private void checkTakings(Set<String> currencies, Map<String, String> figures) {
    Map<String, Long> sums = new HashMap<>();
    for (List<String> page : PagedReader.pages(List.copyOf(salesOf(figures)))) {
      List<byte @Nullable []> offers = reader.fields(keys.offers(), page);
      for (int i = 0; i < page.size(); i++) {
        byte @Nullable [] offer = offers.get(i);
        if (offer == null) {
          faults.accept("figures: there is no sale " + page.get(i));
        } else {
          addTo(sums, "*" + PagedReader.text(offer).split(" ", 2)[0], page.get(i), figures);
        }
      }
    }
    for (String currency : currencies) {
      for (String field : fieldsOf("*" + currency)) {
        long sum = sums.getOrDefault(field, 0L);
        if (!figures.getOrDefault(field, "0").equals(Long.toString(sum))) {
          faults.accept(
              "figures: %s is %s, but its sales sum to %d"
                  .formatted(field, figures.getOrDefault(field, "0"), sum));
        }
      }
    }
  }

  private static void addTo(
      Map<String, Long> sums, String currency, String sale, Map<String, String> figures) {
    for (Status status : Status.values()) {
      sums.merge(orders(currency, status), number(figures, orders(sale, status)), Long::sum);
      sums.merge(cents(currency, status), number(figures, cents(sale, status)), Long::sum);
    }
  }

  /** What is damaged there is told with its sale. */
  private static long number(Map<String, String> figures, String field) {
    try {
      return Long.parseLong(figures.getOrDefault(field, "0"));
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
