package barrage.rules;

import barrage.core.Action;
import barrage.core.Reason;
import barrage.core.Refusal;

/** What one rule says of an action: allow, allow with a change, or refuse with a reason. */
public sealed interface Verdict {
  /** Nothing against it. */
  Verdict ALLOW = new Allow();

  /** The decision once this verdict is part of it. */
  Decision on(Decision soFar);

  /** Refuses with the reason's own text. */
  static Verdict refuse(Reason reason) {
    return new Refuse(Refusal.of(reason));
  }

  /** Refuses until {@code retryAfterMs} have passed. */
  static Verdict refuse(Reason reason, long retryAfterMs) {
    return new Refuse(Refusal.retryAfter(reason, retryAfterMs));
  }

  /** Allows it as it is. */
  record Allow() implements Verdict {
    @Override
    public Decision on(Decision soFar) {
      return soFar;
    }
  }

  /**
   * Allows it at a priority.
   *
   * @param priority higher goes first and is shed last
   */
  record Prioritize(int priority) implements Verdict {
    @Override
    public Decision on(Decision soFar) {
      return new Decision(soFar.refusal(), soFar.recent(), priority);
    }
  }

  /**
   * Allows it for a token, which is gone even when a later rule refuses.
   *
   * @param fullAtUs see {@link Recent#fullAtUs}
   */
  record Spend(Action.Kind kind, long fullAtUs) implements Verdict {
    @Override
    public Decision on(Decision soFar) {
      Recent recent = soFar.recent().withBucket(kind, fullAtUs);
      return new Decision(soFar.refusal(), recent, soFar.priority());
    }
  }

  /** Refuses it; no further rule is asked. */
  record Refuse(Refusal refusal) implements Verdict {
    @Override
    public Decision on(Decision soFar) {
      return new Decision(refusal, soFar.recent(), soFar.priority());
    }
  }
}
