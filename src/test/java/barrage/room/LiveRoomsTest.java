package barrage.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.activity.Activities;
import barrage.core.Reason;
import barrage.core.Role;
import barrage.core.RoomId;
import barrage.redis.RedisFixture;
import barrage.redis.RedisStore;
import barrage.room.Watchers.Watcher;
import barrage.rules.RuleBook;
import barrage.rules.RulesFile;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which rooms a node opens, against a real Redis, its loop stepped by hand. */
final class LiveRoomsTest {
  private static final RuleBook RULES = RulesFile.shipped(false);

  private final RoomId id = RedisFixture.freshRoom();
  private final ManualLoop loop = new ManualLoop();
  private final RedisStore store = RedisStore.connect(RedisFixture.uri(), "a");
  private LiveRooms rooms;
  private int most = 100;

  @BeforeEach
  void start() {
    Surroundings around =
        new Surroundings(
            store,
            () -> RULES,
            Activities.NONE,
            new byte[32],
            (room, lagging) -> new Watchers(lagging),
            "a",
            25_000,
            new RoomMeters(new SimpleMeterRegistry()));
    rooms = new LiveRooms(around, room -> loop, loop, () -> most);
  }

  @AfterEach
  void stop() {
    rooms.close();
    store.close();
  }

  @Test
  void beatOfARoomNobodyIsIn_isEmpty_andOpensNone() {
    assertEquals(RoomPulse.Beat.NONE, rooms.beat(id));
    assertEquals(0, rooms.open());
  }

  @Test
  void beatOfAnOpenRoom_isItsOwn() {
    Room room = rooms.room(id);
    Watcher anonymous = new Watcher(loop, null, Role.VIEWER);
    room.offerJoin(anonymous, null);
    room.offerLook(anonymous, "1");
    loop.runUntil(() -> anonymous.answer("1") != null);
    assertEquals(Map.of(Reason.UNAUTHORIZED, 1L), rooms.beat(id).refusals());
    assertEquals(Map.of(), rooms.beat(RedisFixture.freshRoom()).refusals());
  }

  @Test
  void viewOfARoomThatNeverWas_isEmpty_andOpensNone() {
    CompletableFuture<byte[]> view = rooms.view(id).toCompletableFuture();
    loop.runUntil(view::isDone);
    String shown = new String(view.join(), StandardCharsets.UTF_8);
    assertTrue(shown.contains("\"room\":\"" + id + "\""), shown);
    assertFalse(rooms.isOpen(id));
  }

  @Test
  void roomNobodyIsIn_isClosedSoon_andOneWhereSomebodyIs_stays() {
    Room empty = rooms.room(id);
    RoomId other = RedisFixture.freshRoom();
    Watcher watcher = new Watcher(loop, null, Role.VIEWER);
    rooms.room(other).offerJoin(watcher, null);
    CompletableFuture<byte[]> view = empty.view().toCompletableFuture();
    loop.runUntil(() -> view.isDone() && rooms.room(other).revision() > 0);
    assertTrue(rooms.isOpen(id) && rooms.isOpen(other));
    for (int second = 0; second < 13; second++) {
      loop.advance(1_000);
    }
    assertFalse(rooms.isOpen(id));
    assertTrue(rooms.isOpen(other));
  }

  @Test
  void roomsBeyondTheLimit_areNotOpened_thoseOpenAre() {
    most = 1;
    Room open = rooms.room(id);
    assertThrows(RoomsFullException.class, () -> rooms.room(RedisFixture.freshRoom()));
    assertSame(open, rooms.room(id));
    assertEquals(1, rooms.open());
  }

  @Test
  void roomThatNeverWas_isNotBegun_untilItIsOpened() {
    CompletableFuture<Boolean> before = rooms.isBegun(id).toCompletableFuture();
    loop.runUntil(before::isDone);
    assertFalse(before.join());
    CompletableFuture<byte[]> view = rooms.room(id).view().toCompletableFuture();
    loop.runUntil(view::isDone);
    CompletableFuture<Boolean> after = rooms.isBegun(id).toCompletableFuture();
    loop.runUntil(after::isDone);
    assertTrue(after.join());
  }
}
