package barrage.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import barrage.activity.Thing;
import barrage.core.LedgerEntry;
import barrage.core.Outcome;
import barrage.core.Reason;
import barrage.room.Commit;
import barrage.room.Numbered;
import barrage.room.Store;
import barrage.room.StoreAwayException;
import io.lettuce.core.KeyValue;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/** Reads what Redis answers: the "Returns" of each script, and what plain commands give. */
final class Answers {
  static final byte[] EPOCH = "epoch".getBytes(ISO_8859_1);
  static final byte[] REVISION = "rev".getBytes(ISO_8859_1);

  private Answers() {}

  /**
   * Empty when the batch was stale.
   *
   * @throws StoreAwayException when it came too late
   */
  static Optional<Store.Receipt> receipt(List<Object> reply, UnreadableRecords unreadable) {
    refuseNewer(reply);
    if (reply.size() == 2) {
      throw new StoreAwayException("Redis was reached too late", true);
    }
    if (reply.size() == 1) {
      return Optional.empty();
    }
    List<Outcome> outcomes = new ArrayList<>(reply.size() - 4);
    List<Object> whole = withoutUnreadable(reply, unreadable);
    for (Object outcome : whole.subList(4, whole.size())) {
      outcomes.add(outcome((byte[]) outcome, unreadable));
    }
    return Optional.of(
        new Store.Receipt(
            number(reply, 1), number(reply, 2), number(reply, 0), nextDue(reply, 3), outcomes));
  }

  /** What was remembered of a request may be damaged; whoever repeats it is not told. */
  private static Outcome outcome(byte[] words, UnreadableRecords unreadable) {
    try {
      return Outcomes.read(words);
    } catch (IllegalArgumentException | IndexOutOfBoundsException | NoSuchElementException e) {
      unreadable.met("ids", "the outcome of a repeated request");
      return Outcome.Refused.of(Reason.UNAVAILABLE);
    }
  }

  /** Scripts tell in a list at the end what they could not read. */
  static List<Object> withoutUnreadable(List<Object> reply, UnreadableRecords unreadable) {
    int last = reply.size() - 1;
    if (last >= 0 && reply.get(last) instanceof List<?> met) {
      unreadable.met(met);
      return reply.subList(0, last);
    }
    return reply;
  }

  /** A room of a newer format is left alone; see format.lua. */
  private static void refuseNewer(List<Object> reply) {
    if (reply.size() == 2 && reply.get(1) instanceof Long known) {
      throw new NewerFormatException(known);
    }
  }

  static Store.Snapshot snapshot(List<Object> reply, Keys keys, UnreadableRecords unreadable) {
    refuseNewer(reply);
    if (reply.size() > 15) {
      unreadable.met(list(reply, 15));
    }
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
        numbered(seq - elements.size() + 1, elements, keys, unreadable),
        texts(reply, 11),
        texts(reply, 12),
        things(reply, 14),
        nextDue(reply, 13));
  }

  private static List<Thing> things(List<Object> reply, int index) {
    List<Thing> things = new ArrayList<>();
    for (Object each : list(reply, index)) {
      List<?> thing = (List<?>) each;
      things.add(
          new Thing(
              new String((byte[]) thing.get(0), ISO_8859_1),
              new String((byte[]) thing.get(1), ISO_8859_1),
              (byte[]) thing.get(2)));
    }
    return things;
  }

  static Store.History history(List<Object> reply, Keys keys, UnreadableRecords unreadable) {
    return new Store.History(
        number(reply, 0),
        number(reply, 1),
        numbered(number(reply, 2), list(reply, 3), keys, unreadable));
  }

  /**
   * A commit that cannot be read is one that is no longer kept.
   *
   * @param stream its key
   */
  static Store.Repair repair(List<Object> reply, byte[] stream, UnreadableRecords unreadable) {
    if (number(reply, 0) == 0) {
      return Store.Repair.impossible();
    }
    List<Commit> commits = new ArrayList<>();
    for (Object commit : list(reply, 1)) {
      try {
        commits.add(CommitRecord.read((byte[]) commit));
      } catch (IllegalArgumentException | NoSuchElementException e) {
        unreadable.met(new String(stream, ISO_8859_1), "");
        return Store.Repair.impossible();
      }
    }
    return new Store.Repair(true, commits);
  }

  /**
   * A page of a ledger; lines that cannot be read are left out.
   *
   * @param ledger its key
   */
  static Store.Ledger ledger(List<Object> reply, byte[] ledger, UnreadableRecords unreadable) {
    List<LedgerEntry> entries = new ArrayList<>(reply.size() / 2);
    for (int i = 1; i + 1 < reply.size(); i += 2) {
      byte[] field = (byte[]) reply.get(i);
      try {
        entries.add(ledgerEntry(new Words(field), new Words((byte[]) reply.get(i + 1))));
      } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
        unreadable.met(new String(ledger, ISO_8859_1), new String(field, ISO_8859_1));
      }
    }
    long next = number(reply, 0);
    return new Store.Ledger(entries, next < 0 ? null : next);
  }

  private static LedgerEntry ledgerEntry(Words field, Words line) {
    field.word(); // the class, which the reason tells as well
    long atMs = line.number();
    long delta = line.number();
    long growth = line.number();
    line.number(); // base points are the cap's business
    return new LedgerEntry(atMs, delta, growth, line.rest(), field.rest());
  }

  /**
   * Epoch and revision; empty when there is no such room. Where they cannot be read they are no
   * room's, so that whoever has it open reads it anew, and is told.
   */
  static Optional<Store.Head> head(List<KeyValue<byte[], byte[]>> reply) {
    if (!reply.get(0).hasValue()) {
      return Optional.empty();
    }
    try {
      long epoch = new Words(reply.get(0).getValue()).number();
      byte[] revision = reply.get(1).getValueOrElse(null);
      return Optional.of(
          new Store.Head(epoch, revision == null ? 0 : new Words(revision).number()));
    } catch (IllegalArgumentException e) {
      return Optional.of(new Store.Head(-1, 0));
    }
  }

  /** The same of head.lua. */
  static Optional<Store.Head> position(List<Object> reply) {
    return reply.isEmpty()
        ? Optional.empty()
        : Optional.of(new Store.Head(number(reply, 0), number(reply, 1)));
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

  /**
   * In the place of an event that cannot be read stands {@code unreadable}, for numbers have no
   * gaps.
   */
  private static List<Numbered> numbered(
      long firstSeq, List<Object> elements, Keys keys, UnreadableRecords unreadable) {
    List<Numbered> events = new ArrayList<>(elements.size());
    for (Object element : elements) {
      long seq = firstSeq + events.size();
      Numbered event = CommitRecord.element(seq, (byte[]) element);
      if (event == null) {
        unreadable.met(new String(keys.history(), ISO_8859_1), "event " + seq);
        event =
            new Numbered(
                seq,
                Numbered.NEVER_SHED,
                ("{\"type\":\"unreadable\",\"seq\":" + seq + "}").getBytes(ISO_8859_1));
      }
      events.add(event);
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
