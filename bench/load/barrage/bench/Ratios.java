package barrage.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/**
 * By what multiple of the floor each work costs; less is better.
 *
 * @param of work to ratio
 */
record Ratios(Map<String, Double> of) {

  /** Those of other works. */
  Ratios without(String prefix) {
    Map<String, Double> left = new LinkedHashMap<>(of);
    left.keySet().removeIf(work -> work.startsWith(prefix));
    return new Ratios(left);
  }

  /**
   * What got worse.
   *
   * @param tolerance 0.25: a quarter more than committed is still no worse
   * @return a line for each work; empty when there is none
   */
  List<String> worseThan(Ratios committed, double tolerance) {
    List<String> worse = new ArrayList<>();
    TreeSet<String> works = new TreeSet<>(committed.of.keySet());
    works.addAll(of.keySet());
    for (String work : works) {
      Double now = of.get(work);
      Double then = committed.of.get(work);
      if (then == null) {
        worse.add(work + ": nothing is committed to compare with; record it");
      } else if (now == null || !(now <= then * (1 + tolerance))) {
        worse.add(
            String.format(
                Locale.ROOT,
                "%s: now %s, committed %.3f × floor",
                work,
                now == null ? "not measured" : String.format(Locale.ROOT, "%.3f × floor", now),
                then));
      }
    }
    return worse;
  }
}
