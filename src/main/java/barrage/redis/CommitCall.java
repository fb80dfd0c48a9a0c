package barrage.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import barrage.activity.StoreEntry;
import barrage.core.Danmaku;
import barrage.core.Entry;
import barrage.core.RequestKey;
import barrage.core.RoomSettings;
import barrage.core.Tier;
import barrage.core.ViewerId;
import barrage.wire.Messages;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A batch as commit.lua takes it: what stands in {@code kernel/call.lua}, from the other side. */
final class CommitCall {
  /** Bytes of the digest by which a repeat with another content is told from a true one. */
  private static final int DIGEST_BYTES = 12;

  private static final ThreadLocal<MessageDigest> SHA_256 =
      ThreadLocal.withInitial(
          () -> {
            try {
              return MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
              throw new AssertionError("every Java has SHA-256", e);
            }
          });

  private static final byte[] NOTHING = {};

  private final Keys keys;
  private final List<Entry> entries;
  private final long knownEpoch;
  private final long knownRevision;
  private final Modules modules;
  private final Set<String> kinds = new LinkedHashSet<>();
  private final Map<ViewerId, byte[]> viewers = new LinkedHashMap<>();
  private final Map<String, byte[]> extraKeys = new LinkedHashMap<>();
  private final List<byte[]> ids = new ArrayList<>();
  private final List<byte[]> digests = new ArrayList<>();
  private final List<byte[]> entryArgs = new ArrayList<>();
  private final BitSet promises = new BitSet();
  private boolean timed;

  CommitCall(Keys keys, Modules modules, List<Entry> entries, long knownEpoch, long knownRevision) {
    this(keys, modules, entries, knownEpoch, knownRevision, false);
  }

  /**
   * @param promised whether all entries are answered when replicas have them, of whatever kind
   */
  private CommitCall(
      Keys keys,
      Modules modules,
      List<Entry> entries,
      long knownEpoch,
      long knownRevision,
      boolean promised) {
    this.keys = keys;
    this.modules = modules;
    this.entries = entries;
    this.knownEpoch = knownEpoch;
    this.knownRevision = knownRevision;
    for (int i = 0; i < entries.size(); i++) {
      boolean before = timed;
      timed = false;
      add(entries.get(i));
      promises.set(i, promised || isPromise(entries.get(i)));
      timed |= before;
    }
  }

  /** All that somebody asked for but danmaku, and what is due; of activities what says so. */
  private static boolean isPromise(Entry entry) {
    if (entry instanceof Entry.OfActivity ofActivity) {
      return ofActivity.isPromised();
    }
    return !(entry instanceof Entry.Say
        || entry instanceof Entry.Tap
        || entry instanceof Entry.Watched
        || entry instanceof Entry.Presence
        || entry instanceof Entry.Look
        || entry instanceof Entry.Join);
  }

  /** What decides it: the kernel, and the modules of the kinds that it concerns. */
  Script script() {
    return modules.commit(kinds);
  }

  byte[][] keys(Period period) {
    List<byte[]> all = new ArrayList<>(32 + viewers.size() + extraKeys.size());
    all.add(keys.head());
    all.add(keys.stream());
    all.add(keys.history());
    all.add(keys.settings());
    all.add(keys.points());
    all.add(keys.growth());
    all.add(keys.carry());
    all.add(keys.watch());
    all.add(keys.online());
    all.add(keys.viewers());
    all.add(keys.mutes());
    all.add(keys.grants());
    all.add(keys.saidIds(period.saidBucket()));
    all.add(keys.saidIds(period.saidBucket() - 1));
    all.add(keys.ids(period.allBucket()));
    all.add(keys.ids(period.allBucket() - 1));
    all.add(keys.deadlines());
    all.add(keys.active());
    all.add(keys.offers());
    all.add(keys.sales());
    all.add(keys.orders());
    all.add(keys.ordersLog());
    all.add(keys.lastOrders());
    all.add(keys.raffles());
    all.add(keys.lotteries());
    all.add(keys.openTickets());
    all.add(keys.lotteryTaps());
    all.add(keys.entered());
    all.add(keys.figures());
    all.add(keys.passedOver());
    all.add(keys.briefLedgers());
    all.add(keys.payments());
    all.add(keys.spoken());
    for (ViewerId viewer : viewers.keySet()) {
      all.add(keys.ledger(viewer));
    }
    for (String key : extraKeys.keySet()) {
      all.add(text(key));
    }
    all.addAll(modules.keys(kinds, keys));
    all.add(keys.nowhere());
    return all.toArray(byte[][]::new);
  }

