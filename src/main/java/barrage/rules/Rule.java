package barrage.rules;

import barrage.core.Action;
import barrage.core.Terms;

/**
 * One rule of the pipeline: a pure function, with its parameters as fields.
 *
 * <p>To add a rule, write {@code NiceThingRule implements Rule} in this package, with a constructor
 * that reads its parameters from a {@link barrage.config.Section}, and put {@code - nice-thing}
 * where it belongs in the pipeline of {@code config/rules.yaml}.
 */
public interface Rule {
  /**
   * Judges one action. It runs only when all rules before it allowed the action, and sees the scene
   * as it was before them.
   *
   * @param terms what the tiers mean
   */
  Verdict judge(Action action, Scene scene, Terms terms);

  /**
   * Takes back what allowing an action of this kind cost, when that was in vain.
   *
   * @return what the viewer did lately, without it
   */
  default Recent giveBack(Action.Kind kind, Recent recent) {
    return recent;
  }

  /** Whether {@code limits.enabled=false} switches this rule off, as load tests need it. */
  default boolean isLimit() {
    return false;
  }
}
