package barrage.redis;

import static barrage.redis.Batches.await;
import static barrage.redis.Batches.commit;
import static barrage.redis.Batches.grant;
import static barrage.redis.Batches.id;
import static barrage.redis.Batches.key;
import static barrage.redis.Batches.look;
import static barrage.redis.Batches.outcome;
import static barrage.redis.Batches.refused;
import static barrage.redis.Batches.say;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.core.Entry;
import barrage.core.LedgerEntry;
import barrage.core.Reason;
import barrage.core.Role;
import barrage.core.RoomId;
import barrage.core.Viewer;
import barrage.room.Store;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How long what of a room is kept, and how much of it, against a real Redis. */
final class RoomLifeTest extends TwoStores {
  private static final long DAY_S = 86_400;

  private RoomId room;
  private Keys keys;

  @BeforeEach
  void begin() {
    room = RedisFixture.freshRoom();
    keys = new Keys(room);
  }

  private static Entry join(String viewer, Role role) {
    return new Entry.Join(new Viewer(id(viewer), viewer, role));
  }

  private static Entry tap(String viewer, long total) {
    return new Entry.Tap(id(viewer), Role.VIEWER, viewer + "-1", total, false);
  }

  /** Each key of the room, without what all of them begin with, and the seconds that it lives. */
  private Map<String, Long> lives() throws Exception {
    Map<String, Long> lives = new HashMap<>();
    String prefix = "{" + room + "}:";
    try (var redis = new Direct()) {
      for (String key : redis.keys(prefix + "*")) {
        lives.put(key.substring(prefix.length()), redis.ttl(key));
      }
    }
    return lives;
  }

  private void viewersAlone() {
    commit(store, room, join("ann", Role.VIEWER), new Entry.Presence("node", 1));
    commit(store, room, say("ann", "1", "hello"), say("bob", "1", "hello"), tap("ann", 30));
    commit(store, room, new Entry.Watched(id("ann"), 600_000, 0));
  }

  @Test
  void roomInWhichViewersAloneWere_expiresAsAWhole_afterADay() throws Exception {
    viewersAlone();
    Map<String, Long> lives = lives();
    assertTrue(lives.values().stream().allMatch(seconds -> seconds > 0), lives.toString());
    Set<Long> ofTheRoom = new HashSet<>();
    for (String part : List.of("head", "stream", "history", "points", "growth", "ledgers")) {
      ofTheRoom.add(lives.get(part));
    }
    assertEquals(1, ofTheRoom.size(), lives.toString());
    long seconds = ofTheRoom.iterator().next();
    assertTrue(seconds > DAY_S - 60 && seconds <= DAY_S, lives.toString());
    assertFalse(lives.containsKey("ledger:ann"), lives.toString());
  }

  @Test
  void whatIsRefused_keepsNoRoom() throws Exception {
    viewersAlone();
    Entry buy =
        new Entry.Buy(key("ann", "b"), new Viewer(id("ann"), "ann", Role.VIEWER), "none", 1);
    assertEquals(refused(Reason.NOT_FOUND), outcome(store, room, buy));
    assertEquals(
        refused(Reason.INSUFFICIENT_POINTS), outcome(store, room, grant("g", "bob", -99, 0, "r")));
    assertTrue(lives().values().stream().allMatch(seconds -> seconds > 0), lives().toString());
  }

