package barrage.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.core.Limits;
import org.junit.jupiter.api.Test;

final class ThrottleTest {
  private static final Limits LIMITS = new Limits(true, 50, 15, 50, 100, 500, 3_000);

  private final Throttle throttle = new Throttle(LIMITS, 0);

  @Test
  void take_gives100AtOnce_then50ASecond() {
    for (int i = 0; i < 100; i++) {
      assertEquals(0, throttle.take(LIMITS, 0));
    }
    assertEquals(20, throttle.take(LIMITS, 0));
    assertEquals(1, throttle.take(LIMITS, 19));
    assertEquals(0, throttle.take(LIMITS, 20));
    int given = 0;
    for (int ms = 21; ms <= 1_020; ms++) {
      given += throttle.take(LIMITS, ms) == 0 ? 1 : 0;
    }
    assertEquals(50, given);
  }

  private boolean floods(int perSecond, long fromMs) {
    boolean floods = false;
    for (int i = 0; i < perSecond; i++) {
      floods |= throttle.floods(LIMITS, fromMs + i * 1_000L / perSecond);
    }
    return floods;
  }

  @Test
  void floods_after3SecondsAbove500() {
    for (int second = 0; second < 3; second++) {
      assertFalse(floods(501, second * 1_000));
    }
    assertTrue(throttle.floods(LIMITS, 3_000));
  }

  @Test
  void shortMessages_areAFloodWhenTheyAreCompressed_asWhenTheyAreNot() {
    for (int second = 0; second < 3; second++) {
      for (int i = 0; i < 900; i++) {
        assertFalse(throttle.floods(LIMITS, second * 1_000));
        assertFalse(throttle.isTooMuchToInflate(LIMITS, 30));
      }
    }
    assertTrue(throttle.floods(LIMITS, 3_000));
  }

  @Test
  void toInflate_are64000BytesASecond_inHoweverManyMessages() {
    int most = 500 * Throttle.DEFLATED_BYTES_A_FRAME;
    for (int second = 0; second < 3; second++) {
      assertFalse(throttle.floods(LIMITS, second * 1_000));
      for (int bytes = 100; bytes <= most; bytes += 100) {
        assertFalse(throttle.isTooMuchToInflate(LIMITS, 100));
      }
    }
    assertTrue(throttle.isTooMuchToInflate(LIMITS, 1));
  }

  @Test
  void floods_notAt500ASecond_norWithAPauseBetween() {
    for (int second = 0; second < 10; second++) {
      assertFalse(floods(500, second * 1_000));
    }
    for (int second = 10; second < 28; second++) {
      assertFalse(floods(second % 3 == 0 ? 100 : 2_000, second * 1_000));
    }
    assertFalse(floods(2_000, 28_000));
    assertFalse(floods(2_000, 29_000));
    assertFalse(floods(2_000, 90_000), "a minute of silence lies between");
  }
}
