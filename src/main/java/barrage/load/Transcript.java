package barrage.load;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What happened in a room, as its watchers heard it: the first to hear of a number writes it down,
 * the others must have heard the same. Safe for any thread.
 */
final class Transcript {
  private final Map<RoomClient.Position, Told> told = new ConcurrentHashMap<>();

  /**
   * A numbered event.
   *
   * @param viewer whose danmaku it is; empty for every other event
   * @param text what was said, or the event's type
   */
  record Told(String viewer, String text) {}

  /** Whether nobody heard anything else under this number. */
  boolean agrees(RoomClient.Position at, Told heard) {
    Told before = told.putIfAbsent(at, heard);
    return before == null || before.equals(heard);
  }

  /** What was heard under this number; {@code null} when nobody heard of it. */
  @Nullable Told at(RoomClient.Position at) {
    return told.get(at);
  }

  /** Everything heard. */
  Map<RoomClient.Position, Told> all() {
    return Map.copyOf(told);
  }
}
