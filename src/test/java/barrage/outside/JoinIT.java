package barrage.outside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.WebSocketHandshakeException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Who gets in, and what they are greeted with. */
@ExtendWith(SharedServer.class)
final class JoinIT {
  private final ServerProcess server;

  JoinIT(ServerProcess server) {
    this.server = server;
  }

  @Test
  void join_withBearerHeader_isWelcomedAsThatViewer() {
    String jwt = Jwt.of("ann").with("name", "Ann 安").signed();
    try (ProtocolClient ann = ProtocolClient.join(server, "join-header", jwt)) {
      JsonNode welcome = ann.welcome();
      assertEquals("join-header", welcome.path("room").asString());
      assertEquals("ann", welcome.path("viewer").path("id").asString());
      assertEquals("Ann 安", welcome.path("viewer").path("name").asString());
      assertEquals("viewer", welcome.path("viewer").path("role").asString());
      assertEquals("regular", welcome.path("viewer").path("tier").asString());
      assertEquals(0, welcome.path("viewer").path("points").asInt(-1));
      assertEquals(0, welcome.path("viewer").path("growth").asInt(-1));
      assertTrue(welcome.path("epoch").isIntegralNumber());
      assertTrue(welcome.path("seq").isIntegralNumber());
      assertFalse(welcome.path("resumed").asBoolean(true));
      assertTrue(welcome.path("serverTime").asLong() > 1_600_000_000_000L);
      assertTrue(welcome.path("heartbeatMs").asLong() > 0);
      assertEquals(
          "{\"tier\":\"silver\",\"growth\":500,\"pointsFactor\":1.2,\"earlyAccessMs\":2000,"
              + "\"slowModeFactor\":0.6666666666666666}",
          welcome.path("tiers").path(1).toString());
      assertTrue(welcome.path("settings").isObject());
      for (String list : List.of("lotteries", "sales", "orders", "recent")) {
        assertTrue(welcome.path(list).isArray(), list);
      }
    }
  }

  @Test
  void nameAndRole_areOfTheConnectionsOwnToken_whoeverElseTheViewerIs() {
    String room = "join-as-both";
    Jwt staff = Jwt.of("mo").with("name", "Moderator Mo").with("role", "moderator");
    String moderator = staff.with("room", room).signed();
    String viewer = Jwt.of("mo").with("name", "Mo").signed();
    try (ProtocolClient tab = ProtocolClient.join(server, room, viewer)) {
      try (ProtocolClient desk = ProtocolClient.join(server, room, moderator);
          ProtocolClient phone = ProtocolClient.join(server, room, viewer)) {
        assertIs("Mo", "viewer", tab.welcome());
        assertIs("Moderator Mo", "moderator", desk.welcome());
        assertIs("Mo", "viewer", phone.welcome());
        assertEquals(
            200,
            new Api(server, moderator)
                .patch("/api/rooms/" + room, Map.of("silenced", true))
                .status());
        assertEquals("muted", phone.say("may I?").path("code").asString());
        desk.saySeq("silence, please");
        assertEquals(
            "Moderator Mo",
            phone.awaitEvent("danmaku", any -> true).path("viewer").path("name").asString());
        assertIs("Mo", "viewer", tab.request(tab.message("me").put("id", "me")));
      }
      assertEquals("muted", tab.say("and now?").path("code").asString());
    }
  }

  private static void assertIs(String name, String role, JsonNode told) {
    assertEquals("mo", told.path("viewer").path("id").asString());
    assertEquals(name, told.path("viewer").path("name").asString());
    assertEquals(role, told.path("viewer").path("role").asString());
  }

  @Test
  void withoutAName_oneIsCalledByTheBeginningOfTheId_howeverLong() {
    String id = "wechat:o6_bmjrPTlm6_2sgVt7hMZOPfL2M." + "x".repeat(28);
    Api service = Api.of(server, "till", "service");
    assertEquals(64, id.length());
    assertEquals(
        id.substring(0, 32),
        service.get("/api/rooms/join-long/viewers/" + id).json().path("name").asString());
    try (ProtocolClient longest = ProtocolClient.join(server, "join-long", Jwt.viewer(id));
        ProtocolClient blank =
            ProtocolClient.join(server, "join-long", Jwt.of("ann").with("name", " ").signed())) {
      assertEquals(id, longest.welcome().path("viewer").path("id").asString());
      assertEquals(id.substring(0, 32), longest.welcome().path("viewer").path("name").asString());
      assertEquals("ann", blank.welcome().path("viewer").path("name").asString());
    }
  }

