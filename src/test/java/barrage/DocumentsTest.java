package barrage;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The README and the pages beside it name only what is there. */
final class DocumentsTest {
  private static final Path README = Path.of("README.md");
  private static final Path PAGES = Path.of("src", "site", "markdown");
  private static final int README_MOST_BYTES = 12 * 1024;

  /** Up to what ends a command in a shell. */
  private static final Pattern JAR =
      Pattern.compile("java(?: -X\\w+)* -jar target/barrage\\.jar([^|&;)\\n]*)");

  private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

  private static Map<Path, Markdown> documents = Map.of();
  private static Set<String> settings = Set.of();

  @BeforeAll
  static void read() throws IOException {
    try (Stream<Path> pages = Files.list(PAGES)) {
      documents =
          Stream.concat(Stream.of(README), pages)
              .sorted()
              .collect(Collectors.toMap(page -> page, DocumentsTest::markdown));
    }
    settings = new TreeSet<>();
    addKeys("", YAMLMapper.shared().readTree(Path.of("config", "barrage.yaml")), settings);
    assertTrue(settings.contains("redis.embedded.dir"), settings.toString());
  }

  @Test
  void readme_isReadInAFewMinutes() throws IOException {
    assertTrue(Files.size(README) <= README_MOST_BYTES, Files.size(README) + " bytes");
  }

  @Test
  void everyPage_isLinkedFromTheReadme() {
    List<String> links = documents.get(README).relativeLinks();
    for (Path page : documents.keySet()) {
      assertTrue(page.equals(README) || links.contains(page.toString()), page.toString());
    }
  }

  @Test
  void everyLink_leadsToAFileAndAHeading() {
    check(
        Markdown::relativeLinks,
        (page, link) -> {
          String[] parts = link.split("#", 2);
          Path to =
              parts[0].isEmpty() ? page.file() : page.file().resolveSibling(parts[0]).normalize();
          if (!Files.exists(to) || to.startsWith("..") || to.startsWith("target")) {
            return false;
          }
          return parts.length == 1 || markdown(to).anchors().contains(parts[1]);
        });
  }

  @Test
  void everyCommand_isOneOfTheJar() {
    List<String> all = new ArrayList<>();
    check(
        DocumentsTest::commands,
        (page, command) -> {
          all.add(command);
          try {
            Main.commandLine().parseArgs(words(command));
            return true;
          } catch (CommandLine.ParameterException e) {
            throw new AssertionError(page.file() + ":" + command + ": " + e.getMessage(), e);
          }
        });
    assertTrue(all.size() > 20, "only " + all.size() + " commands were found");
  }

  @Test
  void everySettingOfACommand_isOneTheServerTakes() {
    check(
        page -> commands(page).stream().flatMap(command -> sets(command).stream()).toList(),
        (page, set) -> {
          SettingsReader.read(Path.of("config", "barrage.yaml"), Map.of(), List.of(set));
          return true;
        });
  }

  @Test
  void everySettingThatIsNamed_isThere() {
    Set<String> sections =
        settings.stream().map(key -> key.replaceFirst("\\..*", "")).collect(Collectors.toSet());
    Pattern key = Pattern.compile("(?:" + String.join("|", sections) + ")(?:\\.[a-z-]+)+");
    check(
        page ->
            page.code().stream()
                .flatMap(code -> key.matcher(code).results().map(found -> found.group()))
                .filter(found -> !found.endsWith(".yaml") && !found.endsWith(".js"))
                .toList(),
        (page, named) -> settings.contains(named) || isSection(named));
    check(
        page -> matches(page, "BARRAGE_[A-Z_]+"),
        (page, variable) ->
            settings.stream()
                .map(setting -> "BARRAGE_" + setting.toUpperCase(Locale.ROOT))
                .anyMatch(name -> name.replaceAll("[.-]", "_").equals(variable)));
  }

  @Test
  void everyOptionThatIsNamed_isOneOfSomeCommand() {
    CommandLine root = Main.commandLine();
    Set<String> options =
        Stream.concat(Stream.of(root), root.getSubcommands().values().stream())
            .flatMap(command -> command.getCommandSpec().optionsMap().keySet().stream())
            .collect(Collectors.toSet());
    check(
        page ->
            page.code().stream()
                .filter(code -> code.startsWith("--"))
                .map(code -> code.split("[ =]", 2)[0])
                .toList(),
        (page, option) -> options.contains(option));
  }

