package barrage.load;

import java.util.List;

/** Something that goes on in a room under load. Called on the run's thread. */
interface Act {
  /** Puts what is to happen on the shards' schedules. */
  void begin(Stage.Span span) throws NotStartedException, InterruptedException;

  /** About once a second while it goes on. */
  default void look() throws InterruptedException {}

  /**
   * Compares the books, when all requests are answered.
   *
   * @return what was promised and not kept; a line each
   */
  default List<String> judge() throws InterruptedException {
    return List.of();
  }
}
