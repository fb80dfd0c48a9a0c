package barrage.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import barrage.core.LedgerEntry;
import barrage.core.Outcome;
import barrage.room.Commit;
import barrage.room.Numbered;
import barrage.room.Store;
import io.lettuce.core.KeyValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads what Redis answers: the "Returns" of each script, and what plain commands give. */
final class Answers {
  static final byte[] EPOCH = "epoch".getBytes(ISO_8859_1);
  static final byte[] REVISION = "rev".getBytes(ISO_8859_1);

  private Answers() {}

  /** Empty when the batch was stale. */
  static Optional<Store.Receipt> receipt(List<Object> reply) {
    if (reply.size() == 1) {
      return Optional.empty();
    }
    List<Outcome> outcomes = new ArrayList<>(reply.size() - 4);
    for (Object outcome : reply.subList(4, reply.size())) {
      outcomes.add(Outcomes.read((byte[]) outcome));
    }
    return Optional.of(
        new Store.Receipt(
            number(reply, 1), number(reply, 2), number(reply, 0), nextDue(reply, 3), outcomes));
  }

  static Store.Snapshot snapshot(List<Object> reply) {
    long nowMs = number(reply, 0);
    long seq = number(reply, 3);
    long boostUntilMs = number(reply, 7);
    boolean boosted = boostUntilMs > nowMs;
    List<Object> elements = list(reply, 10);
    return new Store.Snapshot(
        number(reply, 1),
        number(reply, 2),
        seq,
        nowMs,
        CommitRecord.settings(new Words((byte[]) reply.get(9))),
        number(reply, 4),
        number(reply, 8),
        number(reply, 5),
        boosted ? Math.toIntExact(number(reply, 6)) : 100,
        boosted ? boostUntilMs : 0,
        numbered(seq - elements.size() + 1, elements),
        texts(reply, 11),
        texts(reply, 12),
        nextDue(reply, 13));
  }

  static Store.History history(List<Object> reply) {
    return new Store.History(
        number(reply, 0), number(reply, 1), numbered(number(reply, 2), list(reply, 3)));
  }

  static Store.Repair repair(List<Object> reply) {
    if (number(reply, 0) == 0) {
      return Store.Repair.impossible();
    }
    List<Commit> commits = new ArrayList<>();
    for (Object commit : list(reply, 1)) {
      commits.add(CommitRecord.read((byte[]) commit));
    }
    return new Store.Repair(true, commits);
  }

  /** A ledger's hash, see {@link Keys#ledger}. */
  static List<LedgerEntry> ledger(Map<byte[], byte[]> lines) {
    List<LedgerEntry> ledger = new ArrayList<>(lines.size());
    lines.forEach(
        (field, line) -> {
          Words name = new Words(field);
          name.word(); // the class, which the reason tells as well
          Words words = new Words(line);
          long atMs = words.number();
          long delta = words.number();
          long growth = words.number();
          words.number(); // base points are the cap's business
          ledger.add(new LedgerEntry(atMs, delta, growth, words.rest(), name.rest()));
        });
    ledger.sort(Comparator.comparingLong(LedgerEntry::atMs).thenComparing(LedgerEntry::ref));
    return ledger;
  }

  /** Epoch and revision; empty when there is no such room. */
  static Optional<Store.Head> head(List<KeyValue<byte[], byte[]>> reply) {
    return reply.get(0).hasValue()
        ? Optional.of(
            new Store.Head(
                new Words(reply.get(0).getValue()).number(),
                reply.get(1).hasValue() ? new Words(reply.get(1).getValue()).number() : 0))
        : Optional.empty();
  }

  /** Seconds and microseconds as milliseconds. */
  static long time(List<byte[]> time) {
    return new Words(time.get(0)).number() * 1_000 + new Words(time.get(1)).number() / 1_000;
  }

  private static long nextDue(List<Object> reply, int index) {
    long dueMs = number(reply, index);
    return dueMs < 0 ? Store.Snapshot.NEVER : dueMs;
  }

  static long number(List<Object> reply, int index) {
    return (Long) reply.get(index);
  }

  private static List<Numbered> numbered(long firstSeq, List<Object> elements) {
    List<Numbered> events = new ArrayList<>(elements.size());
    for (Object element : elements) {
      events.add(CommitRecord.element(firstSeq + events.size(), (byte[]) element));
    }
    return events;
  }

  private static List<byte[]> texts(List<Object> reply, int index) {
    List<byte[]> texts = new ArrayList<>();
    for (Object text : list(reply, index)) {
      texts.add((byte[]) text);
    }
    return texts;
  }

  @SuppressWarnings("unchecked")
  static List<Object> list(List<Object> reply, int index) {
    return (List<Object>) reply.get(index);
  }
}
