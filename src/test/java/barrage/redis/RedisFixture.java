package barrage.redis;

import barrage.TemporaryFolder;
import barrage.core.RoomId;
import io.lettuce.core.Range;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** One embedded Redis for all tests of a process, stopped and removed at its end. */
public final class RedisFixture {
  private static final EmbeddedRedis REDIS = start();

  private RedisFixture() {}

  /** For {@link RedisStore#connect}. */
  public static String uri() {
    return REDIS.uri();
  }

  /** A room that nobody else uses. */
  public static RoomId freshRoom() {
    return new RoomId("room-" + UUID.randomUUID());
  }

  /** Loses a room, as a Redis that was emptied does. */
  public static void forget(RoomId room) {
    RedisClient client = RedisClient.create(uri());
    try (StatefulRedisConnection<String, String> redis = client.connect()) {
      redis.sync().del(redis.sync().keys("{" + room + "}*").toArray(String[]::new));
    } finally {
      client.shutdown(0, 1, TimeUnit.SECONDS);
    }
  }

  /** How long it takes now to go over all fields of a hash of a room in one command. */
  public static long microsOfReadingAll(RoomId room, String hash) {
    String loop =
        "local all, sum = redis.call('HGETALL', KEYS[1]), 0"
            + " for i = 2, #all, 2 do sum = sum + tonumber(all[i]) end return sum";
    try (RedisSocket redis = socket()) {
      long start = System.nanoTime();
      redis.ask("EVAL", loop, "1", "{" + room + "}:" + hash);
      return TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - start);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** From now on commands that keep Redis busy for so many microseconds are noted. */
  public static void forgetSlowCommands(long slowUs) {
    try (RedisSocket redis = socket()) {
      redis.ask("CONFIG", "SET", "slowlog-log-slower-than", Long.toString(slowUs));
      redis.ask("SLOWLOG", "RESET");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Those noted since. */
  public static long slowCommands() {
    try (RedisSocket redis = socket()) {
      return Long.parseLong(redis.ask("SLOWLOG", "LEN"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The keys of a room in which a text stands, whatever they hold. */
  public static List<String> keysWith(RoomId room, String text) {
    RedisClient client = RedisClient.create(uri());
    try (StatefulRedisConnection<String, String> connection = client.connect()) {
      RedisCommands<String, String> redis = connection.sync();
      return redis.keys("{" + room + "}:*").stream()
          .filter(key -> contents(redis, key).contains(text))
          .toList();
    } finally {
      client.shutdown();
    }
  }

  private static String contents(RedisCommands<String, String> redis, String key) {
    return switch (redis.type(key)) {
      case "hash" -> redis.hgetall(key).toString();
      case "list" -> redis.lrange(key, 0, -1).toString();
      case "set" -> redis.smembers(key).toString();
      case "zset" -> redis.zrange(key, 0, -1).toString();
      case "stream" -> redis.xrange(key, Range.unbounded()).toString();
      default -> redis.get(key);
    };
  }

  /** For commands that no store gives. */
  static RedisSocket socket() throws IOException {
    return socket(REDIS);
  }

  static RedisSocket socket(EmbeddedRedis redis) throws IOException {
    URI uri = URI.create(redis.uri());
    RedisSocket socket = new RedisSocket(uri.getPort());
    socket.ask("AUTH", uri.getUserInfo().substring(1));
    return socket;
  }

  private static EmbeddedRedis start() {
    try {
      TemporaryFolder folder = TemporaryFolder.create("barrage-redis");
      EmbeddedRedis redis = EmbeddedRedis.start(folder.path(), "tests");
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    redis.close();
                    stop(redis);
                    folder.close();
                  }));
      return redis;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A store that some test has not closed would keep it running. */
  private static void stop(EmbeddedRedis redis) {
    try (RedisSocket socket = socket(redis)) {
      socket.ask("SHUTDOWN", "NOSAVE");
    } catch (IOException e) {
      // It has stopped already, or this was its only answer.
    }
  }
}
