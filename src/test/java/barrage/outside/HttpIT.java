package barrage.outside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.api.PublishedDocuments;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The HTTP API: what it tells, and how it refuses. */
@ExtendWith(SharedServer.class)
final class HttpIT {
  private static final String GRANT =
      "{\"viewer\":\"ann\",\"delta\":1,\"reason\":\"gift\",\"ref\":\"r\"}";

  private final ServerProcess server;

  HttpIT(ServerProcess server) {
    this.server = server;
  }

  @Test
  void room_isSeenByAnyone() {
    try (ProtocolClient ann = ProtocolClient.join(server, "view", Jwt.viewer("ann"))) {
      long seq = ann.saySeq("hello");
      JsonNode room = Api.anonymous(server).get("/api/rooms/view").json();
      assertEquals("view", room.path("room").asString());
      assertEquals(ann.welcome().path("epoch").asLong(), room.path("epoch").asLong());
      assertEquals(seq, room.path("seq").asLong());
      assertEquals(1, room.path("danmaku").asLong());
      assertTrue(room.path("online").isIntegralNumber());
      assertEquals(0, room.path("likes").asLong(-1));
      assertEquals(ann.welcome().path("settings"), room.path("settings"));
      assertTrue(room.path("lotteries").isArray());
      assertTrue(room.path("sales").isArray());
    }
  }

  @Test
  void roomThatNeverWas_looksEmpty_andIsNotBegunByThat() throws Exception {
    JsonNode room = Api.anonymous(server).get("/api/rooms/made-up").json();
    assertEquals("made-up", room.path("room").asString());
    assertEquals(0, room.path("seq").asLong(-1));
    assertEquals(0, room.path("settings").path("slowModeMs").asLong(-1));
    assertTrue(room.path("sales").isArray());
    assertEquals(":0", server.redis().ask("EXISTS {made-up}:head"));
    try (ProtocolClient ann = ProtocolClient.join(server, "made-up", Jwt.viewer("ann"))) {
      assertEquals(":1", server.redis().ask("EXISTS {made-up}:head"));
      JsonNode joined = Api.anonymous(server).get("/api/rooms/made-up").json();
      assertEquals(ann.welcome().path("epoch").asLong(), joined.path("epoch").asLong());
    }
  }

  @Test
  void settings_areChangedOneByOneAndAnswered() {
    Api moderator = Api.of(server, "mod", "moderator");
    moderator.patch("/api/rooms/settings", Map.of("slowModeMs", 5_000));
    Api.Answer answer = moderator.patch("/api/rooms/settings", Map.of("minTier", "silver"));
    assertEquals(200, answer.status(), answer.body());
    assertEquals(5_000, answer.json().path("slowModeMs").asLong());
    assertEquals("silver", answer.json().path("minTier").asString());
    assertEquals(
        answer.json(), Api.anonymous(server).get("/api/rooms/settings").json().path("settings"));
  }

