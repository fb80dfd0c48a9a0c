package barrage.rules;

import barrage.config.Section;
import barrage.core.Action;
import barrage.core.Reason;
import barrage.core.Terms;

/**
 * The same viewer does not say the same text again at once. Under the same request id it is a
 * repeat, which the store recognises. The streamer and moderators are exempt.
 *
 * @param withinMs how long the same text is refused
 */
record DuplicateRule(int withinMs) implements Rule {

  DuplicateRule(Section parameters) {
    this(parameters.small("within-ms", 1, Recent.KEPT_MS));
  }

  @Override
  public Verdict judge(Action action, Scene scene, Terms terms) {
    if (!(action instanceof Action.Say say) || scene.viewer().role().isStaff()) {
      return Verdict.ALLOW;
    }
    long waitMs = 0;
    for (Recent.Said said : scene.recent().said()) {
      if (said.text().equals(say.danmaku().text())) {
        if (said.id().equals(say.id())) {
          return Verdict.ALLOW;
        }
        waitMs = said.atMs() + withinMs - scene.nowMs();
      }
    }
    return waitMs > 0 ? Verdict.refuse(Reason.DUPLICATE_TEXT, waitMs) : Verdict.ALLOW;
  }

  @Override
  public boolean isLimit() {
    return true;
  }
}
