package barrage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A page of the documents, as far as tests look at one.
 *
 * @param blocks what stands between fences, or is indented by four or more after an empty line
 * @param prose all other lines
 */
public record Markdown(Path file, List<Block> blocks, List<String> prose) {
  private static final Pattern FENCE = Pattern.compile("\\s*```(\\w*)\\s*");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

  /**
   * A block of code.
   *
   * @param language empty when it names none
   */
  public record Block(String language, String text) {}

  /** Reads a page. */
  public static Markdown read(Path file) throws IOException {
    List<Block> blocks = new ArrayList<>();
    List<String> prose = new ArrayList<>();
    List<String> lines = Files.readAllLines(file);
    for (int i = 0; i < lines.size(); i++) {
      var fence = FENCE.matcher(lines.get(i));
      boolean isFenced = fence.matches();
      if (!isFenced && !(isIndented(lines.get(i)) && (i == 0 || lines.get(i - 1).isBlank()))) {
        prose.add(lines.get(i));
        continue;
      }
      StringBuilder text = new StringBuilder();
      int line = isFenced ? i + 1 : i;
      while (line < lines.size()
          && (isFenced ? !FENCE.matcher(lines.get(line)).matches() : isIndented(lines.get(line)))) {
        text.append(lines.get(line++)).append('\n');
      }
      blocks.add(new Block(isFenced ? fence.group(1) : "", text.toString()));
      i = isFenced ? line : line - 1;
    }
    return new Markdown(file, blocks, prose);
  }

  private static boolean isIndented(String line) {
    return line.startsWith("    ") && !line.isBlank();
  }

  /** All blocks of one language, in order. */
  public List<String> blocks(String language) {
    return blocks.stream().filter(b -> b.language().equals(language)).map(Block::text).toList();
  }

  /** What stands between backticks in the prose. */
  List<String> code() {
    return prose.stream().flatMap(line -> all(CODE, line)).toList();
  }

  /** Where links lead that do not leave the repository. */
  List<String> relativeLinks() {
    return prose.stream()
        .map(line -> CODE.matcher(line).replaceAll("code"))
        .flatMap(line -> all(LINK, line))
        .filter(link -> !link.matches("[a-z]+:.*"))
        .toList();
  }

  /** The headings as git hosts name them in addresses. */
  List<String> anchors() {
    return prose.stream()
        .filter(line -> line.matches("#{1,6} .*"))
        .map(line -> line.replaceFirst("#+ ", "").strip().toLowerCase(Locale.ROOT))
        .map(title -> title.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .toList();
  }

  private static Stream<String> all(Pattern pattern, String line) {
    return pattern.matcher(line).results().map((MatchResult found) -> found.group(1));
  }
}
