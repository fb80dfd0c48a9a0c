package barrage.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.config.ConfigException;
import barrage.config.Folder;
import barrage.core.Action;
import barrage.core.Danmaku;
import barrage.core.Limits;
import barrage.core.Ratio;
import barrage.core.Role;
import barrage.core.RoomSettings;
import barrage.core.Standing;
import barrage.core.Terms;
import barrage.core.Viewer;
import barrage.core.ViewerId;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What may stand in rules.yaml, and that every mistake is told with its line. */
final class RulesFileTest {
  private static final Terms.Award ONE = new Terms.Award(1, 1, 0);

  /** The shipped values. */
  private static final Terms TERMS =
      new Terms(
          List.of(
              new Terms.TierTerms(0, 100, 0, new Ratio(100, 100)),
              new Terms.TierTerms(500, 120, 2_000, new Ratio(2, 3)),
              new Terms.TierTerms(2_000, 140, 5_000, new Ratio(1, 3)),
              new Terms.TierTerms(10_000, 200, 10_000, new Ratio(0, 100))),
          new Terms.Award(1, 1, 50),
          new Terms.Award(1, 1, 20),
          15,
          new Terms.Award(10, 5, 120),
          300_000,
          ONE,
          100,
          "Asia/Shanghai",
          10_000);

