package barrage.redis;

import static barrage.redis.Batches.TERMS;
import static barrage.redis.Batches.await;
import static barrage.redis.Batches.commit;
import static barrage.redis.Batches.grant;
import static barrage.redis.Batches.outcome;
import static barrage.redis.Batches.refused;
import static barrage.redis.Batches.say;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.core.Entry;
import barrage.core.Outcome;
import barrage.core.Reason;
import barrage.core.RoomId;
import barrage.faults.TcpProxy;
import barrage.room.Store;
import barrage.room.StoreAwayException;
import io.lettuce.core.RedisException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the store does when a replica takes over, and what that replica may lack. */
class FailoverTest {
  @TempDir private Path dir;
  private final RoomId room = RedisFixture.freshRoom();
  private RedisProcess primary;
  private RedisProcess replica;

  @BeforeEach
  void start() throws IOException {
    primary = RedisProcess.start(dir, "--repl-diskless-sync-delay", "0");
    replica = RedisProcess.start(dir, "--appendfilename", "replica.aof");
    replica.ask("REPLICAOF", "127.0.0.1", "" + primary.port());
    await().until(() -> replica.ask("INFO", "replication").contains("master_link_status:up"));
  }

  @AfterEach
  void stop() {
    replica.close();
    primary.close();
  }

  private Store.Receipt commitAt(RedisStore store, Store.Receipt known, String id) {
    return await(
        store.commit(room, List.of(say("v", id, id)), TERMS, known.epoch(), known.revision()));
  }

  @Test
  void promotedReplicaThatLacksCommits_beginsANewEpoch_alsoForWhoKnowsNothingOfThem()
      throws IOException {
    Store.Receipt two;
    Store.Receipt three;
    try (RedisStore store = RedisStore.connect(primary.uri(), "a")) {
      commit(store, room, say("v", "1", "one"));
      two = commit(store, room, say("v", "2", "two"));
      String history = new String(new Keys(room).history(), UTF_8);
      await().until(() -> replica.ask("LLEN", history).equals("2"));
      assertEquals("OK", replica.ask("REPLICAOF", "NO", "ONE"));
      three = commit(store, room, say("v", "3", "three"));
      assertEquals(two.epoch(), three.epoch());
      primary.kill();
    }
    try (RedisStore store = RedisStore.connect(replica.uri(), "a");
        RedisStore other = RedisStore.connect(replica.uri(), "b")) {
      assertFalse(await(store.commitsAfter(room, three.epoch(), three.revision())).possible());
      // A node that never heard of the third goes on; a viewer may have.
      Store.Receipt again = commitAt(store, two, "4");
      assertTrue(again.epoch() > two.epoch());
      assertEquals(List.of(new Outcome.Said(3)), again.outcomes());
      assertEquals(again.epoch(), await(other.open(room)).epoch());
      assertEquals(again.epoch(), commitAt(other, again, "5").epoch(), "one fail-over, one epoch");
    }
    replica.kill();
    replica.start();
    try (RedisStore store = RedisStore.connect(replica.uri(), "a")) {
      Store.Snapshot kept = await(store.open(room));
      Store.Receipt known =
          new Store.Receipt(kept.epoch(), kept.revision(), 0, Store.Snapshot.NEVER, List.of());
      assertEquals(kept.epoch(), commitAt(store, known, "6").epoch(), "it lost nothing");
    }
  }

  @Test
  void promises_areAnsweredWhenTheReplicaHasThem_andDanmakuAtOnce() throws IOException {
    try (RedisStore store =
        RedisStore.connect(primary.uri(), RedisTls.DEFAULT, "a", new Replication(1, 300))) {
      Entry five = gift("v", "1", 5);
      for (int i = 0; i < 20; i++) {
        commit(store, room, gift("w", "w" + i, 1));
        assertEquals(1 + i, valueAtReplica("w"));
      }
      replica.freeze();
      Store.Receipt late = commit(store, room, five, say("v", "2", "text"), gift("v", "3", -9));
      assertEquals(
          List.of(
              refused(Reason.UNAVAILABLE),
              new Outcome.Said(1),
              refused(Reason.INSUFFICIENT_POINTS)),
          late.outcomes());
      assertEquals(new Outcome.Said(2), outcome(store, room, say("v", "4", "text")));
      assertEquals(refused(Reason.UNAVAILABLE), outcome(store, room, five), "nor a repeat");
      assertFalse(store.isAway());
      long before = System.nanoTime();
      for (int i = 0; i < 10; i++) {
        assertEquals(refused(Reason.UNAVAILABLE), outcome(store, room, five));
      }
      assertTrue(
          System.nanoTime() - before < TimeUnit.MILLISECONDS.toNanos(10 * 300),
          "nobody waits behind a replica that is known to be late");
      replica.thaw();
      await().until(() -> outcome(store, room, five) instanceof Outcome.Stands);
      assertEquals(7, valueAtReplica("v"), "one effect");
      primary.ask("SCRIPT", "FLUSH");
      assertInstanceOf(Outcome.Stands.class, outcome(store, room, gift("v", "5", 1)));
    }
  }

