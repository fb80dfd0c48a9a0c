package barrage.gateway;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.core.Outcome;
import barrage.core.Role;
import barrage.room.Session;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
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
  void aPlannedClose_waitsForTheAnswersUnderWay() {
    try (TestGateway server = new TestGateway(config -> config.withTimes(QUICK));
        TestSocket client =
            TestSocket.open(
                server.port,
                "/rooms/r1/ws",
                TestGateway.bearer(server.token("ann", Role.VIEWER)))) {
      client.text("{\"type\":\"me\",\"id\":\"1\"}").text("{\"type\":\"me\",\"id\":\"2\"}");
      RecordingRoom room = server.room();
      await().until(() -> room.asked.size() == 2);
      CompletableFuture<Void> drained = server.gateway.drain().toCompletableFuture();
      client.readText();
      Session session = room.asking.get(0);
      session.answer("{\"id\":\"1\"}".getBytes(StandardCharsets.UTF_8));
      assertEquals("{\"id\":\"1\"}", client.readText());
      assertFalse(drained.isDone());
      session.answer("{\"id\":\"2\"}".getBytes(StandardCharsets.UTF_8));
      assertEquals("{\"id\":\"2\"}", client.readText());
      assertEquals(1001, client.readClose());
      drained.join();
    }
  }

  @Test
  void drain_waitsForTheCallInHand() {
    try (TestGateway server = new TestGateway();
        TestSocket client = new TestSocket(server.port)) {
      CompletableFuture<Outcome> decided = new CompletableFuture<>();
      server.room().pending = decided;
      client.send(
          "DELETE /api/rooms/r1/danmaku/7 HTTP/1.1\r\nHost: a\r\n"
              + TestGateway.bearer(server.token("m", Role.MODERATOR))
              + "\r\n\r\n");
      await().until(() -> server.room().entries.size() == 1);
      CompletableFuture<Void> drained = server.gateway.drain().toCompletableFuture();
      assertFalse(drained.isDone());
      decided.complete(Outcome.Done.DONE);
      assertEquals(204, client.response().status());
      drained.join();
    }
  }

  @Test
  void drain_ofAnEmptyNode_isDoneAtOnce() {
    try (TestGateway server = new TestGateway()) {
      assertTrue(server.gateway.drain().toCompletableFuture().isDone());
    }
  }
}
