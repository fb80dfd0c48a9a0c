package barrage.room;

import static org.junit.jupiter.api.Assertions.assertEquals;

import barrage.core.Reason;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RoomPulseTest {
  private final RoomPulse pulse = new RoomPulse();

  @Test
  void refusals_areCountedByReason() {
    pulse.onRefused(Reason.SOLD_OUT);
    pulse.onRefused(Reason.SOLD_OUT);
    pulse.onRefused(Reason.MUTED);
    assertEquals(Map.of(Reason.SOLD_OUT, 2L, Reason.MUTED, 1L), pulse.beat(0).refusals());
  }

  @Test
  void latency_isThatOfTheLastHalfMinute() {
    assertEquals(new RoomPulse.Beat(Map.of(), 0, 0), pulse.beat(0));
    pulse.onAnswered(5_000, 1_000);
    for (int ms = 1; ms <= 100; ms++) {
      pulse.onAnswered(ms, 20_000);
    }
    assertEquals(51, pulse.beat(31_000).p50Ms());
    assertEquals(new RoomPulse.Beat(Map.of(), 50, 99), pulse.beat(31_001));
    assertEquals(new RoomPulse.Beat(Map.of(), 0, 0), pulse.beat(50_001));
  }

  @Test
  void latency_isThatOfTheLastAnswers_whenThereAreMany() {
    for (int i = 0; i < 10_000; i++) {
      pulse.onAnswered(i < 9_000 ? 700 : 3, 1_000);
    }
    assertEquals(new RoomPulse.Beat(Map.of(), 3, 3), pulse.beat(1_000));
  }

  @Test
  void aRoomsPulse_isItsOwn() {
    RoomMeters all = new RoomMeters(new SimpleMeterRegistry());
    RoomMeters one = all.ofRoom();
    RoomMeters other = all.ofRoom();
    one.onRefused(Reason.BUSY);
    assertEquals(Map.of(Reason.BUSY, 1L), one.pulse().beat(0).refusals());
    assertEquals(Map.of(), other.pulse().beat(0).refusals());
  }
}
