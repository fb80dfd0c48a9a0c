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
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
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
          List.of(refused(Reason.UNAVAILABLE), new Outcome.Said(1), refused(Reason.UNAVAILABLE)),
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

  /** Its replica is the primary now, and nobody has told it. */
  @Test
  void primaryThatWasReplaced_refusesNothing_andTellsNothingThatDecides() throws IOException {
    try (RedisStore store =
        RedisStore.connect(primary.uri(), RedisTls.DEFAULT, "a", new Replication(1, 300))) {
      comesTo(refused(Reason.INSUFFICIENT_POINTS), store, gift("v", "1", -9));
      commit(store, room, say("v", "2", "text"));
      comesTo(refused(Reason.CONFLICT), store, say("v", "2", "other"));
      await()
          .ignoreException(StoreAwayException.class)
          .until(() -> await(store.order(room, "s-1")).isEmpty());
      await()
          .ignoreException(StoreAwayException.class)
          .until(() -> await(store.head(room)).isPresent());
      assertEquals("OK", replica.ask("REPLICAOF", "NO", "ONE"));
      assertEquals(refused(Reason.UNAVAILABLE), outcome(store, room, gift("v", "1", -9)));
      assertEquals(refused(Reason.UNAVAILABLE), outcome(store, room, say("v", "2", "other")));
      assertEquals(new Outcome.Said(1), outcome(store, room, say("v", "2", "text")));
      assertThrows(StoreAwayException.class, () -> await(store.order(room, "s-1")));
      assertThrows(StoreAwayException.class, () -> await(store.sale(room, "s")));
      assertThrows(StoreAwayException.class, () -> await(store.lottery(room, "l")));
      assertThrows(StoreAwayException.class, () -> await(store.buyers(room, "s", 0)));
      assertThrows(StoreAwayException.class, () -> await(store.head(room)));
    }
  }

  @Test
  void twoReplicas_oneOfThemWaitedFor_isWarnedOf() throws IOException {
    try (RedisProcess other = secondReplica();
        Log log = new Log(Quorum.class);
        RedisStore store =
            RedisStore.connect(primary.uri(), RedisTls.DEFAULT, "a", new Replication(1, 300))) {
      assertEquals("PONG", other.ask("PING"));
      assertTrue(log.said().get(0).startsWith("redis.wait-replicas is 1 and Redis has 2 replicas"));
      commit(store, room, gift("v", "1", 5));
    }
  }

  @Test
  void twoReplicas_aMajorityOfThemWaitedFor_whatIsGrantedSurvives() throws IOException {
    try (RedisProcess other = secondReplica();
        RedisStore store =
            RedisStore.connect(
                primary.uri(),
                RedisTls.DEFAULT,
                "a",
                new Replication(Replication.Share.MAJORITY, 300))) {
      Entry five = gift("v", "1", 5);
      await().until(() -> outcome(store, room, five) instanceof Outcome.Stands);
      assertEquals(5, valueAtReplica("v"));
      assertEquals("5", other.ask("HGET", points(), "v"), "whichever is promoted");
      assertEquals("OK", replica.ask("REPLICAOF", "NO", "ONE"));
      assertEquals(
          refused(Reason.UNAVAILABLE),
          outcome(store, room, gift("v", "2", 5)),
          "the other one stays, and is not enough");
    }
  }

  /** A replica that is gone may be the one that is promoted. */
  @Test
  void replicaThatIsGone_isStillCounted_andOneThatComesIsCounted() {
    Quorum quorum = new Quorum(new Replication(Replication.Share.ALL, 300), null);
    assertEquals(1, quorum.needed(), "of none");
    quorum.onFound(2);
    quorum.onFound(1);
    assertEquals(2, quorum.needed());
    quorum.onFound(3);
    assertEquals(3, quorum.needed());
    Replication majority = new Replication(Replication.Share.MAJORITY, 300);
    assertEquals(
        List.of(1, 1, 2, 2, 3, 3), IntStream.range(0, 6).mapToObj(majority::needed).toList());
  }

  /** On a busy machine a replica may be late at first. */
  private void comesTo(Outcome expected, RedisStore store, Entry entry) {
    await().until(() -> outcome(store, room, entry), expected::equals);
  }

  private RedisProcess secondReplica() throws IOException {
    RedisProcess second = RedisProcess.start(dir, "--appendfilename", "second.aof");
    second.ask("REPLICAOF", "127.0.0.1", "" + primary.port());
    await().until(() -> second.ask("INFO", "replication").contains("master_link_status:up"));
    return second;
  }

  /** As where Sentinel goes to the replica, and back before the first has become its replica. */
  @Test
  void nodeThatComesBackToThePrimaryItLeft_beginsALaterEpochThere() throws IOException {
    try (TcpProxy address = new TcpProxy("primary", primary.port());
        RedisStore there = RedisStore.connect("redis://127.0.0.1:" + address.port(), "a");
        RedisStore here = RedisStore.connect(primary.uri(), "b")) {
      Store.Receipt first = commit(there, room, say("v", "1", "one"));
      await().until(() -> replica.ask("EXISTS", points()).equals("1"));
      assertEquals("OK", replica.ask("REPLICAOF", "NO", "ONE"));
      address.redirect(replica.port());
      primary.ask("CLIENT", "KILL", "ID", idOf("name=barrage-a"));
      Store.Receipt second = firstSaid(there, first, "2");
      assertTrue(second.epoch() > first.epoch());
      assertEquals(first.epoch(), commitAt(here, first, "3").epoch());
      address.redirect(primary.port());
      replica.ask("CLIENT", "KILL", "TYPE", "normal");
      Store.Receipt third = firstSaid(there, second, "4");
      assertTrue(third.epoch() > second.epoch(), () -> third + " after " + second);
      assertEquals(third.epoch(), await(here.open(room)).epoch(), "and all are told of it");
    }
  }

  private Store.Receipt firstSaid(RedisStore store, Store.Receipt known, String id) {
    return await()
        .ignoreException(StoreAwayException.class)
        .until(() -> commitAt(store, known, id), now -> now.epoch() != known.epoch());
  }

  /** The old primary lives and ends no connection. */
  @Test
  void connectionsToTwoPrimaries_areNoPlaceToCommit_andFindTheOneTogether() throws IOException {
    try (TcpProxy address = new TcpProxy("primary", primary.port());
        Log log = new Log(RedisLink.class);
        RedisStore store =
            RedisStore.connect(
                "redis://127.0.0.1:" + address.port(),
                RedisTls.DEFAULT,
                "a",
                new Replication(1, 300))) {
      Collector heard = new Collector();
      await(store.follow(room, heard));
      Store.Receipt before = commit(store, room, gift("v", "1", 5));
      address.redirect(replica.port());
      assertEquals("OK", replica.ask("REPLICAOF", "NO", "ONE"));
      primary.ask("CLIENT", "KILL", "ID", idOf("cmd=wait"));
      Store.Receipt after = firstKept(store, before);
      assertTrue(after.epoch() > before.epoch(), () -> after + " after " + before);
      assertEquals("5", primary.ask("HGET", points(), "v"), "nothing is asked of the old one");
      assertTrue(
          log.said().contains("Redis is still away: there are two primaries"), log::toString);
      await().until(() -> heard.relinked.get() > 0);
      assertEquals(0, feedsAt(primary));
      assertEquals(1, feedsAt(replica));
    }
  }

  /** Of gifts; no replica is left to wait for, so those that are kept are told so to nobody. */
  private Store.Receipt firstKept(RedisStore store, Store.Receipt known) {
    AtomicInteger tries = new AtomicInteger();
    return await()
        .ignoreException(StoreAwayException.class)
        .until(
            () -> {
              Entry gift = gift("v", "between-" + tries.incrementAndGet(), 1);
              return await(
                  store.commit(room, List.of(gift), TERMS, known.epoch(), known.revision()));
            },
            Objects::nonNull);
  }

  private static int feedsAt(RedisProcess redis) throws IOException {
    return (int) redis.ask("CLIENT", "LIST", "TYPE", "pubsub").lines().count();
  }

  private String points() {
    return new String(new Keys(room).points(), UTF_8);
  }

  @Test
  void primaryThatFreezesForGood_isLeftForTheOneInItsPlace() throws IOException {
    try (TcpProxy address = new TcpProxy("primary", primary.port());
        RedisStore store = RedisStore.connect("redis://127.0.0.1:" + address.port(), "a")) {
      Store.Receipt before = commit(store, room, say("v", "1", "one"));
      primary.freeze();
      address.redirect(replica.port());
      assertEquals("OK", replica.ask("REPLICAOF", "NO", "ONE"));
      assertThrows(StoreAwayException.class, () -> commitAt(store, before, "2"));
      await().until(() -> !store.isAway());
      assertTrue(commitAt(store, before, "3").epoch() > before.epoch());
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

  private long valueAtReplica(String viewer) {
    // On a busy machine it may not answer in the time that a socket has: that says nothing.
    return Long.parseLong(
        await()
            .ignoreException(SocketTimeoutException.class)
            .until(() -> replica.ask("HGET", points(), viewer), Objects::nonNull));
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
    assertEquals("it cannot be used: it is a replica", refused.getMessage());
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
