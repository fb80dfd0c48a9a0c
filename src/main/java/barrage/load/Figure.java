package barrage.load;

import java.util.Locale;

/** How figures are written for people. */
final class Figure {
  private Figure() {}

  /** A time of so many milliseconds, with three digits and the unit that fits. */
  static String ms(double ms) {
    if (ms < 1) {
      return String.format(Locale.ROOT, "%.0f µs", ms * 1_000);
    }
    if (ms < 1_000) {
      return String.format(Locale.ROOT, ms < 10 ? "%.2f ms" : ms < 100 ? "%.1f ms" : "%.0f ms", ms);
    }
    return String.format(Locale.ROOT, ms < 10_000 ? "%.2f s" : "%.1f s", ms / 1_000);
  }

  /** A count with separators. */
  static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }
}
