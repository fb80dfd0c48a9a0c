package barrage.redis;

import static barrage.redis.EntryArgs.flag;
import static barrage.redis.EntryArgs.number;
import static barrage.redis.EntryArgs.optional;
import static barrage.redis.EntryArgs.text;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import barrage.activity.StoreEntry;
import barrage.core.Danmaku;
import barrage.core.Entry;
import barrage.core.RequestKey;
import barrage.core.RoomSettings;
import barrage.core.Tier;
import barrage.core.ViewerId;
import barrage.wire.Messages;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A batch as commit.lua takes it: what stands in {@code kernel/call.lua}, from the other side. */
final class CommitCall {
  /** Keys and arguments that every call has. */
  private static final int KEYS = 40;

  private static final int ARGS = 16;

  private final Keys keys;
  private final List<Entry> entries;
  private final long knownEpoch;
  private final long knownRevision;
  private final Modules modules;
  private final Set<String> kinds = new LinkedHashSet<>();
  private final EntryArgs entryArgs = new EntryArgs();
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
    List<byte[]> all = new ArrayList<>(KEYS);
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
    entryArgs.addKeys(keys, all);
    all.addAll(modules.keys(kinds, keys));
    all.add(keys.nowhere());
    return all.toArray(byte[][]::new);
  }

  /**
   * @param deadlineMs the store's clock, from when on it is to do nothing
   */
  byte[][] args(Period period, byte[] terms, String lineage, long deadlineMs) {
    List<byte[]> all = new ArrayList<>(ARGS);
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
    entryArgs.addArgs(all);
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
      entryArgs.entry(
          "tap",
          entryArgs.viewer(tap.viewer()),
          entryArgs.key(keys.taps(tap.connection())),
          number(tap.total()),
          flag(tap.last()),
          flag(tap.role().isStaff()));
    } else if (entry instanceof Entry.Watched watched) {
      entryArgs.entry(
          "watched",
          entryArgs.viewer(watched.viewer()),
          number(watched.fromAgoMs()),
          number(watched.toAgoMs()));
    } else if (entry instanceof Entry.Presence presence) {
      entryArgs.entry("presence", text(presence.node()), number(presence.connections()));
    } else if (entry instanceof Entry.Look look) {
      entryArgs.entry("look", entryArgs.viewer(look.viewer()));
    } else if (entry instanceof Entry.Join join) {
      kinds.addAll(join.kinds());
      entryArgs.entry(
          "join",
          entryArgs.viewer(join.viewer().id()),
          text(join.viewer().role().wire() + " " + join.viewer().name()));
    } else if (entry instanceof Entry.Grant grant) {
      entryArgs.once(
          grant.key(),
          "grant",
          grant.viewer(),
          grant.delta(),
          grant.growth(),
          grant.reason(),
          grant.ref());
      entryArgs.entry(
          "grant",
          entryArgs.viewer(grant.viewer()),
          number(grant.delta()),
          number(grant.growth()),
          text(grant.reason()),
          text(grant.ref()));
    } else if (entry instanceof Entry.Boost boost) {
      entryArgs.once(boost.key(), "boost", boost.factor(), boost.durationMs());
      entryArgs.entry("boost", number(boost.factor()), number(boost.durationMs()));
    } else if (entry instanceof Entry.Mute mute) {
      entryArgs.once(mute.key(), "mute", mute.viewer(), mute.durationMs());
      entryArgs.entry("mute", entryArgs.viewer(mute.viewer()), number(mute.durationMs()));
    } else if (entry instanceof Entry.Delete delete) {
      entryArgs.entry("delete", number(delete.seq()));
    } else if (entry instanceof Entry.Configure configure) {
      RoomSettings.Patch patch = configure.patch();
      Tier minTier = patch.minTier();
      entryArgs.entry(
          "configure",
          optional(patch.slowModeMs()),
          optional(patch.membersOnly()),
          optional(minTier == null ? null : minTier.wire()),
          optional(patch.silenced()));
    } else if (entry instanceof StoreEntry ofKind) {
      timed = ofKind.isTimed();
      ofActivity(ofKind);
    } else if (SaleArgs.add(entryArgs, keys, entry) || LotteryArgs.add(entryArgs, keys, entry)) {
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
        args.add(entryArgs.viewer(of.viewer()));
      } else if (argument instanceof StoreEntry.OfKey of) {
        sorts.append('k');
        args.add(entryArgs.key(keys.ofKind(entry.kind(), of.name())));
      } else {
        sorts.append('b');
        args.add(((StoreEntry.OfBytes) argument).bytes());
      }
    }
    RequestKey key = entry.key();
    if (key != null) {
      entryArgs.once(key, content(entry));
    }
    args.add(0, text(sorts.toString()));
    entryArgs.entry(entry.kind() + '.' + entry.name(), args.toArray(byte[][]::new));
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
    entryArgs.once(say.key(), "say", danmaku.text(), danmaku.mode(), danmaku.color());
    byte[] tail = Messages.danmakuTail(sender, say.viewer().name(), danmaku);
    String lottery = say.lottery();
    if (lottery == null) {
      entryArgs.entry("say", entryArgs.viewer(sender), tail, flag(say.slowed()));
    } else {
      entryArgs.entry(
          "say_and_enter",
          entryArgs.viewer(sender),
          tail,
          flag(say.slowed()),
          text(lottery),
          flag(say.viewer().role().isStaff()));
    }
  }
}
