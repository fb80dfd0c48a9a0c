package barrage.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import barrage.activity.Activities;
import barrage.activity.StoreEntry;
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
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Rooms in Redis. What has to be decided together is decided by one Lua script in one step; this
 * class brings it its arguments and reads its answers. {@link Keys} says what is kept where.
 */
public final class RedisStore implements Store {
  /** A batch is tried anew with the right day and buckets when Redis says its own were stale. */
  private static final int STALE_TRIES = 3;

  /**
   * How long a commit may take to reach Redis, whatever becomes of the network: past that it does
   * nothing. Who asked for it is told that it failed, if they are, when that is certain; with what
   * clocks leave uncertain and the wait for replicas no later than the 2 s that a store has.
   */
  private static final int COMMIT_MS = 1_200;

  private static final int ANSWER_MS = 1_900;

  /** Connections of servers are named so; an embedded Redis is stopped when there are none left. */
  static final String CLIENT_NAME_PREFIX = "barrage-";

  private static final int COMMITS_A_PAGE = 500;
  private static final int BYTES_A_PAGE = 1 << 20;

  private final RedisLink link;
  private final UnreadableRecords unreadable = new UnreadableRecords(StoreClock::monotonicMs);
  private final Replication replication;
  private final int commitMs;
  final StoreClock clock = new StoreClock();
  private final Feeds feeds;
  private final Shows shows;
  private final Timetable timetable;
  private final Modules modules;
  private volatile Period period = Period.at(0, ZoneId.of("UTC"));
  private volatile @Nullable TermsArg termsArg;

  private RedisStore(RedisLink link, Replication replication, Activities activities) {
    this.modules = new Modules(activities);
    this.link = link;
    this.replication = replication;
    this.commitMs =
        replication.isAwaited()
            ? Math.min(COMMIT_MS, ANSWER_MS - replication.withinMs())
            : COMMIT_MS;
    this.feeds = new Feeds(link, unreadable);
    this.shows = new Shows(link, unreadable);
    this.timetable = new Timetable(link, clock, unreadable, modules.kinds());
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

  /** The same, without activities. */
  public static RedisStore connect(String uri, RedisTls tls, String node, Replication replication) {
    return connect(uri, tls, node, replication, Activities.NONE);
  }

  /**
   * The same.
   *
   * @param tls for {@code rediss://}
   * @param replication what answers wait for; not of a cluster
   * @param activities whose modules decide there
   */
  public static RedisStore connect(
      String uri, RedisTls tls, String node, Replication replication, Activities activities) {
    RedisLink link =
        new RedisLink(Connections.open(uri, tls, CLIENT_NAME_PREFIX + node, replication));
    RedisStore store = new RedisStore(link, replication, activities);
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
        link.run(modules.open(), names, args, reply -> Answers.snapshot(reply, keys, unreadable)),
        "room " + room);
  }

  @Override
  public CompletionStage<Receipt> commit(
      RoomId room, List<Entry> entries, Terms terms, long knownEpoch, long knownRevision) {
    CompletableFuture<Receipt> receipt = new CompletableFuture<>();
    CommitCall call = new CommitCall(new Keys(room), modules, entries, knownEpoch, knownRevision);
    TermsArg arg = termsArg(terms);
    long deadlineMs = clock.nowMs() + commitMs;
    if (!call.isTimed()) {
      commit(call, arg, deadlineMs, STALE_TRIES, receipt);
      return receipt;
    }
    timetable
        .touch(room)
        .whenComplete(
            (touched, fault) -> {
              if (fault == null) {
                commit(call, arg, deadlineMs, STALE_TRIES, receipt);
              } else {
                receipt.completeExceptionally(
                    new StoreAwayException("the index of rooms cannot be reached", true));
              }
            });
    return receipt;
  }

  /** Every try has the one deadline. */
  private void commit(
      CommitCall call,
      TermsArg terms,
      long deadlineMs,
      int tries,
      CompletableFuture<Receipt> receipt) {
    if (link.isAway()) {
      receipt.completeExceptionally(away());
      return;
    }
    if (clock.nowMs() >= deadlineMs) {
      receipt.completeExceptionally(new StoreAwayException("Redis is too slow", true));
      return;
    }
    Period now = periodNow(terms.zone());
    var unused =
        legible(
                run(call, call.keys(now), call.args(now, terms.json(), link.lineage(), deadlineMs)),
                "the room")
            .whenComplete(
                (answer, fault) -> {
                  if (fault != null) {
                    receipt.completeExceptionally(onItsWay(fault, deadlineMs));
                  } else if (answer.isPresent()) {
                    confirm(call, answer.get(), terms, deadlineMs, receipt);
                  } else if (tries > 1) {
                    commit(call, terms, deadlineMs, tries - 1, receipt);
                  } else {
                    receipt.completeExceptionally(
                        new StoreAwayException("the clock of Redis jumps", true));
                  }
                });
  }

