package barrage.room;

import barrage.activity.StoreEntry;
import barrage.core.Draw;
import barrage.core.Entry;
import barrage.core.Order;
import barrage.core.RoomId;
import barrage.core.Terms;
import barrage.core.ViewerId;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One node's way to the rooms, in virtual time: calls and answers take their time or are lost,
 * published commits too, and come twice and out of order; all of it as a seed says. What is not
 * about danmaku is not there.
 */
final class SimulatedStore implements Store {
  private static final long UNIX_MS = 1_700_000_000_000L;

  /** After which a call that was not answered fails. */
  private static final int PATIENCE_MS = 1_500;

  private final ManualLoop loop;
  private final Random random;
  private Map<RoomId, ModelRoom> rooms;
  private final Map<RoomId, Follower> followers = new HashMap<>();
  private final Collection<SimulatedStore> all;

  /** Of what is sent, how many hundredths are lost. */
  private int losing;

  private boolean away;
  private boolean deaf;
  private int outages;

  /**
   * @param rooms the primary that it begins with
   * @param all the stores of all nodes, this one to be among them
   */
  SimulatedStore(
      ManualLoop loop,
      Random random,
      Map<RoomId, ModelRoom> rooms,
      Collection<SimulatedStore> all) {
    this.loop = loop;
    this.random = random;
    this.rooms = rooms;
    this.all = all;
    all.add(this);
  }

  // ---- faults

  void lose(int hundredths) {
    losing = hundredths;
  }

  /** Every connection is gone, and what was under way on it. */
  void goAway() {
    away = true;
    outages++;
  }

  void comeBack() {
    if (away) {
      away = false;
      relink();
    }
  }

  /** What it does from now on it does there; what is under way arrives where it was sent. */
  void moveTo(Map<RoomId, ModelRoom> primary) {
    goAway();
    rooms = primary;
  }

  boolean isAt(Map<RoomId, ModelRoom> primary) {
    return rooms == primary;
  }

  /** Hears nothing of what is published. */
  void goDeaf() {
    deaf = true;
  }

  void relink() {
    deaf = false;
    followers.values().forEach(follower -> after(20, follower::onRelinked));
  }

  private void after(int atMostMs, Runnable task) {
    loop.schedule(task, random.nextInt(atMostMs));
  }

  private boolean isLost() {
    return random.nextInt(100) < losing;
  }

  private <T> CompletionStage<T> call(Function<Map<RoomId, ModelRoom>, T> work) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    Map<RoomId, ModelRoom> primary = rooms;
    if (away) {
      answer.completeExceptionally(new StoreAwayException("away", true));
      return answer;
    }
    int outage = outages;
    loop.schedule(
        () -> answer.completeExceptionally(new StoreAwayException("no answer", false)),
        PATIENCE_MS);
    if (!isLost()) {
      after(
          10,
          () -> {
            // One that was sent before the connection was lost may arrive and not be answered.
            if (outage != outages && random.nextBoolean()) {
              return;
            }
            T result = work.apply(primary);
            if (!isLost()) {
              after(
                  10,
                  () -> {
                    if (outage == outages) {
                      answer.complete(result);
                    } else {
                      answer.completeExceptionally(new StoreAwayException("cut off", false));
                    }
                  });
            }
          });
    }
    return answer;
  }

  private void publish(Map<RoomId, ModelRoom> by, RoomId room, Commit commit) {
    all.stream().filter(each -> each.isAt(by)).forEach(each -> each.hear(room, commit));
  }

  private void hear(RoomId room, Commit commit) {
    if (away || deaf) {
      return;
    }
    int times = isLost() ? 0 : random.nextInt(20) == 0 ? 2 : 1;
    for (int i = 0; i < times; i++) {
      after(
          random.nextInt(10) == 0 ? 200 : 10,
          () -> {
            Follower follower = followers.get(room);
            if (follower != null && !away) {
              follower.onCommit(commit);
            }
          });
    }
  }

  // ---- the store

  @Override
  public CompletionStage<Snapshot> open(RoomId room, long knownEpoch, long knownRevision) {
    return call(primary -> primary.get(room).open(nowMs(), knownEpoch, knownRevision));
  }

  @Override
  public CompletionStage<Receipt> commit(
      RoomId room, List<Entry> entries, Terms terms, long knownEpoch, long knownRevision) {
    List<Entry> sent = List.copyOf(entries);
    return call(
        primary -> {
          ModelRoom.Applied applied =
              primary.get(room).apply(sent, nowMs(), knownEpoch, knownRevision);
          applied.published().forEach(commit -> publish(primary, room, commit));
          return applied.receipt();
        });
  }

  @Override
  public CompletionStage<Repair> commitsAfter(RoomId room, long epoch, long revision) {
    int page = 1 + random.nextInt(20);
    return call(primary -> primary.get(room).commitsAfter(epoch, revision, page));
  }

  @Override
  public CompletionStage<History> history(RoomId room, long fromSeq, int limit) {
    return call(primary -> primary.get(room).history(fromSeq, limit));
  }

  @Override
  public CompletionStage<Map<RoomId, Head>> heads(Collection<RoomId> asked) {
    Map<RoomId, Head> heads = new HashMap<>();
    return call(
        primary -> {
          asked.forEach(room -> heads.put(room, primary.get(room).head()));
          return heads;
        });
  }

  @Override
  public CompletionStage<Optional<Head>> head(RoomId room) {
    return call(primary -> Optional.of(primary.get(room).head()));
  }

  @Override
  public CompletionStage<Void> follow(RoomId room, Follower follower) {
    return call(
        primary -> {
          followers.put(room, follower);
          return null;
        });
  }

  @Override
  public void unfollow(RoomId room) {
    followers.remove(room);
  }

  @Override
  public boolean isAway() {
    return away;
  }

  @Override
  public long nowMs() {
    return UNIX_MS + loop.nowMs();
  }

  @Override
  public void close() {}

  // ---- not simulated

  @Override
  public CompletionStage<List<Due>> due(RoomId room, int limit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<List<RoomId>> overdue() {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Ledger> ledger(RoomId room, ViewerId viewer, long after) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Optional<byte[]>> sale(RoomId room, String sale) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Optional<Order>> order(RoomId room, String order) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Orders> orders(
      RoomId room, @Nullable ViewerId viewer, @Nullable String sale, @Nullable String after) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Page<ViewerId>> buyers(RoomId room, String sale, long cursor) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Optional<byte[]>> lottery(RoomId room, String lottery) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Optional<Sealed>> sealed(RoomId room, String lottery) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Page<Draw.Ticket>> tickets(RoomId room, String lottery, long cursor) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Optional<byte[]>> thing(
      RoomId room, String kind, String id, boolean whole) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<List<byte[]>> things(
      RoomId room, String kind, String after, boolean whole) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<List<byte[]>> ask(RoomId room, StoreEntry question) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Figures> figures(RoomId room) {
    throw new UnsupportedOperationException();
  }
}
