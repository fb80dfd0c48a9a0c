package barrage.gateway;

import barrage.activity.StoreEntry;
import barrage.core.Draw;
import barrage.core.Entry;
import barrage.core.LedgerEntry;
import barrage.core.Order;
import barrage.core.RoomId;
import barrage.core.Terms;
import barrage.core.ViewerId;
import barrage.room.Numbered;
import barrage.room.Store;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The few things a gateway reads past the rooms. */
final class StubStore implements Store {
  static final long NOW_MS = 1_700_000_000_000L;
  static final int TICKETS_A_PAGE = 1_000;

  final List<Numbered> events = new CopyOnWriteArrayList<>();
  final Map<String, byte[]> sales = new ConcurrentHashMap<>();
  final Map<String, byte[]> lotteries = new ConcurrentHashMap<>();
  final Map<String, Sealed> sealed = new ConcurrentHashMap<>();
  final List<Order> orders = new CopyOnWriteArrayList<>();
  final List<String> listed = new CopyOnWriteArrayList<>();
  volatile List<Draw.Ticket> tickets = List.of();
  volatile String next;
  volatile Figures figures =
      new Figures(NOW_MS, 7, 8, 100, 0, 9, 2, Map.of(), List.of(), List.of());
  volatile int lotteryCalls;
  volatile int ticketCalls;
  volatile boolean away;
  final Set<RoomId> begun = ConcurrentHashMap.newKeySet();
  volatile CompletableFuture<Void> historyHeld = CompletableFuture.completedFuture(null);
  final AtomicInteger historyCalls = new AtomicInteger();

  @Override
  public CompletionStage<History> history(RoomId room, long fromSeq, int limit) {
    historyCalls.incrementAndGet();
    long head = events.isEmpty() ? 0 : events.get(events.size() - 1).seq();
    List<Numbered> page =
        events.stream().filter(event -> event.seq() >= fromSeq).limit(limit).toList();
    return historyHeld.thenApply(done -> new History(1, head, page));
  }

  @Override
  public CompletionStage<Ledger> ledger(RoomId room, ViewerId viewer, long after) {
    return CompletableFuture.completedStage(
        new Ledger(
            List.of(new LedgerEntry(NOW_MS, 5, 6, "danmaku", "2026-11-21")),
            after == 0 ? 1L : null));
  }

  @Override
  public CompletionStage<Optional<byte[]>> sale(RoomId room, String sale) {
    return CompletableFuture.completedStage(Optional.ofNullable(sales.get(sale)));
  }

  @Override
  public CompletionStage<Optional<Order>> order(RoomId room, String order) {
    return CompletableFuture.completedStage(
        orders.stream().filter(each -> each.id().equals(order)).findFirst());
  }

  @Override
  public CompletionStage<Orders> orders(
      RoomId room, @Nullable ViewerId viewer, @Nullable String sale, @Nullable String after) {
    listed.add(viewer + " " + sale + " " + after);
    return CompletableFuture.completedStage(new Orders(orders, next));
  }

  @Override
  public CompletionStage<Page<ViewerId>> buyers(RoomId room, String sale, long cursor) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Optional<byte[]>> lottery(RoomId room, String lottery) {
    lotteryCalls++;
    return CompletableFuture.completedStage(Optional.ofNullable(lotteries.get(lottery)));
  }

  @Override
  public CompletionStage<Optional<Sealed>> sealed(RoomId room, String lottery) {
    return CompletableFuture.completedStage(Optional.ofNullable(sealed.get(lottery)));
  }

  @Override
  public CompletionStage<Page<Draw.Ticket>> tickets(RoomId room, String lottery, long cursor) {
    ticketCalls++;
    int from = (int) cursor;
    int to = Math.min(tickets.size(), from + TICKETS_A_PAGE);
    // As a scan does: the first of a page may have been the last of the one before.
    return CompletableFuture.supplyAsync(
        () ->
            new Page<>(tickets.subList(Math.max(0, from - 1), to), to == tickets.size() ? 0 : to));
  }

  @Override
  public CompletionStage<Optional<byte[]>> thing(
      RoomId room, String kind, String id, boolean whole) {
    return CompletableFuture.completedStage(Optional.empty());
  }

  @Override
  public CompletionStage<List<byte[]>> things(
      RoomId room, String kind, String after, boolean whole) {
    return CompletableFuture.completedStage(List.of());
  }

  @Override
  public CompletionStage<List<byte[]>> ask(RoomId room, StoreEntry question) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Figures> figures(RoomId room) {
    return CompletableFuture.completedStage(figures);
  }

  @Override
  public CompletionStage<List<Due>> due(RoomId room, int limit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<List<RoomId>> overdue() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isAway() {
    return away;
  }

  @Override
  public long nowMs() {
    return NOW_MS;
  }

  @Override
  public CompletionStage<Snapshot> open(RoomId room, long knownEpoch, long knownRevision) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Receipt> commit(
      RoomId room, List<Entry> entries, Terms terms, long knownEpoch, long knownRevision) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Repair> commitsAfter(RoomId room, long epoch, long revision) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Map<RoomId, Head>> heads(Collection<RoomId> rooms) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Optional<Head>> head(RoomId room) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Void> follow(RoomId room, Follower follower) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void unfollow(RoomId room) {}

  @Override
  public void close() {}
}