  /**
   * Danmaku are answered before replicas have them, and so may be refused by a primary that was
   * replaced: those that are refused are asked for once more where it counts.
   */
  private void confirm(
      CommitCall call,
      Receipt answer,
      TermsArg terms,
      long deadlineMs,
      CompletableFuture<Receipt> receipt) {
    BitSet refused = new BitSet();
    if (replication.isAwaited() && call.promises().isEmpty()) {
      for (int i = 0; i < answer.outcomes().size(); i++) {
        refused.set(i, isFinal(answer.outcomes().get(i)));
      }
    }
    if (refused.isEmpty()) {
      receipt.complete(answer);
      return;
    }
    CompletableFuture<Receipt> second = new CompletableFuture<>();
    commit(call.again(refused), terms, deadlineMs, STALE_TRIES, second);
    var unused =
        second.whenComplete(
            (confirmed, fault) -> {
              if (confirmed != null) {
                receipt.complete(replaced(confirmed, answer, refused, confirmed.outcomes()));
              } else {
                Receipt unsure = replaced(answer, answer, refused, List.of());
                long ms = fault instanceof StoreAwayException away ? away.mayHappenForMs() : 0;
                CompletableFuture.delayedExecutor(ms, TimeUnit.MILLISECONDS)
                    .execute(() -> receipt.complete(unsure));
              }
            });
  }

  /** Not where another try is asked for: that says nothing about the first. */
  private static boolean isFinal(Outcome outcome) {
    return outcome instanceof Outcome.Refused refused
        && refused.refusal().reason() != Reason.SLOW_MODE;
  }

  /** {@code of} some entries other outcomes, {@code unavailable} where there are none. */
  private static Receipt replaced(
      Receipt where, Receipt answer, BitSet of, List<Outcome> confirmed) {
    List<Outcome> outcomes = new ArrayList<>(answer.outcomes());
    int nth = 0;
    for (int entry : of.stream().toArray()) {
      boolean known = nth < confirmed.size();
      outcomes.set(entry, known ? confirmed.get(nth) : Outcome.Refused.of(Reason.UNAVAILABLE));
      nth++;
    }
    return new Receipt(where.epoch(), where.revision(), where.nowMs(), where.nextDueMs(), outcomes);
  }

  private Throwable onItsWay(Throwable fault, long deadlineMs) {
    return fault instanceof StoreAwayException away && !away.notExecuted()
        ? away.onItsWayFor(clock.untilPastMs(deadlineMs))
        : fault;
  }

  private CompletionStage<Optional<Receipt>> run(CommitCall call, byte[][] keys, byte[][] args) {
    long sentAtMs = StoreClock.monotonicMs();
    if (replication.isAwaited() && !call.promises().isEmpty()) {
      return link.runReplicated(
          call.script(),
          keys,
          args,
          (reply, enough) -> {
            Optional<Receipt> receipt = Answers.receipt(reply, unreadable);
            return enough ? receipt : receipt.map(known -> withoutPromises(known, call));
          });
    }
    return link.run(
        call.script(),
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
              Throwable cause = fault.getCause() == null ? fault : fault.getCause();
              String record =
                  cause instanceof NewerFormatException
                      ? what + ": " + cause.getMessage()
                      : UnreadableRecords.namedIn(String.valueOf(fault.getMessage()));
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

  /**
   * Too few replicas have it: nothing is promised, and the same request may be sent again. Nor is
   * anything refused: this primary may have been replaced, and know less than the one that counts.
   */
  private static Receipt withoutPromises(Receipt receipt, CommitCall call) {
    return replaced(receipt, receipt, call.promises(), List.of());
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
  public CompletionStage<Optional<Head>> head(RoomId room) {
    byte[] key = new Keys(room).head();
    if (replication.isAwaited()) {
      return link.ask(Script.HEAD, new byte[][] {key}, new byte[0][], Answers::position);
    }
    return link.send(
        key, redis -> redis.hmget(key, Answers.EPOCH, Answers.REVISION), Answers::head);
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
  public CompletionStage<Optional<byte[]>> thing(
      RoomId room, String kind, String id, boolean whole) {
    return ask(room, StoreEntry.of(kind, "thing").text(id).flag(whole).unkeyed())
        .thenApply(found -> found.stream().findFirst());
  }

  @Override
  public CompletionStage<List<byte[]>> things(
      RoomId room, String kind, @Nullable String after, boolean whole) {
    return ask(
        room,
        StoreEntry.of(kind, "things")
            .text(after == null ? "" : after)
            .number(PAGE)
            .flag(whole)
            .unkeyed());
  }

  @Override
  public CompletionStage<List<byte[]>> ask(RoomId room, StoreEntry question) {
    Keys keys = new Keys(room);
    List<byte[]> names = modules.keys(Set.of(question.kind()), keys);
    List<byte[]> args = new ArrayList<>();
    args.add(question.kind().getBytes(ISO_8859_1));
    args.add(question.name().getBytes(ISO_8859_1));
    for (StoreEntry.Argument argument : question.arguments()) {
      if (argument instanceof StoreEntry.OfKey of) {
        byte[] key = keys.ofKind(question.kind(), of.name());
        names.add(key);
        args.add(key);
      } else if (argument instanceof StoreEntry.OfViewer of) {
        args.add(of.viewer().value().getBytes(ISO_8859_1));
      } else {
        args.add(((StoreEntry.OfBytes) argument).bytes());
      }
    }
    return link.run(
        modules.ask(question.kind()),
        names.toArray(byte[][]::new),
        args.toArray(byte[][]::new),
        texts -> texts.stream().map(text -> (byte[]) text).toList());
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
    link.countReplicas();
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
