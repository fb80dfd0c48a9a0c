package barrage.rules;

import barrage.config.Section;
import barrage.core.Action;
import barrage.core.Reason;
import barrage.core.Standing;
import barrage.core.Terms;

/** The muted do not speak, and in a silenced room only the streamer and moderators do. */
record MuteRule() implements Rule {

  MuteRule(Section none) {
    this();
  }

  @Override
  public Verdict judge(Action action, Scene scene, Terms terms) {
    if (!action.kind().equals(Action.Kind.DANMAKU)) {
      return Verdict.ALLOW;
    }
    Standing standing = scene.standing();
    if (standing.isMutedAt(scene.nowMs())) {
      return standing.mutedUntilMs() == Standing.FOREVER
          ? Verdict.refuse(Reason.MUTED)
          : Verdict.refuse(Reason.MUTED, standing.mutedUntilMs() - scene.nowMs());
    }
    boolean silenced = scene.settings().silenced() && !scene.viewer().role().isStaff();
    return silenced ? Verdict.refuse(Reason.MUTED) : Verdict.ALLOW;
  }
}
