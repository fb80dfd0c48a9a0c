package barrage.redis;

/** The same contract with a Redis Cluster. */
class ClusterLotteriesContractTest extends LotteriesContractTest {
  @Override
  boolean isOnCluster() {
    return true;
  }
}
