package barrage.redis;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** What the store owes its callers is asked of two of them on one Redis, alone or a cluster. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class TwoStores {
  RedisStore store;
  RedisStore other;
  private @Nullable OneNodeCluster cluster;

  boolean isOnCluster() {
    return false;
  }

  final String uri() {
    return cluster == null ? RedisFixture.uri() : cluster.uri();
  }

  @BeforeAll
  void connect() throws Exception {
    if (isOnCluster()) {
      cluster = new OneNodeCluster();
    }
    store = RedisStore.connect(uri(), "a");
    other = RedisStore.connect(uri(), "b");
  }

  @AfterAll
  void close() throws Exception {
    store.close();
    other.close();
    if (cluster != null) {
      cluster.close();
    }
  }
}
