package barrage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A kind of interaction stands in its folders, in two lists, and nowhere else. */
final class KindsTest {
  private static final Path MAIN = Path.of("src", "main");

  /** The lists, and what is written by hand of all kinds. */
  private static final Set<Path> LISTS =
      Set.of(
          MAIN.resolve(Path.of("java", "barrage", "Kinds.java")),
          MAIN.resolve(Path.of("resources", "web", "activity", "kinds.js")),
          MAIN.resolve(Path.of("resources", "web", "sdk", "barrage.d.ts")));

  @Test
  void nothingElseNamesAKind() throws IOException {
    for (String kind : Kinds.ALL.kinds()) {
      // As a word of code: a text that is the kind or begins with it.
      Pattern named = Pattern.compile("[\"'`/]" + kind + "s?[\"'`/. :]");
      try (Stream<Path> files = Files.walk(MAIN)) {
        List<Path> naming =
            files
                .filter(Files::isRegularFile)
                .filter(
                    file -> !LISTS.contains(file) && !file.toString().contains("activity/" + kind))
                .filter(file -> named.matcher(text(file)).find())
                .toList();
        assertEquals(List.of(), naming, kind);
      }
    }
  }

  @Test
  void pagesListTheSameKinds() {
    String list = text(MAIN.resolve(Path.of("resources", "web", "activity", "kinds.js")));
    for (String kind : Kinds.ALL.kinds()) {
      assertTrue(list.contains("kind: '" + kind + "'"), kind + " is not in kinds.js");
    }
  }

  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
