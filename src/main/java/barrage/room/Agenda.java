package barrage.room;

import barrage.activity.Activities;
import barrage.activity.Activity;
import barrage.activity.Settler;
import barrage.activity.StoreEntry;
import barrage.core.Draw;
import barrage.core.Entry;
import barrage.core.Order;
import barrage.core.Outcome;
import barrage.core.RoomId;
import barrage.core.ViewerId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to what falls due in a room: openings, ends, orders that expire, lotteries that are to be
 * locked and drawn. Everything due stands in the store, and whatever is done about it is an entry
 * like any other that may be repeated without harm: so nodes that die and nodes that start, one or
 * several, settle each thing once.
 *
 * <p>Confined to its room's loop.
 */
final class Agenda {
  private static final Logger LOG = LoggerFactory.getLogger(Agenda.class);

  /** Things asked for in one call. */
  private static final int PAGE = 200;

  private static final int RETRY_MS = 500;

  /** When this clock is ahead of the store's, nothing is due yet. */
  private static final int TOO_EARLY_MS = 20;

  /** Nothing is due so long after something should have been: another node saw to it. */
  private static final int SEEN_TO_MS = 1_000;

  private final RoomId room;
  private final Store store;
  private final RoomLoop loop;
  private final Outbox outbox;
  private final Executor draws;
  private final Activities activities;
  private final Settler.Room around = new Around();

  private long nextMs = Store.Snapshot.NEVER;
  private RoomLoop.@Nullable Timer timer;
  private boolean underWay;

  /**
   * @param draws where lotteries are computed: tens of thousands of tickets are sorted and hashed
   */
  Agenda(
      RoomId room,
      Store store,
      RoomLoop loop,
      Outbox outbox,
      Executor draws,
      Activities activities) {
    this.room = room;
    this.store = store;
    this.loop = loop;
    this.outbox = outbox;
    this.draws = draws;
    this.activities = activities;
  }

  /** Whether anything is due, now or later. */
  boolean isEmpty() {
    return nextMs == Store.Snapshot.NEVER;
  }

  /** The store says when something is due next, by its clock. */
  void onNextDue(long dueMs) {
    if (dueMs == nextMs) {
      return;
    }
    nextMs = dueMs;
    if (!underWay) {
      reschedule();
    }
  }

