package barrage.load;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What happened in a room, as its watchers heard it: the first to hear of a number writes it down,
 * the others must have heard the same. Safe for any thread.
 */
final class Transcript {
  private final Map<RoomClient.Position, Told> told = new ConcurrentHashMap<>();
  private final LongAdder contradictions = new LongAdder();
  private final long keeps;

  /**
   * A numbered event.
   *
   * @param viewer whose danmaku it is; empty for every other event
   * @param text what was said, or the event's type
   */
  record Told(String viewer, String text) {}

  /** Keeps everything. */
  Transcript() {
    this(Long.MAX_VALUE);
  }

  /**
   * @param keeps how far behind the newest number one may be compared, to stay small for hours
   */
  Transcript(long keeps) {
    this.keeps = keeps;
  }

  /** Writes an event that has a number down, or compares it. */
  void hear(long epoch, EventsFrame.Event event) {
    if (event.deleted()) {
      return; // Its text is gone, so it cannot be compared.
    }
    Told heard = event.told();
    Told before = told.putIfAbsent(new RoomClient.Position(epoch, event.seq()), heard);
    if (before == null) {
      told.remove(new RoomClient.Position(epoch, event.seq() - keeps));
    } else if (!before.equals(heard)) {
      contradictions.increment();
    }
  }

  /** How often a watcher heard something else under a number than another one. */
  long contradictions() {
    return contradictions.sum();
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
