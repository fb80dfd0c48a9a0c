package barrage.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.config.ConfigException;
import barrage.core.Tier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

final class ScenarioFileTest {
  private static final List<String> SHIPPED = ScenarioFile.SHIPPED;

  @TempDir Path dir;

  private Scenario read(String yaml) throws Exception {
    return ScenarioFile.read(Files.writeString(dir.resolve("mine.yaml"), yaml).toString());
  }

  @ParameterizedTest
  @FieldSource("SHIPPED")
  void shipped_areInTheJarAndInBench(String name) {
    Scenario byName = ScenarioFile.read(name);
    assertEquals(name, byName.name());
    assertEquals(byName, ScenarioFile.read("bench/scenarios/" + name + ".yaml"));
  }

  @Test
  void shipped_holdWhatTheyAreNamedFor() {
    assertEquals(50, ScenarioFile.read("crowd").talk().rate());
    assertEquals(100, ScenarioFile.read("crowd").likes().rate());
    assertEquals(500, ScenarioFile.read("rush").sale().orElseThrow().stock());
    assertEquals(10, ScenarioFile.read("raffle").lottery().orElseThrow().prizes());
    assertEquals(15_000, ScenarioFile.read("storm").storm().orElseThrow().everyMs());
    assertEquals(4 * 3_600_000, ScenarioFile.read("soak").durationMs());
  }

  @Test
  void whatAFileLeavesOut_isAsInTheDefaults() throws Exception {
    Scenario mine = read("viewers: {count: 7}\ndanmaku: {rate: 0.5}\n");
    assertEquals("mine", mine.name());
    assertEquals(7, mine.viewers());
    assertEquals(2_000, mine.rampMs());
    assertEquals(30_000, mine.durationMs());
    assertEquals(0.5, mine.talk().rate());
    assertTrue(mine.sale().isEmpty() && mine.lottery().isEmpty() && mine.storm().isEmpty());
  }

  @Test
  void tiers_areSharedOutInProportion() throws Exception {
    Scenario mine = read("viewers: {count: 1000, tiers: {anonymous: 10, regular: 60, gold: 30}}\n");
    int anonymous = 0;
    int gold = 0;
    for (int i = 0; i < 1_000; i++) {
      anonymous += mine.isAnonymous(i) ? 1 : 0;
      gold += !mine.isAnonymous(i) && mine.tier(i) == Tier.GOLD ? 1 : 0;
    }
    assertEquals(100, anonymous, 3);
    assertEquals(300, gold, 3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "duration-s: 5\\nviewer: {count: 3}|2: viewer: unknown key",
        "danmaku:\\n  rate: 5\\n  lenght: 20|3: danmaku.lenght: unknown key",
        "danmaku:\\n  rate: fast|2: danmaku.rate: must be a number",
        "viewers: {count: 0}|1: viewers.count: must be a whole number from 1",
        "viewers:\\n  tiers: {regular: 0}|2: viewers.tiers: at least one share",
        "sale:\\n  stock: 5\\n  reserve: {units: 6}|3: sale.reserve.units: must be at most the stock",
        "assert: [p99<200]|1: assert: must be a list, each a condition",
        "lottery: {weights: {gold: 0}}|1: lottery.weights.gold: must be a whole number from 1",
        "room: a b|1: room: must be a room id",
        "a: [|1: while parsing"
      })
  void mistakes_areToldWithTheirLine(String yaml, String told) {
    ConfigException mistake =
        assertThrows(ConfigException.class, () -> read(yaml.replace("\\n", "\n")));
    String message = String.valueOf(mistake.getMessage());
    assertTrue(message.contains("mine.yaml:" + told), message);
  }

  @Test
  void unknownScenario_namesThoseThereAre() {
    ConfigException mistake = assertThrows(ConfigException.class, () -> ScenarioFile.read("croud"));
    assertTrue(String.valueOf(mistake.getMessage()).contains("crowd, rush, raffle, storm, soak"));
  }
}
