package barrage.redis;

import static barrage.redis.Batches.TERMS;
import static barrage.redis.Batches.await;
import static barrage.redis.Batches.commit;
import static barrage.redis.Batches.outcome;
import static barrage.redis.Batches.say;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.core.Outcome;
import barrage.core.RoomId;
import barrage.room.Store;
import barrage.room.StoreAwayException;
import io.lettuce.core.RedisException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

/**
 * What AwayTest shows of our own Redis, of one that others run: by its address, and by Sentinel.
 */
final class ManagedRedisTest {
  @TempDir private Path dir;
  private final RoomId room = RedisFixture.freshRoom();
  private RedisProcess redis;

  @BeforeEach
  void start() throws IOException {
    redis = RedisProcess.start(dir);
  }

  @AfterEach
  void stop() {
    redis.close();
  }

  @Test
  void byItsAddress_slowFlushedFrozenKilledAndEmptied_itServesAgainByItself() throws Exception {
    harm(redis.uri());
  }

  @Test
  void bySentinel_slowFlushedFrozenKilledAndEmptied_itServesAgainByItself() throws Exception {
    Path conf =
        Files.write(
            dir.resolve("sentinel.conf"),
            List.of(
                "sentinel monitor shop 127.0.0.1 " + redis.port() + " 1",
                "sentinel down-after-milliseconds shop 60000"));
    try (RedisProcess sentinel = RedisProcess.start(dir, conf.toString(), "--sentinel")) {
      harm("redis-sentinel://127.0.0.1:" + sentinel.port() + "#shop");
    }
  }

  private void harm(String uri) throws Exception {
    try (RedisStore store = RedisStore.connect(uri, "a")) {
      Collector heard = new Collector();
      await(store.follow(room, heard));

      // Slow: what is asked waits, and nothing is refused.
      assertEquals("OK", redis.ask("CLIENT", "PAUSE", "400"));
      List<CompletionStage<Store.Receipt>> receipts = new ArrayList<>();
      for (int i = 1; i <= 100; i++) {
        receipts.add(store.commit(room, List.of(say("v", "" + i, "text")), TERMS, 0, 0));
        if (i == 50) {
          redis.ask("SCRIPT", "FLUSH");
        }
      }
      receipts.forEach(Batches::await);
      assertFalse(store.isAway());

      redis.freeze();
      assertThrows(StoreAwayException.class, () -> commit(store, room, say("v", "101", "text")));
      assertTrue(store.isAway());
      redis.thaw();
      await().until(() -> !store.isAway());
      assertEquals(new Outcome.Said(101), outcome(store, room, say("v", "101", "text")));

      redis.kill();
      assertThrows(StoreAwayException.class, () -> commit(store, room, say("v", "102", "text")));
      redis.start();
      await().until(() -> !store.isAway());
      Store.Receipt before = commit(store, room, say("v", "102", "text"));
      assertEquals(List.of(new Outcome.Said(102)), before.outcomes());
      await().until(() -> heard.relinked.get() > 0);

      redis.ask("FLUSHALL");
      Store.Receipt after =
          await(
              store.commit(
                  room,
                  List.of(say("v", "102", "text")),
                  TERMS,
                  before.epoch(),
                  before.revision()));
      assertTrue(after.epoch() > before.epoch());
      assertEquals(List.of(new Outcome.Said(1)), after.outcomes());
      await().until(() -> heard.commits.stream().anyMatch(c -> c.epoch() == after.epoch()));
    }
  }

