package barrage.redis;

import org.junit.jupiter.api.AfterAll;

/** The same contract with a Redis Cluster. */
class ClusterSalesContractTest extends SalesContractTest {
  private OneNodeCluster cluster;

  @Override
  String uri() throws Exception {
    if (cluster == null) {
      cluster = new OneNodeCluster();
    }
    return cluster.uri();
  }

  @AfterAll
  @Override
  void close() throws Exception {
    super.close();
    cluster.close();
  }
}
