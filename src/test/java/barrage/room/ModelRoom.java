package barrage.room;

import static java.nio.charset.StandardCharsets.UTF_8;

import barrage.core.Danmaku;
import barrage.core.Entry;
import barrage.core.Outcome;
import barrage.core.Reason;
import barrage.core.RequestKey;
import barrage.core.Role;
import barrage.core.RoomSettings;
import barrage.core.Standing;
import barrage.core.Tier;
import barrage.wire.Messages;
import barrage.wire.Splice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One room as {@link Store} describes it and the scripts keep it, for danmaku alone: numbers,
 * revisions, epochs, remembered ids, a history and a stream; and what a fail-over makes of it.
 */
final class ModelRoom {
  private static final RoomSettings SETTINGS = RoomSettings.DEFAULT;

  /** A stream this short makes a room that missed more read anew. */
  private static final int STREAM = 40;

  private final List<Kept> history = new ArrayList<>();
  private final List<Commit> stream = new ArrayList<>();
  private final Map<RequestKey, Kept> granted = new HashMap<>();
  private final Map<String, Integer> online = new HashMap<>();
  private final Set<Long> epochs = new HashSet<>();
  private long epoch = 1;
  private long revision;
  private boolean failedOver;

  private record Kept(RequestKey key, Danmaku danmaku, Numbered event) {}

  /** What is answered, and published unless nothing happened. */
  record Applied(Store.Receipt receipt, List<Commit> published) {}

  Applied apply(List<Entry> entries, long nowMs, long knownEpoch, long knownRevision) {
    beginEpoch(nowMs, knownEpoch, knownRevision);
    List<Outcome> outcomes = new ArrayList<>();
    List<Numbered> events = new ArrayList<>();
    List<Commit.Notice> notices = new ArrayList<>();
    for (Entry entry : entries) {
      outcomes.add(apply(entry, nowMs, events, notices));
    }
    List<Commit> published = new ArrayList<>();
    if (!events.isEmpty() || !notices.isEmpty()) {
      Commit commit = new Commit(epoch, ++revision, nowMs, seq(), events, notices);
      stream.add(commit);
      published.add(commit);
    }
    return new Applied(
        new Store.Receipt(epoch, revision, nowMs, Store.Snapshot.NEVER, outcomes), published);
  }

  private Outcome apply(
      Entry entry, long nowMs, List<Numbered> events, List<Commit.Notice> notices) {
    if (entry instanceof Entry.Say say) {
      Kept before = granted.get(say.key());
      if (before != null) {
        return before.danmaku.equals(say.danmaku())
            ? new Outcome.Said(before.event.seq())
            : Outcome.Refused.of(Reason.CONFLICT);
      }
      byte[] head = Messages.danmakuHead(seq() + 1, nowMs, Tier.REGULAR);
      byte[] tail = Messages.danmakuTail(say.viewer().id(), say.viewer().name(), say.danmaku());
      byte[] json = new Splice(head.length + tail.length).json(head).json(tail).toBytes();
      Numbered event = new Numbered(seq() + 1, (byte) Tier.REGULAR.rank(), json);
      Kept kept = new Kept(say.key(), say.danmaku(), event);
      history.add(kept);
      granted.put(say.key(), kept);
      events.add(event);
      return new Outcome.Said(event.seq());
    } else if (entry instanceof Entry.Join join) {
      return new Outcome.Stands(join.viewer().name(), Role.VIEWER, Standing.NEWCOMER);
    } else if (entry instanceof Entry.Look look) {
      return new Outcome.Stands(look.viewer().value(), Role.VIEWER, Standing.NEWCOMER);
    } else if (entry instanceof Entry.Presence presence) {
      Integer before = online.put(presence.node(), presence.connections());
      if (before == null || before != presence.connections()) {
        notices.add(new Commit.Online(online.values().stream().mapToInt(n -> n).sum()));
      }
    }
    return Outcome.Done.DONE;
  }

  /** As epoch.lua. */
  private void beginEpoch(long nowMs, long knownEpoch, long knownRevision) {
    if (failedOver || knownEpoch > epoch || knownEpoch == epoch && knownRevision > revision) {
      failedOver = false;
      epoch = Math.max(nowMs, Math.max(epoch, knownEpoch) + 1);
      revision = 0;
      stream.clear();
      epochs.add(epoch);
    }
  }

  Store.Snapshot open(long nowMs, long knownEpoch, long knownRevision) {
    beginEpoch(nowMs, knownEpoch, knownRevision);
    return new Store.Snapshot(
        epoch,
        revision,
        seq(),
        nowMs,
        SETTINGS,
        0,
        online.values().stream().mapToInt(n -> n).sum(),
        seq(),
        100,
        0,
        events(Math.max(1, seq() - Store.Snapshot.TAIL + 1), Store.Snapshot.TAIL),
        List.of(),
        List.of(),
        Store.Snapshot.NEVER);
  }

  Store.Repair commitsAfter(long knownEpoch, long knownRevision, int atMost) {
    if (knownEpoch != epoch || knownRevision > revision || revision - knownRevision > STREAM) {
      return Store.Repair.impossible();
    }
    List<Commit> after =
        stream.stream().filter(commit -> commit.revision() > knownRevision).limit(atMost).toList();
    return new Store.Repair(true, after);
  }

  Store.History history(long fromSeq, int limit) {
    return new Store.History(epoch, seq(), events(fromSeq, limit));
  }

  Store.Head head() {
    return new Store.Head(epoch, revision);
  }

  long epoch() {
    return epoch;
  }

  /** All that ever began. */
  Set<Long> epochs() {
    return Set.copyOf(epochs);
  }

  /** The same on another Redis. */
  ModelRoom copy() {
    ModelRoom copy = new ModelRoom();
    copy.history.addAll(history);
    copy.stream.addAll(stream);
    copy.granted.putAll(granted);
    copy.online.putAll(online);
    copy.epochs.addAll(epochs);
    copy.epoch = epoch;
    copy.revision = revision;
    copy.failedOver = failedOver;
    return copy;
  }

  long seq() {
    return history.size();
  }

  /** All that is kept, as JSON. */
  List<String> story() {
    return history.stream().map(kept -> new String(kept.event.json(), UTF_8)).toList();
  }

  private List<Numbered> events(long fromSeq, int limit) {
    return history.stream().skip(fromSeq - 1).limit(limit).map(Kept::event).toList();
  }

  /** Another becomes the primary, which lacks the last commits. */
  void failOver(int commitsLost) {
    failedOver = true;
    for (int i = 0; i < commitsLost && !stream.isEmpty(); i++) {
      Commit lost = stream.remove(stream.size() - 1);
      revision = lost.revision() - 1;
      for (int j = lost.events().size(); j > 0; j--) {
        granted.remove(history.remove(history.size() - 1).key());
      }
    }
  }
}
