package barrage.activity;

import barrage.config.Section;
import barrage.core.Action;
import barrage.wire.JsonBody;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A kind of interaction with things of its own: a poll, a red packet. One instance serves all rooms
 * of a node, so it has no state of a room; that is the store's, and a node's memory of it is in a
 * {@link Book}. Its decisions are made by its {@link StoreModule}, on the store's clock.
 *
 * <p>A thing has an id and, at every instant, one JSON object that tells everybody how it stands:
 * what {@code GET …/{id}} answers and what {@code active} carries. The module writes it.
 *
 * <p>All methods are safe for any thread.
 */
public interface Activity {
  /**
   * The kind's name, {@code [a-z]{1,20}}: the prefix of its messages and events, of its keys in the
   * store, its deadlines, its reasons in ledgers and its section of {@code rules.yaml}.
   */
  String kind();

  /** The segment of its calls' paths: the kind in the plural. */
  default String path() {
    return kind() + 's';
  }

  /**
   * Reads its section of {@code rules.yaml}; called at the start and whenever the file changed.
   *
   * @return what is handed to {@link #requests} and {@link Routes} as the rules in force
   * @throws barrage.config.ConfigException for a mistake in it
   */
  Object rules(Section section);

  /**
   * What viewers ask of it: the type of a message, and how its fields become a request. A reader
   * throws {@link barrage.wire.BadRequest} for fields that do not fit.
   */
  Map<String, Function<JsonBody, Action.Request>> requests();

  /** What decides in the store. */
  StoreModule store();

  /** A node's memory of a room's things; empty. */
  default Book newBook() {
    return new Things(kind());
  }

  /** What is done when something of it is due. */
  default Settler settler() {
    return Settler.TURN;
  }

  /** Adds the kind's HTTP calls beside those that all kinds have: the list and one of it. */
  void routes(Routes routes);

  /** How synthetic viewers take part; empty when they do not. */
  default Optional<Play> play() {
    return Optional.empty();
  }

  /** How its proofs are checked without a server; empty when it draws nothing. */
  default Optional<ProofKind> proof() {
    return Optional.empty();
  }
}
