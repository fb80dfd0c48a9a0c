package barrage.rules;

import barrage.core.Action;
import barrage.core.Limits;
import barrage.core.Role;
import barrage.core.Terms;
import java.util.List;
import java.util.Map;

/** The rules in force at one instant: what {@code config/rules.yaml} says. Immutable. */
public final class RuleBook {
  private final Terms terms;
  private final Limits limits;
  private final List<Rule> pipeline;
  private final boolean slowMode;
  private final Map<String, Object> activities;

  /** Without anything of activities. */
  public RuleBook(Terms terms, Limits limits, List<Rule> pipeline) {
    this(terms, limits, pipeline, Map.of());
  }

  /**
   * @param activities what each kind of interaction read of its own section
   * @param pipeline in the order in which they are asked; those that are limits are left out when
   *     {@code limits} are off
   */
  public RuleBook(Terms terms, Limits limits, List<Rule> pipeline, Map<String, Object> activities) {
    this.activities = Map.copyOf(activities);
    this.terms = terms;
    this.limits = limits;
    this.pipeline = pipeline.stream().filter(rule -> limits.enabled() || !rule.isLimit()).toList();
    this.slowMode = this.pipeline.stream().anyMatch(SlowModeRule.class::isInstance);
  }

  /** What viewers earn. */
  public Terms terms() {
    return terms;
  }

  /** What connections may. */
  public Limits limits() {
    return limits;
  }

  /** The rules, in the order in which they are asked. */
  public List<Rule> pipeline() {
    return pipeline;
  }

  /** The rules of a kind of interaction, as it read them. */
  public Object of(String kind) {
    Object rules = activities.get(kind);
    if (rules == null) {
      throw new IllegalArgumentException("no rules of " + kind);
    }
    return rules;
  }

  /** Runs the pipeline over one action: every rule in order, until one refuses. */
  public Decision decide(Action action, Scene scene) {
    Scene now = scene.with(scene.recent().asOf(scene.nowMs()));
    Decision decision = new Decision(null, now.recent(), 0);
    for (Rule rule : pipeline) {
      decision = rule.judge(action, now, terms).on(decision);
      if (decision.refusal() != null) {
        return decision;
      }
    }
    return decision.with(remember(action, decision.recent()));
  }

  /**
   * Takes back the token that an allowed action of this kind cost: an answer {@code not_open} costs
   * none.
   *
   * @param recent what the viewer did lately, by now
   * @return to be kept instead of it
   */
  public Recent giveBack(Action.Kind kind, Recent recent) {
    Recent after = recent;
    for (Rule rule : pipeline) {
      after = rule.giveBack(kind, after);
    }
    return after;
  }

  /** Whether a room's slow mode concerns viewers of this role. */
  public boolean slows(Role role) {
    return slowMode && !role.isStaff();
  }

  private static Recent remember(Action accepted, Recent recent) {
    return accepted instanceof Action.Say say
        ? recent.withSaid(say.id(), say.danmaku().text())
        : recent;
  }
}
