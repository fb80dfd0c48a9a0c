package barrage.load;

import barrage.core.Danmaku;
import barrage.core.ViewerId;
import org.jspecify.annotations.Nullable;

/** A line of the file in a replay, and what became of it. Confined to the replay's thread. */
final class Utterance {
  /** What became of a line. */
  enum Fate {
    PENDING,
    /** Accepted, and part of the history under a number. */
    KEPT,
    /** Accepted while the store was away: shown, without a number. */
    NOT_KEPT,
    REFUSED,
    /** The outcome is unknown, after all the tries there are. */
    UNANSWERED
  }

  private final String id;
  private final long dueMs;
  private final ViewerId sender;
  private final Danmaku danmaku;

  private Fate fate = Fate.PENDING;
  private int tries;
  private long sentNanos;
  private RoomClient.@Nullable Position position;

  /**
   * @param id of the request
   * @param dueMs since the beginning of the replay
   */
  Utterance(String id, long dueMs, ViewerId sender, Danmaku danmaku) {
    this.id = id;
    this.dueMs = dueMs;
    this.sender = sender;
    this.danmaku = danmaku;
  }

  String id() {
    return id;
  }

  long dueMs() {
    return dueMs;
  }

  ViewerId sender() {
    return sender;
  }

  Danmaku danmaku() {
    return danmaku;
  }

  Fate fate() {
    return fate;
  }

  int tries() {
    return tries;
  }

  /** When it was first sent, {@link System#nanoTime}. */
  long sentNanos() {
    return sentNanos;
  }

  /** Its place in the history; {@code null} unless {@link Fate#KEPT}. */
  RoomClient.@Nullable Position position() {
    return position;
  }

  /** What the room's watchers are to hear under its number. */
  Transcript.Told told() {
    return new Transcript.Told(sender.value(), danmaku.text());
  }

  void countTry() {
    if (tries++ == 0) {
      sentNanos = System.nanoTime();
    }
  }

  void keptAt(RoomClient.Position at) {
    position = at;
  }

  void finish(Fate fate) {
    this.fate = fate;
  }
}