  @Test
  void roomToWhichStaffComes_isKept_withAllThatWasThereBefore() throws Exception {
    viewersAlone();
    List<LedgerEntry> before = Batches.ledger(store, room, "ann");
    assertEquals(
        List.of("danmaku", "likes", "watch"), before.stream().map(LedgerEntry::reason).toList());
    commit(store, room, join("host", Role.STREAMER));
    Map<String, Long> lives = lives();
    for (String part : List.of("head", "history", "points", "growth", "ledgers", "figures")) {
      assertEquals(-1, lives.get(part), lives.toString());
    }
    assertTrue(lives.get("stream") > DAY_S, lives.toString());
    assertEquals(before, Batches.ledger(store, room, "ann"));
    assertEquals(List.of(), audit().faults());

    // Whoever earns more has a ledger of their own from then on; the others' stay as they are.
    commit(store, room, say("ann", "2", "again"), grant("1", "ann", 5, 0, "gift-1"));
    List<LedgerEntry> after = Batches.ledger(store, room, "ann");
    assertEquals(
        List.of("danmaku", "likes", "watch", "a gift"),
        after.stream().map(LedgerEntry::reason).toList());
    assertEquals(
        look(store, room, "ann").standing().points(),
        after.stream().mapToLong(LedgerEntry::delta).sum());
    assertEquals(-1, lives().get("ledger:ann"));
    assertEquals(1, Batches.ledger(store, room, "bob").size());
    assertEquals(List.of(), audit().faults());
  }

  @Test
  void capOfADay_holds_beforeAndAfterStaffComes() {
    for (int i = 0; i < 30; i++) {
      commit(store, room, say("ann", "a" + i, "hello"));
    }
    commit(store, room, join("host", Role.MODERATOR));
    for (int i = 0; i < 30; i++) {
      commit(store, room, say("ann", "b" + i, "hello"));
    }
    assertEquals(50, look(store, room, "ann").standing().points());
    assertEquals(List.of(), audit().faults());
  }

  @Test
  void stayAndGrant_inOneBatch_leaveOneLedger() {
    commit(store, room, say("ann", "1", "hello"), grant("1", "ann", 5, 0, "gift-1"));
    assertEquals(2, Batches.ledger(store, room, "ann").size());
    assertEquals(List.of(), audit().faults());
  }

