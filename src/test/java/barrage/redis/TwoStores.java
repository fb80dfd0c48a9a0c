package barrage.redis;

import barrage.core.RoomId;
import barrage.room.Store;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/**
 * What the store owes its callers is asked of two of them on one Redis, alone or a cluster of
 * three.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class TwoStores {
  RedisStore store;
  RedisStore other;

  boolean isOnCluster() {
    return false;
  }

  final String uri() {
    return isOnCluster() ? RedisCluster.shared().uri() : RedisFixture.uri();
  }

  @BeforeAll
  void connect() {
    store = RedisStore.connect(uri(), "a");
    other = RedisStore.connect(uri(), "b");
  }

  @AfterAll
  void close() {
    store.close();
    other.close();
  }

  /**
   * In a cluster a commit from before may still be on its way from its node to that of the feeds.
   */
  static Collector follow(Store store, RoomId room) {
    Store.Head head = Batches.await(store.heads(List.of(room))).get(room);
    Collector collector = new Collector(head == null ? 0 : head.revision());
    Batches.await(store.follow(room, collector));
    return collector;
  }
}
