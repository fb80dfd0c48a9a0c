package barrage.outside;

import static barrage.outside.Market.code;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.redis.RedisProcess;
import java.io.IOException;
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

/** A primary with two replicas behind Sentinel, and orders that wait for one of them. */
final class SentinelIT {
  private static final int STOCK = 500;

  @TempDir Path dir;

  @Test
  void primaryKilled_serviceReturnsByItself_andNoAnsweredOrderIsLost() throws Exception {
    try (RedisProcess primary = redis("a");
        RedisProcess one = replica("b", primary);
        RedisProcess two = replica("c", primary);
        RedisProcess sentinel = sentinel(primary);
        ServerProcess server =
            ServerProcess.start(
                dir,
                "redis.uri=redis-sentinel://127.0.0.1:" + sentinel.port() + "#shop",
                "redis.wait-replicas=majority",
                "limits.enabled=false");
        ProtocolClient ann = ProtocolClient.join(server, "failover", Jwt.viewer("ann"));
        ProtocolClient watcher = ProtocolClient.join(server, "failover", null)) {
      Market market = new Market(server, "failover");
      var offer = Market.offer(STOCK);
      offer.put("perViewerLimit", STOCK);
      String sale = market.open(offer);
      Set<String> answered = new HashSet<>();
      for (int i = 0; i < 30; i++) {
        answered.add(orderId(ann.buy("before-" + i, sale)));
      }
      long epoch = ann.welcome().path("epoch").asLong();

      primary.kill();
      assertEquals("unavailable", code(ann.buy("meanwhile", sale)));
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> ann.buy("meanwhile", sale).path("type").asString().equals("ok"));
      answered.add(orderId(ann.buy("meanwhile", sale)));
      JsonNode resync = watcher.awaitMessage("resync", m -> m.path("epoch").asLong() > epoch);
      long said = ann.saySeq("here again");
      watcher.awaitDanmaku(said);
      assertTrue(said > resync.path("seq").asLong());

      Set<String> kept =
          market.orders("sale=" + sale).stream()
              .map(order -> order.path("id").asString())
              .collect(Collectors.toSet());
      assertEquals(answered, kept);
      assertEquals(STOCK - answered.size(), market.available(sale));
      RedisProcess now = one.ask("INFO", "replication").contains("role:master") ? one : two;
      ServerProcess.Ended audit =
          ServerProcess.run("audit", "--room", "failover", "--redis", now.uri());
      assertEquals(0, audit.status(), audit.said());
    }
  }

  private static String orderId(JsonNode bought) {
    assertEquals("ok", bought.path("type").asString(), bought.toString());
    return bought.path("order").path("id").asString();
  }

  private RedisProcess redis(String name) throws IOException {
    return RedisProcess.start(
        Files.createDirectory(dir.resolve(name)), "--repl-diskless-sync-delay", "0");
  }

  private RedisProcess replica(String name, RedisProcess primary) throws IOException {
    RedisProcess replica = redis(name);
    replica.ask("REPLICAOF", "127.0.0.1", "" + primary.port());
    await().until(() -> replica.ask("INFO", "replication").contains("master_link_status:up"));
    return replica;
  }

  private RedisProcess sentinel(RedisProcess primary) throws IOException {
    Path conf =
        Files.write(
            dir.resolve("sentinel.conf"),
            List.of(
                "sentinel monitor shop 127.0.0.1 " + primary.port() + " 1",
                "sentinel down-after-milliseconds shop 500",
                "sentinel failover-timeout shop 3000",
                "sentinel parallel-syncs shop 2"));
    RedisProcess sentinel = RedisProcess.start(dir, conf.toString(), "--sentinel");
    await().until(() -> sentinel.ask("INFO", "sentinel").contains("slaves=2"));
    return sentinel;
  }
}
