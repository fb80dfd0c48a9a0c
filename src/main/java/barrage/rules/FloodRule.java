package barrage.rules;

import barrage.config.Section;
import barrage.core.Action;
import barrage.core.Reason;
import barrage.core.Terms;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A token bucket for each viewer and kind of action, in its virtual-scheduling form (GCRA, ITU-T
 * I.371): instead of a level that must be refilled, only the instant at which the bucket will be
 * full again is kept. A token moves that instant on by the time one token takes to refill; a bucket
 * is empty when it lies a whole bucket ahead. Nothing is ever rounded.
 *
 * @param buckets for each kind of action; what is not named is not limited
 */
record FloodRule(Map<Action.Kind, Bucket> buckets) implements Rule {

  /**
   * A bucket's size and speed.
   *
   * @param burst tokens in a full bucket
   * @param refillUs microseconds for one token
   */
  record Bucket(int burst, long refillUs) {
    private static final long HUNDREDTHS_US = 100_000_000;

    static Bucket read(Section parameters) {
      int burst = parameters.small("burst", 1, 10_000);
      return new Bucket(burst, HUNDREDTHS_US / parameters.hundredths("per-second", 1, 100_000));
    }
  }

  FloodRule(Section parameters) {
    this(read(parameters));
  }

  private static Map<Action.Kind, Bucket> read(Section parameters) {
    Map<Action.Kind, Bucket> buckets = new HashMap<>();
    for (String key : parameters.keys()) {
      Action.Kind.fromWire(key)
          .ifPresent(kind -> buckets.put(kind, Bucket.read(parameters.section(key))));
    }
    return buckets;
  }

  @Override
  public Verdict judge(Action action, Scene scene, Terms terms) {
    Bucket bucket = bucketOf(action.kind());
    if (bucket == null) {
      return Verdict.ALLOW;
    }
    long nowUs = scene.nowMs() * 1_000;
    long fullAtUs =
        Math.max(nowUs, scene.recent().fullAtUs().getOrDefault(action.kind(), nowUs))
            + bucket.refillUs;
    long tooEarlyUs = fullAtUs - nowUs - bucket.burst * bucket.refillUs;
    return tooEarlyUs > 0
        ? Verdict.refuse(Reason.RATE_LIMITED, (tooEarlyUs + 999) / 1_000)
        : new Verdict.Spend(action.kind(), fullAtUs);
  }

  private @Nullable Bucket bucketOf(Action.Kind kind) {
    Bucket own = buckets.get(kind);
    return own == null && kind.isOfActivity() ? buckets.get(Action.Kind.ANY_ASK) : own;
  }

  /** The bucket is full again one token earlier. */
  @Override
  public Recent giveBack(Action.Kind kind, Recent recent) {
    Bucket bucket = bucketOf(kind);
    Long fullAtUs = recent.fullAtUs().get(kind);
    return bucket == null || fullAtUs == null
        ? recent
        : recent.withBucket(kind, fullAtUs - bucket.refillUs);
  }

  @Override
  public boolean isLimit() {
    return true;
  }
}
