package barrage.redis;

import static barrage.redis.Batches.TERMS;
import static barrage.redis.Batches.await;
import static barrage.redis.Batches.grant;
import static barrage.redis.Batches.refused;
import static barrage.redis.Batches.say;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.activity.Activities;
import barrage.core.Entry;
import barrage.core.Outcome;
import barrage.core.Reason;
import barrage.core.RoomId;
import barrage.room.Store;
import barrage.room.StoreAwayException;
import java.io.IOException;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** commit.lua with the buckets and days stepped by hand. */
class ScriptTest {
  private static final ZoneId ZONE = ZoneId.of("UTC");

  private final RoomId room = RedisFixture.freshRoom();
  private final Keys keys = new Keys(room);
  private RedisLink link;

  @BeforeEach
  void open() {
    link =
        new RedisLink(
            Connections.open(
                RedisFixture.uri(), RedisTls.DEFAULT, "script-test", Replication.NONE));
  }

  @AfterEach
  void close() {
    link.close();
  }

  @Test
  void ids_areKnownInTheirBucketAndTheNext() {
    assertEquals(new Outcome.Said(1), decide(bucket(10), say("v", "1", "hello")));
    assertEquals(new Outcome.Said(1), decide(bucket(10), say("v", "1", "hello")));
    assertEquals(new Outcome.Said(1), decide(bucket(11), say("v", "1", "hello")));
    assertEquals(refused(Reason.CONFLICT), decide(bucket(11), say("v", "1", "bye")));
    assertEquals(new Outcome.Said(2), decide(bucket(12), say("v", "1", "hello")));

    Outcome granted = decide(bucket(10), grant("g", "v", 5, 0, "ref"));
    assertEquals(granted, decide(bucket(11), grant("g", "v", 5, 0, "ref")));
    assertEquals(refused(Reason.CONFLICT), decide(bucket(11), say("shop", "g", "hello")));
    assertEquals(new Outcome.Said(3), decide(bucket(12), say("shop", "g", "hello")));
  }

  @Test
  void caps_countADay() {
    for (int i = 0; i < 60; i++) {
      decide(day("2026-11-21"), say("v", "a" + i, "hello"));
    }
    assertEquals(50, points());
    for (int i = 0; i < 3; i++) {
      decide(day("2026-11-22"), say("v", "b" + i, "hello"));
    }
    assertEquals(53, points());
  }

  @Test
  void stalePeriod_decidesNothing() {
    long now = System.currentTimeMillis();
    Period yesterday = Period.at(now - 86_400_000, ZONE);
    assertEquals(Optional.empty(), run(yesterday, say("v", "1", "hello")));
    assertEquals(Optional.empty(), run(Period.at(now + 86_400_000, ZONE), say("v", "1", "hello")));
    assertEquals(new Outcome.Said(1), decide(bucket(1), say("v", "1", "hello")));
  }

  @Test
  void commitThatComesTooLate_decidesNothing() {
    long now = System.currentTimeMillis();
    StoreAwayException late =
        assertThrows(StoreAwayException.class, () -> run(bucket(1), now, say("v", "1", "hello")));
    assertTrue(late.notExecuted());
    assertEquals(
        Optional.of(List.of(new Outcome.Said(1))),
        run(bucket(1), now + 60_000, say("v", "1", "hello")).map(Store.Receipt::outcomes));
  }

  @Test
  void whatIsRemembered_expires_whatIsOwned_doesNot() throws IOException {
    decide(bucket(1), say("v", "1", "hello"));
    decide(bucket(1), grant("g", "v", 5, 0, "ref"));
    try (RedisSocket socket = RedisFixture.socket()) {
      assertTrue(Long.parseLong(ttl(socket, keys.saidIds(1))) > 1_200);
      assertTrue(Long.parseLong(ttl(socket, keys.ids(1))) > 2 * 86_400);
      assertEquals("-1", ttl(socket, keys.head()));
      assertEquals("-1", ttl(socket, keys.points()));
      assertEquals("-1", ttl(socket, keys.history()));
      assertEquals("-1", ttl(socket, keys.ledger(Batches.id("v"))));
      assertTrue(Long.parseLong(ttl(socket, keys.stream())) > 86_400);
    }
  }

  @Test
  void roomOnlyLookedAt_expires() throws IOException {
    try (RedisSocket socket = RedisFixture.socket()) {
      decide(bucket(1), new Entry.Look(Batches.id("v")));
      assertTrue(Long.parseLong(ttl(socket, keys.head())) > 3_500);
      decide(bucket(1), new Entry.Presence("node", 3));
      assertTrue(Long.parseLong(ttl(socket, keys.head())) > 3_500);
      assertTrue(Long.parseLong(ttl(socket, keys.stream())) > 3_500);
      assertTrue(Long.parseLong(ttl(socket, keys.online())) <= 30);
      assertTrue(Long.parseLong(ttl(socket, keys.head())) <= 3_600);
    }
  }

  private static String ttl(RedisSocket socket, byte[] key) throws IOException {
    return socket.ask("TTL", new String(key, ISO_8859_1));
  }

  private long points() {
    return ((Outcome.Stands) decide(bucket(0), new Entry.Look(Batches.id("v"))))
        .standing()
        .points();
  }

  private Outcome decide(Period period, Entry entry) {
    return run(period, entry).orElseThrow().outcomes().get(0);
  }

  private Optional<Store.Receipt> run(Period period, Entry entry) {
    return run(period, Long.MAX_VALUE >> 10, entry);
  }

  private Optional<Store.Receipt> run(Period period, long deadlineMs, Entry entry) {
    CommitCall call = new CommitCall(keys, new Modules(Activities.NONE), List.of(entry), 0, 0);
    return await(
        link.run(
            Script.COMMIT,
            call.keys(period),
            call.args(period, TermsArg.of(TERMS).json(), "", deadlineMs),
            reply -> Answers.receipt(reply, new UnreadableRecords(() -> 0))));
  }

  private static Period bucket(long bucket) {
    return new Period(ZONE, "2026-11-21", bucket, bucket, 0, Long.MAX_VALUE);
  }

  private static Period day(String day) {
    return new Period(ZONE, day, 0, 0, 0, Long.MAX_VALUE);
  }
}
