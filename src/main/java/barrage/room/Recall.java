package barrage.room;

import barrage.wire.Messages;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The newest numbered events of a room, without a gap, and which of them the reading limit kept
 * from viewers. A ring that doubles up to its bound: a quiet room costs little, a busy one is
 * remembered for long enough that whoever was away for a moment can be told everything from memory.
 *
 * <p>Confined to its room's loop.
 */
final class Recall {
  private static final int FIRST_CAPACITY = 8;

  private final int maxEvents;
  private Numbered[] events = new Numbered[FIRST_CAPACITY];
  private boolean[] shed = new boolean[FIRST_CAPACITY];

  /** The number of the oldest event held; {@code lastSeq + 1} when none is. */
  private long firstSeq;

  private long lastSeq;

  /**
   * @param maxEvents a power of two
   * @param lastSeq the number of the newest event before the first that will be added
   */
  Recall(int maxEvents, long lastSeq) {
    this.maxEvents = maxEvents;
    this.firstSeq = lastSeq + 1;
    this.lastSeq = lastSeq;
  }

  /** The number of the newest event, whether it is held or not. */
  long lastSeq() {
    return lastSeq;
  }

  /** Whether every event after {@code seq} is held. */
  boolean reachesBackTo(long seq) {
    return seq + 1 >= firstSeq;
  }

  /** Adds the next event. */
  void add(Numbered event) {
    if (event.seq() != lastSeq + 1) {
      throw new IllegalStateException("a gap before " + event.seq());
    }
    if (lastSeq - firstSeq + 1 == events.length) {
      if (events.length < maxEvents) {
        grow();
      } else {
        firstSeq++;
      }
    }
    lastSeq++;
    events[slot(lastSeq)] = event;
    shed[slot(lastSeq)] = false;
  }

  private void grow() {
    Numbered[] larger = new Numbered[events.length * 2];
    boolean[] largerShed = new boolean[larger.length];
    for (long seq = firstSeq; seq <= lastSeq; seq++) {
      int to = (int) (seq & (larger.length - 1));
      larger[to] = events[slot(seq)];
      largerShed[to] = shed[slot(seq)];
    }
    events = larger;
    shed = largerShed;
  }

  private int slot(long seq) {
    return (int) (seq & (events.length - 1));
  }

  /** An event that is held. */
  Numbered get(long seq) {
    if (seq < firstSeq || seq > lastSeq) {
      throw new IndexOutOfBoundsException("event " + seq);
    }
    return events[slot(seq)];
  }

  /** Whether the reading limit kept it from everybody. */
  boolean wasShed(long seq) {
    return shed[slot(seq)];
  }

  /** Notes that the reading limit keeps it from everybody. */
  void markShed(long seq) {
    shed[slot(seq)] = true;
  }

  /** Takes the text out of a danmaku, if it is still held. */
  void forgetText(long seq) {
    if (seq >= firstSeq && seq <= lastSeq) {
      Numbered old = events[slot(seq)];
      events[slot(seq)] = new Numbered(seq, old.tier(), Messages.withoutText(old.json()));
    }
  }

  /** The newest danmaku up to {@code upTo}, oldest first, at most {@code count}. */
  List<Numbered> danmaku(long upTo, int count) {
    List<Numbered> found = new ArrayList<>(Math.min(count, 64));
    for (long seq = Math.min(upTo, lastSeq); seq >= firstSeq && found.size() < count; seq--) {
      Numbered event = events[slot(seq)];
      if (event.isDanmaku()) {
        found.add(event);
      }
    }
    Collections.reverse(found);
    return found;
  }
}
