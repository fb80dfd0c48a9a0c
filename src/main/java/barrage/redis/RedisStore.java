package barrage.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import barrage.core.Draw;
import barrage.core.Entry;
import barrage.core.Order;
import barrage.core.Outcome;
import barrage.core.Reason;
import barrage.core.RoomId;
import barrage.core.Terms;
import barrage.core.ViewerId;
import barrage.room.Store;
import barrage.room.StoreAwayException;
import barrage.room.UnreadableException;
import io.lettuce.core.RedisException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Rooms in Redis. What has to be decided together is decided by one Lua script in one step; this
 * class brings it its arguments and reads its answers. {@link Keys} says what is kept where.
 */
public final class RedisStore implements Store {
  /** A batch is tried anew with the right day and buckets when Redis says its own were stale. */
  private static final int STALE_TRIES = 3;

  /** Connections of servers are named so; an embedded Redis is stopped when there are none left. */
  static final String CLIENT_NAME_PREFIX = "barrage-";

  private static final int COMMITS_A_PAGE = 500;
  private static final int BYTES_A_PAGE = 1 << 20;

  private final RedisLink link;
  private final UnreadableRecords unreadable = new UnreadableRecords(StoreClock::monotonicMs);
  private final Replication replication;
  final StoreClock clock = new StoreClock();
  private final Feeds feeds;
  private final Shows shows;
  private final Timetable timetable;
  private volatile Period period = Period.at(0, ZoneId.of("UTC"));
  private volatile @Nullable TermsArg termsArg;

  private RedisStore(RedisLink link, Replication replication) {
    this.link = link;
    this.replication = replication;
    this.feeds = new Feeds(link, unreadable);
    this.shows = new Shows(link, unreadable);
    this.timetable = new Timetable(link, clock, unreadable);
  }

  /**
   * Connects to Redis. Blocks.
   *
   * @param uri {@code redis://}, {@code rediss://}, {@code redis-sentinel://} or {@code
   *     redis-cluster://h1:p1,h2:p2}
   * @param node this process among those that share the Redis; its connections are named after it
   * @throws IllegalArgumentException when {@code uri} is none of these
   * @throws io.lettuce.core.RedisException when Redis cannot be reached
   */
  public static RedisStore connect(String uri, String node) {
    return connect(uri, RedisTls.DEFAULT, node, Replication.NONE);
  }

  /**
   * The same.
   *
   * @param tls for {@code rediss://}
   * @param replication what answers wait for; not of a cluster
   */
  public static RedisStore connect(String uri, RedisTls tls, String node, Replication replication) {
    RedisLink link =
        new RedisLink(Connections.open(uri, tls, CLIENT_NAME_PREFIX + node, replication));
    RedisStore store = new RedisStore(link, replication);
    try {
      link.learnLineage();
      store.readClock();
    } catch (CompletionException e) {
      link.close();
      throw new RedisException(whyNot(e.getCause()), e.getCause());
    }
    DurabilityCheck.warn(link);
    return store;
  }

  /** If Redis came back before it is sent, a call would tell it the lineage from before. */
  private static StoreAwayException away() {
    return new StoreAwayException("Redis is away", true);
  }

  private static String whyNot(@Nullable Throwable fault) {
    String message = fault == null ? null : fault.getMessage();
    return message == null ? "it does not answer" : "it cannot be used: " + message;
  }

  @Override
  public CompletionStage<Snapshot> open(RoomId room, long knownEpoch, long knownRevision) {
    if (link.isAway()) {
      return CompletableFuture.failedFuture(away());
    }
    Keys keys = new Keys(room);
    byte[][] names = {
      keys.head(),
      keys.history(),
      keys.settings(),
      keys.online(),
      keys.active(),
      keys.offers(),
      keys.sales(),
      keys.raffles(),
      keys.lotteries(),
      keys.deadlines(),
      keys.stream(),
      keys.nowhere()
    };
    byte[][] args = {
      number(Snapshot.TAIL),
      number(Keys.LOOKED_AT_S),
      number(Entry.Presence.LIVES_MS),
      number(knownEpoch),
      number(knownRevision),
      link.lineage().getBytes(ISO_8859_1)
    };
    return legible(
        link.run(Script.OPEN, names, args, reply -> Answers.snapshot(reply, keys, unreadable)),
        "room " + room);
  }

