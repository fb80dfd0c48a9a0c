package barrage.wire;

import barrage.core.Draw;
import barrage.core.Proof;
import barrage.core.Tier;
import barrage.core.ViewerId;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads proofs: that of a lottery, and the JSON of any other. */
public final class ProofReader {
  /** Manifests of a few million entries; what is longer is no proof, whatever it is. */
  private static final int MAX_MANIFEST = 256 << 20;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(MAX_MANIFEST).build())
                  // Of two fields of one name, another reader might take the other one.
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private ProofReader() {}

  /** It is not a proof; the message is one line. */
  public static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedException(String message) {
      super(message);
    }
  }

  /**
   * Reads what {@code GET …/lotteries/{id}/proof} answers.
   *
   * @return what is claimed; {@link Proof#check} says whether it holds
   * @throws MalformedException when it is something else
   */
  public static Proof read(InputStream in) throws MalformedException, IOException {
    return read(json(in));
  }

  /** A proof of whatever kind: one JSON object. */
  public static JsonNode json(InputStream in) throws MalformedException, IOException {
    JsonNode json;
    try {
      json = JSON.readTree(in);
    } catch (JacksonIOException e) {
      throw e.getCause();
    } catch (JacksonException e) {
      throw new MalformedException("not JSON: " + e.getOriginalMessage());
    }
    if (!json.isObject()) {
      throw new MalformedException("not a JSON object");
    }
    return json;
  }

  /** A lottery's, from its JSON. */
  public static Proof read(JsonNode json) throws MalformedException {
    return new Proof(
        text(json, "lottery"),
        text(json, "commitment"),
        text(json, "seed"),
        text(json, "manifest"),
        text(json, "entriesHash"),
        prizes(json),
        weights(json),
        winners(json));
  }

  private static List<Draw.Prize> prizes(JsonNode proof) throws MalformedException {
    List<Draw.Prize> prizes = new ArrayList<>();
    for (JsonNode prize : array(proof, "prizes")) {
      JsonNode count = prize.path("count");
      if (!count.isIntegralNumber() || !count.canConvertToInt()) {
        throw new MalformedException("a prize has no count");
      }
      prizes.add(new Draw.Prize(text(prize, "name"), count.intValue()));
    }
    return prizes;
  }

  /** {@code null} when there are none, as before they were in proofs. */
  private static @Nullable Map<Tier, Integer> weights(JsonNode proof) throws MalformedException {
    JsonNode weights = proof.path("weights");
    if (weights.isMissingNode()) {
      return null;
    }
    if (!weights.isObject()) {
      throw new MalformedException("\"weights\" is not an object");
    }
    Map<Tier, Integer> byTier = new EnumMap<>(Tier.class);
    for (Map.Entry<String, JsonNode> each : weights.properties()) {
      Tier tier =
          Tier.fromWire(each.getKey())
              .orElseThrow(() -> new MalformedException("a weight is of no tier"));
      if (!each.getValue().isIntegralNumber() || !each.getValue().canConvertToInt()) {
        throw new MalformedException("the weight of " + tier.wire() + " is no number");
      }
      byTier.put(tier, each.getValue().intValue());
    }
    return byTier;
  }

  private static List<Draw.Winner> winners(JsonNode proof) throws MalformedException {
    List<Draw.Winner> winners = new ArrayList<>();
    for (JsonNode winner : array(proof, "winners")) {
      String viewer = text(winner, "viewer");
      if (!ViewerId.isValid(viewer)) {
        throw new MalformedException("a winner is no viewer id");
      }
      winners.add(new Draw.Winner(new ViewerId(viewer), text(winner, "prize")));
    }
    return winners;
  }

  private static JsonNode array(JsonNode json, String name) throws MalformedException {
    JsonNode array = json.path(name);
    if (!array.isArray()) {
      throw new MalformedException("no array \"" + name + '"');
    }
    return array;
  }

  private static String text(JsonNode json, String name) throws MalformedException {
    JsonNode text = json.path(name);
    if (!text.isString()) {
      throw new MalformedException("no text \"" + name + '"');
    }
    return text.stringValue();
  }
}