  @Test
  void danmakuXml_isWhatPlayersRead() throws Exception {
    try (ProtocolClient ann = ProtocolClient.join(server, "xml", Jwt.viewer("ann"))) {
      ann.saySeq("first <&> \"quoted\"");
      ann.request(
          ann.message("danmaku")
              .put("id", ProtocolClient.newId())
              .put("text", "上面")
              .put("mode", "top")
              .put("color", "#ff0000"));
    }
    Api.Answer answer = Api.anonymous(server).get("/api/rooms/xml/danmaku.xml");
    assertEquals(200, answer.status());
    assertTrue(answer.contentType().contains("xml"), answer.contentType());
    NodeList danmaku =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(answer.body().getBytes(StandardCharsets.UTF_8)))
            .getElementsByTagName("d");
    assertEquals(2, danmaku.getLength());
    String[] first = attributes(danmaku, 0);
    assertEquals(0, Double.parseDouble(first[0]));
    assertEquals("1", first[1]);
    assertEquals("16777215", first[3]);
    assertEquals("first <&> \"quoted\"", danmaku.item(0).getTextContent());
    String[] second = attributes(danmaku, 1);
    assertEquals("5", second[1]);
    assertEquals("16711680", second[3]);
    assertTrue(Double.parseDouble(second[0]) < 60);
  }

  private static String[] attributes(NodeList danmaku, int index) {
    String[] p = ((Element) danmaku.item(index)).getAttribute("p").split(",");
    assertTrue(p.length >= 8, String.join(",", p));
    return p;
  }

  @ParameterizedTest(name = "{0} {1} by {2} with {4} is {5} {6}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      nullValues = "-",
      textBlock =
          """
          PATCH  | /api/rooms/errors                   | -         | -  | {}                  | 401 | unauthorized
          PATCH  | /api/rooms/errors                   | viewer    | -  | {"silenced":true}   | 403 | forbidden
          PATCH  | /api/rooms/errors                   | viewer    | -  | not JSON            | 403 | forbidden
          PATCH  | /api/rooms/errors                   | streamer  | -  | not JSON            | 400 | bad_request
          PATCH  | /api/rooms/errors                   | streamer  | -  | {"slowModeMs":-1}   | 400 | bad_request
          PATCH  | /api/rooms/errors                   | streamer  | -  | {"minTier":"tin"}   | 400 | bad_request
          POST   | /api/rooms/errors/points            | -         | k1 | GRANT               | 401 | unauthorized
          POST   | /api/rooms/errors/points            | streamer  | k2 | GRANT               | 403 | forbidden
          POST   | /api/rooms/errors/points            | service   | -  | GRANT               | 400 | bad_request
          POST   | /api/rooms/errors/points            | service   | k3 | {"viewer":"ann"}    | 400 | bad_request
          POST   | /api/rooms/errors/points            | service   | k4 | [1]                 | 400 | bad_request
          POST   | /api/rooms/errors/boosts            | viewer    | k5 | {}                  | 403 | forbidden
          POST   | /api/rooms/errors/boosts            | streamer  | k6 | {"factor":1,"durationMs":1000}     | 400 | bad_request
          POST   | /api/rooms/errors/boosts            | streamer  | k7 | {"factor":1.005,"durationMs":1000} | 400 | bad_request
          POST   | /api/rooms/errors/boosts            | streamer  | k8 | {"factor":10.01,"durationMs":1000} | 400 | bad_request
          POST   | /api/rooms/errors/mutes             | service   | k9 | {}                  | 403 | forbidden
          POST   | /api/rooms/errors/mutes             | moderator | ka | {"viewer":"a b","durationMs":1} | 400 | bad_request
          DELETE | /api/rooms/errors/danmaku/1         | viewer    | -  | -                   | 403 | forbidden
          DELETE | /api/rooms/errors/danmaku/999999    | moderator | -  | -                   | 404 | not_found
          GET    | /api/rooms/errors/viewers/someone   | viewer    | -  | -                   | 403 | forbidden
          GET    | /api/rooms/errors/ledger?viewer=someone | viewer | - | -                   | 403 | forbidden
          GET    | /api/rooms/errors/ledger?viewer=someone | -      | - | -                   | 401 | unauthorized
          GET    | /api/nothing                        | service   | -  | -                   | 404 | not_found
          GET    | /api/rooms/errors/nothing           | service   | -  | -                   | 404 | not_found
          """)
  void refusals_areProblemDocuments(
      String method, String path, String role, String key, String body, int status, String code) {
    Api api = role == null ? Api.anonymous(server) : Api.of(server, "someone-else", role);
    Api.Answer answer =
        api.call(method, path, key, body == null ? null : body.replace("GRANT", GRANT));
    assertEquals(status, answer.status(), answer.body());
    assertEquals(code, answer.code(), answer.body());
    assertTrue(answer.contentType().startsWith("application/problem+json"), answer.contentType());
  }

  @Test
  void tokenOfAnotherRoom_isRefusedHere() {
    Api elsewhere =
        new Api(server, Jwt.of("host").with("role", "streamer").with("room", "there").signed());
    assertEquals(403, elsewhere.patch("/api/rooms/here", Map.of("silenced", true)).status());
    assertEquals(200, elsewhere.patch("/api/rooms/there", Map.of("silenced", true)).status());
  }

  @Test
  void developmentTokens_areNotGivenWhereASecretIsSet() {
    Api.Answer answer =
        Api.anonymous(server).call("POST", "/api/dev/tokens", null, "{\"viewer\":\"eve\"}");
    assertTrue(answer.status() == 404 || answer.status() == 403, answer.body());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/healthz", "/readyz", "/metrics", "/asyncapi.yaml", "/openapi.yaml"})
  void serverTellsOfItself(String path) {
    Api.Answer answer = Api.anonymous(server).get(path);
    assertEquals(200, answer.status());
    assertTrue(!answer.body().isBlank() || path.equals("/healthz") || path.equals("/readyz"));
  }

  @Test
  void documents_areTheOnesThatAllIsHeldTo() {
    YAMLMapper yaml = new YAMLMapper();
    Api api = Api.anonymous(server);
    assertEquals(PublishedDocuments.async(), yaml.readTree(api.get("/asyncapi.yaml").body()));
    assertEquals(PublishedDocuments.http(), yaml.readTree(api.get("/openapi.yaml").body()));
  }
}
