package barrage.redis;

import static barrage.redis.Batches.TERMS;
import static barrage.redis.Batches.await;
import static barrage.redis.Batches.commit;
import static barrage.redis.Batches.grant;
import static barrage.redis.Batches.look;
import static barrage.redis.Batches.outcome;
import static barrage.redis.Batches.say;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.activity.Activities;
import barrage.core.Entry;
import barrage.core.Outcome;
import barrage.core.RoomId;
import barrage.room.Commit;
import barrage.room.Store;
import barrage.room.StoreAwayException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What is different where rooms are on several nodes. What is not, the contracts show. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ClusterTest {
  private final RedisCluster cluster = RedisCluster.shared();
  private RedisStore store;
  private RedisStore other;

  @BeforeAll
  void connect() {
    store = RedisStore.connect(cluster.uri(), "a");
    other = RedisStore.connect(cluster.uri(), "b");
  }

  @AfterAll
  void close() {
    store.close();
    other.close();
  }

  @Test
  void roomsOfEveryNode_areHeardOfOnTheOneConnectionOfTheFeeds() {
    for (RoomId room : aRoomOfEachNode()) {
      Collector heard = new Collector();
      await(other.follow(room, heard));
      for (int i = 1; i <= 20; i++) {
        commit(store, room, say("v", "" + i, "text"));
      }
      assertEquals(
          LongStream.rangeClosed(1, 20).boxed().toList(),
          heard.take(20).stream().map(Commit::revision).toList());
    }
  }

  @Test
  void scriptFlushOfAnyNode_isNoticedByNobody() throws Exception {
    List<RoomId> rooms = aRoomOfEachNode();
    List<CompletionStage<Store.Receipt>> receipts = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      for (RoomId room : rooms) {
        receipts.add(store.commit(room, List.of(say("v", "r" + i, "text")), TERMS, 0, 0));
      }
      if (i % 20 == 10) {
        assertEquals("OK", cluster.primary(i / 20 % 3).ask("SCRIPT", "FLUSH"));
        await(store.open(rooms.get(0)));
      }
    }
    receipts.forEach(Batches::await);
    for (RoomId room : rooms) {
      assertEquals(100, await(other.open(room)).seq());
    }
  }

  @Test
  void audit_findsTheRoomWhereverItIs_andWhatIsWrongWithIt() throws Exception {
    for (int node = 0; node < RedisCluster.PRIMARIES; node++) {
      RoomId room = cluster.freshRoom(node);
      commit(store, room, grant("1", "v", 100, 0, "a"), grant("2", "w", 7, 0, "b"));
      Audit clean = Audit.of(cluster.uri(), RedisTls.DEFAULT, room);
      assertEquals(List.of(), clean.faults());
      assertEquals("balances: 2 viewers, 2 ledger lines", clean.checked().get(0));
      cluster.primary(node).ask("HINCRBY", "{" + room + "}:points", "v", "1");
      assertEquals(1, Audit.of(cluster.uri(), RedisTls.DEFAULT, room).faults().size());
    }
  }

  /**
   * Requests of two servers go on, while the slot of their room goes from one node to another. A
   * script needs all of its keys in one place, so while they are not, it is not run at all.
   */
  @Test
  void slotOnItsWayToAnotherNode_atWorstKeepsItsRoomWaiting_andLosesNothing() {
    RoomId room = cluster.freshRoom(0);
    RoomId neighbour = cluster.freshRoom(0);
    Collector heard = new Collector();
    await(other.follow(room, heard));
    Map<String, Outcome> answered = new HashMap<>();
    List<String> refused = new ArrayList<>();
    int[] n = {0};
    Runnable requests =
        () -> {
          for (RedisStore each : List.of(store, other)) {
            String id = "r" + n[0]++;
            try {
              answered.put(id, outcome(each, room, request(id)));
            } catch (StoreAwayException e) {
              assertTrue(e.notExecuted(), e.getMessage());
              refused.add(id);
            }
            assertFalse(each.isAway(), "a room that waits is no Redis that is away");
            commit(each, neighbour, say("v", id, "text"));
          }
        };
    for (int i = 0; i < 20; i++) {
      requests.run();
    }
    assertEquals(List.of(), refused);
    cluster.move(room, 0, 1, requests);
    int atTheLatest = n[0];
    for (int i = 0; i < 20; i++) {
      requests.run();
    }
    assertTrue(refused.size() > 0, "it was asked for while it was on its way");
    assertTrue(refused.size() < atTheLatest, refused + " of " + atTheLatest);
    assertTrue(refused.stream().allMatch(id -> Integer.parseInt(id.substring(1)) < atTheLatest));
    // The same ids again: each has had one effect or has it now.
    for (int i = 0; i < n[0]; i++) {
      String id = "r" + i;
      Outcome outcome = outcome(i % 3 == 0 ? store : other, room, request(id));
      answered.merge(id, outcome, (first, again) -> first);
      assertEquals(answered.get(id), outcome, id);
    }
    assertEquals(n[0], look(store, room, "shop-customer").standing().points());
    heard.take((int) await(store.open(room)).revision());
    assertEquals(List.of(), Audit.of(cluster.uri(), RedisTls.DEFAULT, room).faults());
    cluster.move(room, 1, 0, () -> {});
  }

  /**
   * A script that has begun is not stopped half-way by a key that went meanwhile, or that it has
   * itself emptied: where a slot is given up, none is begun.
   */
  @Test
  void slotThatIsGivenUp_runsNothing_evenIfEveryKeyIsStillThere() {
    RoomId room = cluster.freshRoom(0);
    commit(store, room, say("shop-customer", "0", "text"), request("1"));
    Period now = Period.at(store.nowMs(), ZoneId.of("Asia/Shanghai"));
    cluster.fill(
        new CommitCall(new Keys(room), new Modules(Activities.NONE), List.of(request("2")), 0, 0)
            .keys(now));
    cluster.giveUp(
        room,
        0,
        1,
        () -> {
          StoreAwayException waits =
              assertThrows(StoreAwayException.class, () -> outcome(store, room, request("2")));
          assertTrue(waits.notExecuted(), waits.getMessage());
        });
    outcome(store, room, request("2"));
    assertEquals(3, look(store, room, "shop-customer").standing().points());
  }

  /** A grant of one point, whose answer tells how many there are. */
  private static Entry request(String id) {
    return grant(id, "shop-customer", 1, 0, id);
  }

  private List<RoomId> aRoomOfEachNode() {
    return IntStream.range(0, RedisCluster.PRIMARIES).mapToObj(cluster::freshRoom).toList();
  }
}
