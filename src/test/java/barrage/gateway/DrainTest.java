package barrage.gateway;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class DrainTest {
  private static final GatewayConfig.Times QUICK =
      new GatewayConfig.Times(10_000, 30_000, 30_000, 20_000, 60_000, 5_000, 200);

  @Test
  void drain_tellsEveryoneWhenToComeBack_thenCloses() {
    try (TestGateway server = new TestGateway(config -> config.withTimes(QUICK));
        TestSocket a = TestSocket.open(server.port, "/rooms/r1/ws");
        TestSocket b = TestSocket.open(server.port, "/rooms/r1/ws");
        TestSocket http = new TestSocket(server.port)) {
      await().until(() -> server.room().joined.size() == 2);
      http.send("GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n");
      assertEquals(200, http.response().status());
      CompletableFuture<Void> drained = server.gateway.drain().toCompletableFuture();
      for (TestSocket client : new TestSocket[] {a, b}) {
        String goaway = client.readText();
        assertTrue(goaway.matches("\\{\"type\":\"goaway\",\"reconnectAfterMs\":\\d+}"), goaway);
        assertEquals(1001, client.readClose());
      }
      drained.join();
      assertEquals(2, server.room().left.size());
      http.send("GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n");
      TestSocket.Response response = http.response();
      assertEquals(503, response.status());
      assertEquals("close", response.header("Connection"));
      assertThrows(UncheckedIOException.class, () -> new TestSocket(server.port));
    }
  }

  @Test
  void drain_ofAnEmptyNode_isDoneAtOnce() {
    try (TestGateway server = new TestGateway()) {
      assertTrue(server.gateway.drain().toCompletableFuture().isDone());
    }
  }
}
