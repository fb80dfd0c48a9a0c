package barrage.rules;

import barrage.config.Section;
import barrage.core.Action;
import barrage.core.Ratio;
import barrage.core.Reason;
import barrage.core.Terms;

/**
 * The room's slow mode: so long between two danmaku of a viewer, times the factor of their tier.
 * Counted from the last one that was accepted; the streamer and moderators are exempt. The store
 * decides it, for a viewer may speak through several nodes; what this node accepted is a part of
 * that, so what it refuses here the store would refuse as well.
 */
record SlowModeRule() implements Rule {

  SlowModeRule(Section none) {
    this();
  }

  @Override
  public Verdict judge(Action action, Scene scene, Terms terms) {
    Recent.Said last = scene.recent().lastSaid();
    if (action.kind() != Action.Kind.DANMAKU || last == null || scene.viewer().role().isStaff()) {
      return Verdict.ALLOW;
    }
    Ratio part = terms.of(scene.standing().tier()).slowMode();
    long pauseMs = part.of(scene.settings().slowModeMs());
    long waitMs = last.atMs() + pauseMs - scene.nowMs();
    return waitMs > 0 ? Verdict.refuse(Reason.SLOW_MODE, waitMs) : Verdict.ALLOW;
  }

  @Override
  public boolean isLimit() {
    return true;
  }
}