  @Test
  void longBriefLedger_isShortened_andItsSumStays() throws Exception {
    commit(store, room, say("ann", "1", "hello"));
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 130; i++) {
      lines.append("danmaku day-").append(i).append("\t1 2 1 2 danmaku\n");
    }
    try (var redis = new Direct()) {
      redis.ask("HSET", redis.name(keys.briefLedgers()), "ann", lines.toString());
      redis.ask("HSET", redis.name(keys.points()), "ann", "260");
      redis.ask("HSET", redis.name(keys.growth()), "ann", "130");
    }
    commit(store, room, say("ann", "2", "hello"));
    List<LedgerEntry> ledger = Batches.ledger(store, room, "ann");
    assertEquals(100, ledger.size());
    assertEquals("earlier", ledger.get(0).reason());
    assertEquals(261, ledger.stream().mapToLong(LedgerEntry::delta).sum());
    assertEquals(131, ledger.stream().mapToLong(LedgerEntry::growth).sum());
    assertEquals(261, look(store, room, "ann").standing().points());
  }

  // ---- the stream

  /** Some 130 KB. */
  private Store.Receipt commitLong(int n) {
    Entry[] entries = new Entry[Store.MAX_BATCH];
    for (int i = 0; i < entries.length; i++) {
      entries[i] = say("v" + i, n + "-" + i, "弹".repeat(100));
    }
    return commit(store, room, Batches.terms(100), entries);
  }

  @Test
  void stream_isCutByBytes_andWhatIsCutIsToldToBeGone() throws Exception {
    Store.Receipt first = commitLong(0);
    Store.Receipt last = first;
    for (int n = 1; n <= 110; n++) {
      last = commitLong(n);
    }
    long bytes = 0;
    long kept = 0;
    try (var redis = new Direct()) {
      bytes = redis.number("MEMORY", "USAGE", redis.name(keys.stream()), "SAMPLES", "0");
      kept = redis.number("XLEN", redis.name(keys.stream()));
    }
    assertTrue(bytes > 10 << 20 && bytes < 19 << 20, bytes + " bytes of " + kept + " commits");
    assertFalse(await(store.commitsAfter(room, first.epoch(), first.revision())).possible());
    assertTrue(await(store.commitsAfter(room, last.epoch(), last.revision() - 20)).possible());
  }

  @Test
  void stream_isCutByTime() throws Exception {
    commit(store, room, grant("1", "ann", 5, 0, "gift-1"));
    for (int i = 0; i < 300; i++) {
      commit(store, room, say("ann", "a" + i, "hello"));
    }
    long before;
    try (var redis = new Direct()) {
      String head = redis.name(keys.head());
      // Of yesterday: a block that ended, and one that goes on.
      redis.ask("HSET", head, "blocks", "250 20000 1000000000", "blockAt", "1000000000");
      before = redis.number("XLEN", redis.name(keys.stream()));
      commit(store, room, say("ann", "b", "hello"));
      long after = redis.number("XLEN", redis.name(keys.stream()));
      assertEquals(301, before);
      assertTrue(after >= 52 && after < 160, after + " left"); // whole nodes go
      assertTrue(redis.ttl(redis.name(keys.stream())) > DAY_S);
    }
  }

  // ---- ledgers

  @Test
  void ledger_comesInPages_inTheOrderOfItsEntries() {
    List<String> refs = new ArrayList<>();
    for (int i = 0; i < 450; i++) {
      refs.add("gift-" + (i * 7 % 450));
    }
    for (int from = 0; from < 450; from += 50) {
      commit(
          store,
          room,
          IntStream.range(from, from + 50)
              .mapToObj(i -> grant("g" + i, "ann", 1, 0, refs.get(i)))
              .toArray(Entry[]::new));
    }
    Store.Ledger first = await(store.ledger(room, id("ann"), 0));
    assertEquals(200, first.entries().size());
    assertEquals(200, first.next());
    Store.Ledger last = await(store.ledger(room, id("ann"), 400));
    assertEquals(50, last.entries().size());
    assertEquals(null, last.next());
    assertEquals(List.of(), await(store.ledger(room, id("ann"), 450)).entries());
    assertEquals(refs, Batches.ledger(store, room, "ann").stream().map(LedgerEntry::ref).toList());
    assertEquals(List.of(), audit().faults());
  }

  @Test
  void ledgerWhoseLinesHaveNoNumbers_isNumberedOnce() throws Exception {
    commit(store, room, grant("1", "ann", 5, 0, "gift-1"), grant("2", "bob", 7, 0, "gift-2"));
    try (var redis = new Direct()) {
      for (String viewer : List.of("ann", "bob")) {
        redis.ask("HDEL", redis.name(keys.ledger(id(viewer))), "#", "#1");
      }
    }
    assertEquals(List.of("gift-1"), refs("ann"));
    commit(store, room, grant("3", "bob", 1, 0, "gift-3"));
    assertEquals(List.of("gift-2", "gift-3"), refs("bob"));
    assertEquals(List.of(), audit().faults());
  }

  private List<String> refs(String viewer) {
    return Batches.ledger(store, room, viewer).stream().map(LedgerEntry::ref).toList();
  }

  private Audit audit() {
    return Audit.of(uri(), RedisTls.DEFAULT, room);
  }

  /** What no store asks of Redis. */
  private static final class Direct implements AutoCloseable {
    private final RedisSocket socket = RedisFixture.socket();

    Direct() throws Exception {}

    String name(byte[] key) {
      return new String(key, ISO_8859_1);
    }

    String ask(String... command) throws Exception {
      String answer = socket.ask(command);
      assertFalse(answer.matches("-\\D.*"), answer);
      return answer;
    }

    long number(String... command) throws Exception {
      return Long.parseLong(ask(command));
    }

    long ttl(String key) throws Exception {
      return number("TTL", key);
    }

    List<String> keys(String pattern) throws Exception {
      // A script, because the socket reads no lists.
      String joined =
          ask("EVAL", "return table.concat(redis.call('KEYS', ARGV[1]), '\\n')", "0", pattern);
      return joined.isEmpty() ? List.of() : List.of(joined.split("\n"));
    }

    @Override
    public void close() {
      socket.close();
    }
  }
}
