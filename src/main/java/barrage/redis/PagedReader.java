package barrage.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import barrage.room.StoreAwayException;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.KeyValue;
import io.lettuce.core.Limit;
import io.lettuce.core.MapScanCursor;
import io.lettuce.core.Range;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.ScoredValueScanCursor;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.ValueScanCursor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads what may be large in pages, so that Redis is never kept from its viewers for long. Blocks;
 * every method may fail with {@link StoreAwayException}. Text is ASCII, and other bytes come as one
 * character each.
 */
final class PagedReader {
  /** Things in a page. */
  static final int PAGE = 500;

  /** Commits, each of which may be a large batch. */
  private static final int STREAM_PAGE = 20;

  private final RedisLink link;

  PagedReader(RedisLink link) {
    this.link = link;
  }

  /** Every key that was there all the time, perhaps more than once. */
  void keys(byte[] pattern, Consumer<byte[]> each) {
    ScanArgs args = ScanArgs.Builder.matches(pattern).limit(PAGE);
    ScanCursor cursor = ScanCursor.INITIAL;
    while (!cursor.isFinished()) {
      ScanCursor from = cursor;
      KeyScanCursor<byte[]> page =
          await(link.send(Keys.ANYWHERE, redis -> redis.scan(from, args), found -> found));
      page.getKeys().forEach(each);
      cursor = page;
    }
  }

  /** Every field of a hash that was there all the time, perhaps more than once. */
  void hash(byte[] key, BiConsumer<String, byte[]> each) {
    ScanArgs args = ScanArgs.Builder.limit(PAGE);
    ScanCursor cursor = ScanCursor.INITIAL;
    while (!cursor.isFinished()) {
      ScanCursor from = cursor;
      MapScanCursor<byte[], byte[]> page =
          await(link.send(key, redis -> redis.hscan(key, from, args), found -> found));
      page.getMap().forEach((field, value) -> each.accept(text(field), value));
      cursor = page;
    }
  }

  /** Every member of a set that was there all the time, perhaps more than once. */
  void set(byte[] key, Consumer<String> each) {
    ScanArgs args = ScanArgs.Builder.limit(PAGE);
    ScanCursor cursor = ScanCursor.INITIAL;
    while (!cursor.isFinished()) {
      ScanCursor from = cursor;
      ValueScanCursor<byte[]> page =
          await(link.send(key, redis -> redis.sscan(key, from, args), found -> found));
      page.getValues().forEach(member -> each.accept(text(member)));
      cursor = page;
    }
  }

  /** The same of a sorted set. */
  void sortedSet(byte[] key, Consumer<String> each) {
    ScanArgs args = ScanArgs.Builder.limit(PAGE);
    ScanCursor cursor = ScanCursor.INITIAL;
    while (!cursor.isFinished()) {
      ScanCursor from = cursor;
      ScoredValueScanCursor<byte[]> page =
          await(link.send(key, redis -> redis.zscan(key, from, args), found -> found));
      page.getValues().forEach(member -> each.accept(text(member.getValue())));
      cursor = page;
    }
  }

  /** The elements of a list with their places, from 0; one that moves meanwhile may come twice. */
  void list(byte[] key, BiConsumer<Integer, byte[]> each) {
    for (int from = 0; ; from += PAGE) {
      int first = from;
      List<byte[]> page =
          await(link.send(key, redis -> redis.lrange(key, first, first + PAGE - 1), all -> all));
      for (int i = 0; i < page.size(); i++) {
        each.accept(from + i, page.get(i));
      }
      if (page.size() < PAGE) {
        return;
      }
    }
  }

  /** The first field of each entry of a stream, with its id. */
  void stream(byte[] key, BiConsumer<String, byte[]> each) {
    Range<String> rest = Range.unbounded();
    while (true) {
      Range<String> range = rest;
      List<StreamMessage<byte[], byte[]>> page =
          await(
              link.send(
                  key, redis -> redis.xrange(key, range, Limit.from(STREAM_PAGE)), found -> found));
      for (StreamMessage<byte[], byte[]> entry : page) {
        byte[] first = entry.getBody().values().stream().findFirst().orElse(new byte[0]);
        each.accept(entry.getId(), first);
      }
      if (page.size() < STREAM_PAGE) {
        return;
      }
      rest =
          Range.from(
              Range.Boundary.excluding(page.get(page.size() - 1).getId()),
              Range.Boundary.unbounded());
    }
  }

  /** Fields of a hash; {@code null} for one that is not there. */
  List<byte @Nullable []> fields(byte[] key, List<String> fields) {
    return await(ask(key, fields));
  }

  List<byte @Nullable []> fields(byte[] key, String... fields) {
    return fields(key, Arrays.asList(fields));
  }

  /**
   * Fields of many hashes, sent together.
   *
   * @param keys at most {@link #PAGE}
   * @param fields of each of them
   */
  List<List<byte @Nullable []>> fieldsOfEach(List<byte[]> keys, List<List<String>> fields) {
    List<CompletionStage<List<byte @Nullable []>>> sent = new ArrayList<>(keys.size());
    for (int i = 0; i < keys.size(); i++) {
      sent.add(ask(keys.get(i), fields.get(i)));
    }
    return sent.stream().map(PagedReader::await).toList();
  }

  boolean exists(byte[] key) {
    return await(link.send(key, redis -> redis.exists(key), count -> count > 0));
  }

  /** Whether a sorted set of what is due has this. */
  boolean isDue(byte[] key, String what) {
    return await(
        link.send(
            key, redis -> redis.zscore(key, bytes(what)), (@Nullable Double at) -> at != null));
  }

  List<Object> run(Script script, List<byte[]> keys, List<byte[]> args) {
    return await(
        link.run(script, keys.toArray(byte[][]::new), args.toArray(byte[][]::new), reply -> reply));
  }

  private CompletionStage<List<byte @Nullable []>> ask(byte[] key, List<String> fields) {
    byte[][] names = fields.stream().map(PagedReader::bytes).toArray(byte[][]::new);
    return link.send(
        key,
        redis -> redis.hmget(key, names),
        (List<KeyValue<byte[], byte[]>> found) -> {
          List<byte @Nullable []> values = new ArrayList<>(found.size());
          found.forEach(value -> values.add(value.getValueOrElse(null)));
          return values;
        });
  }

  /** Views of what is to be asked for, each as much as one call may be about. */
  static <T> List<List<T>> pages(List<T> all) {
    List<List<T>> pages = new ArrayList<>();
    for (int from = 0; from < all.size(); from += PAGE) {
      pages.add(all.subList(from, Math.min(all.size(), from + PAGE)));
    }
    return pages;
  }

  static String text(byte[] bytes) {
    return new String(bytes, ISO_8859_1);
  }

  static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  private static <T> T await(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof StoreAwayException away ? away : e;
    }
  }
}