  private void reschedule() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
    if (!isEmpty()) {
      timer = loop.schedule(this::settle, Math.max(0, nextMs - store.nowMs()));
    }
  }

  /** Stops looking. */
  void close() {
    nextMs = Store.Snapshot.NEVER;
    reschedule();
  }

  private void settle() {
    if (underWay) {
      return;
    }
    underWay = true;
    store.due(room, PAGE).whenComplete((due, failure) -> loop.execute(() -> onDue(due, failure)));
  }

  private void onDue(@Nullable List<Store.Due> due, @Nullable Throwable failure) {
    if (due == null) {
      if (!(failure instanceof StoreAwayException || failure instanceof UnreadableException)) {
        LOG.error("room {}: what is due cannot be read", room, failure);
      }
      again(RETRY_MS);
      return;
    }
    if (due.isEmpty()) {
      if (store.nowMs() - nextMs > SEEN_TO_MS) {
        underWay = false;
        onNextDue(Store.Snapshot.NEVER);
      } else {
        again(TOO_EARLY_MS);
      }
      return;
    }
    List<CompletionStage<Boolean>> done = new ArrayList<>();
    for (Store.Due one : due) {
      done.add(settle(one));
    }
    CompletableFuture<?>[] all =
        done.stream()
            .map(CompletionStage::toCompletableFuture)
            .toArray(CompletableFuture<?>[]::new);
    var unused =
        CompletableFuture.allOf(all)
            .whenComplete(
                (nothing, fault) ->
                    loop.execute(
                        () -> {
                          boolean settled =
                              fault == null
                                  && done.stream()
                                      .allMatch(each -> each.toCompletableFuture().join());
                          if (settled) {
                            underWay = false;
                            reschedule();
                          } else {
                            again(RETRY_MS);
                          }
                        }));
  }

  private void again(int delayMs) {
    underWay = false;
    if (timer != null) {
      timer.cancel();
    }
    timer = loop.schedule(this::settle, delayMs);
  }

  /** Completes with whether it was done, and is where it lasts. */
  private CompletionStage<Boolean> settle(Store.Due due) {
    if (due instanceof Store.SaleDue sale) {
      return enter(new Entry.TurnSale(sale.sale()));
    } else if (due instanceof Store.OrderDue order) {
      return enter(new Entry.Unwind(order.order()));
    } else if (due instanceof Store.OrdersDue orders) {
      return enterAll(orders.orders().stream().<Entry>map(Agenda::unwind).toList());
    } else if (due instanceof Store.CostsDue costs) {
      if (costs.viewers().isEmpty()) {
        return enter(Entry.PassOver.costs(costs.lottery()));
      }
      List<Entry> returns = new ArrayList<>();
      for (ViewerId viewer : costs.viewers()) {
        returns.add(new Entry.ReturnCost(costs.lottery(), viewer));
      }
      return enterAll(returns);
    } else if (due instanceof Store.ThingDue thing) {
      Activity activity = activities.of(thing.kind());
      // Of a later release: left to a node that carries it.
      return activity == null
          ? Settler.later()
          : activity
              .settler()
              .settle(thing.kind(), thing.id(), around)
              .handle((done, fault) -> fault == null ? completed(done) : notSettled(thing, fault))
              .thenCompose(stage -> stage);
    }
    return draw(((Store.LotteryDue) due).lottery());
  }

  private static Entry unwind(Order order) {
    return new Entry.Unwind(order);
  }

  private CompletionStage<Boolean> enter(Entry entry) {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    outbox.add(
        entry,
        (outcome, fate, revision) ->
            done.complete(fate == Outbox.Fate.DECIDED && !(outcome instanceof Outcome.Refused)));
    return done;
  }

  private CompletionStage<Boolean> enterAll(List<Entry> entries) {
    CompletionStage<Boolean> all = CompletableFuture.completedFuture(true);
    for (Entry entry : entries) {
      all = all.thenCombine(enter(entry), Boolean::logicalAnd);
    }
    return all;
  }

  // ---- draws

  /**
   * Locks, announces what will be drawn from, then draws: steps, so that nobody need trust one.
   * None is begun before the one before it lasts: whatever Redis is failed over to, it draws the
   * same of a lottery whose seed was told.
   */
  private CompletionStage<Boolean> draw(String lottery) {
    return enter(new Entry.LockLottery(lottery))
        .thenCompose(locked -> locked ? store.sealed(room, lottery) : failed())
        .thenCompose(
            found -> {
              String state = found.map(Store.Sealed::state).orElse("");
              if (state.equals("cancelled")) {
                return onLoop(() -> enter(new Entry.TellCancelled(lottery)));
              }
              if (!state.equals("locked")) {
                return CompletableFuture.completedFuture(true);
              }
              return tickets(lottery, new HashMap<>(), 0)
                  .thenApplyAsync(tickets -> compute(lottery, found.get(), tickets), draws)
                  .thenCompose(drawn -> onLoop(() -> record(lottery, drawn)));
            })
        .handle((done, fault) -> fault == null ? completed(done) : notDrawn(lottery, fault))
        .thenCompose(stage -> stage);
  }

  private CompletionStage<Boolean> notDrawn(String lottery, Throwable fault) {
    return notSettled("lottery " + lottery, Entry.PassOver.draw(lottery), fault);
  }

  private CompletionStage<Boolean> notSettled(Store.ThingDue thing, Throwable fault) {
    String due = thing.kind() + ' ' + thing.id();
    return notSettled(due, new Entry.PassOver(due), fault);
  }

  /** While the store is away it is tried again soon; where it cannot be settled at all, later. */
  private CompletionStage<Boolean> notSettled(String what, Entry passOver, Throwable fault) {
    Throwable cause = fault.getCause() == null ? fault : fault.getCause();
    if (cause instanceof StoreAwayException) {
      return completed(false);
    }
    if (!(cause instanceof UnreadableException)) {
      LOG.error("room {}: {} cannot be settled", room, what, fault);
    }
    return onLoop(() -> enter(passOver));
  }

  private static CompletionStage<Boolean> completed(boolean done) {
    return CompletableFuture.completedFuture(done);
  }

  private static <T> CompletionStage<T> failed() {
    return CompletableFuture.failedFuture(new StoreAwayException("not locked", true));
  }

  private <T> CompletionStage<T> onLoop(Supplier<CompletionStage<T>> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    loop.execute(
        () ->
            task.get()
                .whenComplete(
                    (value, fault) -> {
                      if (fault == null) {
                        result.complete(value);
                      } else {
                        result.completeExceptionally(fault);
                      }
                    }));
    return result;
  }

  private CompletionStage<Map<ViewerId, Draw.Ticket>> tickets(
      String lottery, Map<ViewerId, Draw.Ticket> found, long cursor) {
    return store
        .tickets(room, lottery, cursor)
        .thenCompose(
            page -> {
              page.items().forEach(ticket -> found.put(ticket.viewer(), ticket));
              return page.next() == 0
                  ? CompletableFuture.completedFuture(found)
                  : tickets(lottery, found, page.next());
            });
  }

  private record Drawn(long entries, String entriesHash, List<Draw.Winner> winners) {}

  private static Drawn compute(
      String lottery, Store.Sealed sealed, Map<ViewerId, Draw.Ticket> tickets) {
    if (tickets.size() != sealed.entries()) {
      throw new IllegalStateException(
          tickets.size() + " tickets of " + sealed.entries() + " were read");
    }
    String manifest = Draw.manifest(lottery, List.copyOf(tickets.values()));
    List<Draw.Winner> winners =
        Draw.winners(
            HexFormat.of().parseHex(sealed.seed()),
            manifest,
            Draw.tickets(lottery, manifest),
            sealed.prizes());
    return new Drawn(sealed.entries(), Draw.entriesHash(manifest), winners);
  }

  private CompletionStage<Boolean> record(String lottery, Drawn drawn) {
    return enter(new Entry.AnnounceEntries(lottery, drawn.entries(), drawn.entriesHash()))
        .thenCompose(
            announced ->
                announced
                    ? enter(new Entry.RecordDraw(lottery, drawn.winners()))
                    : CompletableFuture.completedFuture(false));
  }

  /** The room as settlers see it. */
  private final class Around implements Settler.Room {
    @Override
    public RoomId id() {
      return room;
    }

    @Override
    public CompletionStage<Boolean> enter(Entry entry) {
      return onLoop(() -> Agenda.this.enter(entry));
    }

    @Override
    public CompletionStage<Outcome> offer(Entry entry) {
      CompletableFuture<Outcome> result = new CompletableFuture<>();
      loop.execute(
          () ->
              outbox.add(
                  entry,
                  (outcome, fate, revision) -> {
                    if (fate == Outbox.Fate.DECIDED) {
                      result.complete(outcome);
                    } else {
                      result.completeExceptionally(new StoreAwayException("not decided", false));
                    }
                  }));
      return result;
    }

    @Override
    public CompletionStage<List<byte[]>> ask(StoreEntry question) {
      return store.ask(room, question);
    }

    @Override
    public Executor worker() {
      return draws;
    }
  }
}