  @Test
  void whatItMayLose_isSaidAtTheStart() throws IOException {
    assertEquals(List.of(), warnings(0));
    redis.ask("CONFIG", "SET", "appendfsync", "everysec");
    assertEquals(
        List.of(
            "Redis has appendfsync everysec instead of always: a crash of Redis can lose what was"
                + " just answered"),
        warnings(1));
    redis.ask("CONFIG", "SET", "appendonly", "no");
    redis.ask("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
    assertEquals(3, warnings(3).size());
  }

  /** What a start says, once it has said so much. */
  private List<String> warnings(int expected) {
    try (Log log = new Log(DurabilityCheck.class);
        RedisStore store = RedisStore.connect(redis.uri(), "a")) {
      await(store.open(room)); // after the questions, on the same connection
      await().until(() -> log.said().size() >= expected);
      return List.copyOf(log.said());
    }
  }

  @Test
  void whyItStaysAway_isLogged_withoutThePassword() throws IOException {
    redis.ask("CONFIG", "SET", "requirepass", "opensesame");
    String uri = "redis://:opensesame@127.0.0.1:" + redis.port();
    try (Log log = new Log(Logger.ROOT_LOGGER_NAME);
        RedisSocket socket = new RedisSocket(redis.port());
        RedisStore store = RedisStore.connect(uri, "a")) {
      socket.ask("AUTH", "opensesame");
      socket.ask("CONFIG", "SET", "requirepass", "changed");
      socket.ask("CLIENT", "KILL", "TYPE", "normal");
      await().until(store::isAway);
      String here = "127.0.0.1/<unresolved>:" + redis.port() + "]";
      await()
          .until(
              () -> log.said().stream().anyMatch(m -> m.contains(here) && m.contains("WRONGPASS")));
      assertFalse(log.toString().contains("opensesame"), log::toString);
    }
  }

  @Test
  void oneThatDoesNotSayWhetherItIsTheFirst_isUsed_andWarnedOfOnce() throws IOException {
    redis.ask("ACL", "SETUSER", "plain", "on", ">secret", "~*", "&*", "+@all", "-info");
    try (Log log = new Log(Primary.class);
        RedisStore store =
            RedisStore.connect("redis://plain:secret@127.0.0.1:" + redis.port(), "a")) {
      commit(store, room, say("v", "1", "text"));
      redis.ask("CLIENT", "KILL", "TYPE", "normal");
      await()
          .ignoreException(StoreAwayException.class)
          .until(() -> outcome(store, room, say("v", "2", "text")).equals(new Outcome.Said(2)));
      assertEquals(1, log.said().size(), log::toString);
      assertTrue(log.toString().contains("a fail-over goes unnoticed: NOPERM"), log::toString);
    }
  }

  @Test
  void whatIsForNow_isNoLineage() throws IOException {
    try (RedisLink link =
        new RedisLink(
            Connections.open(redis.uri(), RedisTls.DEFAULT, "link-test", Replication.NONE))) {
      redis.ask("CONFIG", "SET", "lua-time-limit", "1");
      CompletableFuture<String> endless =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return redis.ask("EVAL", "while true do end", "0");
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      await().until(() -> redis.ask("PING").startsWith("-BUSY"));
      CompletionException busy = assertThrows(CompletionException.class, link::learnLineage);
      assertTrue(busy.getMessage().contains("BUSY"), busy::getMessage);
      assertEquals("OK", redis.ask("SCRIPT", "KILL"));
      assertTrue(endless.join().startsWith("-"));
      link.learnLineage();
    }
  }

  @Test
  void oneThatRefusesUs_saysWhyAtTheStart() throws IOException {
    redis.ask("ACL", "SETUSER", "plain", "on", ">opensesame", "~*", "&*", "+@all", "-time");
    assertTrue(refusal("plain:wrong").contains("WRONGPASS"));
    assertTrue(refusal("plain:opensesame").contains("NOPERM"));
  }

  private String refusal(String who) {
    String uri = "redis://" + who + "@127.0.0.1:" + redis.port();
    String why =
        String.valueOf(
            assertThrows(RedisException.class, () -> RedisStore.connect(uri, "a")).getMessage());
    assertEquals(1, why.lines().count(), why);
    assertFalse(why.contains(who.substring(who.indexOf(':'))), why);
    return why;
  }
}
