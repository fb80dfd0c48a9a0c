package barrage.activity;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** How what an activity drew, split or counted is checked by anybody. Pure. */
public interface ProofKind {
  /** Whether a proof is of this kind, by its fields. */
  boolean isOf(JsonNode proof);

  /**
   * Does it again.
   *
   * @param noted what the checker noted when it was announced, by name ({@code commitment}, {@code
   *     entries-hash}); may be empty
   */
  Verdict check(JsonNode proof, Map<String, String> noted);

  /**
   * What came of it.
   *
   * @param fault what does not hold; empty when all does
   * @param report lines for a person to read
   */
  record Verdict(Optional<String> fault, List<String> report) {}
}
