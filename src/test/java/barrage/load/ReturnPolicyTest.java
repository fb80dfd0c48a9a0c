package barrage.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ReturnPolicyTest {
  private final ReturnPolicy policy = new ReturnPolicy(60_000, 0);

  private static long at(long ms) {
    return TimeUnit.MILLISECONDS.toNanos(ms);
  }

  @ParameterizedTest
  @ValueSource(ints = {1009, 4400, 4403})
  void clientsFault_isNotTriedAgain(int code) {
    assertEquals(OptionalLong.empty(), policy.onLost(code, true, at(1)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1001, 1006, 1012, 4408, 4413})
  void serversFault_isTriedAgainWithJitterThatGrows(int code) {
    for (int i = 0; i < 20; i++) {
      long delayMs = policy.onLost(code, false, at(i)).orElseThrow();
      assertTrue(delayMs >= 0 && delayMs <= Math.min(5_000, 500L << i), "try " + i);
    }
  }

  @Test
  void refusedToken_isTriedAgainOnceWithAnother() {
    assertFalse(policy.tokenRefused());
    assertEquals(OptionalLong.of(0), policy.onLost(4401, false, at(1)));
    assertTrue(policy.tokenRefused());
    assertEquals(OptionalLong.empty(), policy.onLost(4401, false, at(2)));
  }

  @Test
  void tokenThatExpires_isRenewedEachTime() {
    for (int i = 0; i < 3; i++) {
      policy.onWelcome();
      assertEquals(OptionalLong.of(0), policy.onLost(4401, true, at(i)));
    }
  }

  @Test
  void flooding_waitsForHalfAMinute() {
    assertEquals(OptionalLong.of(30_000), policy.onLost(4429, true, at(1)));
  }

  @Test
  void goaway_isObeyedOnce() {
    policy.onWelcome();
    policy.onGoaway(4_000, at(1_000));
    assertEquals(OptionalLong.of(3_500), policy.onLost(1001, true, at(1_500)));
    assertTrue(policy.onLost(1006, false, at(5_000)).orElseThrow() <= 500);
  }

  @Test
  void patience_beginsAtTheLossAndEnds() {
    policy.onWelcome();
    assertTrue(policy.onLost(1006, true, at(1_000_000)).isPresent());
    assertTrue(policy.onLost(1006, false, at(1_059_999)).isPresent());
    assertEquals(OptionalLong.empty(), policy.onLost(1006, false, at(1_060_000)));
  }

  @Test
  void withoutPatience_thereIsOneTry() {
    assertEquals(OptionalLong.empty(), new ReturnPolicy(0, 0).onLost(1006, false, 0));
  }
}
