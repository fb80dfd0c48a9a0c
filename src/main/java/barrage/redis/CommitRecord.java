package barrage.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import barrage.activity.Notice;
import barrage.core.Order;
import barrage.core.RoomSettings;
import barrage.core.Tier;
import barrage.core.ViewerId;
import barrage.room.Commit;
import barrage.room.Numbered;
import barrage.wire.Messages;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A commit as commit.lua writes it, to the stream and to the feed alike, so that nobody has to
 * parse JSON in order to pass it on:
 *
 * <pre>
 * epoch revision at seq events notices LF
 * for each event:  length LF, then an element of history: the sender's rank or '-', and the JSON
 * for each notice: one line of words; free text comes last, as its length, LF and bytes
 * </pre>
 */
final class CommitRecord {
  private CommitRecord() {}

  /**
   * @throws IllegalArgumentException when it is no such record
   */
  static Commit read(byte[] source) {
    try {
      return read(new Words(source));
    } catch (IndexOutOfBoundsException | NegativeArraySizeException | ArithmeticException e) {
      throw new IllegalArgumentException("not a commit record", e);
    }
  }

  private static Commit read(Words words) {
    long epoch = words.number();
    long revision = words.number();
    long atMs = words.number();
    long seq = words.number();
    int eventCount = words.count();
    int noticeCount = words.count();
    List<Numbered> events = new ArrayList<>(eventCount);
    for (int i = 1; i <= eventCount; i++) {
      int length = words.count();
      byte rank = rank(words.octet());
      events.add(new Numbered(seq - eventCount + i, rank, words.bytes(length - 1)));
    }
    List<Commit.Notice> notices = new ArrayList<>(noticeCount);
    for (int i = 0; i < noticeCount; i++) {
      notices.add(notice(words));
    }
    return new Commit(epoch, revision, atMs, seq, events, notices);
  }

  /** An element of history that has this number; {@code null} when it cannot be read. */
  static @Nullable Numbered element(long seq, byte[] source) {
    int length = source.length;
    boolean readable =
        length > 2
            && (source[0] == '-' || (source[0] >= '0' && source[0] <= '3'))
            && source[1] == '{'
            && source[length - 1] == '}';
    return readable
        ? new Numbered(seq, rank(source[0]), Arrays.copyOfRange(source, 1, length))
        : null;
  }

  private static byte rank(byte prefix) {
    return prefix == '-' ? Numbered.NEVER_SHED : (byte) (prefix - '0');
  }

  private static Commit.Notice notice(Words words) {
    return switch (words.word()) {
      case "likes" -> new Commit.Likes(words.number());
      case "online" -> new Commit.Online(words.number());
      case "awarded" ->
          new Commit.Awarded(
              new ViewerId(words.word()),
              words.number(),
              words.number(),
              words.number(),
              new String(words.bytes(words.count()), UTF_8));
      case "muted" -> new Commit.MutedUntil(new ViewerId(words.word()), words.number());
      case "boosted" -> new Commit.Boosted(words.count(), words.number());
      case "changed" -> new Commit.Changed(settings(words));
      case "deleted" -> new Commit.Deleted(words.number());
      case "order" -> order(words);
      case "stock" -> new Commit.Stock(words.word(), words.number(), words.number());
      case "sale" -> new Commit.SaleChanged(words.word(), words.bytes(words.count()));
      case "lottery" -> new Commit.LotteryChanged(words.word(), words.bytes(words.count()));
      case "tell" -> new Commit.ToViewer(new ViewerId(words.word()), words.bytes(words.count()));
      case "thing" -> ofActivity(Notice.What.CHANGED, words);
      case "count" -> ofActivity(Notice.What.COUNT, words);
      case "news" -> ofActivity(Notice.What.NEWS, words);
      case "gone" ->
          new Commit.OfActivity(
              new Notice(words.word(), words.word(), Notice.What.GONE, new byte[0]));
      default -> throw new IllegalArgumentException("unknown notice");
    };
  }

  private static Commit.Notice ofActivity(Notice.What what, Words words) {
    return new Commit.OfActivity(
        new Notice(words.word(), words.word(), what, words.bytes(words.count())));
  }

  private static Commit.Notice order(Words words) {
    Order order = OrderWords.read(words);
    boolean given = words.number() == 1;
    String requestId = new String(words.bytes(words.count()), UTF_8);
    return new Commit.OrderChanged(
        order.viewer(), order.sale(), requestId, given, Messages.order(order));
  }

  /** Settings as words, in the order of the record's components. */
  static RoomSettings settings(Words words) {
    return new RoomSettings(
        words.number(), words.flag(), Tier.fromWire(words.word()).orElseThrow(), words.flag());
  }
}
