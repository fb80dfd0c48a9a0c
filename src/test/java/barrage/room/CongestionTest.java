package barrage.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.core.Reason;
import org.junit.jupiter.api.Test;

final class CongestionTest {
  private static final long NOW = 1_000;
  private final Congestion congestion = new Congestion();

  private long busy(long nowMs, int waiting) {
    return congestion.busy(nowMs, waiting).retryAfterMs();
  }

  @Test
  void itSaysBusy_andWhen() {
    assertEquals(Reason.BUSY, congestion.busy(NOW, 5_000).reason());
    assertEquals(100, busy(NOW, 5_000), 1, "5,000 at 500 in 10 ms");
  }

  @Test
  void whoIsToldLater_comesLater() {
    long first = busy(NOW, 5_000);
    for (int i = 0; i < 50_000; i++) {
      busy(NOW, 5_000);
    }
    assertEquals(first + 1_000, busy(NOW, 5_000), 10);
  }

  @Test
  void aSlowStore_isGivenTime() {
    for (int i = 0; i < 100; i++) {
      congestion.onServed(500, 500);
    }
    assertEquals(5_000, busy(NOW, 5_000), 50);
  }

  @Test
  void nobodyIsSentAwayForLong() {
    for (int i = 0; i < 1_000_000; i++) {
      busy(NOW, 5_000);
    }
    assertEquals(10_000, busy(NOW, 5_000));
  }

  @Test
  void whenItIsOver_nobodyWaits() {
    for (int i = 0; i < 50_000; i++) {
      busy(NOW, 5_000);
    }
    assertTrue(busy(NOW + 2_000, 0) <= 50);
  }
}