  @Test
  void everyBlockOfJsonOrYaml_canBeRead() {
    check(page -> page.blocks("json"), (page, block) -> readsJson(block));
    check(
        page -> page.blocks("yaml"),
        (page, block) -> {
          Set<String> keys = new TreeSet<>();
          addKeys("", YAMLMapper.shared().readTree(block), keys);
          assertFalse(keys.isEmpty());
          keys.removeAll(settings);
          assertEquals(Set.of(), keys, "no settings");
          return true;
        });
  }

  @Test
  void everyTestThatIsNamed_isThere() throws IOException {
    Set<String> classes;
    try (Stream<Path> files = Files.walk(Path.of("src", "test", "java"))) {
      classes =
          files
              .map(file -> file.getFileName().toString().replaceFirst("\\.java$", ""))
              .collect(Collectors.toSet());
    }
    check(
        page -> matches(page, "\\b[A-Z]\\w*(?:Test|[a-z]IT)\\b"),
        (page, name) -> classes.contains(name));
  }

  @Test
  void everyMetricThatIsNamed_isCounted() throws IOException {
    StringBuilder sources = new StringBuilder();
    try (Stream<Path> files = Files.walk(Path.of("src", "main", "java"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        sources.append(Files.readString(file));
      }
    }
    check(
        page -> matches(page, "\\bbarrage_[a-z_]+"),
        (page, metric) -> {
          String meter = metric.replaceFirst("_total$", "").replace('_', '.');
          return sources.indexOf('"' + meter + '"') >= 0;
        });
  }

  private interface Judge {
    boolean isRight(Markdown page, String found) throws IOException;
  }

  /** Tells every mistake of all pages, not the first alone. */
  private static void check(Function<Markdown, List<String>> finder, Judge judge) {
    assertAll(
        documents.values().stream()
            .flatMap(
                page ->
                    finder.apply(page).stream()
                        .map(
                            found ->
                                () ->
                                    assertTrue(
                                        judge.isRight(page, found), page.file() + ": " + found))));
  }

  private static Markdown markdown(Path file) {
    try {
      return Markdown.read(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What follows the jar, of each command line in code, without comments. */
  private static List<String> commands(Markdown page) {
    Stream<String> blocks =
        page.blocks().stream()
            .map(Markdown.Block::text)
            .map(text -> text.replaceAll("\\\\\\n\\s*", " ").replaceAll("\\s#\\s.*", ""));
    return Stream.concat(blocks, page.code().stream())
        .flatMap(code -> JAR.matcher(code).results().map(found -> found.group(1)))
        .toList();
  }

  private static String[] words(String command) {
    return WORD.matcher(command)
        .results()
        .map(word -> word.group(1) == null ? word.group(2) : word.group(1))
        .toArray(String[]::new);
  }

  private static List<String> sets(String command) {
    List<String> words = List.of(words(command));
    List<String> sets = new ArrayList<>();
    for (int i = 0; i + 1 < words.size(); i++) {
      if (words.get(i).equals("--set")) {
        sets.add(words.get(i + 1));
      }
    }
    return sets;
  }

  private static List<String> matches(Markdown page, String pattern) {
    return Stream.concat(page.blocks().stream().map(Markdown.Block::text), page.code().stream())
        .flatMap(code -> Pattern.compile(pattern).matcher(code).results())
        .map(found -> found.group())
        .toList();
  }

  private static boolean isSection(String key) {
    return settings.stream().anyMatch(setting -> setting.startsWith(key + "."));
  }

  private static boolean readsJson(String block) {
    try (MappingIterator<JsonNode> values =
        JsonMapper.shared().readerFor(JsonNode.class).readValues(block)) {
      return !values.readAll().isEmpty();
    }
  }

  private static void addKeys(String prefix, JsonNode node, Set<String> keys) {
    node.propertyStream()
        .forEach(
            child -> {
              if (child.getValue().isObject()) {
                addKeys(prefix + child.getKey() + ".", child.getValue(), keys);
              } else {
                keys.add(prefix + child.getKey());
              }
            });
  }
}
