package barrage.redis;

/** The same contract with a Redis Cluster: every room of it is on one of three nodes. */
class ClusterSalesContractTest extends SalesContractTest {
  @Override
  boolean isOnCluster() {
    return true;
  }
}