  @Test
  void connectionsToTwoPrimaries_areNoPlaceToCommit() throws IOException {
    try (TcpProxy address = new TcpProxy("primary", primary.port());
        RedisStore store =
            RedisStore.connect(
                "redis://127.0.0.1:" + address.port(),
                RedisTls.DEFAULT,
                "a",
                new Replication(1, 300))) {
      Store.Receipt before = commit(store, room, gift("v", "1", 5));
      address.redirect(replica.port());
      assertEquals("OK", replica.ask("REPLICAOF", "NO", "ONE"));
      primary.ask("CLIENT", "KILL", "ID", idOf("cmd=wait"));
      await().until(() -> replica.ask("CLIENT", "LIST").contains("barrage-a"));
      for (int i = 0; i < 20; i++) {
        String id = "between-" + i;
        ExecutionException away =
            assertThrows(
                ExecutionException.class,
                () ->
                    store
                        .commit(
                            room,
                            List.of(gift("v", id, 1)),
                            TERMS,
                            before.epoch(),
                            before.revision())
                        .toCompletableFuture()
                        .get());
        assertInstanceOf(StoreAwayException.class, away.getCause());
      }
      primary.ask("CLIENT", "KILL", "TYPE", "normal"); // as Sentinel does
      await().until(() -> !store.isAway());
      assertTrue(commitAt(store, before, "2").epoch() > before.epoch());
    }
  }

  private String idOf(String client) throws IOException {
    return primary
        .ask("CLIENT", "LIST")
        .lines()
        .filter(line -> line.contains(client))
        .map(line -> line.substring("id=".length(), line.indexOf(' ')))
        .findFirst()
        .orElseThrow();
  }

  private static Entry gift(String viewer, String id, long points) {
    return grant(id, viewer, points, 0, "gift-" + id);
  }

  private long valueAtReplica(String viewer) throws IOException {
    return Long.parseLong(replica.ask("HGET", new String(new Keys(room).points(), UTF_8), viewer));
  }

  @Test
  void aRepeat_isAWriteOfItsOwn_soThatAWaitWaitsForIt() throws IOException {
    try (RedisStore store =
        RedisStore.connect(primary.uri(), RedisTls.DEFAULT, "a", new Replication(1, 300))) {
      Entry five = gift("v", "1", 5);
      commit(store, room, five);
      long before = changes();
      commit(store, room, five);
      assertTrue(changes() > before);
    }
  }

  private long changes() throws IOException {
    for (String line : primary.ask("INFO", "persistence").lines().toList()) {
      if (line.startsWith("rdb_changes_since_last_save:")) {
        return Long.parseLong(line.substring(line.indexOf(':') + 1).trim());
      }
    }
    throw new AssertionError("not told");
  }

  @Test
  void aReplica_isNoRedisToStartWith() {
    RedisException refused =
        assertThrows(RedisException.class, () -> RedisStore.connect(replica.uri(), "a"));
    assertTrue(String.valueOf(refused.getCause()).contains("still a replica"));
  }

  @Test
  void roomThatIsReadAnew_knowsThatTheStoreFellBehindIt() throws IOException {
    try (RedisStore store = RedisStore.connect(primary.uri(), "a")) {
      Store.Receipt known = commit(store, room, say("v", "1", "one"));
      assertEquals(known.epoch(), await(store.open(room, known.epoch(), known.revision())).epoch());
      Store.Snapshot behind = await(store.open(room, known.epoch(), known.revision() + 1));
      assertTrue(behind.epoch() > known.epoch());
      assertEquals(0, behind.revision());
      assertEquals(1, behind.seq(), "its history is as it is");
      Store.Receipt next =
          await(
              store.commit(
                  room, List.of(say("v", "2", "two")), TERMS, behind.epoch(), behind.revision()));
      assertEquals(behind.epoch(), next.epoch());
      assertEquals(1, await(store.commitsAfter(room, next.epoch(), 0)).commits().size());
    }
  }
}
