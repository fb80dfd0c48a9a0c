package barrage.load;

import barrage.activity.Activities;
import barrage.activity.Activity;
import barrage.activity.Play;
import barrage.config.ConfigException;
import barrage.config.Folder;
import barrage.config.Section;
import barrage.core.RoomId;
import barrage.core.Tier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads scenarios. What a file leaves out is as in {@code defaults.yaml}, which is in the jar. */
final class ScenarioFile {
  /** The scenarios that are part of the jar. */
  static final List<String> SHIPPED = List.of("crowd", "rush", "raffle", "storm", "soak");

  private static final Folder JAR = Folder.shipped("scenarios");
  private static final int DAY_S = 86_400;
  private static final int MAX_RATE = 10_000_000;

  private ScenarioFile() {}

  /**
   * Reads a scenario.
   *
   * @param name of one that is shipped, or a file's path
   * @throws ConfigException for a mistake in it, or when there is none
   */
  static Scenario read(String name) {
    return read(name, Activities.NONE);
  }

  /**
   * The same.
   *
   * @param activities of which a scenario may have one
   */
  static Scenario read(String name, Activities activities) {
    try {
      Section defaults = Section.of(JAR, "defaults.yaml", null);
      if (SHIPPED.contains(name)) {
        return scenario(name, Section.of(JAR, name + ".yaml", defaults), activities);
      }
      Path file = Path.of(name).toAbsolutePath();
      if (!Files.isRegularFile(file)) {
        throw new ConfigException(
            name, "no such file, and none of the scenarios " + String.join(", ", SHIPPED));
      }
      Path folder = file.getParent();
      String last = String.valueOf(file.getFileName());
      return scenario(
          last.replaceFirst("\\.ya?ml$", ""),
          Section.of(Folder.at(folder == null ? Path.of("/") : folder), last, defaults),
          activities);
    } catch (IOException e) {
      throw new ConfigException(name, "cannot be read, or is not UTF-8");
    }
  }

  private static Scenario scenario(String name, Section file, Activities activities) {
    Section viewers = file.section("viewers");
    Section tiers = viewers.section("tiers");
    Scenario scenario =
        new Scenario(
            name,
            file.choice("room", "a room id: 1 to 64 of A-Za-z0-9_.:-", ScenarioFile::room),
            viewers.small("count", 1, 1_000_000),
            ms(viewers, "ramp-s", 0, DAY_S),
            ms(file, "duration-s", 10, 30 * DAY_S / 4),
            tiers.small("anonymous", 0, 1_000_000),
            perTier(tiers, 0, 1_000_000),
            talk(file.section("danmaku")),
            likes(file.section("likes")),
            sale(file.section("sale")),
            lottery(file.section("lottery")),
            show(file.section("activity"), activities),
            storm(file.section("storm")),
            file.choices("assert", "a condition such as p99<200ms", ScenarioFile::condition));
    if (scenario.anonymous() + scenario.tiers().values().stream().mapToInt(i -> i).sum() == 0) {
      throw viewers.fault("tiers", "at least one share must be above 0");
    }
    file.refuseUnknown();
    return scenario;
  }

  private static Scenario.Talk talk(Section section) {
    return new Scenario.Talk(rate(section), section.small("length", 1, 100));
  }

  private static Scenario.Likes likes(Section section) {
    return new Scenario.Likes(rate(section), section.small("taps", 1, 1_000));
  }

  private static Optional<Scenario.Sale> sale(Section section) {
    Section early = section.section("early-s");
    Section reserve = section.section("reserve");
    Map<Tier, Long> earlyMs = new EnumMap<>(Tier.class);
    for (Tier tier : Tier.values()) {
      earlyMs.put(tier, ms(early, tier.wire(), 0, DAY_S));
    }
    long stock = section.integer("stock", 0, 100_000_000);
    Scenario.Sale sale =
        new Scenario.Sale(
            stock,
            section.small("per-viewer", 1, 100_000),
            ms(section, "opens-in-s", 0, DAY_S),
            earlyMs,
            reserve.integer("units", 0, 100_000_000),
            reserve.choice("min-tier", "a tier", Tier::fromWire),
            ms(reserve, "for-s", 1, DAY_S),
            ms(section, "burst-s", 0, DAY_S),
            rate(section));
    if (stock > 0 && sale.reserved() > stock) {
      throw reserve.fault("units", "must be at most the stock, " + stock);
    }
    return stock == 0 ? Optional.empty() : Optional.of(sale);
  }

  private static Optional<Scenario.Lottery> lottery(Section section) {
    int prizes = section.small("prizes", 0, 100);
    Scenario.Lottery lottery =
        new Scenario.Lottery(
            prizes,
            ms(section, "opens-in-s", 0, DAY_S),
            ms(section, "enter-s", 0, DAY_S),
            perTier(section.section("weights"), 1, 1_000));
    return prizes == 0 ? Optional.empty() : Optional.of(lottery);
  }

  private static Optional<Scenario.Show> show(Section section, Activities activities) {
    String none = "none";
    String kind =
        section.choice(
            "kind",
            none + " or one of " + String.join(", ", activities.kinds()),
            name ->
                name.equals(none) || activities.of(name) != null
                    ? Optional.of(name)
                    : Optional.empty());
    String variant = section.choice("variant", "a word", Optional::of);
    int size = section.small("size", 1, 1_000_000);
    long opensInMs = ms(section, "opens-in-s", 0, DAY_S);
    long enterMs = ms(section, "enter-s", 0, DAY_S);
    Activity activity = activities.of(kind);
    if (activity == null) {
      return Optional.empty();
    }
    Play play = activity.play().orElseThrow(() -> section.fault("kind", "nobody can play " + kind));
    List<String> variants = play.variants();
    if (!variant.equals("default") && !variants.contains(variant)) {
      throw section.fault("variant", "must be default or one of " + String.join(", ", variants));
    }
    String chosen = variant.equals("default") ? variants.get(0) : variant;
    return Optional.of(new Scenario.Show(activity, play, chosen, size, opensInMs, enterMs));
  }

  private static Optional<Scenario.Storm> storm(Section section) {
    long everyMs = ms(section, "every-s", 0, DAY_S);
    Scenario.Storm storm = new Scenario.Storm(everyMs, section.small("share", 1, 100));
    return everyMs == 0 ? Optional.empty() : Optional.of(storm);
  }

  private static Map<Tier, Integer> perTier(Section section, int least, int most) {
    Map<Tier, Integer> all = new EnumMap<>(Tier.class);
    for (Tier tier : Tier.values()) {
      all.put(tier, section.small(tier.wire(), least, most));
    }
    return all;
  }

  private static double rate(Section section) {
    return section.hundredths("rate", 0, MAX_RATE * 100) / 100.;
  }

  /** Seconds in the file. */
  private static long ms(Section section, String key, int leastHundredths, int mostSeconds) {
    return section.hundredths(key, leastHundredths, mostSeconds * 100) * 10L;
  }

  private static Optional<RoomId> room(String id) {
    return RoomId.isValid(id) ? Optional.of(new RoomId(id)) : Optional.empty();
  }

  private static Optional<Condition> condition(String text) {
    try {
      return Optional.of(Condition.parse(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
