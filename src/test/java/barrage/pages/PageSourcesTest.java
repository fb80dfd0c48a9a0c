package barrage.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What holds for every file of the pages, whatever it does. */
final class PageSourcesTest {
  private static final Path WEB = Path.of("src", "main", "resources", "web");

  private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/", Pattern.DOTALL);

  /** A value of a style that names a colour by itself. One made of variables is none. */
  private static final Pattern COLOUR_OF_A_STYLE =
      Pattern.compile(
          ":[^;{}]*?(?:#[0-9a-fA-F]{3,8}\\b"
              + "|\\b(?:rgb|hsl|hwb|lab|lch|oklab|oklch|color)a?\\((?!var\\()"
              + "|(?<![-\\w])(?:white|black|gr[ae]y|silver|red|green|blue|yellow|orange|gold|pink"
              + "|purple|violet|teal|cyan|magenta|navy|brown)(?![-\\w]))[^{}]*?[;}]");

  private static final Pattern COLOUR_OF_A_SCRIPT =
      Pattern.compile("[\"'`]#[0-9a-fA-F]{3,8}\\b|\\b(?:rgb|hsl)a?\\(");

  /** The colours that a danmaku may have: they are said to the server, not styled. */
  private static final Set<String> COLOURS_OF_DANMAKU = Set.of("app/widgets/composer.js");

  @Test
  void coloursAreNamedByTheTokensAlone() throws IOException {
    List<String> styles =
        files(".css").stream().filter(f -> !f.equals("style/tokens.css")).toList();
    assertEquals(List.of(), matching(styles, COLOUR_OF_A_STYLE));
    List<String> scripts =
        files(".js").stream().filter(f -> !COLOURS_OF_DANMAKU.contains(f)).toList();
    assertEquals(List.of(), matching(scripts, COLOUR_OF_A_SCRIPT));
  }

  /** Benefits of a tier are the room's terms, and one of them is named after what it opens. */
  private static final Set<String> WORDS_THAT_NAME_A_KIND = Set.of("app/i18n.js: sales");

  /** Kinds of activities are folders and one list; the pages know none of them. */
  @Test
  void noPageNamesAKindOfActivities() throws IOException {
    List<String> kinds;
    try (Stream<Path> all = Files.list(WEB.resolve("activity"))) {
      kinds = all.filter(Files::isDirectory).map(path -> path.getFileName().toString()).toList();
    }
    assertFalse(kinds.isEmpty());
    for (String kind : kinds) {
      assertTrue(read("activity/kinds.js").contains("kind: '" + kind + "'"), kind);
    }
    String stems =
        kinds.stream()
            .map(kind -> kind.endsWith("y") ? kind.substring(0, kind.length() - 1) : kind)
            .collect(Collectors.joining("|"));
    Pattern named = Pattern.compile("(?i)\\b(?:" + stems + ")\\w*");
    List<String> pages =
        files(".js", ".css", ".html").stream()
            .filter(file -> !file.matches("(?:activity|sdk)/.*"))
            .toList();
    assertEquals(
        List.of(),
        matching(pages, named).stream().filter(f -> !WORDS_THAT_NAME_A_KIND.contains(f)).toList());
  }

  @Test
  void aColourIsFound_andWhatOnlyLooksLikeOneIsNot() {
    for (String colour :
        List.of(
            "a { color: #fff; }",
            "a { background:\n  none,\n  linear-gradient(#abcdef, var(--x)); }",
            "a { border: 1px solid white }",
            "a { color: rgb(1 2 3); }")) {
      assertTrue(COLOUR_OF_A_STYLE.matcher(colour).find(), colour);
    }
    for (String none :
        List.of(
            "a:hover #fade { color: var(--white); }",
            "a { white-space: nowrap; background: hsl(var(--hue) var(--shade)); }")) {
      assertFalse(COLOUR_OF_A_STYLE.matcher(none).find(), none);
    }
  }

  /** Every variable of a style is one that the tokens name, or that a script or a style sets. */
  @Test
  void everyVariableIsSetSomewhere() throws IOException {
    StringBuilder all = new StringBuilder();
    for (String file : files(".css", ".js")) {
      all.append(read(file));
    }
    List<String> unset =
        Pattern.compile("var\\(--([\\w-]+)")
            .matcher(all)
            .results()
            .map(use -> use.group(1))
            .distinct()
            .filter(name -> !Pattern.compile("--" + name + "['\"]?[:,]").matcher(all).find())
            .toList();
    assertEquals(List.of(), unset);
  }

  private static List<String> matching(List<String> files, Pattern pattern) throws IOException {
    Stream.Builder<String> found = Stream.builder();
    for (String file : files) {
      pattern
          .matcher(COMMENT.matcher(read(file)).replaceAll(""))
          .results()
          .forEach(match -> found.add(file + ": " + match.group()));
    }
    return found.build().toList();
  }

  private static String read(String file) throws IOException {
    return Files.readString(WEB.resolve(file));
  }

  /** Paths below the pages' directory, with slashes. */
  private static List<String> files(String... suffixes) throws IOException {
    try (Stream<Path> all = Files.walk(WEB)) {
      return all.map(path -> WEB.relativize(path).toString().replace('\\', '/'))
          .filter(path -> Stream.of(suffixes).anyMatch(path::endsWith))
          .sorted()
          .toList();
    }
  }
}
