package barrage.load;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** When a watcher heard of each number, for a replay. Synchronized, as nobody contends for it. */
final class Arrivals implements Watcher.Ear {
  private final Transcript transcript;
  private final Map<Long, Epoch> epochs = new HashMap<>();

  /**
   * @param transcript where all watchers write down what they hear
   */
  Arrivals(Transcript transcript) {
    this.transcript = transcript;
  }

  @Override
  public synchronized void onHeard(long epoch, EventsFrame frame, long nowNanos) {
    for (EventsFrame.Event event : frame.events()) {
      if (event.seq() != 0) {
        epochs.computeIfAbsent(epoch, e -> new Epoch(event.seq())).note(event.seq(), nowNanos);
        transcript.hear(epoch, event);
      }
    }
  }

  /** {@link System#nanoTime}; 0 when it did not hear of it. */
  synchronized long receivedNanos(RoomClient.Position at) {
    Epoch epoch = epochs.get(at.epoch());
    return epoch == null ? 0 : epoch.at(at.seq());
  }

  private static final class Epoch {
    private final long first;
    private long[] nanos = new long[256];

    Epoch(long first) {
      this.first = first;
    }

    void note(long seq, long nowNanos) {
      if (seq < first) {
        return; // Out of order, which the watcher complains of.
      }
      int index = Math.toIntExact(seq - first);
      if (index >= nanos.length) {
        nanos = Arrays.copyOf(nanos, Math.max(index + 1, nanos.length * 2));
      }
      if (nanos[index] == 0) {
        nanos[index] = nowNanos == 0 ? 1 : nowNanos;
      }
    }

    long at(long seq) {
      long index = seq - first;
      return index >= 0 && index < nanos.length ? nanos[(int) index] : 0;
    }
  }
}
