package barrage.redis;

import static barrage.redis.Batches.commit;
import static barrage.redis.Batches.outcome;
import static barrage.redis.Batches.refused;
import static barrage.redis.Batches.say;
import static org.junit.jupiter.api.Assertions.assertEquals;

import barrage.core.Outcome;
import barrage.core.Reason;
import barrage.core.RoomId;
import barrage.room.Store;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StoreContractTest {
  private Store store;
  private final RoomId room = RedisFixture.freshRoom();

  @BeforeAll
  void connect() {
    store = RedisStore.connect(RedisFixture.uri(), "a");
  }

  @AfterAll
  void close() {
    store.close();
  }

  @Test
  void say_repeated_hasOneEffect() {
    assertEquals(new Outcome.Said(1), outcome(store, room, say("v", "1", "hello")));
    assertEquals(
        List.of(new Outcome.Said(1), refused(Reason.CONFLICT), new Outcome.Said(2)),
        commit(store, room, say("v", "1", "hello"), say("v", "1", "bye"), say("v", "2", "hello"))
            .outcomes());
  }
}
