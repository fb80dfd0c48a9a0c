package barrage.load;

import barrage.activity.Activity;
import barrage.activity.Play;
import barrage.core.RoomId;
import barrage.core.Tier;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is to happen in a room: who comes, and what they do. {@link ScenarioFile} reads one; {@code
 * bench/scenarios/defaults.yaml} tells every part with its unit.
 *
 * @param viewers connections
 * @param rampMs over how long they come, evenly
 * @param durationMs of what they do once they are in
 * @param anonymous share of those who watch without a token
 * @param tiers shares of the others
 */
record Scenario(
    String name,
    RoomId room,
    int viewers,
    long rampMs,
    long durationMs,
    int anonymous,
    Map<Tier, Integer> tiers,
    Talk talk,
    Likes likes,
    Optional<Sale> sale,
    Optional<Lottery> lottery,
    Optional<Show> show,
    Optional<Storm> storm,
    List<Condition> conditions) {

  /**
   * @param rate danmaku a second, in all
   * @param length characters of each
   */
  record Talk(double rate, int length) {}

  /**
   * @param rate messages a second, in all
   * @param taps that each message adds
   */
  record Likes(double rate, int taps) {}

  /**
   * @param opensInMs after everybody is in
   * @param earlyMs how much earlier it opens for each tier
   * @param reserved units kept for {@code reservedFor} and above
   * @param burstMs over how long after the opening for their tier each buyer clicks once
   * @param rate clicks a second after the opening, in all, by those who have not got theirs
   */
  record Sale(
      long stock,
      int perViewer,
      long opensInMs,
      Map<Tier, Long> earlyMs,
      long reserved,
      Tier reservedFor,
      long reservedMs,
      long burstMs,
      double rate) {}

  /**
   * @param opensInMs after everybody is in
   * @param enterMs over how long after that everybody enters, evenly
   */
  record Lottery(int prizes, long opensInMs, long enterMs, Map<Tier, Integer> weights) {}

  /**
   * Something of any other kind of interaction.
   *
   * @param variant of those that the play knows
   * @param size how much there is of whatever it has a number of
   * @param opensInMs after everybody is in
   * @param enterMs over how long after that everybody takes part, evenly
   */
  record Show(
      Activity activity, Play play, String variant, int size, long opensInMs, long enterMs) {}

  /**
   * @param share percent of the connections that break
   */
  record Storm(long everyMs, int share) {}

  Scenario {
    tiers = Map.copyOf(tiers);
    conditions = List.copyOf(conditions);
  }

  /** Whether number {@code i} of the viewers watches without a token. */
  boolean isAnonymous(int i) {
    return place(i) < anonymous;
  }

  /** The tier of number {@code i}, for one who has a token. */
  Tier tier(int i) {
    int place = place(i) - anonymous;
    for (Tier tier : Tier.values()) {
      place -= tiers.getOrDefault(tier, 0);
      if (place < 0) {
        return tier;
      }
    }
    return Tier.REGULAR;
  }

  /** Spread so that any stretch of viewers holds every kind in proportion. */
  private int place(int i) {
    long shares = anonymous + tiers.values().stream().mapToLong(Integer::intValue).sum();
    // A step by the golden ratio: the most even way to fill a circle point by point.
    double turn = (i + 0.5) * 0.618_033_988_749_894_9;
    return (int) ((turn - Math.floor(turn)) * shares);
  }
}
