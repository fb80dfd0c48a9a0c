package barrage.activity;

import barrage.core.RoomId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What can be read of activities in the store. Safe for any thread. */
public interface Reads {
  /** Things on a page of a list. */
  int PAGE = 100;

  /**
   * A thing as it stands: one JSON object in UTF-8; empty when there is none.
   *
   * @param whole with what is only for the room's staff
   */
  CompletionStage<Optional<byte[]>> thing(RoomId room, String kind, String id, boolean whole);

  /**
   * Things of a kind, newest first, at most {@link #PAGE}.
   *
   * @param after the id of the last one on the page before; {@code null} for the first page
   * @param whole with what is only for the room's staff
   */
  CompletionStage<List<byte[]>> things(
      RoomId room, String kind, @Nullable String after, boolean whole);

  /**
   * Asks a module what only its own kind needs to know.
   *
   * @param question {@code reads.<name>} of its Lua, with arguments as an entry has; without a key
   * @return what it answers: a list of texts or raw bytes
   */
  CompletionStage<List<byte[]>> ask(RoomId room, StoreEntry question);
}
