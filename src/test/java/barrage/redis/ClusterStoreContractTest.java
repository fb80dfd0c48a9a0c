package barrage.redis;

/** The same contract with a Redis Cluster: every room of it is on one of three nodes. */
class ClusterStoreContractTest extends StoreContractTest {
  @Override
  boolean isOnCluster() {
    return true;
  }
}