  private static RuleBook read(Map<String, String> files) {
    Folder folder =
        new Folder() {
          @Override
          public String read(String name) throws IOException {
            String text = files.get(name);
            if (text == null) {
              throw new NoSuchFileException(name);
            }
            return text;
          }

          @Override
          public String describe(String name) {
            return "x/" + name;
          }
        };
    try {
      return RulesFile.read(folder, "rules.yaml", true);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static RuleBook read(String yaml) {
    return read(Map.of("rules.yaml", yaml));
  }

  private static boolean allows(RuleBook rules, String text) {
    Viewer viewer = new Viewer(new ViewerId("v"), "v", Role.VIEWER);
    Scene scene = new Scene(viewer, Standing.NEWCOMER, RoomSettings.DEFAULT, Recent.NOTHING, 0);
    Action say = new Action.Say("1", new Danmaku(text, Danmaku.Mode.SCROLL, 0));
    return rules.decide(say, scene).refusal() == null;
  }

  @Test
  void shipped_isWhatTheDomainSays() {
    RuleBook shipped = RulesFile.shipped(true);
    assertEquals(TERMS, shipped.terms());
    assertEquals(Limits.DEFAULT, shipped.limits());
    assertEquals(
        List.of(
            RoleRule.class,
            MuteRule.class,
            FloodRule.class,
            SlowModeRule.class,
            MembersRule.class,
            TextRule.class,
            DuplicateRule.class,
            PriorityRule.class,
            PointsRule.class),
        shipped.pipeline().stream().map(Object::getClass).toList());
  }

  @Test
  void shipped_isTheFileInTheProject() throws IOException {
    RuleBook file = RulesFile.read(Folder.at(Path.of("config")), "rules.yaml", true);
    assertEquals(TERMS, file.terms());
  }

  @Test
  void empty_isAsShipped() {
    RuleBook empty = read("# nothing\n");
    assertEquals(TERMS, empty.terms());
    assertEquals(9, empty.pipeline().size());
    assertTrue(!allows(empty, "刷单返利"));
  }

  @Test
  void part_changesThatPartAlone() {
    Terms terms = read("tiers:\n  gold: {points: 1.55}\npoints: {watch: {cap: 7}}\n").terms();
    assertEquals(new Terms.TierTerms(2_000, 155, 5_000, new Ratio(1, 3)), terms.tiers().get(2));
    assertEquals(new Terms.Award(10, 5, 7), terms.watch());
    assertEquals(TERMS.danmaku(), terms.danmaku());
  }

  @Test
  void pipeline_isTheListOfTheFileInItsOrder() {
    RuleBook rules = read("pipeline:\n  - duplicate: {within-ms: 5}\n  - mute\n  - flood\n");
    assertEquals(
        List.of(
            new DuplicateRule(5),
            new MuteRule(),
            new FloodRule(
                Map.of(
                    Action.Kind.DANMAKU, new FloodRule.Bucket(3, 1_000_000),
                    Action.Kind.BUY, new FloodRule.Bucket(5, 500_000),
                    Action.Kind.ENTER, new FloodRule.Bucket(5, 500_000),
                    Action.Kind.ANY_ASK, new FloodRule.Bucket(5, 500_000)))),
        rules.pipeline());
  }

  @Test
  void pipeline_withoutPoints_earnsNothing() {
    Terms terms = read("pipeline: [mute]\n").terms();
    assertEquals(new Terms.Award(0, 0, 0), terms.danmaku());
    assertEquals(new Terms.Award(0, 0, 0), terms.purchase());
  }

  @Test
  void words_standBesideTheFile() {
    RuleBook rules =
        read(
            Map.of(
                "rules.yaml",
                "pipeline:\n  - text: {forbidden-words: mine.txt}\n",
                "mine.txt",
                "# mine\n\n西 红 柿 # a fruit\n"));
    assertTrue(!allows(rules, "我爱西红柿"));
    assertTrue(allows(rules, "刷单返利"));
  }

  @Test
  void words_withNothingToLookFor_areToldWithTheirLine() {
    ConfigException e =
        assertThrows(
            ConfigException.class,
            () ->
                read(
                    Map.of(
                        "rules.yaml",
                        "pipeline:\n  - text: {forbidden-words: mine.txt}\n",
                        "mine.txt",
                        "番茄\n***\n")));
    assertEquals("x/mine.txt:2: a word needs a letter or a digit, this has none", e.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "time-zoen: UTC                             | x/rules.yaml:1: time-zoen: unknown key",
        "a: 1;time-zone: UTC                        | x/rules.yaml:1: a: unknown key",
        "time-zone: Mars                            | x/rules.yaml:1: time-zone: must be a time zone",
        "time-zone: 8                               | x/rules.yaml:1: time-zone: must be a time zone",
        "time-zone: UTC;time-zone: UTC              | x/rules.yaml:2: ",
        "history:;  events: ten                     | x/rules.yaml:2: history.events: must be a whole number",
        "history:;  events: '10000'           | x/rules.yaml:2: history.events: must be a whole number",
        "history:;  events: 1e4                     | x/rules.yaml:2: history.events: must be a whole number",
        "history:;  events: 99999999999999999999    | x/rules.yaml:2: history.events: must be a whole number",
        "history:;  events:                         | x/rules.yaml:2: history.events: must be a whole number",
        "history: 10000                             | x/rules.yaml:1: history: must be a group of keys",
        "history:;;  # here;  events: 5             | x/rules.yaml:4: history.events: must be a whole number from 1000 to 1000000, is '5'",
        "tiers:;  bronze: {growth: 1}               | x/rules.yaml:2: tiers.bronze: unknown key",
        "tiers:;  gold:;    points: 1.234           | x/rules.yaml:3: tiers.gold.points: must be a number with at most two decimals",
        "tiers:;  gold:;    points: -1              | x/rules.yaml:3: tiers.gold.points: must be a number",
        "tiers:;  gold:;    points: .inf            | x/rules.yaml:3: tiers.gold.points: must be a number",
        "tiers:;  gold:;    growth: 400             | x/rules.yaml:3: tiers.gold.growth: must be more than that of the tier below, 500",
        "tiers:;  regular:;    growth: 1            | x/rules.yaml:3: tiers.regular.growth: must be 0",
        "points:;  likes: {taps: 0}                 | x/rules.yaml:2: points.likes.taps: must be a whole number",
        "points:;  purchase: {cap: 5}               | x/rules.yaml:2: points.purchase.cap: unknown key",
        "limits: [1]                                | x/rules.yaml:1: limits: must be a group of keys, is a list",
        "limits:;  flood-ms: true                   | x/rules.yaml:2: limits.flood-ms: must be a whole number",
        "pipeline: mute                             | x/rules.yaml:1: pipeline: must be a list",
        "pipeline:;  - mute;  - nuisance            | x/rules.yaml:3: nuisance: no such rule",
        "pipeline:;  - mute;  - ''                  | x/rules.yaml:3: : no such rule",
        "pipeline:;  - mute: {loud: 1}              | x/rules.yaml:2: mute.loud: unknown key",
        "pipeline:;  - mute: 5                      | x/rules.yaml:2: pipeline: must be names",
        "pipeline:;  - duplicate:;      within-ms: 0| x/rules.yaml:3: duplicate.within-ms: must be a whole number",
        "pipeline:;  - flood:;      dance: {burst: 3}     | x/rules.yaml:3: flood.dance: unknown key",
        "pipeline:;  - flood:;      like: {burst: 3}      | x/rules.yaml:3: flood.like.per-second: is missing",
        "pipeline:;  - flood:;      danmaku:;        burst: 0 | x/rules.yaml:4: flood.danmaku.burst: must be a whole number",
        "pipeline:;  - role:;      danmaku: [viewer, king]| x/rules.yaml:3: role.danmaku: must be a list, each a role, is 'king'",
        "pipeline:;  - text:;      ads: maybe             | x/rules.yaml:3: text.ads: must be true or false",
        "pipeline:;  - text:;      forbidden-words: no.txt| x/rules.yaml:3: text.forbidden-words: cannot read x/no.txt",
        "time-zone: [                               | x/rules.yaml:",
        "time-zone: UTC;  history: 1                | x/rules.yaml:2: ",
        "- 1                                        | x/rules.yaml:1: must be keys with values",
        "a: &x 1;b: *x                              | x/rules.yaml:2: aliases",
      })
  void mistake_isToldWithItsLine(String yaml, String message) {
    ConfigException e =
        assertThrows(ConfigException.class, () -> read(yaml.strip().replace(';', '\n') + "\n"));
    assertTrue(e.getMessage().startsWith(message.strip()), e.getMessage());
    assertEquals(1, e.getMessage().lines().count());
  }
}
