package barrage.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import barrage.core.Entry;
import barrage.core.RoomId;
import barrage.core.ViewerId;
import java.util.Optional;

/**
 * Every key of a room, what it holds, and how long it lives. All of them share the hash tag {@code
 * {room}}, so that a room is one slot of a Redis Cluster and one script may touch all of it.
 */
final class Keys {
  /** Milliseconds of a bucket of remembered danmaku. */
  static final long SAID_BUCKET_MS = 10 * 60_000L;

  /** Milliseconds of a bucket of everything else remembered. */
  static final long ALL_BUCKET_MS = 24 * 3_600_000L;

  /** Seconds that a room lives which was opened and never written to. */
  static final long UNKEPT_S = 24 * 3_600L;

  /** The scripts' lifetimes: seconds, unless they say otherwise. */
  static final byte[] LIFETIMES =
      bytes(
          "{\"saidIds\":"
              + (2 * SAID_BUCKET_MS / 1_000 + 60)
              + ",\"ids\":"
              + (2 * ALL_BUCKET_MS / 1_000 + 3_600)
              + ",\"taps\":86400,\"lastTaps\":600,\"unkept\":"
              + UNKEPT_S
              + ",\"presenceMs\":"
              + Entry.Presence.LIVES_MS
              // Two nodes that each wait a millisecond for every commit make it 5 s of commits.
              + ",\"streamLength\":10000}");

  /** For what is asked of Redis rather than of a room. Never there. */
  static final byte[] ANYWHERE = bytes("{barrage}");

  private static final String BUYERS = ":buyers";

  private final String prefix;

  Keys(RoomId room) {
    prefix = "{" + room.value() + "}:";
  }

  /** The pub/sub channel of the room's commits. Not a key. */
  String feed() {
    return prefix + "feed";
  }

  /** Hash: epoch, rev, seq, counters, boost. */
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
   * viewer|taps} to the taps that wait for an award.
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
   * one line a day, whose base points are what its cap counts.
   */
  byte[] ledger(ViewerId viewer) {
    return key("ledger:" + viewer.value());
  }

  /** Taps counted of one connection; for a day, or some minutes after its last. */
  byte[] taps(String connection) {
    return key("taps:" + connection);
  }

  /** Hash: what a sale is, its counters, and how many orders it ever had. */
  byte[] sale(String sale) {
    return key("sale:" + sale);
  }

  /** Hash: viewer to the units they hold of a sale, and how many of their orders expired. */
  byte[] buyers(String sale) {
    return key("sale:" + sale + BUYERS);
  }

  /** Hash: order to its words. The nth order of a sale is {@code <sale>-<n>}. */
  byte[] orders() {
    return key("orders");
  }

  /** A pattern of SCAN for all keys of the room. */
  byte[] pattern() {
    return key("*");
  }

  /** The viewer whose {@link #ledger} it is; empty when it is another key. */
  Optional<String> viewerOfLedger(byte[] key) {
    return after("ledger:", key);
  }

  /** The sale whose {@link #sale} it is; empty when it is another key. */
  Optional<String> saleOf(byte[] key) {
    return after("sale:", key).filter(sale -> !sale.endsWith(BUYERS));
  }

  private Optional<String> after(String name, byte[] key) {
    String start = prefix + name;
    String text = new String(key, ISO_8859_1);
    return text.startsWith(start) ? Optional.of(text.substring(start.length())) : Optional.empty();
  }

  private byte[] key(String name) {
    return bytes(prefix + name);
  }

  private static byte[] bytes(String ascii) {
    return ascii.getBytes(ISO_8859_1);
  }
}