  /**
   * @param deadlineMs the store's clock, from when on it is to do nothing
   */
  byte[][] args(Period period, byte[] terms, String lineage, long deadlineMs) {
    List<byte[]> all = new ArrayList<>(13 + 2 * ids.size() + viewers.size() + entryArgs.size());
    all.add(text(keys.feed()));
    all.add(number(knownEpoch));
    all.add(number(knownRevision));
    all.add(number(period.fromMs()));
    all.add(number(period.toMs()));
    all.add(text(period.day()));
    all.add(terms);
    all.add(Keys.LIFETIMES);
    all.add(text(lineage));
    all.add(number(deadlineMs));
    all.add(number(ids.size()));
    all.addAll(ids);
    all.addAll(digests);
    all.add(number(viewers.size()));
    for (ViewerId viewer : viewers.keySet()) {
      all.add(text(viewer.value()));
    }
    all.addAll(entryArgs);
    return all.toArray(byte[][]::new);
  }

  /** Whether something may be due later because of it. */
  boolean isTimed() {
    return timed;
  }

  /** Some of its entries once more, to be answered when replicas have what comes of them. */
  CommitCall again(BitSet some) {
    return new CommitCall(
        keys,
        modules,
        some.stream().mapToObj(entries::get).toList(),
        knownEpoch,
        knownRevision,
        true);
  }

  /** The entries that are answered when replicas have them. */
  BitSet promises() {
    return promises;
  }

  private void add(Entry entry) {
    if (entry instanceof Entry.Say say) {
      say(say);
    } else if (entry instanceof Entry.Tap tap) {
      entry(
          "tap",
          viewer(tap.viewer()),
          key(keys.taps(tap.connection())),
          number(tap.total()),
          flag(tap.last()),
          flag(tap.role().isStaff()));
    } else if (entry instanceof Entry.Watched watched) {
      entry(
          "watched",
          viewer(watched.viewer()),
          number(watched.fromAgoMs()),
          number(watched.toAgoMs()));
    } else if (entry instanceof Entry.Presence presence) {
      entry("presence", text(presence.node()), number(presence.connections()));
    } else if (entry instanceof Entry.Look look) {
      entry("look", viewer(look.viewer()));
    } else if (entry instanceof Entry.Join join) {
      kinds.addAll(join.kinds());
      entry(
          "join",
          viewer(join.viewer().id()),
          text(join.viewer().role().wire() + " " + join.viewer().name()));
    } else if (entry instanceof Entry.Grant grant) {
      once(
          grant.key(),
          "grant",
          grant.viewer(),
          grant.delta(),
          grant.growth(),
          grant.reason(),
          grant.ref());
      entry(
          "grant",
          viewer(grant.viewer()),
          number(grant.delta()),
          number(grant.growth()),
          text(grant.reason()),
          text(grant.ref()));
    } else if (entry instanceof Entry.Boost boost) {
      once(boost.key(), "boost", boost.factor(), boost.durationMs());
      entry("boost", number(boost.factor()), number(boost.durationMs()));
    } else if (entry instanceof Entry.Mute mute) {
      once(mute.key(), "mute", mute.viewer(), mute.durationMs());
      entry("mute", viewer(mute.viewer()), number(mute.durationMs()));
    } else if (entry instanceof Entry.Delete delete) {
      entry("delete", number(delete.seq()));
    } else if (entry instanceof Entry.Configure configure) {
      RoomSettings.Patch patch = configure.patch();
      Tier minTier = patch.minTier();
      entry(
          "configure",
          optional(patch.slowModeMs()),
          optional(patch.membersOnly()),
          optional(minTier == null ? null : minTier.wire()),
          optional(patch.silenced()));
    } else if (entry instanceof StoreEntry ofKind) {
      timed = ofKind.isTimed();
      ofActivity(ofKind);
    } else if (SaleArgs.add(this, keys, entry) || LotteryArgs.add(this, keys, entry)) {
      timed = true;
    } else {
      throw new IllegalArgumentException("unknown entry " + entry.getClass());
    }
  }

