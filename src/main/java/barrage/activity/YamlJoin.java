package barrage.activity;

import java.util.ArrayList;
import java.util.List;

/**
 * Adds the document of a kind of interaction to the one of the server: where both have a key at the
 * same place, what stands below it is joined, else it is added at the end. Works on lines, so that
 * comments and layout of both stay; both are block style with an indentation of two.
 */
final class YamlJoin {
  private YamlJoin() {}

  /** The document with what another has more. */
  static String join(String document, String more) {
    List<String> joined = new ArrayList<>(document.strip().lines().toList());
    add(joined, 0, more.lines().filter(line -> !isEmptyOrComment(line)).toList(), 0);
    return String.join("\n", joined) + "\n";
  }

  private static boolean isEmptyOrComment(String line) {
    return line.isBlank() || line.stripLeading().startsWith("#");
  }

  /** Adds blocks of one indentation to those of {@code lines} from a line on. */
  private static void add(List<String> lines, int from, List<String> more, int indent) {
    for (int i = 0; i < more.size(); ) {
      int end = endOfBlock(more, i, indent);
      String key = more.get(i);
      List<String> below = more.subList(i + 1, end);
      int at = find(lines, from, key, indent);
      if (at >= 0 && !below.isEmpty()) {
        add(lines, at + 1, below, indentOf(below.get(0)));
      } else {
        lines.addAll(endOfBlocks(lines, from, indent), more.subList(i, end));
      }
      i = end;
    }
  }

  /**
   * Where a key stands among its siblings; -1 when it does not. An element of a list has no key.
   */
  private static int find(List<String> lines, int from, String key, int indent) {
    int end = endOfBlocks(lines, from, indent);
    for (int i = from; i < end && !key.stripLeading().startsWith("- "); i++) {
      if (lines.get(i).stripTrailing().equals(key.stripTrailing())) {
        return i;
      }
    }
    return -1;
  }

  private static int endOfBlock(List<String> lines, int from, int indent) {
    int end = from + 1;
    while (end < lines.size() && indentOf(lines.get(end)) > indent) {
      end++;
    }
    return end;
  }

  /** Behind the last line that is no further out, empty ones at the end left out. */
  private static int endOfBlocks(List<String> lines, int from, int indent) {
    int end = from;
    for (int i = from; i < lines.size(); i++) {
      String line = lines.get(i);
      if (isEmptyOrComment(line)) {
        continue;
      }
      if (indentOf(line) < indent) {
        break;
      }
      end = i + 1;
    }
    return end;
  }

  private static int indentOf(String line) {
    return line.length() - line.stripLeading().length();
  }
}
