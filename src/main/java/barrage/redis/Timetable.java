package barrage.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import barrage.core.RoomId;
import barrage.core.ViewerId;
import barrage.room.Store;
import io.lettuce.core.ScoredValue;
import io.lettuce.core.ZAddArgs;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What is due, in a room and over all rooms. Each room keeps its own deadlines, in its own slot. So
 * that somebody finds a room that has them and that no node has open, an index over all rooms names
 * it <em>before</em> the first commit that could give it one, and again while such commits go on; a
 * room without deadlines is taken out of the index when it was not touched for long. So a process
 * may die at any point: the index names too many rooms for a while, never too few.
 *
 * <p>Safe for any thread.
 */
final class Timetable {
  /** How late something is before it is somebody else's to see to. */
  private static final long OVERDUE_MS = 300;

  /** A node touches a room again after so long. */
  private static final long TOUCH_MS = 20_000;

  /** Far more than {@link #TOUCH_MS}, a commit's time on its way, and clocks that differ. */
  private static final long UNTOUCHED_MS = 60_000;

  /** Rooms looked at in one call; the next one goes on where it ended. */
  private static final int ROOMS = 1_000;

  /** Orders of a cancelled sale, or viewers of a cancelled lottery, seen to at once. */
  private static final int PAGE = 200;

  private final RedisLink link;
  private final StoreClock clock;
  private final UnreadableRecords unreadable;
  private final byte[] kinds;
  private final Map<RoomId, Long> touched = new ConcurrentHashMap<>();
  private final AtomicLong lookedAt = new AtomicLong();

  /**
   * @param kinds of activities that this node carries
   */
  Timetable(
      RedisLink link, StoreClock clock, UnreadableRecords unreadable, Collection<String> kinds) {
    this.link = link;
    this.clock = clock;
    this.unreadable = unreadable;
    this.kinds = bytes(' ' + String.join(" ", kinds) + ' ');
  }

  /** Sees to it that the index names a room that is about to be given a deadline. */
  CompletionStage<Boolean> touch(RoomId room) {
    long now = StoreClock.monotonicMs();
    Long before = touched.get(room);
    if (before != null && now - before < TOUCH_MS) {
      return CompletableFuture.completedFuture(true);
    }
    return link.send(
        Keys.TIMED,
        redis ->
            redis.zadd(
                Keys.TIMED,
                ZAddArgs.Builder.gt(), // one that was late on its way sets nothing back
                (double) clock.nowMs(),
                bytes(room.value())),
        added -> {
          touched.put(room, now);
          return true;
        });
  }

  CompletionStage<List<Store.Due>> due(RoomId room, int limit) {
    Keys keys = new Keys(room);
    byte[][] names = {
      keys.deadlines(), keys.orders(), keys.sales(), keys.passedOver(), keys.nowhere()
    };
    byte[][] args = {bytes(Integer.toString(limit)), bytes(Integer.toString(PAGE)), kinds};
    return Stages.bare(
        link.run(Script.DUE, names, args, things -> things)
            .thenCompose(
                things -> {
                  List<CompletionStage<Store.Due>> due = new ArrayList<>();
                  for (int i = 0; i < things.size(); i++) {
                    List<Object> thing = Answers.list(things, i);
                    if (kind(thing).equals("unreadable")) {
                      unreadable.met(thing.subList(1, thing.size()));
                    } else {
                      due.add(read(keys, thing));
                    }
                  }
                  return Stages.all(due);
                }));
  }

  private CompletionStage<Store.Due> read(Keys keys, List<Object> thing) {
    String kind = kind(thing);
    if (kind.equals("orders")) {
      return done(new Store.OrdersDue(Shows.orders(thing.subList(1, thing.size()))));
    }
    Words words = new Words((byte[]) thing.get(1));
    return switch (kind) {
      case "order" -> done(new Store.OrderDue(OrderWords.read(words)));
      case "sale" -> done(new Store.SaleDue(words.word()));
      case "lottery" -> done(new Store.LotteryDue(words.word()));
      case "costs" -> costs(keys, words.word());
      default -> done(new Store.ThingDue(kind, words.word()));
    };
  }

