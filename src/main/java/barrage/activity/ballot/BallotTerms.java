package barrage.activity.ballot;

import barrage.config.Section;
import barrage.core.Tier;
import barrage.wire.JsonBody;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a streamer asks for.
 *
 * @param choices how many options one viewer may tick
 * @param change whether a vote may be replaced until the ballot closes
 * @param live whether everybody sees the counts while it is open
 * @param weights of a vote by tier; {@code null}: 1 each
 * @param points for a viewer's first vote
 */
record BallotTerms(
    String title,
    List<String> options,
    long durationMs,
    long choices,
    boolean change,
    boolean live,
    Tier minTier,
    long minPoints,
    @Nullable Map<Tier, Long> weights,
    long points) {
  static final int MAX_OPTIONS = 10;
  private static final int TITLE = 60;
  private static final int OPTION = 30;
  private static final int MAX_WEIGHT = 1_000;
  private static final long MAX_POINTS = 10_000;
  private static final long MAX_BALANCE = 9_007_199_254_740_991L; // 2^53 - 1, as JSON holds exactly

  /**
   * The section {@code ballot} of the rules.
   *
   * @param openAtOnce in one room
   * @param pointsCap points for voting, a viewer and day
   */
  record Rules(boolean enabled, int openAtOnce, int pointsCap, long leastMs, long mostMs) {
    static Rules read(Section section) {
      return new Rules(
          section.flag("enabled"),
          section.small("open-at-once", 1, 100),
          section.small("points-cap", 0, 1_000_000),
          section.integer("least-ms", 1_000, 86_400_000),
          section.integer("most-ms", 1_000, 30L * 86_400_000));
    }
  }

  static BallotTerms read(JsonBody body, Rules rules) {
    if (!"poll".equals(body.optionalText("form", 10))) {
      throw body.wrong("form", "must be poll");
    }
    List<String> options = body.texts("options", 2, MAX_OPTIONS, OPTION);
    if (new HashSet<>(options).size() < options.size()) {
      throw body.wrong("options", "must differ");
    }
    JsonBody conditions = body.optionalObject("conditions");
    Tier minTier = conditions == null ? null : conditions.optionalTier("minTier");
    Boolean change = body.optionalBoolean("change");
    return new BallotTerms(
        body.text("title", TITLE),
        options,
        body.integerOr(
            Math.max(rules.leastMs, Math.min(rules.mostMs, 60_000)),
            "durationMs",
            rules.leastMs,
            rules.mostMs),
        body.integerOr(1, "choices", 1, options.size()),
        change == null || change,
        isLive(body),
        minTier == null ? Tier.REGULAR : minTier,
        conditions == null ? 0 : conditions.integerOr(0, "minPoints", 0, MAX_BALANCE),
        body.optionalPerTier("weights", 1, MAX_WEIGHT),
        body.integerOr(0, "points", 0, MAX_POINTS));
  }

  private static boolean isLive(JsonBody body) {
    String results = body.optionalText("results", 10);
    if (results == null || results.equals("live")) {
      return true;
    } else if (results.equals("after")) {
      return false;
    }
    throw body.wrong("results", "must be live or after");
  }

  /** As the module keeps them; see {@code lua/activity/ballot/state.lua}. */
  String json(Rules rules) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("form", "poll").put("title", title);
    options.forEach(json.withArray("options")::add);
    json.put("durationMs", durationMs).put("choices", choices).put("change", change);
    json.put("results", live ? "live" : "after");
    json.put("minTier", minTier.rank() + 1).put("minPoints", minPoints);
    json.put("points", points).put("cap", rules.pointsCap);
    if (weights != null) {
      for (Tier tier : Tier.values()) {
        json.withArray("weights").add(weights.getOrDefault(tier, 1L));
      }
    }
    return json.toString();
  }
}
