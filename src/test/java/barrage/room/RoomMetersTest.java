package barrage.room;

import static org.junit.jupiter.api.Assertions.assertEquals;

import barrage.core.Reason;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is counted under which name. */
final class RoomMetersTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final RoomMeters meters = new RoomMeters(registry).ofRoom();

  @ParameterizedTest
  @EnumSource(Reason.class)
  void refusal_isCountedUnderItsOwnCode_andNothingElseIs(Reason reason) {
    meters.onRefused(reason);
    for (Reason each : Reason.values()) {
      assertEquals(
          each == reason ? 1 : 0,
          registry.get("barrage.refusals").tag("code", each.wire()).counter().count(),
          each.wire());
    }
    assertEquals(0, registry.get("barrage.danmaku.shed").counter().count());
  }

  @Test
  void danmakuThatAreShed_areNoRefusals() {
    meters.onShed(3);
    assertEquals(3, registry.get("barrage.danmaku.shed").counter().count());
    assertEquals(
        0,
        registry.get("barrage.refusals").counters().stream()
            .mapToDouble(counter -> counter.count())
            .sum());
  }
}
