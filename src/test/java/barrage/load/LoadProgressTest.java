package barrage.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** The line that tells on a terminal how a load goes. */
final class LoadProgressTest {
  @Test
  void line_fillsTheTerminalAndNoMore() {
    assertEquals(
        "crowd  25% │███         │ 1,000/4,000 50 online",
        LoadProgress.render("crowd", 1_000, 4_000, " 50 online", 47));
    assertEquals(
        "crowd 100% │██████████│ 4,0",
        LoadProgress.render("crowd", 4_000, 4_000, " 50 online", 27));
  }

  @Test
  void moreThanWasExpected_isAFullBar() {
    assertEquals("rush 100% │██████████│ 5/4", LoadProgress.render("rush", 5, 4, "", 20 + 6));
  }

  @Test
  void phaseOfUnknownLength_isItsNameAlone() {
    assertEquals("joining", LoadProgress.render("joining", 0, 0, "", 80));
  }
}
