package barrage.rules;

import barrage.config.Section;
import barrage.core.Action;
import barrage.core.Reason;
import barrage.core.Terms;
import barrage.core.Tier;

/** Members-only rooms, and the lowest tier that may speak. Staff may always. */
record MembersRule() implements Rule {

  MembersRule(Section none) {
    this();
  }

  @Override
  public Verdict judge(Action action, Scene scene, Terms terms) {
    if (!action.kind().equals(Action.Kind.DANMAKU) || scene.viewer().role().isStaff()) {
      return Verdict.ALLOW;
    }
    Tier tier = scene.standing().tier();
    if (scene.settings().membersOnly() && !tier.isMember()) {
      return Verdict.refuse(Reason.MEMBERS_ONLY);
    }
    return tier.isAtLeast(scene.settings().minTier())
        ? Verdict.ALLOW
        : Verdict.refuse(Reason.TIER_REQUIRED);
  }
}
