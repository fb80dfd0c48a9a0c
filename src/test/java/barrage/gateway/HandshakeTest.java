package barrage.gateway;

import static barrage.gateway.TestGateway.bearer;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.core.Role;
import barrage.core.RoomId;
import barrage.core.Viewer;
import barrage.core.ViewerId;
import barrage.room.Position;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HandshakeTest {
  private static TestGateway server;

  @BeforeAll
  static void start() {
    server = new TestGateway();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static TestSocket socket() {
    return new TestSocket(server.port);
  }

  @Test
  void upgrade_provesThatItReadTheKey() {
    try (TestSocket client = socket()) {
      TestSocket.Response response = client.upgrade("/rooms/proof/ws");
      assertEquals(101, response.status());
      // The example of RFC 6455, section 1.3.
      assertEquals("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", response.header("Sec-WebSocket-Accept"));
      assertNull(response.header("Sec-WebSocket-Protocol"));
    }
  }

  @Test
  void upgrade_withToken_joinsAsItsViewer() {
    RoomId id = new RoomId("joins");
    String token = server.token("ann", Role.MODERATOR);
    try (TestSocket client =
        TestSocket.open(server.port, "/rooms/joins/ws?since=7:42", bearer(token))) {
      await().until(() -> server.rooms.containsKey(id) && server.rooms.get(id).joined.size() == 1);
      RecordingRoom room = server.rooms.get(id);
      assertEquals(
          new Viewer(new ViewerId("ann"), "ann", Role.MODERATOR), room.joined.get(0).viewer());
      assertEquals(new Position(7, 42), room.since);
      client.frame(TestSocket.CLOSE, true, new byte[0]);
    }
    await().until(() -> server.rooms.get(id).left.size() == 1);
  }

  @Test
  void upgrade_withTokenAsSubprotocol_answersWithOursAlone() {
    try (TestSocket client = socket()) {
      TestSocket.Response response =
          client.upgrade(
              "/rooms/sub/ws",
              "Sec-WebSocket-Protocol: barrage.v1, bearer." + server.token("bob", Role.VIEWER));
      assertEquals(101, response.status());
      assertEquals("barrage.v1", response.header("Sec-WebSocket-Protocol"));
      await().until(() -> server.rooms.containsKey(new RoomId("sub")));
      assertEquals("bob", server.rooms.get(new RoomId("sub")).joined.get(0).viewer().id().value());
    }
  }

  @Test
  void upgrade_withForeignSubprotocol_echoesNone() {
    try (TestSocket client = socket()) {
      TestSocket.Response response =
          client.upgrade("/rooms/none/ws", "Sec-WebSocket-Protocol: chat, soap");
      assertEquals(101, response.status());
      assertNull(response.header("Sec-WebSocket-Protocol"));
    }
  }

  @Test
  void upgrade_withRefusedToken_isClosedWith4401AndNeverJoins() {
    try (TestSocket client =
        TestSocket.open(server.port, "/rooms/refused/ws", bearer("not.a.token"))) {
      assertEquals(4401, client.readClose());
    }
    assertTrue(!server.rooms.containsKey(new RoomId("refused")));
  }

  @Test
  void upgrade_withTokenForAnotherRoom_isClosedWith4403() {
    String token =
        server.tokens.issue(
            new Viewer(new ViewerId("ann"), "ann", Role.VIEWER), List.of(new RoomId("other")));
    try (TestSocket client = TestSocket.open(server.port, "/rooms/mine/ws", bearer(token))) {
      assertEquals(4403, client.readClose());
    }
    assertTrue(!server.rooms.containsKey(new RoomId("mine")));
  }

  @ParameterizedTest
  @CsvSource({
    "http://evil.example, 403",
    "https://localhost.evil.example, 403",
    "null, 403",
    "file://, 403",
    "http://localhost, 403", // what the client called us by, and no name of ours
  })
  void origin_decidesWhoMayConnectFromABrowser(String origin, int status) {
    try (TestSocket client = socket()) {
      assertEquals(status, client.upgrade("/rooms/origin/ws", "Origin: " + origin).status());
    }
  }

  @Test
  void origin_ofTheBoundAddress_isOurs() {
    for (String host : List.of("127.0.0.1", "localhost")) {
      try (TestSocket client = socket()) {
        assertEquals(
            101,
            client
                .upgrade("/rooms/origin/ws", "Origin: http://" + host + ":" + server.port)
                .status());
      }
    }
  }

  @Test
  void versionOtherThan13_is426() {
    try (TestSocket client = socket()) {
      client.send(
          "GET /rooms/a/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
              + "Connection: Upgrade\r\nSec-WebSocket-Version: 8\r\n"
              + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
      TestSocket.Response response = client.response();
      assertEquals(426, response.status());
      assertEquals("13", response.header("Sec-WebSocket-Version"));
    }
  }

  @Test
  void plainGet_is426() {
    try (TestSocket client = socket()) {
      client.send("GET /rooms/a/ws HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertEquals(426, client.response().status());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/rooms/a%20b/ws", "/rooms/%E5%BC%B9/ws", "/rooms/a%2Fb/ws"})
  void badRoomId_is404(String target) {
    try (TestSocket client = socket()) {
      assertEquals(404, client.upgrade(target).status());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "1:", "a:b", "1:2:3", "-1:2", "%FF"})
  void garbageSince_is400(String since) {
    try (TestSocket client = socket()) {
      assertEquals(400, client.upgrade("/rooms/a/ws?since=" + since).status());
    }
  }

  @Test
  void sinceBeyondAllNumbers_isLikeNone() {
    try (TestSocket client =
        TestSocket.open(server.port, "/rooms/far/ws?since=99999999999999999999:1")) {
      RoomId id = new RoomId("far");
      await().until(() -> server.rooms.containsKey(id) && server.rooms.get(id).joined.size() == 1);
      assertNull(server.rooms.get(id).since);
      client.frame(TestSocket.CLOSE, true, new byte[0]);
    }
  }

  @Test
  void frameBehindTheRequest_isNotLost() {
    try (TestSocket client = socket()) {
      client.send(
          concat(
              ("GET /rooms/eager/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                      + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                      + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII),
              TestSocket.frameBytes(
                  TestSocket.TEXT,
                  true,
                  "{\"type\":\"ping\",\"id\":\"1\"}".getBytes(StandardCharsets.UTF_8))));
      assertEquals(101, client.response().status());
      assertTrue(client.readText().contains("\"ok\""));
    }
  }

  private static byte[] concat(byte[] a, byte[] b) {
    byte[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  @Test
  void anonymous_whereWatchingIsOff_isClosedWith4401() {
    try (TestGateway closed = new TestGateway(config -> config.withAnonymous(false));
        TestSocket client = TestSocket.open(closed.port, "/rooms/a/ws")) {
      assertEquals(4401, client.readClose());
      assertTrue(closed.rooms.isEmpty());
    }
  }

  @Test
  void listedOrigins_replaceOurOwn() {
    try (TestGateway listed =
        new TestGateway(config -> config.withOrigins(Set.of("https://shop.example")))) {
      try (TestSocket client = new TestSocket(listed.port)) {
        assertEquals(101, client.upgrade("/rooms/a/ws", "Origin: https://shop.example").status());
      }
      try (TestSocket client = new TestSocket(listed.port)) {
        assertEquals(403, client.upgrade("/rooms/a/ws", "Origin: http://localhost").status());
      }
    }
  }

  @Test
  void tokenThatExpires_closesItsSocketWith4401() {
    try (TestGateway expiring = new TestGateway();
        TestSocket client =
            TestSocket.open(
                expiring.port, "/rooms/r1/ws", bearer(expiring.token("ann", Role.VIEWER)))) {
      await().until(() -> expiring.room().joined.size() == 1);
      for (int hour = 0; hour < 12 * 60; hour++) {
        client.frame(TestSocket.PONG, true, new byte[0]);
      }
      expiring.advance(12 * 3_600_000L);
      assertEquals(4401, client.readClose());
    }
  }

  @Test
  void silentBeforeTheUpgrade_isClosedInTime() {
    try (TestGateway slow = new TestGateway();
        TestSocket silent = new TestSocket(slow.port);
        TestSocket slowHeaders = new TestSocket(slow.port)) {
      slowHeaders.send("GET / HTTP/1.1\r\nHost: ");
      try (TestSocket other = new TestSocket(slow.port)) {
        other.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
        assertEquals(200, other.response().status());
      }
      slow.advance(10_000);
      assertTrue(silent.isAtEnd());
      assertTrue(slowHeaders.isAtEnd());
    }
  }
}
