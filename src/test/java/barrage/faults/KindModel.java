package barrage.faults;

import barrage.Kinds;
import barrage.faults.History.Ask;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * A kind of interaction in a fault run: what people do with its things, and what must be true of
 * them in the end. What is true of things of every kind {@link ThingsChecker} knows.
 */
interface KindModel {
  /** Those of all kinds that the server carries. */
  List<KindModel> ALL = List.of(new BallotModel(), new PacketModel());

  static KindModel of(String kind) {
    return ALL.stream().filter(model -> model.kind().equals(kind)).findFirst().orElseThrow();
  }

  String kind();

  /** The segment of its calls' paths. */
  default String path() {
    return Objects.requireNonNull(Kinds.ALL.of(kind())).path();
  }

  /**
   * Its section of {@code rules.yaml}, by which a thing may last for a second alone, and what is
   * due to a viewer does not depend on the order.
   */
  String rules();

  /** What the streamer begins: the body of the call. */
  Map<String, Object> begin(Random random, String title);

  /**
   * What a viewer asks.
   *
   * @param begun a thing, as the streamer was told
   */
  Ask ask(Random random, JsonNode begun);

  /** Whether nothing more comes of a thing that stands so. */
  boolean isOver(JsonNode stands);

  /** The events that say that, without the kind's name; each thing is told one of them, once. */
  Set<String> ends();

  /** The number of what was granted to one viewer, if a thing numbers that from first to last. */
  default OptionalLong number(JsonNode granted) {
    return OptionalLong.empty();
  }

  /**
   * Says what cannot be about a thing that is over.
   *
   * @param found is told what is wrong
   */
  void check(Evidence evidence, Findings found);

  /** Adds what viewers were to get, or to pay, for a thing that is over. */
  void due(Evidence evidence, Dues dues);

  /** Where points are noted that are due. */
  interface Dues {
    /**
     * @param ref of the ledger's line; empty when it is the day
     */
    void add(String viewer, String reason, String ref, long points);
  }
}
