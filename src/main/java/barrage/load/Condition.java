package barrage.load;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What {@code --assert} asks of a run, such as {@code p99<200ms}, {@code answers.max<=1s}, {@code
 * errors<0.5%}, {@code loss=0} or {@code deliveries.throughput>=50000/s}:
 *
 * <pre>
 * condition  = [ subject "." ] time   comparison number ( "us" | "ms" | "s" )
 *            | [ subject "." ] "throughput" comparison number [ "/s" ]
 *            | ( "errors" | "shed" ) comparison number [ "%" ]
 *            | ( "loss" | "gaps" | "doubled" | "oversold" ) comparison number
 * subject    = "deliveries" | "answers" | "joins" | "returns" | "lag"
 * time       = "p" percentile | "mean" | "max"
 * comparison = "&lt;" | "&lt;=" | "&gt;" | "&gt;=" | "="
 * </pre>
 *
 * Without a subject it is deliveries where danmaku are said, else answers.
 *
 * @param text as it was written
 * @param subject {@code null} when it names none
 * @param bound milliseconds for times, percent with {@link #percent}, else a count
 */
record Condition(
    String text,
    @Nullable Subject subject,
    String measure,
    Comparison comparison,
    double bound,
    boolean percent) {

  /** What is timed. */
  enum Subject {
    /** From the instant a danmaku is due to each receipt of it. */
    DELIVERIES,
    /** From the instant a request is due to its answer. */
    ANSWERS,
    /** From the instant a connection is due to its welcome. */
    JOINS,
    /** From a break of a connection to the next welcome. */
    RETURNS,
    /** How late the load tester's own threads were. */
    LAG;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Between a figure and a bound. */
  enum Comparison {
    BELOW("<"),
    AT_MOST("<="),
    ABOVE(">"),
    AT_LEAST(">="),
    EQUAL("=");

    private final String sign;

    Comparison(String sign) {
      this.sign = sign;
    }

    boolean holds(double figure, double bound) {
      return switch (this) {
        case BELOW -> figure < bound;
        case AT_MOST -> figure <= bound;
        case ABOVE -> figure > bound;
        case AT_LEAST -> figure >= bound;
        case EQUAL -> figure == bound;
      };
    }
  }

  /** Where figures come from. */
  interface Figures {
    /** What a condition without a subject is about. */
    Subject defaultSubject();

    /**
     * Milliseconds; empty when nothing was timed.
     *
     * @param percentile 0 to 100
     */
    OptionalDouble percentileMs(Subject subject, double percentile);

    /** Milliseconds; empty when nothing was timed. */
    OptionalDouble meanMs(Subject subject);

    /** How many a second. */
    double throughput(Subject subject);

    /**
     * {@code errors}, {@code shed}, {@code loss}, {@code gaps}, {@code doubled}, {@code oversold}.
     */
    double count(String what);

    /** {@code errors} or {@code shed}, of all there could be. */
    double percent(String what);
  }

  /**
   * Whether it holds.
   *
   * @param figure what was measured, with its unit; {@code nothing} when nothing was
   */
  record Verdict(Condition condition, boolean holds, String figure) {}

  private static final Pattern GRAMMAR =
      Pattern.compile(
          "(?:(?<subject>[a-z]+)\\.)?"
              + "(?<measure>p\\d{1,3}(?:\\.\\d{1,4})?|[a-z]+)"
              + "\\s*(?<sign><=|>=|<|>|==?)\\s*"
              + "(?<number>\\d{1,12}(?:\\.\\d{1,6})?)\\s*(?<unit>us|ms|s|%|/s)?");

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException when it is none; the message is one line
   */
  static Condition parse(String text) {
    Matcher parts = GRAMMAR.matcher(text.strip());
    if (!parts.matches()) {
      throw wrong(text, "such as p99<200ms, errors<1%, loss=0, answers.throughput>1000/s");
    }
    String measure = parts.group("measure");
    String unit = Optional.ofNullable(parts.group("unit")).orElse("");
    double number = Double.parseDouble(parts.group("number"));
    Subject subject = subject(text, parts.group("subject"));
    Comparison comparison = comparison(parts.group("sign"));
    switch (measure) {
      case "throughput" -> {
        need(text, unit.isEmpty() || unit.equals("/s"), "a throughput is so many a second: /s");
        return new Condition(text, subject, measure, comparison, number, false);
      }
      case "errors", "shed" -> {
        need(text, subject == null, measure + " has no subject");
        need(text, unit.isEmpty() || unit.equals("%"), measure + " are a count or a percentage");
        return new Condition(text, null, measure, comparison, number, unit.equals("%"));
      }
      case "loss", "gaps", "doubled", "oversold" -> {
        need(text, subject == null, measure + " has no subject");
        need(text, unit.isEmpty(), measure + " is a count");
        return new Condition(text, null, measure, comparison, number, false);
      }
      default -> {
        boolean percentile = measure.matches("p\\d.*");
        need(
            text,
            percentile || measure.equals("mean") || measure.equals("max"),
            "no such measure: " + measure);
        need(text, !percentile || percentile(measure) <= 100, "a percentile is 100 at most");
        double inMs =
            switch (unit) {
              case "us" -> 0.001;
              case "ms" -> 1;
              case "s" -> 1_000;
              default -> throw wrong(text, "a time needs a unit: us, ms or s");
            };
        return new Condition(text, subject, measure, comparison, number * inMs, false);
      }
    }
  }

  private static @Nullable Subject subject(String text, @Nullable String name) {
    if (name == null) {
      return null;
    }
    for (Subject subject : Subject.values()) {
      if (subject.label().equals(name)) {
        return subject;
      }
    }
    throw wrong(text, "no such subject: " + name);
  }

  private static Comparison comparison(String sign) {
    for (Comparison comparison : Comparison.values()) {
      if (comparison.sign.equals(sign)) {
        return comparison;
      }
    }
    return Comparison.EQUAL; // ==, as programmers write it.
  }

  private static void need(String text, boolean holds, String what) {
    if (!holds) {
      throw wrong(text, what);
    }
  }

  private static IllegalArgumentException wrong(String text, String what) {
    return new IllegalArgumentException("not a condition: '" + text + "': " + what);
  }

  private static double percentile(String measure) {
    return Double.parseDouble(measure.substring(1));
  }

  /** Compares. What was never measured holds to nothing. */
  Verdict judge(Figures figures) {
    Subject about = subject == null ? figures.defaultSubject() : subject;
    switch (measure) {
      case "throughput" -> {
        double figure = figures.throughput(about);
        return verdict(figure, String.format(Locale.ROOT, "%,.1f/s", figure));
      }
      case "errors", "shed", "loss", "gaps", "doubled", "oversold" -> {
        double figure = percent ? figures.percent(measure) : figures.count(measure);
        return verdict(figure, String.format(Locale.ROOT, percent ? "%.3f%%" : "%,.0f", figure));
      }
      default -> {
        OptionalDouble figure =
            switch (measure) {
              case "mean" -> figures.meanMs(about);
              case "max" -> figures.percentileMs(about, 100);
              default -> figures.percentileMs(about, percentile(measure));
            };
        return figure.isEmpty()
            ? new Verdict(this, false, "nothing to time")
            : verdict(figure.getAsDouble(), Figure.ms(figure.getAsDouble()));
      }
    }
  }

  private Verdict verdict(double figure, String shown) {
    return new Verdict(this, comparison.holds(figure, bound), shown);
  }
}
