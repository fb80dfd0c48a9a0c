package barrage.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** When an instant of another's clock has certainly passed. */
class StoreClockTest {
  private static final long AHEAD_MS = 1_000_000;
  private static final long AT_MS = StoreClock.monotonicMs();
  private static final int MARGIN_MS = 20;

  private final StoreClock clock = new StoreClock();

  /** An answer that took so long, written at its end. */
  private void observe(long sentAtMs, long tookMs) {
    clock.observe(sentAtMs, sentAtMs + tookMs + AHEAD_MS, sentAtMs + tookMs);
  }

  @Test
  void quickAnswer_leavesLittleDoubt() {
    observe(AT_MS, 1);
    assertEquals(100 + MARGIN_MS, clock.untilPastMs(AT_MS + 1 + AHEAD_MS + 100, AT_MS + 1));
    assertEquals(0, clock.untilPastMs(AT_MS + AHEAD_MS, AT_MS + 2 * MARGIN_MS));
  }

  @Test
  void slowAnswer_doesNotUndoWhatAQuickOneTold() {
    observe(AT_MS, 1);
    clock.observe(AT_MS + 10, AT_MS + 10 + AHEAD_MS, AT_MS + 1_000); // written at its beginning
    long atMs = AT_MS + 1_000;
    assertTrue(clock.untilPastMs(atMs + AHEAD_MS + 100, atMs) <= 101 + MARGIN_MS);
  }

  @Test
  void answerThatWasSlowOnItsWayBack_letsWaitForAsLong() {
    clock.observe(AT_MS, AT_MS + AHEAD_MS, AT_MS + 300);
    assertEquals(
        100 + 300 + MARGIN_MS, clock.untilPastMs(AT_MS + 300 + AHEAD_MS + 100, AT_MS + 300));
  }

  @Test
  void clocksDriftApart_whileNothingIsHeard() {
    observe(AT_MS, 0);
    long atMs = AT_MS + 100_000;
    assertEquals(100 + 50 + MARGIN_MS, clock.untilPastMs(atMs + AHEAD_MS + 100, atMs));
  }

  @Test
  void clockThatWasSet_isFollowedAtOnce() {
    observe(AT_MS, 1);
    clock.observe(AT_MS + 10, AT_MS, AT_MS + 11);
    assertEquals(100 + MARGIN_MS, clock.untilPastMs(AT_MS + 100, AT_MS + 11));
  }
}
