package barrage.rules;

import barrage.config.ConfigException;
import barrage.config.Folder;
import barrage.config.Section;
import barrage.core.Limits;
import barrage.core.Terms;
import barrage.core.Tier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Reads {@code rules.yaml} into a {@link RuleBook}. What the file leaves out is as in the one that
 * is shipped, which is part of the jar.
 */
public final class RulesFile {
  private static final String SHIPPED = "rules.yaml";

  /** What is read here; all else in the shipped file is a section of an activity. */
  private static final Set<String> OWN =
      Set.of("time-zone", "history", "tiers", "points", "limits", "pipeline");

  private final Section file;
  private final Section shipped;
  private final boolean limitsEnabled;
  private final Map<String, Function<Section, Object>> activities;

  private RulesFile(
      Section file,
      Section shipped,
      boolean limitsEnabled,
      Map<String, Function<Section, Object>> activities) {
    this.activities = activities;
    this.file = file;
    this.shipped = shipped;
    this.limitsEnabled = limitsEnabled;
  }

  /**
   * The rules of a file.
   *
   * @param folder where it stands, and the lists it names
   * @param limitsEnabled {@code false} leaves out all limits, for load tests
   * @param activities how each kind of interaction reads the section of its name
   * @throws ConfigException for a mistake in it
   * @throws IOException when it cannot be read
   */
  public static RuleBook read(
      Folder folder,
      String name,
      boolean limitsEnabled,
      Map<String, Function<Section, Object>> activities)
      throws IOException {
    Section shipped = Section.of(Folder.SHIPPED, SHIPPED, null);
    Section file = Section.of(folder, name, shipped);
    return new RulesFile(file, shipped, limitsEnabled, activities).ruleBook();
  }

  /** The rules of a file but for those of activities, which are not looked at. */
  public static RuleBook read(Folder folder, String name, boolean limitsEnabled)
      throws IOException {
    return read(folder, name, limitsEnabled, Map.of());
  }

  /** The rules that are shipped but for those of activities. */
  public static RuleBook shipped(boolean limitsEnabled) {
    return shipped(limitsEnabled, Map.of());
  }

  /** The rules that are shipped. */
  public static RuleBook shipped(
      boolean limitsEnabled, Map<String, Function<Section, Object>> activities) {
    try {
      return read(Folder.SHIPPED, SHIPPED, limitsEnabled, activities);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private RuleBook ruleBook() {
    List<Rule> pipeline = pipeline();
    Terms terms = terms(pipeline.stream().anyMatch(PointsRule.class::isInstance));
    Limits limits = limits();
    Map<String, Object> ofActivities = new HashMap<>();
    activities.forEach((kind, reader) -> ofActivities.put(kind, reader.apply(file.section(kind))));
    if (activities.isEmpty()) {
      shipped.keys().stream().filter(key -> !OWN.contains(key)).forEach(file::pass);
    }
    file.refuseUnknown();
    return new RuleBook(terms, limits, pipeline, ofActivities);
  }

  private Terms terms(boolean earned) {
    Section points = file.section("points");
    Section danmaku = points.section("danmaku");
    Section likes = points.section("likes");
    Section watch = points.section("watch");
    Section purchase = points.section("purchase");
    return new Terms(
        tiers(file.section("tiers")),
        award(danmaku, cap(danmaku), earned),
        award(likes, cap(likes), earned),
        likes.small("taps", 1, 1_000_000),
        award(watch, cap(watch), earned),
        watch.integer("every-ms", 1_000, 86_400_000),
        award(purchase, 0, earned),
        purchase.small("per-cents", 1, 100_000_000),
        file.choice("time-zone", "a time zone such as Asia/Shanghai", RulesFile::zone),
        file.section("history").small("events", 1_000, 1_000_000));
  }

  private static List<Terms.TierTerms> tiers(Section section) {
    List<Terms.TierTerms> tiers = new ArrayList<>();
    long above = -1;
    for (Tier tier : Tier.values()) {
      Section of = section.section(tier.wire());
      long growth = of.integer("growth", 0, 1_000_000_000_000L);
      if (tier == Tier.REGULAR && growth != 0) {
        throw of.fault("growth", "must be 0: everyone is at least of this tier");
      }
      if (growth <= above) {
        throw of.fault("growth", "must be more than that of the tier below, " + above);
      }
      above = growth;
      tiers.add(
          new Terms.TierTerms(
              growth,
              of.hundredths("points", 0, 10_000),
              of.integer("early-access-ms", 0, 86_400_000),
              of.ratio("slow-mode", 10)));
    }
    return tiers;
  }

  private static Terms.Award award(Section section, int cap, boolean earned) {
    int points = section.small("points", 0, 1_000_000);
    int growth = section.small("growth", 0, 1_000_000);
    return earned ? new Terms.Award(points, growth, cap) : new Terms.Award(0, 0, 0);
  }

  private static int cap(Section section) {
    return section.small("cap", 0, 1_000_000_000);
  }

  private static Optional<String> zone(String id) {
    try {
      return Optional.of(ZoneId.of(id).getId());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private Limits limits() {
    Section limits = file.section("limits");
    return new Limits(
        limitsEnabled,
        limits.small("reading-per-second", 0, 100_000),
        limits.small("likes-per-second", 1, 1_000),
        limits.small("messages-per-second", 1, 100_000),
        limits.small("messages-burst", 1, 100_000),
        limits.small("flood-per-second", 1, 1_000_000),
        limits.small("flood-ms", 100, 60_000));
  }

  private List<Rule> pipeline() {
    Map<String, Section> parametersShipped = new HashMap<>();
    shipped
        .named("pipeline", name -> null)
        .forEach(rule -> parametersShipped.put(rule.name(), rule.parameters()));
    List<Rule> rules = new ArrayList<>();
    for (Section.Named rule : file.named("pipeline", parametersShipped::get)) {
      rules.add(rule(rule));
    }
    return rules;
  }

  /** {@code slow-mode} is {@link SlowModeRule}: so a new rule needs no list of rules to be in. */
  private static Rule rule(Section.Named named) {
    StringBuilder className = new StringBuilder(RulesFile.class.getPackageName()).append('.');
    for (String word : named.name().split("-", -1)) {
      className.append(word.isEmpty() ? "" : Character.toUpperCase(word.charAt(0)));
      className.append(word.isEmpty() ? "" : word.substring(1));
    }
    try {
      return Class.forName(className.append("Rule").toString())
          .asSubclass(Rule.class)
          .getDeclaredConstructor(Section.class)
          .newInstance(named.parameters());
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof ConfigException mistake) {
        throw mistake;
      }
      throw new IllegalStateException(e);
    } catch (ReflectiveOperationException | ClassCastException | LinkageError e) {
      throw named.parameters().fault("no such rule");
    }
  }
}
