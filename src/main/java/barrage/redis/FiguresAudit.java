package barrage.redis;

import barrage.core.Order.Status;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Checks the figures that a streamer is shown against what they are the sums of; those of one sale
 * are read with the sale.
 */
final class FiguresAudit {
  private static final String GIVEN = "points given";
  private static final String TAKEN = "points taken";

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
    check("points given", givenBefore, given, givenNow);
    check("points taken", takenBefore, taken, takenNow);
  }

  private void check(String what, long before, long sum, long now) {
    if (sum < before || sum > now) {
      faults.accept(
          "figures: %s %s, but the ledgers sum to %d"
              .formatted(what, now == Long.MIN_VALUE ? "damaged" : Long.toString(now), sum));
    }
  }

  private long number(String field, long ifDamaged) {
    try {
      return Long.parseLong(text(reader.fields(keys.figures(), field).get(0)));
    } catch (NumberFormatException e) {
      return ifDamaged;
    }
  }

  /** Of a currency as the sum of its sales, all of them in one instant. */
  void checkTakings() {
    Map<String, String> figures = reader.wholeHash(keys.figures());
    Map<String, Long> sums = new HashMap<>();
    TreeSet<String> sales = new TreeSet<>();
    TreeSet<String> currencies =
        new TreeSet<>(List.of(figures.getOrDefault("currencies", "").split(" ")));
    figures.forEach(
        (field, value) -> {
          String[] words = field.split(" ", -1);
          if (words.length == 3 && words[1].startsWith("*")) {
            currencies.add(words[1].substring(1));
          } else if (words.length == 3) {
            sales.add(words[1]);
          }
        });
    for (String sale : sales) {
      byte @Nullable [] offer = reader.fields(keys.offers(), sale).get(0);
      if (offer == null) {
        faults.accept("figures: there is no sale " + sale);
        continue;
      }
      String currency = "*" + PagedReader.text(offer).split(" ", 2)[0];
      for (Status status : Status.values()) {
        sums.merge(orders(currency, status), number(figures, orders(sale, status)), Long::sum);
        sums.merge(cents(currency, status), number(figures, cents(sale, status)), Long::sum);
      }
    }
    currencies.remove("");
    for (String currency : currencies) {
      Arrays.stream(Status.values())
          .flatMap(
              status ->
                  List.of(orders("*" + currency, status), cents("*" + currency, status)).stream())
          .forEach(
              field -> {
                long sum = sums.getOrDefault(field, 0L);
                if (!figures.getOrDefault(field, "0").equals(Long.toString(sum))) {
                  faults.accept(
                      "figures: %s is %s, but its sales sum to %d"
                          .formatted(field, figures.getOrDefault(field, "0"), sum));
                }
              });
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
