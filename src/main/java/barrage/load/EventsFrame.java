package barrage.load;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An {@code events} frame, as far as those who check a room need it. All who read the room on one
 * event loop are given the same object for the same bytes. Confined to that loop.
 */
final class EventsFrame {
  /**
   * An event that is numbered, or a danmaku that is not.
   *
   * @param seq 0 for one that is not kept
   * @param viewer whose danmaku it is; empty for every other event
   * @param text of a danmaku
   * @param deleted whether its text is gone, so that it cannot be compared
   */
  record Event(String type, long seq, String viewer, String text, boolean deleted) {
    boolean isDanmaku() {
      return type.equals("danmaku");
    }

    /** What all who hear of this number must hear. */
    Transcript.Told told() {
      return isDanmaku() ? new Transcript.Told(viewer, text) : new Transcript.Told("", type);
    }
  }

  private final long covered;
  private final long shed;
  private final List<Event> events;
  private final int numbered;
  private final int danmaku;
  private final long first;
  private final boolean inRow;

  /** What a listener worked out of this frame, for the others on the loop. */
  @Nullable Object memo;

  EventsFrame(long covered, long shed, List<Event> events) {
    this.covered = covered;
    this.shed = shed;
    this.events = List.copyOf(events);
    int said = 0;
    int count = 0;
    long begin = covered + 1;
    long last = 0;
    boolean row = true;
    for (Event event : events) {
      said += event.isDanmaku() ? 1 : 0;
      if (event.seq() != 0) {
        row &= count == 0 || event.seq() == last + 1;
        begin = count == 0 ? event.seq() : begin;
        last = event.seq();
        count++;
      }
    }
    danmaku = said;
    numbered = count;
    first = begin;
    inRow = row && (count == 0 || last == covered);
  }

  /** The last number covered, sent or shed. */
  long covered() {
    return covered;
  }

  /** The sum of what {@code shed} events in it tell. */
  long shed() {
    return shed;
  }

  /** In the order of the frame. */
  List<Event> events() {
    return events;
  }

  /** How many of its events have a number. */
  int numbered() {
    return numbered;
  }

  int danmaku() {
    return danmaku;
  }

  /** Whether its numbers are all those from {@code from} to {@link #covered}. */
  boolean isAllFrom(long from) {
    return inRow && first == from;
  }
}
