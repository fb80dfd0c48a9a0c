package barrage.rules;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.config.Section;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** That the length of the list does not matter. */
final class ForbiddenWordsTest {

  private static ForbiddenWords random(int words) {
    Random random = new Random(1);
    return ForbiddenWords.read(
        new Section.Located(
            IntStream.range(0, words)
                .mapToObj(
                    i ->
                        random
                            .ints(4, 'a', 'z' + 1)
                            .collect(
                                StringBuilder::new,
                                StringBuilder::appendCodePoint,
                                StringBuilder::append))
                .collect(Collectors.joining("\n", "zzzzzz\n", "\n")),
            "words.txt"));
  }

  /** The fastest of several tries, nanoseconds: the least disturbed one. */
  private static long fastest(ForbiddenWords words, String text) {
    return IntStream.range(0, 40)
        .mapToLong(
            i -> {
              long start = System.nanoTime();
              for (int n = 0; n < 20; n++) {
                assertFalse(words.occurIn(text));
              }
              return System.nanoTime() - start;
            })
        .min()
        .orElseThrow();
  }

  @Test
  void time_doesNotGrowWithTheList() {
    // Worst cases: a text that matches nothing, and one that is always about to match.
    String text = "ü".repeat(500) + "zzzzzü".repeat(100);
    ForbiddenWords few = random(10);
    ForbiddenWords many = random(50_000);
    fastest(few, text);
    long manyNs = fastest(many, text);
    long fewNs = fastest(few, text);
    assertTrue(manyNs < 5 * fewNs, manyNs + " ns against " + fewNs + " ns");
  }

  @Test
  void words_insideOthers_areFound() {
    ForbiddenWords words =
        ForbiddenWords.read(new Section.Located("abcd\nbc\nΟΔΟΣ\n", "words.txt"));
    for (String text : Arrays.asList("xbcx", "abc", "abcd", "ΟΔΟΣ", "οδοσα", "xοδοςx")) {
      assertTrue(words.occurIn(Folding.fold(text)), text);
    }
    assertFalse(words.occurIn(Folding.fold("acbd")));
  }
}
