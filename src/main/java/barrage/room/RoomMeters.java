package barrage.room;

import barrage.core.Outcome;
import barrage.core.Reason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** What all rooms of this node count together, and each for itself. Safe for any thread. */
public final class RoomMeters {
  private final Counter danmaku;
  private final Counter notKept;
  private final Counter shed;
  private final Counter resyncs;
  private final Map<Reason, Counter> refusals;
  private final RoomPulse pulse = new RoomPulse();

  /** Registers the counters. */
  public RoomMeters(MeterRegistry registry) {
    danmaku = registry.counter("barrage.danmaku.accepted");
    notKept = registry.counter("barrage.danmaku.not.kept");
    shed = registry.counter("barrage.danmaku.shed");
    resyncs = registry.counter("barrage.resyncs");
    refusals = new EnumMap<>(Reason.class);
    for (Reason reason : Reason.values()) {
      refusals.put(reason, registry.counter("barrage.refusals", "code", reason.wire()));
    }
  }

  private RoomMeters(RoomMeters all) {
    danmaku = all.danmaku;
    notKept = all.notKept;
    shed = all.shed;
    resyncs = all.resyncs;
    refusals = all.refusals;
  }

  /** For one room: the same counters, and a pulse of its own. */
  RoomMeters ofRoom() {
    return new RoomMeters(this);
  }

  RoomPulse pulse() {
    return pulse;
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
    pulse.onRefused(reason);
    Objects.requireNonNull(refusals.get(reason)).increment();
  }

  void onOutcome(Outcome outcome) {
    if (outcome instanceof Outcome.Refused refused) {
      onRefused(refused.refusal().reason());
    }
  }
}