  @Override
  public CompletionStage<Receipt> commit(
      RoomId room, List<Entry> entries, Terms terms, long knownEpoch, long knownRevision) {
    CompletableFuture<Receipt> receipt = new CompletableFuture<>();
    CommitCall call = new CommitCall(new Keys(room), entries, knownEpoch, knownRevision);
    TermsArg arg = termsArg(terms);
    if (!call.isTimed()) {
      commit(call, arg, STALE_TRIES, receipt);
      return receipt;
    }
    timetable
        .touch(room)
        .whenComplete(
            (touched, fault) -> {
              if (fault == null) {
                commit(call, arg, STALE_TRIES, receipt);
              } else {
                receipt.completeExceptionally(
                    new StoreAwayException("the index of rooms cannot be reached", true));
              }
            });
    return receipt;
  }

  private void commit(
      CommitCall call, TermsArg terms, int tries, CompletableFuture<Receipt> receipt) {
    if (link.isAway()) {
      receipt.completeExceptionally(away());
      return;
    }
    Period now = periodNow(terms.zone());
    legible(run(call, call.keys(now), call.args(now, terms.json(), link.lineage())), "the room")
        .whenComplete(
            (answer, fault) -> {
              if (fault != null) {
                receipt.completeExceptionally(fault);
              } else if (answer.isPresent()) {
                receipt.complete(answer.get());
              } else if (tries > 1) {
                commit(call, terms, tries - 1, receipt);
              } else {
                receipt.completeExceptionally(
                    new StoreAwayException("the clock of Redis jumps", true));
              }
            });
  }

  private CompletionStage<Optional<Receipt>> run(CommitCall call, byte[][] keys, byte[][] args) {
    long sentAtMs = StoreClock.monotonicMs();
    if (replication.isAwaited() && !call.promises().isEmpty()) {
      return link.runReplicated(
          Script.COMMIT,
          keys,
          args,
          replication,
          (reply, enough) -> {
            Optional<Receipt> receipt = Answers.receipt(reply, unreadable);
            return enough ? receipt : receipt.map(known -> withoutPromises(known, call));
          });
    }
    return link.run(
        Script.COMMIT,
        keys,
        args,
        reply -> {
          clock.observe(sentAtMs, Answers.number(reply, 0));
          return Answers.receipt(reply, unreadable);
        });
  }

  /** A script that cannot go on without a record says so in its error. */
  private <T> CompletionStage<T> legible(CompletionStage<T> stage, String what) {
    return Stages.bare(
        stage.exceptionallyCompose(
            fault -> {
              String record = UnreadableRecords.namedIn(String.valueOf(fault.getMessage()));
              if (record == null) {
                return CompletableFuture.failedFuture(fault);
              }
              unreadable.met(record, "");
              return CompletableFuture.failedFuture(new UnreadableException(what));
            }));
  }

  /** How often a record was met that cannot be read. */
  public double unreadableRecords() {
    return unreadable.count();
  }

  /** Too few replicas have it: nothing is promised, and the same request may be sent again. */
  private static Receipt withoutPromises(Receipt receipt, CommitCall call) {
    List<Outcome> outcomes = new ArrayList<>(receipt.outcomes());
    call.promises().stream()
        .filter(entry -> !(outcomes.get(entry) instanceof Outcome.Refused))
        .forEach(entry -> outcomes.set(entry, Outcome.Refused.of(Reason.UNAVAILABLE)));
    return new Receipt(
        receipt.epoch(), receipt.revision(), receipt.nowMs(), receipt.nextDueMs(), outcomes);
  }

  @Override
  public CompletionStage<Repair> commitsAfter(RoomId room, long epoch, long revision) {
    Keys keys = new Keys(room);
    byte[][] names = {keys.head(), keys.stream()};
    byte[][] args = args(epoch, revision, COMMITS_A_PAGE, BYTES_A_PAGE);
    return link.run(
        Script.COMMITS_AFTER,
        names,
        args,
        reply -> Answers.repair(reply, keys.stream(), unreadable));
  }

  @Override
  public CompletionStage<History> history(RoomId room, long fromSeq, int limit) {
    Keys keys = new Keys(room);
    byte[][] names = {keys.head(), keys.history()};
    return link.run(
        Script.HISTORY,
        names,
        args(fromSeq, limit),
        reply -> Answers.history(reply, keys, unreadable));
  }

