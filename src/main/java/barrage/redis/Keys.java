package barrage.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import barrage.core.Entry;
import barrage.core.RoomId;
import barrage.core.ViewerId;

/**
 * Every key of a room, what it holds, and how long it lives. All of them share the hash tag {@code
 * {room}}, so that a room is one slot of a Redis Cluster and one script may touch all of it.
 */
final class Keys {
  /** Milliseconds of a bucket of remembered danmaku. */
  static final long SAID_BUCKET_MS = 10 * 60_000L;

  /** Milliseconds of a bucket of everything else remembered. */
  static final long ALL_BUCKET_MS = 24 * 3_600_000L;

  /** Seconds that a room lives in which nothing happened, after the last look at it. */
  static final long LOOKED_AT_S = 3_600L;

  /** Of a room in which viewers spoke, tapped or watched and nothing else happened, likewise. */
  private static final long SPOKEN_IN_S = 24 * 3_600L;

  /** Commits are kept so long, and so many bytes of them; trimmed in blocks. */
  private static final long STREAM_MS = 24 * 3_600_000L;

  private static final long STREAM_BYTES = 16L << 20;
  private static final long BLOCK_MS = 3_600_000L;
  private static final long BLOCK_BYTES = 1L << 20;

  /** The scripts' lifetimes: seconds, unless they say otherwise. */
  static final byte[] LIFETIMES =
      bytes(
          "{\"saidIds\":"
              + (2 * SAID_BUCKET_MS / 1_000 + 60)
              + ",\"ids\":"
              + (2 * ALL_BUCKET_MS / 1_000 + 3_600)
              + ",\"spoken\":86400,\"taps\":86400,\"lastTaps\":600,\"lookMs\":"
              + LOOKED_AT_S * 1_000
              + ",\"dayMs\":"
              + SPOKEN_IN_S * 1_000
              + ",\"presenceMs\":"
              + Entry.Presence.LIVES_MS
              + ",\"streamMs\":"
              + STREAM_MS
              + ",\"streamBytes\":"
              + (STREAM_BYTES - BLOCK_BYTES)
              + ",\"blockMs\":"
              + BLOCK_MS
              + ",\"blockBytes\":"
              + BLOCK_BYTES
              // Two nodes that each wait a millisecond for every commit make it 5 s of commits.
              + ",\"streamLength\":10000}");

  /**
   * Sorted set over all rooms: a room that has something due, or had a moment ago, by when it was
   * last touched. The one key that belongs to no room.
   */
  static final byte[] TIMED = bytes("{barrage}:timed");

  /**
   * Written after what replicas are waited for: newer Redis lets WAIT wait for what its own
   * connection wrote and for nothing else, and a refusal, a repeat or a read writes nothing.
   */
  static final byte[] AWAITED = bytes("{barrage}:awaited");

  /** For what is asked of Redis rather than of a room. Never there. */
  static final byte[] ANYWHERE = bytes("{barrage}");

  private static final String LEDGER = "ledger:";

  private final String prefix;

  Keys(RoomId room) {
    prefix = "{" + room.value() + "}:";
  }

  /** The pub/sub channel of the room's commits. Not a key. */
  String feed() {
    return prefix + "feed";
  }

  /**
   * Never there. A node that gives up the room's slot sends away what names a key that it has not,
   * so a script that names this one, and writes, is not begun there: it would be stopped half-way
   * at the first key that it finds gone, or has emptied itself.
   */
  byte[] nowhere() {
    return key("nowhere");
  }

  /** Hash: epoch, rev, seq, counters, boost; how long the room is kept, see commit/keep.lua. */
  byte[] head() {
    return key("head");
  }

  /** Stream: a {@link CommitRecord} under each {@code epoch-revision}. */
  byte[] stream() {
    return key("stream");
  }

  /** List of the newest numbered events: the sender's rank or {@code -}, then JSON. */
  byte[] history() {
    return key("history");
  }

  /** Hash: setting to value, as in the protocol. */
  byte[] settings() {
    return key("settings");
  }

  /** Hash: viewer to balance. */
  byte[] points() {
    return key("points");
  }

  /** Hash: viewer to growth. */
  byte[] growth() {
    return key("growth");
  }

  /**
   * Hash: {@code viewer|reason} to what multiplying left over, in 1/10000 points, and {@code
   * viewer|taps} to the taps that wait for an award; {@code viewer|watched} to all milliseconds
   * watched, {@code viewer|spoken} once they said something; of orders what purchases.lua says.
   */
  byte[] carry() {
    return key("carry");
  }

  /** Hash: viewer to the end of the last span watched, and the milliseconds not yet awarded. */
  byte[] watch() {
    return key("watch");
  }

  /** Hash: node to its connections and when it said so. */
  byte[] online() {
    return key("online");
  }

  /** Hash: viewer to the role and name last seen. */
  byte[] viewers() {
    return key("viewers");
  }

