package barrage.redis;

import static barrage.redis.Batches.await;
import static barrage.redis.Batches.commit;
import static barrage.redis.Batches.id;
import static barrage.redis.Batches.key;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.core.Entry;
import barrage.core.Offer;
import barrage.core.OfferOf;
import barrage.core.RoomId;
import barrage.room.Store;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The index over all rooms by which one that has deadlines is found when no node has it open. */
class TimetableTest {
  private static final long HOUR = 3_600_000;

  private final RoomId room = RedisFixture.freshRoom();
  private RedisStore store;
  private RedisLink redis;

  @BeforeEach
  void connect() {
    store = RedisStore.connect(RedisFixture.uri(), "timetable");
    redis =
        new RedisLink(
            Connections.open(
                RedisFixture.uri(), RedisTls.DEFAULT, "timetable-test", Replication.NONE));
  }

  @AfterEach
  void close() {
    store.close();
    redis.close();
  }

  @Test
  void roomThatSellsNothing_isNotIndexed() {
    commit(store, room, Batches.say("v", "1", "hello"), new Entry.Look(id("v")));
    assertFalse(isIndexed());
  }

  @Test
  void roomWithDeadlines_staysHoweverOld() {
    Offer offer = OfferOf.stock(1).opensInMs(HOUR).build();
    commit(store, room, new Entry.Schedule(key("host", "1"), "sale1", offer));
    assertTrue(isIndexed());
    touchedAt(1);
    for (int i = 0; i < 3; i++) {
      assertFalse(await(store.overdue()).contains(room));
    }
    assertTrue(isIndexed());
  }

  @Test
  void roomWithoutDeadlines_isForgottenOnceUntouchedForLong() {
    // Nothing came of it, but that was not known when the room was indexed.
    commit(store, room, new Entry.TurnSale("none"));
    assertTrue(isIndexed());
    touchedAt(store.nowMs() - 50_000);
    for (int i = 0; i < 3; i++) {
      await(store.overdue());
    }
    assertTrue(isIndexed());
    touchedAt(store.nowMs() - 70_000);
    Awaitility.await()
        .until(
            () -> {
              await(store.overdue());
              return !isIndexed();
            });
  }

  @Test
  void roomTouchedMeanwhile_isNotForgotten() {
    touchedAt(1_700_000_000_001L);
    assertEquals(0, forget(1_700_000_000_000L));
    assertTrue(isIndexed());
    assertEquals(1, forget(1_700_000_000_001L));
    assertFalse(isIndexed());
  }

  @Test
  void whatIsDamaged_keepsNothingElseWaiting() {
    commit(store, room, new Entry.Look(id("v")));
    byte[] deadlines = new Keys(room).deadlines();
    await(redis.send(deadlines, it -> it.zadd(deadlines, 1.0, bytes("order lost-1")), n -> n));
    await(redis.send(deadlines, it -> it.zadd(deadlines, 2.0, bytes("lottery l")), n -> n));
    assertEquals(List.of(new Store.LotteryDue("l")), await(store.due(room, 10)));
  }

  private long forget(long touchedMs) {
    byte[][] keys = {Keys.TIMED};
    byte[][] args = {bytes(room.value()), bytes(Long.toString(touchedMs))};
    return await(redis.run(Script.FORGET_TIMED, keys, args, reply -> Answers.number(reply, 0)));
  }

  private void touchedAt(long atMs) {
    await(
        redis.send(
            Keys.TIMED, it -> it.zadd(Keys.TIMED, (double) atMs, bytes(room.value())), n -> n));
  }

  private boolean isIndexed() {
    return await(
        redis.send(
            Keys.TIMED, it -> it.zscore(Keys.TIMED, bytes(room.value())), score -> score != null));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
