package barrage.room;

import barrage.core.Entry;
import barrage.core.Outcome;
import barrage.core.Reason;
import barrage.core.Refusal;
import barrage.core.RoomId;
import barrage.core.Terms;
import barrage.core.Tier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a room has for the store. While one batch is on its way the next one fills, so latency is
 * low when it is quiet and batches are large when it is busy.
 *
 * <p>Where frames are spaced because many watch, what is only seen in frames waits here instead, to
 * be committed just before the next one: the same moment for those who watch, a fraction of the
 * calls for the store. Whatever decides something goes at once and takes along what waits.
 *
 * <p>Confined to its room's loop.
 */
final class Outbox {
  private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);

  /** What waits at most; more is answered {@code busy}. Ten calls' worth: well under a second. */
  static final int MAX_WAITING = 10 * Store.MAX_BATCH;

  /** Above every tier's: of services, of who joins, and of what the room itself has to do. */
  static final int OWN_RANK = Tier.values().length;

  /** A batch that need not wait for more to come along. */
  private static final int WORTH_A_CALL = Store.MAX_BATCH / 2;

  /** How long before a frame what it shows is sent: longer than a call takes in most cases. */
  private static final int LEAD_MS = 5;

  /**
   * The longest wait in a room that other nodes write to: their frames are not due when ours are.
   */
  private static final int SHARED_WAIT_MS = 25;

  /** How long a room counts as shared after another node wrote to it. */
  private static final int SHARED_FOR_MS = 5_000;

  /** Told what came of an entry, on the room's loop. */
  interface Answer {
    /**
     * Called once.
     *
     * @param outcome as the store decided; {@code busy} or {@code unavailable} when it did not
     * @param fate whether the store was reached
     * @param revision of the room when it was decided; -1 when it was not
     */
    void on(Outcome outcome, Fate fate, long revision);

    /**
     * The store does not answer, and what was asked may still be on its way to it: {@link #on} is
     * called when that is over.
     */
    default void onUnsure() {}
  }

  /** What is certain about an entry. */
  enum Fate {
    /** The store decided. */
    DECIDED,
    /** Nothing happened. */
    NOT_EXECUTED,
    /** Perhaps it happened. */
    UNKNOWN
  }

  private record Waiting(Entry entry, int rank, long cameMs, Answer answer) {}

  private final RoomId room;
  private final Store store;
  private final RoomLoop loop;
  private final Feed feed;
  private final Supplier<Terms> terms;
  private final LongConsumer nextDue;
  private final LongSupplier nextFrameMs;
  private final RoomPulse pulse;

  private final Congestion congestion = new Congestion();
  private final int[] waitingByRank = new int[OWN_RANK + 1];
  private List<Waiting> waiting = new ArrayList<>();

  private boolean underWay;
  private boolean sendScheduled;
  private boolean ranked;

  /** Whether some of what waits is not to wait longer than it must. */
  private boolean urgent;

  private RoomLoop.@Nullable Timer patience;
  private long sentMs;
  private long lastRevision = Long.MAX_VALUE - 1;
  private long sharedUntilMs = Long.MIN_VALUE;

  /**
   * @param nextDue told with every receipt when something is due next
   * @param nextFrameMs the earliest instant of the next frame, on the loop's clock
   * @param pulse told with every receipt how long its first entry waited
   */
  Outbox(
      RoomId room,
      Store store,
      RoomLoop loop,
      Feed feed,
      Supplier<Terms> terms,
      LongConsumer nextDue,
      LongSupplier nextFrameMs,
      RoomPulse pulse) {
    this.room = room;
    this.store = store;
    this.loop = loop;
    this.feed = feed;
    this.terms = terms;
    this.nextDue = nextDue;
    this.nextFrameMs = nextFrameMs;
    this.pulse = pulse;
  }

  /** Whether nothing waits and nothing is under way. */
  boolean isIdle() {
    return waiting.isEmpty() && !underWay;
  }

  /** Hands over what nobody comes before; it is answered in any case. */
  void add(Entry entry, Answer answer) {
    add(entry, OWN_RANK, answer);
  }

  /**
   * Hands over what somebody asks for; it is answered in any case. Of clicks that wait together the
   * higher rank is decided first, and where there is no room for all, the lowest rank gives way.
   *
   * @param rank of the viewer's tier
   */
  void add(Entry entry, int rank, Answer answer) {
    ranked |= rank > 0 && isClick(entry);
    urgent |= queue(entry, rank, answer);
    sendInTime();
  }

  /** Hands over what is in time when the next frame shows it. */
  void addForFrame(Entry entry, Answer answer) {
    addForFrame(entry, OWN_RANK, answer);
  }

  /** Hands over what somebody asks for, and is in time when the next frame shows it. */
  void addForFrame(Entry entry, int rank, Answer answer) {
    queue(entry, rank, answer);
    sendInTime();
  }

  /** Returns whether there was room for it. */
  private boolean queue(Entry entry, int rank, Answer answer) {
    Waiting one = new Waiting(entry, rank, loop.nowMs(), answer);
    if (waiting.size() >= MAX_WAITING && !makeRoom(rank)) {
      answer(one, new Outcome.Refused(busy()), Fate.NOT_EXECUTED, -1);
      return false;
    }
    waitingByRank[rank]++;
    return waiting.add(one);
  }

  /** {@code busy}, with when to come back. */
  Refusal busy() {
    return congestion.busy(loop.nowMs(), waiting.size());
  }

  /** The newest of the lowest rank gives way, if that is below this one. */
  private boolean makeRoom(int rank) {
    int lowest = 0;
    while (lowest < rank && waitingByRank[lowest] == 0) {
      lowest++;
    }
    if (lowest == rank) {
      return false;
    }
    int last = waiting.size() - 1;
    while (waiting.get(last).rank() != lowest) {
      last--;
    }
    waitingByRank[lowest]--;
    answer(waiting.remove(last), new Outcome.Refused(busy()), Fate.NOT_EXECUTED, -1);
    return true;
  }

  private void sendInTime() {
    if (underWay || sendScheduled || waiting.isEmpty()) {
      return;
    }
    long delay = waitMs();
    if (delay <= 0) {
      sendScheduled = true;
      // At the end of this turn: what arrives in the same read goes in the same call.
      loop.execute(
          () -> {
            sendScheduled = false;
            send();
          });
    } else if (patience == null) {
      patience =
          loop.schedule(
              () -> {
                patience = null;
                send();
              },
              delay);
    }
  }

  /** How long what waits can wait for more. */
  private long waitMs() {
    if (urgent || waiting.size() >= WORTH_A_CALL) {
      return 0;
    }
    long now = loop.nowMs();
    long untilFrame = nextFrameMs.getAsLong() - LEAD_MS - now;
    return now < sharedUntilMs ? Math.min(SHARED_WAIT_MS, untilFrame) : untilFrame;
  }

  private void send() {
    if (underWay || waiting.isEmpty()) {
      return;
    }
    if (patience != null) {
      patience.cancel();
      patience = null;
    }
    urgent = false;
    if (store.isAway()) {
      List<Waiting> all = waiting;
      waiting = new ArrayList<>();
      Arrays.fill(waitingByRank, 0);
      fail(all, Fate.NOT_EXECUTED);
      return;
    }
    if (ranked) {
      ranked = false;
      rankClicks();
    }
    List<Waiting> batch;
    if (waiting.size() <= Store.MAX_BATCH) {
      batch = waiting;
      waiting = new ArrayList<>();
    } else {
      List<Waiting> head = waiting.subList(0, Store.MAX_BATCH);
      batch = new ArrayList<>(head);
      head.clear();
      // What stays has to give way to better ones that come.
      ranked = true;
      urgent = true;
    }
    List<Entry> entries = new ArrayList<>(batch.size());
    for (Waiting one : batch) {
      entries.add(one.entry());
      waitingByRank[one.rank()]--;
    }
    underWay = true;
    sentMs = loop.nowMs();
    long cameMs = batch.get(0).cameMs();
    commit(entries)
        .whenComplete(
            (receipt, failure) -> loop.execute(() -> onAnswered(batch, cameMs, receipt, failure)));
  }

  /** A fault fails one batch, never the room. */
  private CompletionStage<Store.Receipt> commit(List<Entry> entries) {
    try {
      return store.commit(room, entries, terms.get(), feed.epoch(), feed.revision());
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Whether higher tiers are decided first. */
  private static boolean isClick(Entry entry) {
    return entry instanceof Entry.Buy
        || (entry instanceof Entry.OfActivity activity && activity.isRanked());
  }

  /** Among the places that clicks have, by rank and then by arrival; all else keeps its place. */
  private void rankClicks() {
    List<Integer> places = new ArrayList<>();
    List<Waiting> clicks = new ArrayList<>();
    for (int i = 0; i < waiting.size(); i++) {
      if (isClick(waiting.get(i).entry())) {
        places.add(i);
        clicks.add(waiting.get(i));
      }
    }
    clicks.sort(Comparator.comparingInt(Waiting::rank).reversed());
    for (int i = 0; i < clicks.size(); i++) {
      waiting.set(places.get(i), clicks.get(i));
    }
  }

  private void onAnswered(
      List<Waiting> batch,
      long cameMs,
      Store.@Nullable Receipt receipt,
      @Nullable Throwable failure) {
    underWay = false;
    congestion.onServed(batch.size(), loop.nowMs() - sentMs);
    // First the next batch, so that the store is never idle; then the answers.
    if (waitMs() <= 0) {
      send();
    } else {
      sendInTime();
    }
    if (receipt == null) {
      if (!(failure instanceof StoreAwayException || failure instanceof UnreadableException)) {
        LOG.error("room {}: a batch of {} failed", room, batch.size(), failure);
      }
      onFailed(batch, failure);
      return;
    }
    if (receipt.revision() > lastRevision + 1) {
      sharedUntilMs = loop.nowMs() + SHARED_FOR_MS;
    }
    lastRevision = receipt.revision();
    nextDue.accept(receipt.nextDueMs());
    feed.whenKnown(
        receipt.epoch(),
        receipt.revision(),
        () -> {
          List<Outcome> outcomes = receipt.outcomes();
          for (int i = 0; i < batch.size(); i++) {
            answer(batch.get(i), outcomes.get(i), Fate.DECIDED, receipt.revision());
          }
          long nowMs = loop.nowMs();
          pulse.onAnswered(nowMs - cameMs, nowMs);
        });
  }

  /**
   * Who is told {@code unavailable} asks again, and may then be refused: so what they asked first
   * must not be done after that. What nobody repeats is told at once.
   */
  private void onFailed(List<Waiting> batch, @Nullable Throwable failure) {
    StoreAwayException away = failure instanceof StoreAwayException known ? known : null;
    if (away != null && away.notExecuted()) {
      fail(batch, Fate.NOT_EXECUTED);
      return;
    }
    List<Waiting> unsure = new ArrayList<>();
    List<Waiting> others = new ArrayList<>();
    for (Waiting one : batch) {
      (isKeyed(one.entry()) ? unsure : others).add(one);
    }
    fail(others, Fate.UNKNOWN);
    if (!unsure.isEmpty()) {
      unsure.forEach(one -> one.answer().onUnsure());
      long ms = away == null ? 0 : away.mayHappenForMs();
      loop.schedule(() -> fail(unsure, Fate.UNKNOWN), ms);
    }
  }

  private static boolean isKeyed(Entry entry) {
    return entry instanceof Entry.Keyed
        || (entry instanceof Entry.OfActivity activity && activity.key() != null);
  }

  private void fail(List<Waiting> batch, Fate fate) {
    for (Waiting one : batch) {
      answer(one, Outcome.Refused.of(Reason.UNAVAILABLE), fate, -1);
    }
  }

  /** A fault ends one answer, never the room. */
  private void answer(Waiting one, Outcome outcome, Fate fate, long revision) {
    try {
      one.answer().on(outcome, fate, revision);
    } catch (RuntimeException e) {
      LOG.error("room {}: answering {} failed", room, one.entry().getClass().getSimpleName(), e);
    }
  }
}