  /** Hash: viewer to until when they may not speak, -1 for good. */
  byte[] mutes() {
    return key("mutes");
  }

  /** Hash: the ref of a grant to its digest and outcome. */
  byte[] grants() {
    return key("grants");
  }

  /** Hash: sender and id of a granted danmaku to its digest and outcome, two buckets long. */
  byte[] saidIds(long bucket) {
    return key("ids:d:" + bucket);
  }

  /** Hash: as {@link #saidIds}, of everything else that has an id. */
  byte[] ids(long bucket) {
    return key("ids:r:" + bucket);
  }

  /**
   * Hash: {@code class ref} to {@code at delta growth base reason}. A capped reason is a class with
   * one line a day, whose base points are what its cap counts. Numbers its lines, see
   * ledger_lines.lua.
   */
  byte[] ledger(ViewerId viewer) {
    return key(LEDGER + viewer.value());
  }

  /**
   * Hash: viewer to their whole ledger as one text, see ledger_lines.lua, of a room that may
   * expire; else, and once their balance changes, they have a {@link #ledger}.
   */
  byte[] briefLedgers() {
    return key("ledgers");
  }

  /** Taps counted of one connection; for a day, or some minutes after its last. */
  byte[] taps(String connection) {
    return key("taps:" + connection);
  }

  /**
   * Sorted set of what is due, by when: {@code sale ID} to turn, {@code order ID} to expire, {@code
   * orders ID} of a cancelled sale to unwind, {@code lottery ID} to lock and draw, or a cancelled
   * one to be told, {@code costs ID} of a cancelled lottery to give back.
   */
  byte[] deadlines() {
    return key("deadlines");
  }

  /**
   * Sorted set of what is due and cannot be settled because a record cannot be read, by since when:
   * its deadline is put off again and again, and goes on once the record is put right.
   */
  byte[] passedOver() {
    return key("deadlines:passed");
  }

  /** Set: {@code sale ID} until its time is over, {@code lottery ID} until it is drawn. */
  byte[] active() {
    return key("active");
  }

  /** Hash: sale to what never changes of it, see sale.lua. */
  byte[] offers() {
    return key("offers");
  }

  /** Hash: sale to how it stands, see sale.lua. */
  byte[] sales() {
    return key("sales");
  }

  /**
   * Hash: viewer who was ever given an order in a sale to units held, orders expired, orders
   * cancelled, and until when no click of theirs is granted.
   */
  byte[] buyers(String sale) {
    return key("sale:" + sale + ":buyers");
  }

  /** Hash: order to what order.lua says. */
  byte[] orders() {
    return key("orders");
  }

  /** List of the ids of all orders, oldest first. */
  byte[] ordersLog() {
    return key("orders:log");
  }

  /** Hash: viewer to the id of their newest order, which names the one before it. */
  byte[] lastOrders() {
    return key("orders:last");
  }

  /** Hash: paymentRef to the id of the order that it paid. */
  byte[] payments() {
    return key("payments");
  }

  /** Hash: viewer to when they last spoke in slow mode; for a day after the last of them did. */
  byte[] spoken() {
    return key("spoken");
  }

  /** Hash: lottery to what never changes of it, see lottery.lua. */
  byte[] raffles() {
    return key("raffles");
  }

  /** Hash: lottery to how it stands, see lottery.lua. */
  byte[] lotteries() {
    return key("lotteries");
  }

  /** Hash: viewer to weight, of the open lottery; the lock renames it to {@link #tickets}. */
  byte[] openTickets() {
    return key("tickets");
  }

  /**
   * Hash: viewer to weight, of a lottery that is locked or drawn; of a cancelled one, who is owed.
   */
  byte[] tickets(String lottery) {
    return key("lottery:" + lottery + ":tickets");
  }

  /** Hash: viewer to taps since the open lottery, entered by likes, opened. */
  byte[] lotteryTaps() {
    return key("tickets:taps");
  }

  /** Hash: viewer to the lotteries they entered, those that are active among them. */
  byte[] entered() {
    return key("entered");
  }

  /** Hash: counters for the streamer, see commit/figures.lua. */
  byte[] figures() {
    return key("figures");
  }

  /** A key of an activity: its module's, or one of its things. */
  byte[] ofKind(String kind, String name) {
    return key(kind + ':' + name);
  }

  /** A pattern of SCAN for the ledgers of all viewers. */
  byte[] ledgers() {
    return key(LEDGER + "*");
  }

  /** Whose ledger it is, of a key that the pattern found; perhaps no viewer's id. */
  String viewerOfLedger(byte[] key) {
    return new String(key, ISO_8859_1).substring(prefix.length() + LEDGER.length());
  }

  private byte[] key(String name) {
    return bytes(prefix + name);
  }

  private static byte[] bytes(String ascii) {
    return ascii.getBytes(ISO_8859_1);
  }
}
