package barrage.redis;

import static barrage.redis.Batches.TERMS;
import static barrage.redis.Batches.await;
import static barrage.redis.Batches.commit;
import static barrage.redis.Batches.outcome;
import static barrage.redis.Batches.say;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.Patience;
import barrage.core.Entry;
import barrage.core.Outcome;
import barrage.core.RoomId;
import barrage.room.Commit;
import barrage.room.Store;
import barrage.room.StoreAwayException;
import io.lettuce.core.RedisException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the store does when Redis, or what it remembers, goes away. */
class AwayTest {
  @TempDir private Path dir;
  private final RoomId room = RedisFixture.freshRoom();
  private EmbeddedRedis redis;
  private RedisStore store;

  @BeforeEach
  void start() throws IOException {
    redis = EmbeddedRedis.start(dir, "a");
    store = RedisStore.connect(redis.uri(), "a");
  }

  @AfterEach
  void stop() {
    store.close();
    redis.close();
  }

  @Test
  void scriptFlush_isNoticedByNobody() throws IOException {
    try (RedisSocket socket = RedisFixture.socket(redis)) {
      List<CompletionStage<Store.Receipt>> receipts = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        receipts.add(store.commit(room, List.of(say("v", "r" + i, "text")), TERMS, 0, 0));
        if (i % 20 == 10) {
          socket.ask("SCRIPT", "FLUSH");
          await(store.open(room));
        }
      }
      receipts.forEach(Batches::await);
      assertEquals(300, await(store.open(room)).seq());
    }
  }

  @Test
  void flushAll_beginsANewEpoch() throws IOException {
    Store.Receipt before = commit(store, room, say("v", "1", "one"));
    try (RedisSocket socket = RedisFixture.socket(redis)) {
      socket.ask("FLUSHALL");
    }
    assertFalse(await(store.commitsAfter(room, before.epoch(), before.revision())).possible());
    Store.Receipt after =
        await(
            store.commit(
                room, List.of(say("v", "1", "one")), TERMS, before.epoch(), before.revision()));
    assertTrue(after.epoch() > before.epoch());
    assertEquals(List.of(new Outcome.Said(1)), after.outcomes());
  }

  @Test
  void feedsLinkKilled_relinksAndLosesNothing() throws IOException {
    Collector heard = new Collector();
    await(store.follow(room, heard));
    long epoch = commit(store, room, say("v", "0", "text")).epoch();
    try (RedisSocket socket = RedisFixture.socket(redis)) {
      for (int i = 1; i <= 100; i++) {
        if (i == 50) {
          socket.ask("CLIENT", "KILL", "TYPE", "pubsub");
        }
        commit(store, room, say("v", "" + i, "text"));
      }
    }
    await().until(() -> heard.relinked.get() == 1);
    commit(store, room, say("v", "last", "text"));
    await().until(() -> heard.commits.get(heard.commits.size() - 1).revision() == 102);
    assertFalse(store.isAway());
    List<Long> revisions = new ArrayList<>(heard.commits.stream().map(Commit::revision).toList());
    long gapAfter =
        LongStream.range(1, 102).filter(r -> !revisions.contains(r + 1)).findFirst().orElse(101);
    List<Commit> repair = await(store.commitsAfter(room, epoch, gapAfter)).commits();
    assertEquals(
        LongStream.rangeClosed(gapAfter + 1, 102).boxed().toList(),
        repair.stream().map(Commit::revision).toList());
  }

  /** It greets, and then is cut off. */
  @Test
  void redisThatDoesNotAnswer_isNoneToStartWith() throws IOException {
    try (ServerSocket mute = new ServerSocket(0, 9, InetAddress.getLoopbackAddress())) {
      Thread greeter = new Thread(() -> greet(mute));
      greeter.setDaemon(true);
      greeter.start();
      String uri = "redis://127.0.0.1:" + mute.getLocalPort();
      RedisException fault = assertThrows(RedisException.class, () -> RedisStore.connect(uri, "a"));
      assertEquals("it does not answer", fault.getMessage());
    }
  }

  private static void greet(ServerSocket mute) {
    while (!mute.isClosed()) {
      try {
        Socket socket = mute.accept();
        Thread answers = new Thread(() -> answer(socket));
        answers.setDaemon(true);
        answers.start();
      } catch (IOException e) {
        // The test is over.
      }
    }
  }

  private static void answer(Socket socket) {
    byte[] buffer = new byte[4_096];
    try {
      for (int n = socket.getInputStream().read(buffer);
          n > 0;
          n = socket.getInputStream().read(buffer)) {
        String commands = new String(buffer, 0, n, ISO_8859_1);
        for (String command : commands.split("(?m)^\\*\\d+\r\n")) {
          if (command.contains("HELLO")) {
            socket.getOutputStream().write("-ERR unknown command\r\n".getBytes(ISO_8859_1));
          } else if (command.contains("CLIENT") || command.contains("PING")) {
            socket.getOutputStream().write("+OK\r\n".getBytes(ISO_8859_1));
          }
        }
      }
    } catch (IOException e) {
      // The client has given up.
    }
  }

  @Test
  void redisOutOfMemory_executesNothing() throws IOException {
    commit(store, room, say("v", "1", "one"));
    try (RedisSocket socket = RedisFixture.socket(redis)) {
      socket.ask("CONFIG", "SET", "maxmemory", "1");
      assertTrue(assertFailsWithin(2_000, say("v", "2", "two")).notExecuted());
      assertFalse(store.isAway());
      socket.ask("CONFIG", "SET", "maxmemory", "0");
    }
    assertEquals(new Outcome.Said(2), outcome(store, room, say("v", "2", "two")));
  }

  @Test
  void frozenRedis_failsFastAndComesBackByItself() throws Exception {
    commit(store, room, say("v", "1", "one"));
    signal("-STOP");
    try {
      StoreAwayException unknown = assertFailsWithin(2_000, say("v", "2", "two"));
      assertFalse(unknown.notExecuted());
      assertTrue(store.isAway());
      long start = System.nanoTime();
      for (int i = 0; i < 1_000; i++) {
        assertTrue(assertFailsWithin(2_000, say("v", "3", "three")).notExecuted());
      }
      // Not one of them waited for the store.
      Patience.assertInTime(Duration.ofSeconds(5), start);
    } finally {
      signal("-CONT");
    }
    await().until(() -> !store.isAway());
    // What was sent before is decided by now; what was refused never was.
    assertEquals(new Outcome.Said(2), outcome(store, room, say("v", "2", "two")));
    assertEquals(2, await(store.open(room)).seq());
  }

  @Test
  void killedRedis_keepsWhatWasAnswered() throws Exception {
    Collector heard = new Collector();
    await(store.follow(room, heard));
    List<CompletionStage<Store.Receipt>> receipts = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      receipts.add(store.commit(room, List.of(say("v" + i, "1", "text")), TERMS, 0, 0));
      if (i == 100) {
        await(receipts.get(20));
        signal("-KILL");
      }
    }
    long answered =
        receipts.stream()
            .filter(
                receipt -> {
                  try {
                    await(receipt);
                    return true;
                  } catch (StoreAwayException e) {
                    return false;
                  }
                })
            .count();
    assertTrue(answered >= 20);
    await().atMost(Patience.soon(Duration.ofSeconds(3))).until(() -> !store.isAway());
    await().untilAsserted(() -> assertTrue(heard.relinked.get() >= 1));
    long kept = await(store.open(room)).seq();
    assertTrue(kept >= answered, kept + " kept, " + answered + " answered");
    for (int i = 0; i < 20; i++) {
      assertEquals(new Outcome.Said(i + 1), outcome(store, room, say("v" + i, "1", "text")));
    }
    assertEquals(kept, await(store.open(room)).seq());
  }

  private StoreAwayException assertFailsWithin(long ms, Entry entry) {
    long start = System.nanoTime();
    StoreAwayException fault =
        assertThrows(StoreAwayException.class, () -> commit(store, room, entry));
    Patience.assertInTime(Duration.ofMillis(ms), start);
    return fault;
  }

  private void signal(String signal) throws Exception {
    Process kill = new ProcessBuilder("kill", signal, Long.toString(redis.pid())).start();
    assertEquals(0, kill.waitFor());
  }
}
