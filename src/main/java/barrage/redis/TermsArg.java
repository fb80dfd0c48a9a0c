package barrage.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import barrage.core.Terms;
import java.time.ZoneId;
import java.util.stream.Collectors;

/**
 * Terms as commit.lua takes them: triples {@code [growth, factor, earlyMs]} and {@code [points,
 * growth, cap]}.
 */
record TermsArg(Terms terms, ZoneId zone, byte[] json) {

  static TermsArg of(Terms terms) {
    String tiers =
        terms.tiers().stream()
            .map(
                tier ->
                    "["
                        + tier.growth()
                        + ","
                        + tier.pointsFactor()
                        + ","
                        + tier.earlyAccessMs()
                        + ","
                        + tier.slowMode().over()
                        + ","
                        + tier.slowMode().under()
                        + "]")
            .collect(Collectors.joining(","));
    String json =
        ("{\"tiers\":[" + tiers + "]")
            + (",\"danmaku\":" + triple(terms.danmaku()))
            + (",\"likes\":" + triple(terms.likes()))
            + (",\"likeTaps\":" + terms.likeTaps())
            + (",\"watch\":" + triple(terms.watch()))
            + (",\"watchMs\":" + terms.watchMs())
            + (",\"purchase\":" + triple(terms.purchase()))
            + (",\"purchaseCents\":" + terms.purchaseCents())
            + (",\"historyEvents\":" + terms.historyEvents() + "}");
    return new TermsArg(terms, ZoneId.of(terms.zone()), json.getBytes(UTF_8));
  }

  boolean says(Terms others) {
    return terms.equals(others);
  }

  private static String triple(Terms.Award award) {
    return "[" + award.points() + "," + award.growth() + "," + award.cap() + "]";
  }
}
