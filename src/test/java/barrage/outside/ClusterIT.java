package barrage.outside;

import static barrage.outside.Market.code;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.redis.RedisCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Two servers on a cluster of three primaries and their replicas, one of which takes over. */
final class ClusterIT {
  private static final int STOCK = 500;

  @TempDir Path dir;

  @Test
  void primaryKilled_serviceReturnsByItself_andWhatItsReplicaLackedIsToldAsLost() throws Exception {
    try (RedisCluster cluster =
            RedisCluster.startWithReplicas(Files.createDirectory(dir.resolve("cluster")));
        ServerProcess one = server(cluster);
        ServerProcess two = server(cluster)) {
      one.awaitReady();
      two.awaitReady();
      String room = cluster.freshRoom(1).value();
      String elsewhere = cluster.freshRoom(2).value();
      try (ProtocolClient ann = ProtocolClient.join(one, room, Jwt.viewer("ann"));
          ProtocolClient watcher = ProtocolClient.join(two, room, null);
          ProtocolClient bob = ProtocolClient.join(two, elsewhere, Jwt.viewer("bob"))) {
        Market market = new Market(one, room);
        var offer = Market.offer(STOCK);
        offer.put("perViewerLimit", STOCK);
        String sale = market.open(offer);
        Set<String> kept = new HashSet<>();
        for (int i = 0; i < 10; i++) {
          kept.add(orderId(ann.buy("before-" + i, sale)));
        }
        long epoch = ann.welcome().path("epoch").asLong();
        await().until(() -> cluster.replicaHasAll(1));

        // What is answered from here on the replica never gets.
        cluster.replica(1).freeze();
        cluster.primary(1).ask("CLIENT", "KILL", "TYPE", "replica");
        String lost = orderId(ann.buy("lost", sale));
        long lostSeq = ann.saySeq("lost as well");
        watcher.awaitDanmaku(lostSeq);
        cluster.primary(1).kill();
        cluster.replica(1).thaw();
        assertEquals("unavailable", code(ann.buy("meanwhile", sale)));
        await()
            .atMost(Duration.ofSeconds(20))
            .until(() -> ann.buy("meanwhile", sale).path("type").asString().equals("ok"));
        kept.add(orderId(ann.buy("meanwhile", sale)));
        JsonNode resync = watcher.awaitMessage("resync", m -> m.path("epoch").asLong() > epoch);
        long said = ann.saySeq("here again");
        watcher.awaitEvent(
            "danmaku", event -> event.path("text").asString("").equals("here again"));
        assertTrue(said > resync.path("seq").asLong());
        bob.saySeq("and here");

        assertEquals(kept, orders(market, sale));
        assertEquals(STOCK - kept.size(), market.available(sale));
        assertTrue(kept.contains(lost), "its number was given again: " + lost);
        ServerProcess.Ended audit =
            ServerProcess.run("audit", "--room", room, "--redis", cluster.uri());
        assertEquals(0, audit.status(), audit.said());
      }
    }
  }

  private ServerProcess server(RedisCluster cluster) throws Exception {
    return ServerProcess.launch(
        dir,
        List.of(
            "auth.hmac-secret=" + ServerProcess.SECRET,
            "rooms.begin-by=anyone",
            "redis.uri=" + cluster.uri(),
            "limits.enabled=false"));
  }

  private static String orderId(JsonNode bought) {
    assertEquals("ok", bought.path("type").asString(), bought.toString());
    return bought.path("order").path("id").asString();
  }

  private static Set<String> orders(Market market, String sale) {
    return market.orders("sale=" + sale).stream()
        .map(order -> order.path("id").asString())
        .collect(Collectors.toSet());
  }
}
