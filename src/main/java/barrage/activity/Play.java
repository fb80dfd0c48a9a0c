package barrage.activity;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;

/**
 * How synthetic viewers take part in a kind of interaction: the crowd of the demo room, and the
 * load tester's viewers, who also keep books of what they were promised. Everything goes over the
 * protocol, so a play knows the JSON that any client knows. Pure, and safe for any thread.
 */
public interface Play {
  /** What can be begun, by words for a scenario; the first is what it is when none is named. */
  List<String> variants();

  /**
   * Something for everybody: the body of the {@code POST} that begins it, as one JSON object.
   *
   * @param variant one of {@link #variants}
   * @param size how much there is of whatever it has a number of
   * @param lastsMs how long viewers may take part
   */
  String begin(String variant, int size, long lastsMs);

  /**
   * What a viewer does about a thing that is there.
   *
   * @return empty when it is not for such a viewer
   */
  Optional<Move> take(JsonNode thing, RandomGenerator random);

  /** Whether nothing more comes of a thing. */
  boolean isOver(JsonNode thing);

  /**
   * Compares what viewers were answered with what came of it.
   *
   * @param thing as it stands when it is over
   * @param proof what {@code …/{id}/proof} answers; missing when there is none
   * @param granted every request that was answered {@code ok}
   * @param unknown how many were not answered
   * @return what was promised and not kept; a line each
   */
  List<String> judge(JsonNode thing, JsonNode proof, List<Granted> granted, int unknown);

  /** A request of a viewer: the type of its message, and its fields. */
  record Move(String type, Map<String, Object> fields) {}

  /** A request that was answered {@code ok}, with that answer. */
  record Granted(String viewer, Move move, JsonNode ok) {}
}
