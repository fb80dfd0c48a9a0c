package barrage.redis;

/** The same contract with a Redis Cluster. */
class ClusterSalesContractTest extends SalesContractTest {
  @Override
  boolean isOnCluster() {
    return true;
  }
}