  @Test
  void join_withSubprotocol_isWelcomedAndAnsweredWithTheProtocolAlone() {
    try (ProtocolClient bob =
        ProtocolClient.connectAsBrowser(server, "join-subprotocol", Jwt.viewer("bob"))) {
      assertEquals("bob", bob.welcome().path("viewer").path("id").asString());
      assertEquals("barrage.v1", bob.subprotocol());
    }
  }

  @Test
  void join_withoutToken_watchesAndMayNotSpeak() {
    try (ProtocolClient nobody = ProtocolClient.join(server, "join-anonymous", null)) {
      assertTrue(nobody.welcome().path("viewer").isNull());
      JsonNode answer = nobody.say("hello");
      assertEquals("error", answer.path("type").asString());
      assertTrue(
          List.of("unauthorized", "forbidden").contains(answer.path("code").asString()),
          answer.toString());
    }
  }

  static Stream<Arguments> refusedTokens() {
    return Stream.of(
        Arguments.of("garbage", "not-a-token"),
        Arguments.of("alg none", Jwt.of("eve").unsigned()),
        Arguments.of(
            "another key", Jwt.of("eve").signedWith("some-other-secret-of-32-bytes-or-more")),
        Arguments.of("expired", Jwt.of("eve").expiringIn(-3_600).signed()),
        Arguments.of("no expiry", Jwt.of("eve").without("exp").signed()),
        Arguments.of(
            "not yet valid",
            Jwt.of("eve").with("nbf", System.currentTimeMillis() / 1_000 + 1_800).signed()),
        Arguments.of("no subject", Jwt.of("eve").without("sub").signed()),
        Arguments.of("malformed subject", Jwt.of("eve eve").signed()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refusedTokens")
  void join_withRefusedToken_isUpgradedAndClosedWith4401(String what, String jwt) {
    try (ProtocolClient eve = ProtocolClient.connect(server, "join-refused", jwt)) {
      assertEquals(4401, eve.awaitClose(), what);
    }
    try (ProtocolClient eve = ProtocolClient.connectAsBrowser(server, "join-refused", jwt)) {
      assertEquals(4401, eve.awaitClose(), what);
    }
    assertEquals(401, new Api(server, jwt).get("/api/rooms/join-refused").status(), what);
  }

  @Test
  void join_withTokenForAnotherRoom_isClosed() {
    String jwt = Jwt.of("cat").with("room", List.of("one", "two")).signed();
    try (ProtocolClient cat = ProtocolClient.connect(server, "three", jwt)) {
      int code = cat.awaitClose();
      assertTrue(code == 4401 || code == 4403, "closed with " + code);
    }
    try (ProtocolClient cat = ProtocolClient.join(server, "two", jwt)) {
      assertEquals("cat", cat.welcome().path("viewer").path("id").asString());
    }
  }

  @Test
  void openSocket_whenItsTokenExpires_isClosedWith4401() {
    String jwt = Jwt.of("dan").expiringIn(2).signed();
    try (ProtocolClient dan = ProtocolClient.join(server, "join-expiry", jwt)) {
      assertEquals(4401, dan.awaitClose());
    }
  }

  @Test
  void join_fromForeignOrigin_is403() {
    CompletionException refused =
        assertThrows(
            CompletionException.class,
            () -> ProtocolClient.connectFrom(server, "join-origin", "https://evil.example"));
    WebSocketHandshakeException handshake =
        assertInstanceOf(WebSocketHandshakeException.class, refused.getCause());
    assertEquals(403, handshake.getResponse().statusCode());
  }

  @Test
  void join_fromOwnOrigin_isWelcomed() {
    try (ProtocolClient own =
        ProtocolClient.connectFrom(server, "join-origin", server.uri().toString())) {
      assertEquals("join-origin", own.welcome().path("room").asString());
    }
  }

  @Test
  void online_countsAllWhoWatch() {
    try (ProtocolClient first = ProtocolClient.join(server, "join-online", Jwt.viewer("fay"))) {
      assertEquals(1, first.welcome().path("online").asInt());
      ProtocolClient second = ProtocolClient.join(server, "join-online", null);
      assertEquals(2, second.welcome().path("online").asInt());
      first.awaitOnline(2);
      second.close();
      first.awaitOnline(1);
    }
  }

  @Test
  void ping_isAnsweredWithTheServersTime() {
    try (ProtocolClient gil = ProtocolClient.join(server, "join-ping", Jwt.viewer("gil"))) {
      JsonNode answer = gil.request(gil.message("ping").put("id", ProtocolClient.newId()));
      assertEquals("ok", answer.path("type").asString());
      assertTrue(Math.abs(answer.path("serverTime").asLong() - System.currentTimeMillis()) < 5_000);
    }
  }
}
