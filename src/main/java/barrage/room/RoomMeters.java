package barrage.room;

import barrage.core.Outcome;
import barrage.core.Reason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;

/** What all rooms of this node count together. Safe for any thread. */
public final class RoomMeters {
  private final Counter danmaku;
  private final Counter notKept;
  private final Counter shed;
  private final Counter resyncs;
  private final Map<Reason, Counter> refusals = new EnumMap<>(Reason.class);

  /** Registers the counters. */
  public RoomMeters(MeterRegistry registry) {
    danmaku = registry.counter("barrage.danmaku.accepted");
    notKept = registry.counter("barrage.danmaku.not.kept");
    shed = registry.counter("barrage.danmaku.shed");
    resyncs = registry.counter("barrage.resyncs");
    for (Reason reason : Reason.values()) {
      refusals.put(reason, registry.counter("barrage.refusals", "code", reason.wire()));
    }
  }

  void onSaid() {
    danmaku.increment();
  }

  void onNotKept() {
    notKept.increment();
  }

  void onShed(int count) {
    shed.increment(count);
  }

  void onResync() {
    resyncs.increment();
  }

  void onRefused(Reason reason) {
    refusals.getOrDefault(reason, shed).increment();
  }

  void onOutcome(Outcome outcome) {
    if (outcome instanceof Outcome.Refused refused) {
      onRefused(refused.refusal().reason());
    }
  }
}
