package barrage.outside;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/**
 * What the contract of all kinds needs to know of one, in the words of the protocol.
 *
 * @param begin what {@code POST} takes; its duration is added
 * @param other another one, to be refused under the same key
 * @param duration the field that says how long it lasts, in milliseconds
 * @param opened the event that tells of a new one
 * @param request the type of what viewers ask of it
 * @param field that names the thing in it
 * @param asked its other fields
 * @param refusedTo a viewer who is refused; {@code ann} has taken part before, {@code bob} has not
 * @param refused with these other fields
 * @param isOver whether nothing more comes of one
 */
record KindSample(
    String kind,
    String path,
    Map<String, ?> begin,
    Map<String, ?> other,
    String duration,
    String opened,
    String request,
    String field,
    Map<String, ?> asked,
    String refusedTo,
    Map<String, ?> refused,
    Predicate<JsonNode> isOver) {

  /** One of each kind that the server carries. */
  static final List<KindSample> ALL =
      List.of(
          new KindSample(
              "ballot",
              "ballots",
              Map.of("form", "poll", "title", "红?", "options", List.of("是", "否"), "points", 3),
              Map.of("form", "poll", "title", "蓝?", "options", List.of("是", "否")),
              "durationMs",
              "ballot.opened",
              "ballot.vote",
              "ballot",
              Map.of("options", List.of(1)),
              "bob",
              Map.of("options", List.of(9)),
              ballot -> ballot.path("state").asString("").equals("closed")),
          new KindSample(
              "packet",
              "packets",
              Map.of("title", "红包", "reward", Map.of("points", 10), "count", 4, "mode", "grab"),
              Map.of("title", "红包", "reward", Map.of("points", 11), "count", 4, "mode", "grab"),
              "enterMs",
              "packet.opened",
              "packet.open",
              "packet",
              Map.of(),
              "ann",
              Map.of(),
              packet -> packet.path("state").asString("").equals("ended")));

  @Override
  public String toString() {
    return kind;
  }
}