  /** As kernel/modules.lua takes it: what the arguments are, then the arguments. */
  private void ofActivity(StoreEntry entry) {
    kinds.add(entry.kind());
    StringBuilder sorts = new StringBuilder(entry.key() == null ? "-" : "k");
    List<byte[]> args = new ArrayList<>();
    for (StoreEntry.Argument argument : entry.arguments()) {
      if (argument instanceof StoreEntry.OfViewer of) {
        sorts.append('v');
        args.add(viewer(of.viewer()));
      } else if (argument instanceof StoreEntry.OfKey of) {
        sorts.append('k');
        args.add(key(keys.ofKind(entry.kind(), of.name())));
      } else {
        sorts.append('b');
        args.add(((StoreEntry.OfBytes) argument).bytes());
      }
    }
    RequestKey key = entry.key();
    if (key != null) {
      once(key, content(entry));
    }
    args.add(0, text(sorts.toString()));
    entry(entry.kind() + '.' + entry.name(), args.toArray(byte[][]::new));
  }

  private static Object[] content(StoreEntry entry) {
    List<Object> content = new ArrayList<>();
    content.add(entry.kind() + '.' + entry.name());
    for (StoreEntry.Argument argument : entry.content()) {
      content.add(
          argument instanceof StoreEntry.OfBytes of
              ? new String(of.bytes(), ISO_8859_1)
              : argument.toString());
    }
    return content.toArray();
  }

  private void say(Entry.Say say) {
    ViewerId sender = say.viewer().id();
    Danmaku danmaku = say.danmaku();
    // Whether it enters a lottery depends on when it comes: no part of what makes it a repeat.
    once(say.key(), "say", danmaku.text(), danmaku.mode(), danmaku.color());
    byte[] tail = Messages.danmakuTail(sender, say.viewer().name(), danmaku);
    String lottery = say.lottery();
    if (lottery == null) {
      entry("say", viewer(sender), tail, flag(say.slowed()));
    } else {
      entry(
          "say_and_enter",
          viewer(sender),
          tail,
          flag(say.slowed()),
          text(lottery),
          flag(say.viewer().role().isStaff()));
    }
  }

  /** The next entry, its arguments as the file of its kind says. */
  void entry(String kind, byte[]... args) {
    entryArgs.add(text(kind));
    entryArgs.addAll(Arrays.asList(args));
  }

  /** The next entry has this key, and this is what makes a repeat of it the same request. */
  void once(RequestKey key, Object... content) {
    ids.add(text(key.sender().value() + "\n" + key.id()));
    digests.add(digest(content));
  }

  /** A viewer's place among those of the batch, from 1. */
  byte[] viewer(ViewerId viewer) {
    byte[] known = viewers.get(viewer);
    if (known == null) {
      known = number(viewers.size() + 1);
      viewers.put(viewer, known);
    }
    return known;
  }

  /** A key's place among those that entries name, from 1. */
  byte[] key(byte[] key) {
    return extraKeys.computeIfAbsent(
        new String(key, UTF_8), unknown -> number(extraKeys.size() + 1));
  }

  private static byte[] digest(Object... content) {
    MessageDigest sha = SHA_256.get();
    for (Object part : content) {
      byte[] bytes = text(part.toString());
      sha.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
      sha.update(bytes);
    }
    return Arrays.copyOf(sha.digest(), DIGEST_BYTES);
  }

  static byte[] optional(@Nullable Object value) {
    return value == null ? NOTHING : text(value.toString());
  }

  static byte[] flag(boolean value) {
    return number(value ? 1 : 0);
  }

  static byte[] number(long value) {
    return text(Long.toString(value));
  }

  static byte[] text(String value) {
    return value.getBytes(UTF_8);
  }
}
