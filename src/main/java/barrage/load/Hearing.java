package barrage.load;

import java.util.Arrays;

/**
 * What the viewers of one shard hear: times each receipt of a danmaku of this run against the
 * instant at which it was due, and writes down which they were. Confined to its loop.
 */
final class Hearing implements Watcher.Ear {
  private final Tally tally;
  private final DanmakuLedger ledger;
  private final Transcript transcript;

  Hearing(Tally tally, DanmakuLedger ledger, Transcript transcript) {
    this.tally = tally;
    this.ledger = ledger;
    this.transcript = transcript;
  }

  @Override
  public void onHeard(long epoch, EventsFrame frame, long nowNanos) {
    long[] dueNanos = frame.memo instanceof long[] known ? known : look(epoch, frame);
    tally.deliveries.add(frame.danmaku());
    for (long due : dueNanos) {
      tally.time(Condition.Subject.DELIVERIES, nowNanos - due);
    }
  }

  /** Once for all who are sent this frame. */
  private long[] look(long epoch, EventsFrame frame) {
    long[] due = new long[frame.danmaku()];
    int ours = 0;
    for (EventsFrame.Event event : frame.events()) {
      if (event.seq() != 0) {
        transcript.hear(epoch, event);
      }
      int number = event.isDanmaku() ? ledger.number(event.text()) : -1;
      if (number >= 0) {
        if (event.seq() != 0) {
          ledger.onHeard(number, LoadViewer.number(event.viewer()), event.seq());
        }
        due[ours++] = ledger.dueNanos(number);
      }
    }
    long[] all = Arrays.copyOf(due, ours);
    frame.memo = all;
    return all;
  }
}
