package barrage.core;

import java.util.List;

/**
 * The terms under which the store awards points: what {@code config/rules.yaml} says of tiers and
 * points at one instant. Factors are in hundredths, so that nothing is ever rounded.
 *
 * @param tiers one for each {@link Tier}, in its order; growth thresholds rise
 * @param danmaku for a danmaku that was accepted
 * @param likes for each {@code likeTaps} taps
 * @param likeTaps taps for one award
 * @param watch for each {@code watchMs} watched
 * @param watchMs milliseconds for one award
 * @param purchase for each {@code purchaseCents} minor units paid
 * @param purchaseCents minor units for one award
 * @param zone the id of the time zone whose days the caps count
 * @param historyEvents how many numbered events a room's history keeps
 */
public record Terms(
    List<TierTerms> tiers,
    Award danmaku,
    Award likes,
    int likeTaps,
    Award watch,
    long watchMs,
    Award purchase,
    int purchaseCents,
    String zone,
    int historyEvents) {

  public Terms {
    tiers = List.copyOf(tiers);
    if (tiers.size() != Tier.values().length) {
      throw new IllegalArgumentException("terms for each tier");
    }
  }

  /**
   * What a tier needs and gives.
   *
   * @param growth the growth from which a viewer is of this tier
   * @param pointsFactor hundredths by which awarded points are multiplied
   * @param earlyAccessMs how much earlier a sale opens
   * @param slowMode the part of the room's slow mode that concerns this tier
   */
  public record TierTerms(long growth, int pointsFactor, long earlyAccessMs, Ratio slowMode) {}

  /**
   * Points and growth for one thing done.
   *
   * @param cap the most points (before multiplying) a viewer gets for it in a day; 0 no cap
   */
  public record Award(int points, int growth, int cap) {}

  /** The tier of a viewer with this growth. */
  public Tier tierAt(long growth) {
    for (int i = tiers.size() - 1; i > 0; i--) {
      if (growth >= tiers.get(i).growth()) {
        return Tier.at(i);
      }
    }
    return Tier.REGULAR;
  }

  /** What this tier needs and gives. */
  public TierTerms of(Tier tier) {
    return tiers.get(tier.rank());
  }
}
