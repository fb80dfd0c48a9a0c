package barrage.load;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * One who watches a room and checks what the protocol promises of it: every numbered event once, in
 * order, but for danmaku that {@code shed} accounts for. Written to by its connection's thread,
 * read by others; synchronized, as nobody contends for it.
 */
final class Watcher implements RoomClient.Listener {
  private final Transcript transcript;

  private final List<Stretch> stretches = new ArrayList<>();
  private long shed;
  private long untold;
  private long duplicates;
  private long disorders;
  private long contradictions;
  private int resumes;
  private int resyncs;
  private boolean gone;

  Watcher(Transcript transcript) {
    this.transcript = transcript;
  }

  /**
   * What a watcher found.
   *
   * @param received numbered events
   * @param missed numbers that were covered and not received
   * @param shed the sum of what it was told it was not sent
   * @param untold missed before a connection broke, whose {@code shed} may have been lost with it
   * @param duplicates numbers received twice
   * @param disorders numbers out of order, or a frame that covers less than the one before
   * @param contradictions numbers under which another watcher heard something else
   * @param resumes times it came back and missed nothing
   * @param resyncs times it was given a new snapshot instead
   * @param gone whether its connection was lost for good
   */
  record Findings(
      long received,
      long missed,
      long shed,
      long untold,
      long duplicates,
      long disorders,
      long contradictions,
      int resumes,
      int resyncs,
      boolean gone) {

    /** Numbers missed that {@code shed} does not account for; below zero: shed told too many. */
    long gaps() {
      long unexplained = missed - shed;
      return unexplained > 0 ? Math.max(0, unexplained - untold) : unexplained;
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
  public synchronized void onEvents(long seq, JsonNode events) {
    long nowNanos = System.nanoTime();
    Stretch now = last();
    for (JsonNode event : events) {
      String type = event.path("type").asString("");
      if (type.equals("shed")) {
        shed += event.path("count").asLong();
      }
      if (event.path("seq").isNumber()) {
        onNumbered(now, type, event, nowNanos);
      }
    }
    if (seq < now.newest || seq < now.covered) {
      disorders++;
    }
    now.covered = Math.max(seq, now.covered);
  }

  private void onNumbered(Stretch now, String type, JsonNode event, long nowNanos) {
    long number = event.path("seq").asLong();
    if (now.receivedNanos(number) != 0) {
      duplicates++;
      return;
    }
    if (number <= Math.max(now.newest, now.covered)) {
      disorders++;
      return;
    }
    now.receive(number, nowNanos);
    if (event.path("deleted").asBoolean(false)) {
      return; // Its text is gone, so it cannot be compared.
    }
    boolean danmaku = type.equals("danmaku");
    Transcript.Told told =
        danmaku
            ? new Transcript.Told(
                event.path("viewer").path("id").asString(""), event.path("text").asString(""))
            : new Transcript.Told("", type);
    if (!transcript.agrees(new RoomClient.Position(now.epoch, number), told)) {
      contradictions++;
    }
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

  /** Whether it was told of all that it misses. */
  synchronized boolean isAccountedFor() {
    return missed() - shed - untold <= 0;
  }

  /** When it heard of a number, {@link System#nanoTime}; 0 when it did not. */
  synchronized long receivedNanos(RoomClient.Position at) {
    for (Stretch stretch : stretches) {
      if (stretch.epoch == at.epoch() && stretch.receivedNanos(at.seq()) != 0) {
        return stretch.receivedNanos(at.seq());
      }
    }
    return 0;
  }

  /** What it found so far. */
  synchronized Findings findings() {
    return new Findings(
        stretches.stream().mapToLong(stretch -> stretch.received).sum(),
        missed(),
        shed,
        untold,
        duplicates,
        disorders,
        contradictions,
        resumes,
        resyncs,
        gone);
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

    /** When each number came, the one after {@link #before} first; 0 for one that did not. */
    private long[] nanos = new long[256];

    Stretch(long epoch, long seq) {
      this.epoch = epoch;
      before = seq;
      covered = seq;
      newest = seq;
    }

    long receivedNanos(long seq) {
      long index = seq - before - 1;
      return index >= 0 && index < nanos.length ? nanos[(int) index] : 0;
    }

    void receive(long seq, long nowNanos) {
      int index = Math.toIntExact(seq - before - 1);
      if (index >= nanos.length) {
        nanos = Arrays.copyOf(nanos, Math.max(index + 1, nanos.length * 2));
      }
      nanos[index] = nowNanos == 0 ? 1 : nowNanos;
      newest = seq;
      received++;
    }
  }
}
