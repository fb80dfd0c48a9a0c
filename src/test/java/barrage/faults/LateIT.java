package barrage.faults;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.faults.History.Act;
import barrage.faults.History.Attempt;
import barrage.faults.History.Buy;
import barrage.faults.History.Cancel;
import barrage.faults.History.End;
import barrage.redis.RedisProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * What arrives at Redis after its sender was told {@code unavailable}: two nodes, one of them
 * behind a link that holds everything back for a while, or a Redis that is stopped and goes on.
 */
final class LateIT {
  private static final int A = 0;
  private static final int B = 1;

  @TempDir Path dir;

  @Test
  void clickThatWasHeldBack_isNotDoneAfterItsRepeatWasRefused() throws Exception {
    try (RedisProcess redis = RedisProcess.start(dir);
        TcpProxy stalled = new TcpProxy("a", redis.port());
        Node one =
            Node.launch("n0", dir, rules(), "redis.uri=redis://127.0.0.1:" + stalled.port());
        Node two = Node.launch("n1", dir, rules(), "redis.uri=" + redis.uri())) {
      try (Clients clients = clients(one, two)) {
        String sale = sale(clients);
        assertEquals("not_found", ask(clients, "ann", "0", new Buy("none", 1), A).answer());
        stalled.blackhole();
        Attempt late = ask(clients, "ann", "1", new Buy(sale, 1), A);
        assertEquals("unavailable", late.answer());
        assertTrue(late.endedMs() - late.invokedMs() <= 2_000, late::toString);
        Attempt won = ask(clients, "bob", "1", new Buy(sale, 1), B);
        assertEquals(End.OK, won.end(), won::toString);
        assertEquals("sold_out", ask(clients, "ann", "1", new Buy(sale, 1), B).answer());
        assertEquals(End.OK, ask(clients, "bob", "2", new Cancel(won.answer()), B).end());
        stalled.heal();
        known(clients, A, sale); // on the same links, after what they had held back
        assertEquals(List.of(), orders(clients, "ann"));
        assertEquals(
            1, Objects.requireNonNull(clients.get(B, "sales/" + sale)).path("available").asInt());
        assertEquals(
            End.OK, ask(clients, "ann", "1", new Buy(sale, 1), A).end(), "it may be tried again");
      }
    }
  }

  @Test
  void clickThatWaitedInAStoppedRedis_isNotDoneWhenItGoesOn() throws Exception {
    try (RedisProcess redis = RedisProcess.start(dir);
        Node one = Node.launch("n0", dir, rules(), "redis.uri=" + redis.uri());
        Node two = Node.launch("n1", dir, rules(), "redis.uri=" + redis.uri())) {
      try (Clients clients = clients(one, two)) {
        String sale = sale(clients);
        assertEquals("not_found", ask(clients, "ann", "0", new Buy("none", 1), A).answer());
        redis.freeze();
        assertEquals("unavailable", ask(clients, "ann", "1", new Buy(sale, 1), A).answer());
        redis.thaw();
        known(clients, A, sale);
        assertEquals(List.of(), orders(clients, "ann"));
      }
    }
  }

  private Path rules() throws IOException {
    return Files.writeString(dir.resolve("rules.yaml"), "history: {events: 1000}\n");
  }

  private static Clients clients(Node one, Node two) throws Exception {
    one.awaitReady();
    two.awaitReady();
    return new Clients(new Recorder(), List.of(one, two), "late", List.of("ann", "bob"));
  }

  /** Of one unit. */
  private static String sale(Clients clients) {
    Map<String, ?> offer =
        Map.of("title", "t", "priceCents", 100, "stock", 1, "opensInMs", 0, "durationMs", 600_000);
    return Objects.requireNonNull(clients.post(B, "sale", "sales", offer)).path("id").asString();
  }

  /** Until the node's store is there. */
  private static void known(Clients clients, int node, String sale) {
    await().until(() -> clients.get(node, "sales/" + sale), Objects::nonNull);
  }

  private static Attempt ask(Clients clients, String viewer, String id, Act act, int node) {
    return clients.attempt(viewer, id, act, node).join();
  }

  private static List<JsonNode> orders(Clients clients, String viewer) {
    return Objects.requireNonNull(clients.get(B, "orders?viewer=" + viewer))
        .path("orders")
        .valueStream()
        .toList();
  }
}
