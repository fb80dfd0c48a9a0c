package barrage.rules;

import barrage.config.ConfigException;
import barrage.config.Section;
import java.util.List;
import org.ahocorasick.trie.Trie;

/**
 * Words that may not be said, looked for all at once (Aho and Corasick, 1975): the time depends on
 * the text and not on how many words there are. Case, width and characters put in between do not
 * matter, see {@link Folding}.
 */
final class ForbiddenWords {
  private final Trie words;

  private ForbiddenWords(Trie words) {
    this.words = words;
  }

  /** One word a line; {@code #} begins a comment. */
  static ForbiddenWords read(Section.Located list) {
    Trie.TrieBuilder words = Trie.builder();
    List<String> lines = list.text().lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      int comment = line.indexOf('#');
      String word = (comment < 0 ? line : line.substring(0, comment)).strip();
      if (word.isEmpty()) {
        continue;
      }
      String letters = Folding.lettersOf(Folding.fold(word));
      if (letters.isEmpty()) {
        throw new ConfigException(
            list.where() + ":" + (i + 1), "a word needs a letter or a digit, this has none");
      }
      words.addKeyword(letters);
    }
    return new ForbiddenWords(words.build());
  }

  /**
   * @param folded by {@link Folding#fold}
   */
  boolean occurIn(String folded) {
    return words.containsMatch(Folding.lettersOf(folded));
  }
}
