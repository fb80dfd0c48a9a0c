package barrage.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class LikeMeterTest {
  private final LikeMeter meter = new LikeMeter();

  @Test
  void tapsWithinTheRate_countAtOnce() {
    meter.claim(5);
    assertEquals(5, meter.count(15, 0));
    assertFalse(meter.isAhead());
  }

  @Test
  void whatIsAhead_countsAsTimePasses() {
    meter.claim(40);
    assertEquals(15, meter.count(15, 0));
    assertTrue(meter.isAhead());
    assertEquals(22, meter.count(15, 500));
    assertEquals(30, meter.count(15, 1_000));
    assertEquals(40, meter.count(15, 2_000));
  }

  @Test
  void idleTime_savesNoMoreThanASecondsWorth() {
    meter.claim(1);
    meter.count(15, 0);
    meter.claim(1_000);
    assertEquals(16, meter.count(15, 60_000));
  }

  @Test
  void aTotalSaidAgain_countsOnce() {
    meter.claim(3);
    meter.claim(3);
    meter.claim(2);
    assertEquals(3, meter.count(15, 0));
  }

  @Test
  void withoutALimit_everythingCounts() {
    meter.claim(1_000);
    assertEquals(1_000, meter.count(0, 0));
  }
}
