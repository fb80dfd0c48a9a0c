package barrage.rules;

import barrage.config.Section;
import barrage.core.Action;
import barrage.core.Ratio;
import barrage.core.Reason;
import barrage.core.Terms;

/**
 * The room's slow mode: so long between two danmaku of a viewer, times the factor of their tier.
 * Counted from the last one that was accepted; the streamer and moderators are exempt. The store
 * decides it, for a viewer may speak through several nodes. What this node accepted is a part of
 * that, so here it refuses what the store would, and what came so soon after one that was said
 * before the mode was set. A repeat of what was accepted is answered by the store.
 */
record SlowModeRule() implements Rule {

  SlowModeRule(Section none) {
    this();
  }

  @Override
  public Verdict judge(Action action, Scene scene, Terms terms) {
    Recent.Said last = scene.recent().lastSaid();
    if (!(action instanceof Action.Say say)
        || last == null
        || scene.viewer().role().isStaff()
        || scene.recent().knows(say.id(), say.danmaku().text())) {
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
