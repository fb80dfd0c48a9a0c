package barrage.load;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * One who watches a room and checks what the protocol promises of it: every numbered event once, in
 * order, but for danmaku that {@code shed} accounts for. Written to by its connection's thread,
 * read by others; synchronized, as nobody contends for it.
 */
final class Watcher implements FrameListener {
  /** Hears what a watcher hears, in the watcher's thread. */
  interface Ear {
    void onHeard(long epoch, EventsFrame frame, long nowNanos);
  }

  private final Ear ear;
  private final List<Stretch> stretches = new ArrayList<>(1);
  private long shed;
  private long untold;
  private long duplicates;
  private long disorders;
  private int resumes;
  private int resyncs;
  private boolean gone;

  Watcher(Ear ear) {
    this.ear = ear;
  }

  /**
   * What one watcher found, or several together.
   *
   * @param received numbered events
   * @param shed the sum of what it was told it was not sent
   * @param gaps numbers missed that {@code shed} does not account for
   * @param overtold danmaku told as shed that were not missed
   * @param duplicates numbers received twice
   * @param disorders numbers out of order, or a frame that covers less than the one before
   * @param resumes times it came back and missed nothing
   * @param resyncs times it was given a new snapshot instead
   * @param gone whether its connection was lost for good
   */
  record Findings(
      long received,
      long shed,
      long gaps,
      long overtold,
      long duplicates,
      long disorders,
      int resumes,
      int resyncs,
      int gone) {

    /** All of them together. */
    static Findings sum(Collection<Findings> all) {
      return all.stream()
          .reduce(
              new Findings(0, 0, 0, 0, 0, 0, 0, 0, 0),
              (a, b) ->
                  new Findings(
                      a.received + b.received,
                      a.shed + b.shed,
                      a.gaps + b.gaps,
                      a.overtold + b.overtold,
                      a.duplicates + b.duplicates,
                      a.disorders + b.disorders,
                      a.resumes + b.resumes,
                      a.resyncs + b.resyncs,
                      a.gone + b.gone));
    }

    /** What the protocol promises and was not kept; a line each. */
    List<String> broken(Transcript transcript) {
      List<String> broken = new ArrayList<>();
      tell(broken, gaps, "numbers are missing that no shed event accounts for");
      tell(broken, overtold, "danmaku were told as shed that nobody missed");
      tell(broken, duplicates, "numbers came twice");
      tell(broken, disorders, "numbers came out of order");
      tell(
          broken,
          transcript.contradictions(),
          "numbers meant one thing to one watcher and something else to another");
      tell(broken, gone, "watchers lost their connection for good");
      return broken;
    }

    private static void tell(List<String> broken, long count, String what) {
      if (count > 0) {
        broken.add(count + " " + what);
      }
    }
  }

  @Override
  public synchronized void onWelcome(JsonNode welcome) {
    long epoch = welcome.path("epoch").asLong();
    long seq = welcome.path("seq").asLong();
    if (!stretches.isEmpty()) {
      if (welcome.path("resumed").asBoolean(false)) {
        resumes++;
        Stretch now = last();
        if (now.epoch != epoch || now.covered != seq) {
          disorders++;
        }
        return;
      }
      resyncs++;
      writeOff();
    }
    stretches.add(new Stretch(epoch, seq));
  }

  @Override
  public synchronized void onFrame(EventsFrame frame) {
    long nowNanos = System.nanoTime();
    Stretch now = last();
    shed += frame.shed();
    if (frame.isAllFrom(now.covered + 1) && now.newest <= now.covered) {
      now.receiveAll(frame); // What nearly every frame is, at a cost that does not grow with it.
    } else {
      onUnusual(now, frame);
    }
    ear.onHeard(now.epoch, frame, nowNanos);
  }

  private void onUnusual(Stretch now, EventsFrame frame) {
    for (EventsFrame.Event event : frame.events()) {
      if (event.seq() == 0) {
        continue;
      }
      if (now.wasReceived(event.seq())) {
        duplicates++;
      } else if (event.seq() <= Math.max(now.newest, now.covered)) {
        disorders++;
      } else {
        now.receive(event.seq());
      }
    }
    if (frame.covered() < now.newest || frame.covered() < now.covered) {
      disorders++;
    }
    now.covered = Math.max(frame.covered(), now.covered);
  }

  @Override
  public synchronized void onDisconnected(int code, boolean again) {
    writeOff();
    gone = !again;
  }

  /** A count of what was shed is told a little later, so a connection's end can take it along. */
  private void writeOff() {
    untold = Math.max(untold, missed() - shed);
  }

  /** Whether it is yet to hear of what is up to here. */
  synchronized boolean isBehind(RoomClient.Position upTo) {
    return !gone && last().epoch == upTo.epoch() && last().covered < upTo.seq();
  }

  /** The same in the epoch that it is in, for one that was in the room at all. */
  synchronized boolean isBehind(long seq) {
    return !gone && !stretches.isEmpty() && last().covered < seq;
  }

  /** Whether it was told of all that it misses. */
  synchronized boolean isAccountedFor() {
    return missed() - shed - untold <= 0;
  }

  /** What it found so far. */
  synchronized Findings findings() {
    long unexplained = missed() - shed;
    return new Findings(
        stretches.stream().mapToLong(stretch -> stretch.received).sum(),
        shed,
        // Missed before a connection broke, whose shed may have been lost with it.
        Math.max(0, unexplained - untold),
        Math.max(0, -unexplained),
        duplicates,
        disorders,
        resumes,
        resyncs,
        gone ? 1 : 0);
  }

  private long missed() {
    long missed = 0;
    for (Stretch stretch : stretches) {
      missed += stretch.covered - stretch.before - stretch.received;
    }
    return missed;
  }

  private Stretch last() {
    return stretches.get(stretches.size() - 1);
  }

  /** Numbers in a row, from a snapshot on: across connections, as long as each one resumes. */
  private static final class Stretch {
    final long epoch;
    final long before;
    long covered;
    long newest;
    long received;

    /** Which of the last numbers came: bit i is that of {@code newest - i}. */
    private long window;

    Stretch(long epoch, long seq) {
      this.epoch = epoch;
      before = seq;
      covered = seq;
      newest = seq;
    }

    /** Exact for the last 64 numbers; what is older counts as out of order. */
    boolean wasReceived(long seq) {
      long back = newest - seq;
      return back >= 0 && back < Long.SIZE && (window >>> back & 1) != 0;
    }

    void receive(long seq) {
      long step = seq - newest;
      window = (step < Long.SIZE ? window << step : 0) | 1;
      newest = seq;
      received++;
    }

    /** All numbers from the one after {@link #covered} on. */
    void receiveAll(EventsFrame frame) {
      int count = frame.numbered();
      if (count > 0) {
        // Older numbers move along by as much as was skipped before these.
        long step = frame.covered() - newest;
        long these = count < Long.SIZE ? (1L << count) - 1 : -1;
        window = (step < Long.SIZE ? window << step : 0) | these;
        newest = frame.covered();
        received += count;
        covered = frame.covered();
      }
    }
  }
}