  private static String kind(List<Object> thing) {
    return new String((byte[]) thing.get(0), ISO_8859_1);
  }

  private CompletionStage<Store.Due> costs(Keys keys, String lottery) {
    byte[] key = keys.tickets(lottery);
    return link.send(
        key,
        redis -> redis.hrandfield(key, PAGE),
        viewers ->
            new Store.CostsDue(
                lottery,
                viewers.stream()
                    .map(viewer -> new String(viewer, ISO_8859_1))
                    .filter(viewer -> isViewer(key, viewer))
                    .map(ViewerId::new)
                    .toList()));
  }

  private boolean isViewer(byte[] key, String id) {
    if (ViewerId.isValid(id)) {
      return true;
    }
    unreadable.met(new String(key, ISO_8859_1), id);
    return false;
  }

  private static CompletionStage<Store.Due> done(Store.Due due) {
    return CompletableFuture.completedFuture(due);
  }

  CompletionStage<List<RoomId>> overdue() {
    long now = StoreClock.monotonicMs();
    touched.values().removeIf(at -> now - at >= TOUCH_MS);
    long from = lookedAt.get();
    return Stages.bare(
        link.send(
                Keys.TIMED,
                redis -> redis.zrangeWithScores(Keys.TIMED, from, from + ROOMS - 1),
                rooms -> rooms)
            .thenCompose(
                rooms -> {
                  lookedAt.compareAndSet(from, rooms.size() < ROOMS ? 0 : from + ROOMS);
                  return lookAt(rooms.stream().filter(this::isRoom).toList());
                }));
  }

  private boolean isRoom(ScoredValue<byte[]> room) {
    String id = new String(room.getValue(), ISO_8859_1);
    if (RoomId.isValid(id)) {
      return true;
    }
    unreadable.met(new String(Keys.TIMED, ISO_8859_1), id);
    return false;
  }

  private CompletionStage<List<RoomId>> lookAt(List<ScoredValue<byte[]>> rooms) {
    List<CompletionStage<Long>> deadlines = new ArrayList<>();
    for (ScoredValue<byte[]> room : rooms) {
      byte[] key = new Keys(roomOf(room)).deadlines();
      deadlines.add(
          link.send(
              key,
              redis -> redis.zrangeWithScores(key, 0, 0),
              first -> first.isEmpty() ? Store.Snapshot.NEVER : (long) first.get(0).getScore()));
    }
    return Stages.all(deadlines).thenApply(first -> judge(rooms, first));
  }

  private List<RoomId> judge(List<ScoredValue<byte[]>> rooms, List<Long> deadlines) {
    long now = clock.nowMs();
    List<RoomId> overdue = new ArrayList<>();
    List<byte[]> idle = new ArrayList<>();
    for (int i = 0; i < rooms.size(); i++) {
      long touchedMs = (long) rooms.get(i).getScore();
      if (deadlines.get(i) <= now - OVERDUE_MS) {
        overdue.add(roomOf(rooms.get(i)));
      } else if (deadlines.get(i) == Store.Snapshot.NEVER && touchedMs < now - UNTOUCHED_MS) {
        idle.add(rooms.get(i).getValue());
        idle.add(bytes(Long.toString(touchedMs)));
      }
    }
    if (!idle.isEmpty()) {
      byte[][] names = {Keys.TIMED};
      var unused =
          link.run(Script.FORGET_TIMED, names, idle.toArray(byte[][]::new), forgotten -> true);
    }
    return overdue;
  }

  private static RoomId roomOf(ScoredValue<byte[]> room) {
    return new RoomId(new String(room.getValue(), ISO_8859_1));
  }

  private static byte[] bytes(String ascii) {
    return ascii.getBytes(ISO_8859_1);
  }
}
