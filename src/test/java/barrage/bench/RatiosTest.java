package barrage.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** When the regression guard complains, and what it says. */
final class RatiosTest {
  private static final Ratios COMMITTED = new Ratios(Map.of("A", 0.4, "E", 12.0));

  private static List<String> complaints(Map<String, Double> now) {
    return new Ratios(now).worseThan(COMMITTED, 0.25);
  }

  @Test
  void aQuarterMore_isNoWorse() {
    assertEquals(List.of(), complaints(Map.of("A", 0.5, "E", 15.0)));
  }

  @Test
  void less_isNoWorse() {
    assertEquals(List.of(), complaints(Map.of("A", 0.1, "E", 1.0)));
  }

  @Test
  void moreThanAQuarter_namesTheWorkAndBothRatios() {
    assertEquals(
        List.of("A: now 0.501 × floor, committed 0.400 × floor"),
        complaints(Map.of("A", 0.501, "E", 12.0)));
  }

  @Test
  void everyWorkThatGotWorse_isNamed() {
    assertEquals(
        List.of(
            "A: now 1.000 × floor, committed 0.400 × floor",
            "E: now 24.000 × floor, committed 12.000 × floor"),
        complaints(Map.of("A", 1.0, "E", 24.0)));
  }

  @Test
  void whatWasNotMeasured_orIsNoNumber_isWorse() {
    assertEquals(
        List.of(
            "A: now NaN × floor, committed 0.400 × floor",
            "E: now not measured, committed 12.000 × floor"),
        complaints(Map.of("A", Double.NaN)));
  }

  @Test
  void whatIsNotCommitted_isToBeRecorded() {
    assertEquals(
        List.of("F: nothing is committed to compare with; record it"),
        complaints(Map.of("A", 0.4, "E", 12.0, "F", 1.0)));
  }

  @Test
  void whatIsLeftOut_isNotCompared() {
    Ratios now = new Ratios(Map.of("A", 0.4, "E", 99.0));
    assertEquals(List.of(), now.without("E").worseThan(COMMITTED.without("E"), 0.25));
  }
}
