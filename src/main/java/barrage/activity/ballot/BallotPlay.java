package barrage.activity.ballot;

import barrage.activity.Play;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;

/** Synthetic viewers vote for any one option; their receipts are looked for in the proof. */
final class BallotPlay implements Play {
  @Override
  public List<String> variants() {
    return List.of("poll");
  }

  @Override
  public String begin(String variant, int size, long lastsMs) {
    return """
        {"form":"poll","title":"load","options":["A","B","C"],"durationMs":%d}\
        """
        .formatted(Math.max(10_000, lastsMs));
  }

  @Override
  public Optional<Move> take(JsonNode thing, RandomGenerator random) {
    int options = thing.path("options").size();
    if (options == 0) {
      return Optional.empty();
    }
    return Optional.of(
        new Move(
            "ballot.vote",
            Map.of(
                "ballot",
                thing.path("id").asString(""),
                "options",
                List.of(random.nextInt(options)))));
  }

  @Override
  public boolean isOver(JsonNode thing) {
    return !thing.path("state").asString("").equals("open");
  }

  @Override
  public List<String> judge(JsonNode thing, JsonNode proof, List<Granted> granted, int unknown) {
    List<String> broken = new ArrayList<>();
    new BallotProof().check(proof, Map.of()).fault().ifPresent(broken::add);
    Map<String, String> receipts = new HashMap<>();
    for (JsonNode receipt : proof.path("receipts")) {
      receipts.put(receipt.path(0).asString(""), receipt.path(1).toString());
    }
    long missing =
        granted.stream()
            .filter(
                vote ->
                    !String.valueOf(vote.move().fields().get("options"))
                        .replace(" ", "")
                        .equals(receipts.get(vote.ok().path("receipt").asString(""))))
            .count();
    if (missing > 0) {
      broken.add(missing + " votes were answered ok and are not counted so");
    }
    int more = receipts.size() - granted.size();
    if (more < 0 || more > unknown) {
      broken.add(receipts.size() + " votes are counted, but " + granted.size() + " were granted");
    }
    return broken;
  }
}
