package barrage.redis;

/** The same contract with a Redis Cluster. */
class ClusterStoreContractTest extends StoreContractTest {
  @Override
  boolean isOnCluster() {
    return true;
  }
}
