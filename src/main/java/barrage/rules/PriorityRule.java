package barrage.rules;

import barrage.config.Section;
import barrage.core.Action;
import barrage.core.Terms;

/** First in the queue and last to be shed: by tier. Without this rule all are equal. */
record PriorityRule() implements Rule {

  PriorityRule(Section none) {
    this();
  }

  @Override
  public Verdict judge(Action action, Scene scene, Terms terms) {
    return new Verdict.Prioritize(scene.standing().tier().rank());
  }
}