  @Override
  public CompletionStage<Ledger> ledger(RoomId room, ViewerId viewer, long after) {
    Keys keys = new Keys(room);
    byte[] ledger = keys.ledger(viewer);
    byte[][] names = {ledger, keys.briefLedgers(), keys.nowhere()};
    byte[][] args = {viewer.value().getBytes(ISO_8859_1), number(after), number(Ledger.PAGE)};
    return link.run(Script.LEDGER, names, args, reply -> Answers.ledger(reply, ledger, unreadable));
  }

  @Override
  public CompletionStage<Map<RoomId, Head>> heads(Collection<RoomId> rooms) {
    Map<RoomId, Head> heads = new ConcurrentHashMap<>();
    CompletableFuture<Map<RoomId, Head>> all = new CompletableFuture<>();
    AtomicInteger missing = new AtomicInteger(rooms.size());
    if (rooms.isEmpty()) {
      all.complete(heads);
    }
    for (RoomId room : rooms) {
      byte[] key = new Keys(room).head();
      link.send(key, redis -> redis.hmget(key, Answers.EPOCH, Answers.REVISION), Answers::head)
          .whenComplete(
              (head, fault) -> {
                if (fault != null) {
                  all.completeExceptionally(fault);
                  return;
                }
                head.ifPresent(found -> heads.put(room, found));
                if (missing.decrementAndGet() == 0) {
                  all.complete(heads);
                }
              });
    }
    return all;
  }

  @Override
  public CompletionStage<Void> follow(RoomId room, Follower follower) {
    return feeds.follow(new Keys(room).feed(), follower);
  }

  @Override
  public void unfollow(RoomId room) {
    feeds.unfollow(new Keys(room).feed());
  }

  @Override
  public CompletionStage<Optional<byte[]>> sale(RoomId room, String sale) {
    return shows.sale(room, sale);
  }

  @Override
  public CompletionStage<Optional<Order>> order(RoomId room, String order) {
    return shows.order(room, order);
  }

  @Override
  public CompletionStage<Orders> orders(
      RoomId room, @Nullable ViewerId viewer, @Nullable String sale, @Nullable String after) {
    return shows.orders(room, viewer, sale, after);
  }

  @Override
  public CompletionStage<Page<ViewerId>> buyers(RoomId room, String sale, long cursor) {
    return shows.buyers(room, sale, cursor);
  }

  @Override
  public CompletionStage<Optional<byte[]>> lottery(RoomId room, String lottery) {
    return shows.lottery(room, lottery);
  }

  @Override
  public CompletionStage<Optional<Sealed>> sealed(RoomId room, String lottery) {
    return shows.sealed(room, lottery);
  }

  @Override
  public CompletionStage<Page<Draw.Ticket>> tickets(RoomId room, String lottery, long cursor) {
    return shows.tickets(room, lottery, cursor);
  }

  @Override
  public CompletionStage<Figures> figures(RoomId room) {
    return shows.figures(room);
  }

  @Override
  public CompletionStage<List<Due>> due(RoomId room, int limit) {
    return timetable.due(room, limit);
  }

  @Override
  public CompletionStage<List<RoomId>> overdue() {
    return timetable.overdue();
  }

  @Override
  public boolean isAway() {
    return link.isAway();
  }

  @Override
  public long nowMs() {
    return clock.nowMs();
  }

  @Override
  public void close() {
    link.close();
  }

  private void readClock() {
    long sentAtMs = StoreClock.monotonicMs();
    link.send(
            Keys.ANYWHERE,
            RedisClusterAsyncCommands::time,
            time -> {
              clock.observe(sentAtMs, Answers.time(time));
              return true;
            })
        .toCompletableFuture()
        .join();
  }

  private Period periodNow(ZoneId zone) {
    long nowMs = clock.nowMs();
    Period known = period;
    if (known.covers(nowMs, zone)) {
      return known;
    }
    Period now = Period.at(nowMs, zone);
    period = now;
    return now;
  }

  private TermsArg termsArg(Terms terms) {
    TermsArg known = termsArg;
    if (known != null && known.says(terms)) {
      return known;
    }
    TermsArg arg = TermsArg.of(terms);
    termsArg = arg;
    return arg;
  }

  private static byte[][] args(long... numbers) {
    byte[][] args = new byte[numbers.length][];
    for (int i = 0; i < numbers.length; i++) {
      args[i] = number(numbers[i]);
    }
    return args;
  }

  private static byte[] number(long number) {
    return Long.toString(number).getBytes(ISO_8859_1);
  }
}
