package barrage.redis;

/** The same contract with a Redis Cluster: every room of it is on one of three nodes. */
class ClusterLotteriesContractTest extends LotteriesContractTest {
  @Override
  boolean isOnCluster() {
    return true;
  }
}
