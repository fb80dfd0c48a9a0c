package barrage.room;

import barrage.core.Limits;
import barrage.core.Tier;
import barrage.wire.Messages;
import barrage.wire.Splice;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns what happened into frames: one a tick, encoded once for everybody. When the room is quiet a
 * tick is at once; under load it is as much later as merging pays.
 *
 * <p>A socket write costs the kernel some 5 µs whoever makes it, so a tick costs about that for
 * each viewer. Ticks are spaced so that a room spends a twenty-fifth of one core on writes at most,
 * bounded by {@link #MAX_TICK_MS}.
 *
 * <p>Confined to its room's loop.
 */
final class Broadcaster {
  /**
   * The longest that an event waits for others: eight writes a second to each viewer of a full
   * room. At 100 ms there would be a quarter more of them, and writes are most of what a delivery
   * costs. The p99 from send to receipt is 131 ms where 150 are allowed ({@code
   * bench/results/2026-11-22-budgets.md}).
   */
  static final int MAX_TICK_MS = 125;

  /** Viewers to whom a write each costs a twenty-fifth of a millisecond of one core: 5 µs × 8. */
  private static final int VIEWERS_PER_TICK_MS = 8;

  /** {@code likes} and {@code online} are sent once in this time at most. */
  private static final int COUNTER_EVERY_MS = 1_000;

  /** {@code sale.stock} of one sale is sent four times a second at most. */
  private static final int STOCK_EVERY_MS = 250;

  /** Things whose counts are told, the oldest forgotten first. */
  private static final int MAX_COUNTED = 64;

  /** A frame of what was missed holds at most this much, so that nobody is asked to buffer more. */
  private static final int CATCH_UP_BYTES = 64 * 1024;

  private static final int TIERS = Tier.values().length;

  private static final String HEAD = "{\"type\":\"events\",\"seq\":";

  private final RoomLoop loop;
  private final RoomState state;
  private final Audience audience;
  private final Supplier<Limits> limits;
  private final IntSupplier viewers;
  private final BooleanSupplier membersAbout;
  private final RoomMeters meters;

  private final ReadingLimit readingLimit = new ReadingLimit();
  private final Counter likes = new Counter(COUNTER_EVERY_MS);
  private final Counter online = new Counter(COUNTER_EVERY_MS);
  private final Map<String, Counter> counts = new LinkedHashMap<>();
  private final List<byte[]> notKept = new ArrayList<>();
  private long flushedSeq;
  private long flushedMs;
  private RoomLoop.@Nullable Timer next;
  private long nextMs = Long.MAX_VALUE;
  private boolean turnScheduled;
  private @Nullable CatchUp latest;

  /** A number that replaces the one before it. */
  private static final class Counter {
    private final int everyMs;
    private byte[] latest = {};
    private boolean dirty;
    private long sentMs;

    Counter(int everyMs) {
      this.everyMs = everyMs;
      this.sentMs = -everyMs;
    }

    void set(byte[] event) {
      latest = event;
      dirty = true;
    }

    long dueMs() {
      return sentMs + everyMs;
    }

    boolean isDue(long nowMs) {
      return dirty && nowMs >= dueMs();
    }

    byte[] send(long nowMs) {
      dirty = false;
      sentMs = nowMs;
      return latest;
    }
  }

  /** One frame of what a lagging connection missed. */
  record CatchUp(long afterSeq, boolean resuming, long lastSeq, byte[] json) {}

  Broadcaster(
      RoomLoop loop,
      RoomState state,
      Audience audience,
      Supplier<Limits> limits,
      IntSupplier viewers,
      BooleanSupplier membersAbout,
      RoomMeters meters) {
    this.loop = loop;
    this.state = state;
    this.audience = audience;
    this.limits = limits;
    this.viewers = viewers;
    this.membersAbout = membersAbout;
    this.meters = meters;
    this.flushedMs = loop.nowMs() - MAX_TICK_MS;
  }

  /** Everybody is about to be told of the room anew, as it is now. */
  void restart() {
    flushedSeq = state.recall.lastSeq();
    latest = null;
  }

  /** The last number that was broadcast: what a connection that joins now has seen. */
  long flushedSeq() {
    return flushedSeq;
  }

  /** The earliest instant of the next frame, on the loop's clock. */
  long nextFrameMs() {
    return flushedMs + tickMs();
  }

  /** There are new events. */
  void onEvents() {
    flushWithin(0);
  }

  /** A danmaku lost its text, in what was made ready for those who lag as well. */
  void onDeleted() {
    latest = null;
  }

  /** A danmaku for this node's viewers alone; the store is away. */
  void onNotKept(byte[] danmaku) {
    notKept.add(danmaku);
    flushWithin(0);
  }

  /** The number of likes changed. */
  void onLikes() {
    onCounter(likes, Messages.likes(state.likes));
  }

  /** The number of viewers changed. */
  void onOnline() {
    onCounter(online, Messages.online(state.online));
  }

  /** What is left of a sale changed. */
  void onStock(Commit.Stock stock) {
    onCounter(
        counter(stock.sale(), STOCK_EVERY_MS),
        Messages.saleStock(stock.sale(), stock.available(), stock.heldForTier()));
  }

  /**
   * A count of an activity's thing changed.
   *
   * @param thing its kind and id
   * @param event JSON
   */
  void onCount(String thing, byte[] event) {
    onCounter(counter(thing, COUNTER_EVERY_MS), event);
  }

  private Counter counter(String thing, int everyMs) {
    if (counts.size() >= MAX_COUNTED && !counts.containsKey(thing)) {
      counts.remove(counts.keySet().iterator().next());
    }
    return counts.computeIfAbsent(thing, id -> new Counter(everyMs));
  }

  private void onCounter(Counter counter, byte[] event) {
    counter.set(event);
    flushWithin(counter.dueMs() - loop.nowMs());
  }

  private List<Counter> counters() {
    List<Counter> all = new ArrayList<>(2 + counts.size());
    all.add(likes);
    all.add(online);
    all.addAll(counts.values());
    return all;
  }

  private void flushWithin(long delayMs) {
    long now = loop.nowMs();
    long at = Math.max(now + Math.max(0, delayMs), nextFrameMs());
    if (at <= now) {
      if (!turnScheduled) {
        // At the end of this turn, so that commits that arrive together share a frame.
        turnScheduled = true;
        loop.execute(
            () -> {
              turnScheduled = false;
              flush();
            });
      }
    } else if (at < nextMs) {
      if (next != null) {
        next.cancel();
      }
      nextMs = at;
      next = loop.schedule(this::flush, at - now);
    }
  }

  private int tickMs() {
    return Math.min(MAX_TICK_MS, viewers.getAsInt() / VIEWERS_PER_TICK_MS);
  }

  private void flush() {
    if (next != null) {
      next.cancel();
      next = null;
    }
    nextMs = Long.MAX_VALUE;
    long now = loop.nowMs();
    long first = flushedSeq + 1;
    long last = state.recall.lastSeq();
    List<Counter> due = counters();
    due.removeIf(counter -> !counter.isDue(now));
    if (last >= first || !notKept.isEmpty() || !due.isEmpty()) {
      if (viewers.getAsInt() > 0) {
        audience.broadcast(frame(first, last, due, now), first, last);
      } else {
        due.forEach(counter -> counter.send(now));
      }
      notKept.clear();
      flushedSeq = last;
      flushedMs = now;
    }
    for (Counter counter : counters()) {
      if (counter.dirty) {
        flushWithin(counter.dueMs() - now);
      }
    }
  }

  private byte[] frame(long first, long last, List<Counter> due, long nowMs) {
    int shed = last >= first ? shedUnread(first, last, nowMs) : 0;
    Splice frame = begin(last, (int) (last - first + 1));
    for (long seq = first; seq <= last; seq++) {
      if (!state.recall.wasShed(seq)) {
        frame.element(state.recall.get(seq).json());
      }
    }
    notKept.forEach(frame::element);
    if (shed > 0) {
      frame.element(Messages.shed(shed, ReadingLimit.WINDOW_MS));
      meters.onShed(shed);
    }
    due.forEach(counter -> frame.element(counter.send(nowMs)));
    return end(frame);
  }

  private static Splice begin(long seq, int events) {
    return new Splice(64 + 256 * Math.max(1, events))
        .ascii(HEAD)
        .number(seq)
        .ascii(",\"events\":[");
  }

  private static byte[] end(Splice frame) {
    return frame.ascii("]}").toBytes();
  }

  /** Marks what the reading limit keeps from everybody. */
  private int shedUnread(long first, long last, long nowMs) {
    Limits now = limits.get();
    if (!now.enabled() || now.readingPerSecond() == 0) {
      return 0;
    }
    List<Numbered> danmaku = new ArrayList<>();
    for (long seq = first; seq <= last; seq++) {
      Numbered event = state.recall.get(seq);
      if (event.isDanmaku()) {
        danmaku.add(event);
      }
    }
    boolean[] shed =
        readingLimit.shed(danmaku, now.readingPerSecond(), membersAbout.getAsBoolean(), nowMs);
    if (shed == null) {
      return 0;
    }
    int count = 0;
    for (int i = 0; i < shed.length; i++) {
      if (shed[i]) {
        state.recall.markShed(danmaku.get(i).seq());
        count++;
      }
    }
    return count;
  }

  /**
   * What a lagging connection missed, from memory; all of it, or as much as one frame holds.
   *
   * @param resuming whether it is owed all, also what the reading limit kept from others; else it
   *     gets the frames it missed merged into one, and of these only what it can take
   */
  CatchUp catchUp(long afterSeq, boolean resuming) {
    CatchUp before = latest;
    if (before != null && before.afterSeq() == afterSeq && before.resuming() == resuming) {
      // After a restart many come back to the same place.
      if (before.lastSeq() == flushedSeq || before.json().length >= CATCH_UP_BYTES) {
        return before;
      }
    }
    CatchUp made = resuming ? everything(afterSeq) : merged(afterSeq);
    latest = made;
    return made;
  }

  private CatchUp everything(long afterSeq) {
    List<Numbered> missed = new ArrayList<>();
    int bytes = 0;
    for (long seq = afterSeq + 1; seq <= flushedSeq && bytes < CATCH_UP_BYTES; seq++) {
      Numbered event = state.recall.get(seq);
      missed.add(event);
      bytes += event.json().length + 1;
    }
    return frameOf(afterSeq, missed);
  }

  /** A frame of these events, which follow {@code afterSeq}. */
  static CatchUp frameOf(long afterSeq, List<Numbered> events) {
    long last = afterSeq + events.size();
    Splice frame = begin(last, events.size());
    for (Numbered event : events) {
      frame.element(event.json());
    }
    return new CatchUp(afterSeq, true, last, end(frame));
  }

  private CatchUp merged(long afterSeq) {
    boolean[] left = new boolean[(int) (flushedSeq - afterSeq)];
    int bytes = 0;
    int shed = 0;
    for (int i = 0; i < left.length; i++) {
      long seq = afterSeq + 1 + i;
      left[i] = !state.recall.wasShed(seq);
      if (left[i]) {
        bytes += state.recall.get(seq).json().length + 1;
      } else {
        shed++;
      }
    }
    // From the lowest tier up, and of one tier the oldest first: what is new is worth more.
    for (int tier = 0; bytes > CATCH_UP_BYTES && tier < TIERS; tier++) {
      for (int i = 0; bytes > CATCH_UP_BYTES && i < left.length; i++) {
        Numbered event = state.recall.get(afterSeq + 1 + i);
        if (left[i] && event.tier() == tier) {
          left[i] = false;
          shed++;
          bytes -= event.json().length + 1;
        }
      }
    }
    Splice frame = begin(flushedSeq, left.length);
    for (int i = 0; i < left.length; i++) {
      if (left[i]) {
        frame.element(state.recall.get(afterSeq + 1 + i).json());
      }
    }
    if (shed > 0) {
      frame.element(Messages.shed(shed, ReadingLimit.WINDOW_MS));
    }
    for (Counter counter : counters()) {
      if (counter.latest.length > 0) {
        frame.element(counter.latest);
      }
    }
    return new CatchUp(afterSeq, false, flushedSeq, end(frame));
  }
}
