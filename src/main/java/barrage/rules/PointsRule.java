package barrage.rules;

import barrage.config.Section;
import barrage.core.Action;
import barrage.core.Terms;

/**
 * What is accepted earns points. Nothing to refuse, and nothing to compute here: how much depends
 * on the day's caps and on what was carried over, which only the store knows, so it awards by the
 * {@link Terms}. Without this rule in the pipeline, nothing is earned: {@link RulesFile} leaves the
 * awards out of the terms.
 */
record PointsRule() implements Rule {

  PointsRule(Section none) {
    this();
  }

  @Override
  public Verdict judge(Action action, Scene scene, Terms terms) {
    return Verdict.ALLOW;
  }
}
