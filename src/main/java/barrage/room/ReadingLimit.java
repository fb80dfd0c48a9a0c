package barrage.room;

import barrage.core.Tier;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which danmaku of a tick viewers are sent when the room says more than they can read: the fourth
 * of the promises to members. Pure but for what it remembers of the last second.
 *
 * <p>Within any second at most {@code perSecond} danmaku pass. The lowest tiers are left out first.
 * What a member will say later in the second is not known yet, so while there are members about,
 * regular viewers get at most half of it. And when there has been too much for a while, regular
 * danmaku are let through at an even pace, rather than all at the beginning of each second.
 *
 * <p>Confined to its room's loop.
 */
final class ReadingLimit {
  /** The window of the limit, milliseconds. */
  static final int WINDOW_MS = 1_000;

  /** The most of a window's share that passes in one tick of an even pace. */
  private static final double MAX_PACE = 0.15;

  private static final int TIERS = Tier.values().length;

  /** What passed, and what was asked for, in one tick. */
  private record Tick(long atMs, int offered, int membersOffered, int regular, int members) {}

  private final ArrayDeque<Tick> window = new ArrayDeque<>();
  private int offered;
  private int membersOffered;
  private int regularSent;
  private int membersSent;
  private double pace;
  private long lastMs;

  /**
   * Chooses.
   *
   * @param danmaku of one tick, in order
   * @param perSecond the limit; 0 for none
   * @param membersAbout whether members may speak within this second
   * @param nowMs never goes back
   * @return for each of them whether it is shed; {@code null} when none is
   */
  boolean @Nullable [] shed(
      List<Numbered> danmaku, int perSecond, boolean membersAbout, long nowMs) {
    if (perSecond == 0) {
      return null;
    }
    forgetBefore(nowMs - WINDOW_MS);
    int[] count = new int[TIERS];
    for (Numbered event : danmaku) {
      count[event.tier()]++;
    }
    int[] allowed = allowed(count, perSecond, membersAbout, nowMs);
    boolean[] shed = new boolean[danmaku.size()];
    int[] passed = new int[TIERS];
    boolean any = false;
    for (int i = 0; i < shed.length; i++) {
      byte tier = danmaku.get(i).tier();
      if (passed[tier] < allowed[tier]) {
        passed[tier]++;
      } else {
        shed[i] = true;
        any = true;
      }
    }
    int members = 0;
    for (int tier = 1; tier < TIERS; tier++) {
      members += passed[tier];
    }
    window.add(new Tick(nowMs, danmaku.size(), danmaku.size() - count[0], passed[0], members));
    offered += danmaku.size();
    membersOffered += danmaku.size() - count[0];
    regularSent += passed[0];
    membersSent += members;
    lastMs = nowMs;
    return any ? shed : null;
  }

  private int[] allowed(int[] count, int perSecond, boolean membersAbout, long nowMs) {
    int left = Math.max(0, perSecond - regularSent - membersSent);
    int[] allowed = new int[TIERS];
    int membersNow = 0;
    for (int tier = TIERS - 1; tier > 0; tier--) {
      allowed[tier] = Math.min(left, count[tier]);
      left -= allowed[tier];
      membersNow += allowed[tier];
    }
    int now = Arrays.stream(count).sum();
    int forMembers = membersAbout ? keptForMembers(perSecond, now, membersNow) : 0;
    int regular = Math.max(0, left - Math.max(0, forMembers - membersSent - membersNow));
    int share = perSecond - forMembers;
    if (offered > perSecond) {
      pace =
          Math.min(
              Math.max(1, share * MAX_PACE), pace + share * (double) (nowMs - lastMs) / WINDOW_MS);
      regular = Math.min(regular, (int) pace);
      pace -= Math.min(regular, count[0]);
    } else {
      pace = 0;
    }
    allowed[0] = regular;
    return allowed;
  }

  /**
   * Half; and more when all have said too much, and members so much that half would soon not do.
   */
  private int keptForMembers(int perSecond, int now, int membersNow) {
    int half = perSecond - perSecond / 2;
    int lately = membersOffered + membersNow;
    return offered + now <= perSecond
        ? half
        : Math.min(perSecond, Math.max(half, lately + lately / 2));
  }

  private void forgetBefore(long ms) {
    for (Tick tick = window.peek(); tick != null && tick.atMs() <= ms; tick = window.peek()) {
      window.remove();
      offered -= tick.offered();
      membersOffered -= tick.membersOffered();
      regularSent -= tick.regular();
      membersSent -= tick.members();
    }
  }
}
