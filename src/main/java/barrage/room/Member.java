package barrage.room;

import barrage.core.Standing;
import barrage.core.Terms;
import barrage.rules.Recent;

/**
 * What a room knows of one viewer: where they stand, following the store, and what they did lately.
 *
 * <p>What was read from the store and what the feed tells come over different links, so each part
 * remembers the revision it is from and only a newer one replaces it.
 *
 * <p>Confined to its room's loop.
 */
final class Member {
  private long points;
  private long growth;
  private long balanceRevision = -1;
  private long mutedUntilMs;
  private long muteRevision = -1;
  private Recent recent = Recent.NOTHING;

  /** Whether the store was ever asked. */
  boolean isKnown() {
    return balanceRevision >= 0 && muteRevision >= 0;
  }

  /** What was read from the store at this revision. */
  void onRead(Standing standing, long revision) {
    onBalance(standing.points(), standing.growth(), revision);
    onMute(standing.mutedUntilMs(), revision);
  }

  /** The balance after this revision. */
  void onBalance(long pointsNow, long growthNow, long revision) {
    if (revision >= balanceRevision) {
      points = pointsNow;
      growth = growthNow;
      balanceRevision = revision;
    }
  }

  /** The mute after this revision. */
  void onMute(long untilMs, long revision) {
    if (revision >= muteRevision) {
      mutedUntilMs = untilMs;
      muteRevision = revision;
    }
  }

  /** The revisions of another epoch say nothing about this one. */
  void onNewEpoch() {
    balanceRevision = -1;
    muteRevision = -1;
  }

  /** Where the viewer stands under these terms. */
  Standing standing(Terms terms) {
    return new Standing(terms.tierAt(growth), points, growth, mutedUntilMs);
  }

  /** What the viewer did lately. */
  Recent recent() {
    return recent;
  }

  /** Keeps what a decision said. */
  void keep(Recent after) {
    recent = after;
  }
}
