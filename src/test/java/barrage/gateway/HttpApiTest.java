package barrage.gateway;

import static barrage.gateway.TestGateway.bearer;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.core.Entry;
import barrage.core.Outcome;
import barrage.core.Reason;
import barrage.core.Refusal;
import barrage.core.RequestKey;
import barrage.core.Role;
import barrage.core.RoomId;
import barrage.core.RoomSettings;
import barrage.core.Standing;
import barrage.core.Tier;
import barrage.core.Viewer;
import barrage.core.ViewerId;
import barrage.gateway.StatusByRole.InColumns;
import barrage.room.StoreAwayException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HttpApiTest extends HttpTest {
  private static final String KEY = "X-Barrage-Dev-Key: the-dev-key";

  private static final ViewerId BOB = new ViewerId("bob");

  @Test
  void room_isShownToAnyone_onOneConnection() {
    for (int i = 0; i < 3; i++) {
      TestSocket.Response response = call("GET", "/api/rooms/r1", null);
      assertEquals(200, response.status());
      assertEquals("{\"room\":\"r1\"}", response.body());
      assertEquals("nosniff", response.header("X-Content-Type-Options"));
    }
    assertEquals(200, as(Role.VIEWER, "GET", "/api/rooms/r1", null).status());
  }

  @Test
  void badToken_is401_evenWhereNoneIsNeeded() {
    TestSocket.Response response = call("GET", "/api/rooms/r1", null, bearer("no.such.token"));
    assertProblem(401, "unauthorized", response);
    assertEquals("Bearer", response.header("WWW-Authenticate"));
    assertProblem(
        401, "unauthorized", call("GET", "/api/rooms/r1", null, "Authorization: Basic eDp5"));
  }

  @Test
  void anonymous_whereWatchingIsOff_is401() {
    try (TestGateway closed = new TestGateway(config -> config.withAnonymous(false));
        TestSocket other = new TestSocket(closed.port)) {
      other.send("GET /api/rooms/r1 HTTP/1.1\r\nHost: a\r\n\r\n");
      assertProblem(401, "unauthorized", other.response());
    }
  }

  @Test
  void order_isCallerThenRoleThenRoomThenKeyThenBody() {
    String nonsense = "nonsense";
    assertProblem(401, "unauthorized", call("POST", "/api/rooms/a%20b/points", nonsense));
    reconnect();
    assertProblem(403, "forbidden", as(Role.VIEWER, "POST", "/api/rooms/a%20b/points", nonsense));
    reconnect();
    assertProblem(404, "not_found", as(Role.SERVICE, "POST", "/api/rooms/a%20b/points", nonsense));
    reconnect();
    TestSocket.Response keyless =
        call("POST", "/api/rooms/r1/points", nonsense, bearer(server.token("shop", Role.SERVICE)));
    assertProblem(400, "bad_request", keyless);
    assertTrue(keyless.body().contains("Idempotency-Key"));
    reconnect();
    assertProblem(400, "bad_request", as(Role.SERVICE, "POST", "/api/rooms/r1/points", nonsense));
    assertTrue(server.rooms.isEmpty());
  }

  @ParameterizedTest
  @CsvSource({
    // call, viewer, moderator, streamer, service, admin
    "PATCH, /api/rooms/r1, 403, 200, 200, 403, 200",
    "POST, /api/rooms/r1/points, 403, 403, 403, 200, 200",
    "POST, /api/rooms/r1/boosts, 403, 403, 200, 403, 200",
    "POST, /api/rooms/r1/mutes, 403, 200, 200, 403, 200",
    "DELETE, /api/rooms/r1/danmaku/7, 403, 204, 204, 403, 204",
    "GET, /api/rooms/r1/viewers/bob, 403, 403, 200, 200, 200",
    "GET, /api/rooms/r1/ledger?viewer=bob, 403, 403, 200, 200, 200",
    "GET, /api/rooms/r1/danmaku.xml, 200, 200, 200, 200, 200",
    "GET, /api/rooms/r1/danmaku.csv, 403, 200, 200, 403, 200",
    "GET, /api/rooms/r1/orders.csv, 403, 403, 200, 200, 200",
    "GET, /api/rooms/r1/figures, 403, 200, 200, 403, 200",
  })
  void roles_decideWhoMayCall(String method, String target, @InColumns StatusByRole expected) {
    answerEverything();
    String body =
        "{\"viewer\":\"bob\",\"delta\":5,\"reason\":\"gift\",\"ref\":\"g1\",\"factor\":2,"
            + "\"durationMs\":60000,\"unknown\":[{}]}";
    boolean hasBody = method.equals("POST") || method.equals("PATCH");
    assertStatusByRole(expected, method, target, hasBody ? body : null);
  }

  private void answerEverything() {
    server.room().outcome =
        entry -> {
          if (entry instanceof Entry.Configure) {
            return new Outcome.Settled(RoomSettings.DEFAULT);
          } else if (entry instanceof Entry.Boost boost) {
            return new Outcome.Boosted(boost.factor(), 99);
          } else if (entry instanceof Entry.Mute) {
            return new Outcome.Muted(Standing.FOREVER);
          } else if (entry instanceof Entry.Delete) {
            return Outcome.Done.DONE;
          }
          return new Outcome.Stands("Bob", Role.VIEWER, new Standing(Tier.GOLD, 7, 2_000, 0));
        };
  }

  @Test
  void viewer_mayLookAtThemselves() {
    answerEverything();
    TestSocket.Response response =
        call("GET", "/api/rooms/r1/viewers/bob", null, bearer(server.token("bob", Role.VIEWER)));
    assertEquals(
        "{\"id\":\"bob\",\"name\":\"Bob\",\"role\":\"viewer\",\"tier\":\"gold\",\"points\":7,"
            + "\"growth\":2000}",
        response.body());
    response =
        call(
            "GET",
            "/api/rooms/r1/ledger?viewer=bob",
            null,
            bearer(server.token("bob", Role.VIEWER)));
    assertEquals(
        "{\"entries\":[{\"at\":1700000000000,\"delta\":5,\"growth\":6,\"reason\":\"danmaku\","
            + "\"ref\":\"2026-11-21\"}],\"next\":\"1\"}",
        response.body());
    response =
        call(
            "GET",
            "/api/rooms/r1/ledger?viewer=bob&after=1",
            null,
            bearer(server.token("bob", Role.VIEWER)));
    assertFalse(response.body().contains("next"), response.body());
  }

  @Test
  void tokenForAnotherRoom_is403() {
    String token =
        server.tokens.issue(
            new Viewer(new ViewerId("s"), "s", Role.STREAMER), List.of(new RoomId("other")));
    assertProblem(403, "forbidden", call("GET", "/api/rooms/r1", null, bearer(token)));
  }

  @Test
  void points_becomeAnEntryUnderTheCallersKey() {
    answerEverything();
    as(
        Role.SERVICE,
        "POST",
        "/api/rooms/r1/points",
        "{\"viewer\":\"bob\",\"delta\":-5,\"growth\":null,\"reason\":\"礼物\",\"ref\":\"g1\"}");
    assertEquals(
        List.of(
            new Entry.Grant(new RequestKey(new ViewerId("service"), "k1"), BOB, -5, 0, "礼物", "g1")),
        server.room().entries);
  }

  @Test
  void settings_changeWhatIsNamed() {
    answerEverything();
    TestSocket.Response response =
        as(
            Role.STREAMER,
            "PATCH",
            "/api/rooms/r1",
            "{\"slowModeMs\":3000,\"minTier\":\"silver\",\"silenced\":false}");
    assertEquals(
        "{\"slowModeMs\":0,\"membersOnly\":false,\"minTier\":\"regular\",\"silenced\":false}",
        response.body());
    assertEquals(
        List.of(new Entry.Configure(new RoomSettings.Patch(3_000L, null, Tier.SILVER, false))),
        server.room().entries);
  }

  @ParameterizedTest
  @CsvSource({
    "1.5, 150, 1.5",
    "10, 1000, 10",
    "1.01, 101, 1.01",
    "2.500, 250, 2.5",
    "1E+1, 1000, 10"
  })
  void boost_countsInHundredths(String factor, int hundredths, String answered) {
    answerEverything();
    TestSocket.Response response = boost(factor);
    assertEquals("{\"factor\":" + answered + ",\"untilAt\":99}", response.body());
    assertEquals(hundredths, ((Entry.Boost) server.room().entries.get(0)).factor());
  }

  private TestSocket.Response boost(String factor) {
    String body = "{\"factor\":" + factor + ",\"durationMs\":1000}";
    return as(Role.STREAMER, "POST", "/api/rooms/r1/boosts", body);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1",
        "0.5",
        "10.01",
        "1.005",
        "1e999999999",
        "1e-999999999",
        "\"2\"",
        "null",
        "-2",
        "NaN",
        "1111111111111111111111111111111111111111111111111111111111111111111111111111111",
      })
  void boost_ofAnotherFactor_isABadRequest(String factor) {
    TestSocket.Response response = boost(factor);
    assertProblem(400, "bad_request", response);
    assertTrue(server.rooms.isEmpty());
  }

  @Test
  void mute_answersUntilWhen() {
    answerEverything();
    TestSocket.Response response =
        as(Role.MODERATOR, "POST", "/api/rooms/r1/mutes", "{\"viewer\":\"bob\",\"durationMs\":-1}");
    assertEquals("{\"viewer\":\"bob\",\"untilAt\":-1}", response.body());
    assertEquals(
        List.of(new Entry.Mute(new RequestKey(new ViewerId("moderator"), "k1"), BOB, -1)),
        server.room().entries);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"viewer\":7,\"durationMs\":0}|viewer",
        "{\"viewer\":\"a b\",\"durationMs\":0}|viewer",
        "{\"durationMs\":0}|viewer",
        "{\"viewer\":\"bob\",\"durationMs\":\"0\"}|durationMs",
        "{\"viewer\":\"bob\",\"durationMs\":1.5}|durationMs",
        "{\"viewer\":\"bob\",\"durationMs\":-2}|durationMs",
        "{\"viewer\":\"bob\",\"durationMs\":99999999999999999999}|durationMs",
        "{\"viewer\":\"bob\"}|durationMs",
        "{\"viewer\":\"bob\",\"durationMs\":0} x|body",
        "{\"viewer\":\"bob\",\"viewer\":\"eve\",\"durationMs\":0}|body",
        "[]|body",
        "''|body",
      })
  void badBody_namesWhatIsWrong(String body, String named) {
    TestSocket.Response response = as(Role.MODERATOR, "POST", "/api/rooms/r1/mutes", body);
    assertProblem(400, "bad_request", response);
    assertTrue(response.body().contains(named), response.body());
  }

  @Test
  void deepJson_isABadRequest() {
    String deep = "{\"viewer\":" + "[".repeat(20_000) + "]".repeat(20_000) + "}";
    assertProblem(400, "bad_request", as(Role.MODERATOR, "POST", "/api/rooms/r1/mutes", deep));
  }

  @Test
  void bodyOver64KiB_is413_declaredOrNot() {
    String token = bearer(server.token("m", Role.MODERATOR));
    String head =
        "POST /api/rooms/r1/mutes HTTP/1.1\r\nHost: a\r\nIdempotency-Key: k\r\n" + token + "\r\n";
    client.send(head + "Content-Length: 65537\r\n\r\n"); // not a byte of it is waited for
    assertProblem(413, "too_large", client.response());
    reconnect();
    client.send(head + "Transfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 17; i++) {
      client.send("1000\r\n" + "x".repeat(4096) + "\r\n");
    }
    TestSocket.Response response = client.response();
    assertProblem(413, "too_large", response);
    assertEquals("close", response.header("Connection"));
    assertTrue(client.isAtEnd());
  }

  @Test
  void bodyOfSomeoneWhoMayNot_isNotRead() {
    client.send(
        "POST /api/rooms/r1/mutes HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n");
    assertProblem(401, "unauthorized", client.response());
    assertTrue(client.isAtEnd());
  }

  @Test
  void expectContinue_isToldWhenTheBodyIsWanted() {
    answerEverything();
    String body = "{\"viewer\":\"bob\",\"durationMs\":0}";
    client.send(
        "POST /api/rooms/r1/mutes HTTP/1.1\r\nHost: a\r\nIdempotency-Key: k\r\n"
            + bearer(server.token("m", Role.MODERATOR))
            + "\r\nExpect: 100-continue\r\nContent-Length: "
            + body.length()
            + "\r\n\r\n");
    assertEquals(100, client.response().status());
    client.send(body);
    assertEquals(200, client.response().status());
  }

  @Test
  void refusal_isAProblem_thatSaysWhenToRetry() {
    server.room().outcome =
        entry -> new Outcome.Refused(Refusal.retryAfter(Reason.RATE_LIMITED, 1_001));
    TestSocket.Response response = as(Role.MODERATOR, "DELETE", "/api/rooms/r1/danmaku/7", null);
    assertProblem(429, "rate_limited", response);
    assertTrue(response.body().contains("\"retryAfterMs\":1001"));
    assertTrue(response.body().contains("\"title\":\"Too Many Requests\""));
    assertEquals("2", response.header("Retry-After"));
    server.room().outcome = entry -> Outcome.Refused.of(Reason.UNAVAILABLE);
    assertProblem(
        503, "unavailable", as(Role.MODERATOR, "DELETE", "/api/rooms/r1/danmaku/7", null));
    server.room().outcome =
        entry -> {
          throw new StoreAwayException("away", false);
        };
    assertProblem(
        503, "unavailable", as(Role.MODERATOR, "DELETE", "/api/rooms/r1/danmaku/7", null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/nothing",
        "/api/nothing",
        "/api/rooms",
        "/api/rooms/r1/",
        "/a/../b",
        "/%2e%2e/x"
      })
  void unknownPath_is404(String target) {
    assertProblem(404, "not_found", call("GET", target, null));
    assertProblem(404, "not_found", call("POST", target, null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/%", "/%4", "/%GG", "/%ff", "x", "/api/rooms/r1/danmaku.xml?fromSeq=%zz"})
  void unreadableTarget_is400(String target) {
    assertProblem(400, "bad_request", call("GET", target, null));
  }

  @Test
  void wrongMethod_is405_andSaysWhichAreRight() {
    TestSocket.Response response = call("PUT", "/api/rooms/r1", null);
    assertProblem(405, "bad_request", response);
    assertEquals("GET, PATCH, HEAD, OPTIONS", response.header("Allow"));
    response = call("OPTIONS", "/api/rooms/r1", null);
    assertEquals(204, response.status());
    assertEquals("GET, PATCH, HEAD, OPTIONS", response.header("Allow"));
  }

  @Test
  void head_isGetWithoutABody() {
    client.send("HEAD /api/rooms/r1 HTTP/1.1\r\nHost: a\r\n\r\n");
    TestSocket.Response head = client.responseHead();
    assertEquals(200, head.status());
    assertEquals("13", head.header("Content-Length"));
    assertEquals("{\"room\":\"r1\"}", call("GET", "/api/rooms/r1", null).body());
  }

  @Test
  void hostMissing_is400() {
    client.send("GET /healthz HTTP/1.1\r\n\r\n");
    assertEquals(400, client.response().status());
  }

  @Test
  void oversizedHead_is431_or414() {
    client.send("GET /healthz HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(9_000) + "\r\n\r\n");
    assertProblem(431, "too_large", client.response());
    assertTrue(client.isAtEnd());
    reconnect();
    client.send("GET /" + "x".repeat(9_000) + " HTTP/1.1\r\n\r\n");
    assertProblem(414, "too_large", client.response());
  }

  @Test
  void garbage_is400AndTheEnd() {
    client.send("\u0016\u0003\u0001 hello\r\n\r\n");
    assertEquals(400, client.response().status());
    assertTrue(client.isAtEnd());
  }

  @Test
  void pipelinedRequests_areNotAllAnswered() {
    String request =
        "DELETE /api/rooms/r1/danmaku/7 HTTP/1.1\r\nHost: a\r\n"
            + bearer(server.token("m", Role.MODERATOR))
            + "\r\n\r\n";
    server.room().pending = new CompletableFuture<>();
    client.send(request + request + request);
    await().until(() -> server.room().entries.size() == 1);
    server.room().pending.complete(Outcome.Done.DONE);
    TestSocket.Response response = client.response();
    assertEquals(204, response.status());
    assertEquals("close", response.header("Connection"));
    assertTrue(client.isAtEnd());
    assertEquals(1, server.room().entries.size());
  }

  @Test
  void idleConnection_isClosedInTime() {
    assertEquals(200, call("GET", "/healthz", null).status());
    server.advance(29_999);
    assertEquals(200, call("GET", "/healthz", null).status());
    server.advance(30_000);
    server.advance(30_000); // counted from when the gateway knew that the answer was out
    assertTrue(client.isAtEnd());
  }

  @Test
  void connectionClose_isKept() {
    TestSocket.Response response = call("GET", "/healthz", null, "Connection: close");
    assertEquals("close", response.header("Connection"));
    assertTrue(client.isAtEnd());
  }

  @Test
  void devToken_isIssuedToThisMachineAlone() {
    TestSocket.Response response =
        call("POST", "/api/dev/tokens", "{\"viewer\":\"ann\",\"role\":\"streamer\"}", KEY);
    assertEquals(200, response.status(), response.body());
    String token = response.body().replaceAll(".*\"token\":\"([^\"]+)\".*", "$1");
    answerEverything();
    assertEquals(200, call("PATCH", "/api/rooms/r1", "{}", bearer(token)).status());
    for (String host : List.of("evil.example", "localhost.evil.example", "10.0.0.1:8080")) {
      try (TestSocket other = new TestSocket(server.port)) {
        other.send(
            "POST /api/dev/tokens HTTP/1.1\r\nX-Barrage-Dev-Key: the-dev-key\r\nHost: "
                + host
                + "\r\nContent-Length: 16\r\n\r\n{\"viewer\":\"ann\"}");
        assertProblem(403, "forbidden", other.response());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Forwarded: for=1.2.3.4",
        "X-Forwarded-For: 1.2.3.4",
        "X-Real-IP: 1.2.3.4",
        "Via: p"
      })
  void devToken_isNotIssuedThroughAProxy(String header) {
    assertProblem(403, "forbidden", askForToken("{\"viewer\":\"a\"}", KEY, header));
  }

  @Test
  void devToken_isIssuedToWhoHasTheKey_andNotForEverything() {
    String ann = "{\"viewer\":\"ann\"}";
    assertProblem(401, "unauthorized", askForToken(ann, "X-Nothing: 1"));
    assertProblem(401, "unauthorized", askForToken("?", "X-Barrage-Dev-Key: the-dev-ke"));
    for (String tooMuch :
        List.of(
            "\"role\":\"admin\"",
            "\"role\":\"admin\",\"room\":\"r1\"",
            "\"role\":\"service\"",
            "\"role\":\"service\",\"room\":\"*\"")) {
      assertProblem(403, "forbidden", askForToken("{\"viewer\":\"a\"," + tooMuch + "}", KEY));
    }
    String ofRoom = "{\"viewer\":\"a\",\"role\":\"service\",\"room\":\"r1\"}";
    assertEquals(200, askForToken(ofRoom, KEY).status());
  }

  private TestSocket.Response askForToken(String body, String... headers) {
    try (TestSocket socket = new TestSocket(server.port)) {
      socket.send(
          "POST /api/dev/tokens HTTP/1.1\r\nHost: localhost\r\n"
              + String.join("\r\n", headers)
              + "\r\nContent-Length: "
              + body.length()
              + "\r\n\r\n"
              + body);
      return socket.response();
    }
  }

  @Test
  void devToken_isGood_howeverLongTheIdAndWhateverTheName() {
    answerEverything();
    String longest = "v".repeat(64);
    for (String name : List.of("", ",\"name\":\"\"", ",\"name\":\" \"", ",\"name\":\"Ann 安\"")) {
      TestSocket.Response response =
          call("POST", "/api/dev/tokens", "{\"viewer\":\"" + longest + "\"" + name + "}", KEY);
      assertEquals(200, response.status(), response.body());
      String token = response.body().replaceAll(".*\"token\":\"([^\"]+)\".*", "$1");
      assertEquals(200, call("GET", "/api/rooms/r1", null, bearer(token)).status(), name);
    }
  }

  /** A page anywhere can send text to anyone: no preflight asks us first. */
  @Test
  void devToken_isIssuedToNoPageOfAnotherSite() {
    for (String origin : List.of("http://evil.example", "null")) {
      try (TestSocket page = new TestSocket(server.port)) {
        page.send(
            "POST /api/dev/tokens HTTP/1.1\r\nX-Barrage-Dev-Key: the-dev-key\r\nHost: localhost\r\nOrigin: "
                + origin
                + "\r\nContent-Type: text/plain\r\nContent-Length: 16\r\n\r\n"
                + "{\"viewer\":\"ann\"}");
        assertProblem(403, "forbidden", page.response());
      }
    }
    TestSocket.Response own =
        call(
            "POST",
            "/api/dev/tokens",
            "{\"viewer\":\"ann\"}",
            KEY,
            "Origin: http://127.0.0.1:" + server.port,
            "Content-Type: text/plain");
    assertEquals(200, own.status(), "as everywhere, the body alone says what it is");
    for (String path : List.of("/healthz", "/openapi.yaml", "/")) {
      TestSocket.Response open = call("GET", path, null, "Origin: http://evil.example");
      assertEquals(200, open.status(), "nothing that anyone may read is a secret");
      assertNull(open.header("Access-Control-Allow-Origin"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|viewer",
        "{\"viewer\":\"a b\"}|viewer",
        "{\"viewer\":\"a\",\"role\":\"root\"}|role",
        "{\"viewer\":\"a\",\"room\":\"a b\"}|room",
        "{\"viewer\":\"a\",\"room\":[1]}|room",
        "{\"viewer\":\"a\",\"name\":\"123456789012345678901234567890123\"}|name",
        "{\"viewer\":\"a\",\"name\":7}|name",
      })
  void devToken_forNonsense_isABadRequest(String body, String named) {
    TestSocket.Response response = call("POST", "/api/dev/tokens", body, KEY);
    assertProblem(400, "bad_request", response);
    assertTrue(response.body().contains(named), response.body());
  }

  @Test
  void readiness_followsTheStore() {
    assertEquals(200, call("GET", "/readyz", null).status());
    server.store.away = true;
    assertEquals(503, call("GET", "/readyz", null).status());
    assertEquals(200, call("GET", "/healthz", null).status());
  }

  @Test
  void metrics_count() {
    call("GET", "/nothing", null);
    String text = call("GET", "/metrics", null).body();
    assertTrue(text.contains("barrage_connections 0"), text);
    assertTrue(text.contains("barrage_messages_in_total{type=\"say\"} 0"), text);
    assertTrue(text.contains("barrage_refusals_total{code=\"not_found\"} 1"), text);
  }

  @Test
  void pages_comeWithTypeTagAndPolicy() {
    TestSocket.Response page = call("GET", "/sub/test-page.html", null);
    assertEquals(200, page.status());
    assertEquals("text/html; charset=utf-8", page.header("Content-Type"));
    assertEquals("no-cache", page.header("Cache-Control"));
    assertEquals("no-referrer", page.header("Referrer-Policy"));
    String policy = page.header("Content-Security-Policy");
    assertTrue(policy.contains("default-src 'self'") && !policy.contains("unsafe"), policy);
    String tag = page.header("ETag");
    assertNotNull(tag);
    for (String known : List.of("\"x\", " + tag, "W/" + tag, "W/\"x\" ,W/" + tag + ",\"y\"", "*")) {
      for (String path : List.of("/sub/test-page.html", "/asyncapi.yaml", "/openapi.yaml")) {
        String same = known.replace(tag, call("GET", path, null).header("ETag"));
        TestSocket.Response again = call("GET", path, null, "If-None-Match: " + same);
        assertEquals(304, again.status(), same);
        assertEquals("", again.body());
      }
    }
    assertEquals(
        304,
        call("GET", "/sub/test-page.html", null, "If-None-Match: \"x\"", "If-None-Match: " + tag)
            .status());
    for (String other : List.of("\"x\"", "W/\"x\"", tag.replace("\"", ""), "w/" + tag)) {
      assertEquals(
          200, call("GET", "/sub/test-page.html", null, "If-None-Match: " + other).status());
    }
    assertEquals(404, call("GET", "/sub/none.html", null, "If-None-Match: *").status());
    assertEquals(404, call("GET", "/sub/none.html", null).status());
    assertEquals(404, call("GET", "/sub", null).status());
    assertEquals(404, call("GET", "/sub/../sub/test-page.html", null).status());
    for (String directory : List.of("/verify", "/verify/")) {
      assertEquals("text/html; charset=utf-8", call("GET", directory, null).header("Content-Type"));
    }
    assertEquals(404, call("GET", "/sub", null).status());
    assertEquals(
        "text/plain; charset=utf-8", call("GET", "/sdk/barrage.d.ts", null).header("Content-Type"));
  }

  @Test
  void everyFileOfThePages_isServedWithItsType() throws IOException {
    Map<String, String> types =
        Map.of(
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "html", "text/html; charset=utf-8",
            "ts", "text/plain; charset=utf-8",
            "svg", "image/svg+xml",
            "json", "application/json");
    Path web = Path.of("src", "main", "resources", "web");
    try (Stream<Path> files = Files.walk(web).filter(Files::isRegularFile)) {
      for (Path file : files.toList()) {
        String path = "/" + web.relativize(file).toString().replace('\\', '/');
        TestSocket.Response answer = call("GET", path, null);
        assertEquals(200, answer.status(), path);
        String suffix = path.substring(path.lastIndexOf('.') + 1);
        assertEquals(types.get(suffix), answer.header("Content-Type"), path);
      }
    }
    assertEquals(404, call("GET", "/activity", null).status());
    assertEquals(404, call("GET", "/activity/sale", null).status());
    assertEquals(404, call("GET", "/activity/none/none.css", null).status());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/", "/healthz", "/api/rooms/r1", "/api/rooms/r1/ledger", "/nothing", "/metrics"})
  void everyAnswer_tellsBrowsersWhatNotToDo(String path) {
    TestSocket.Response answer = call("GET", path, null);
    assertEquals("nosniff", answer.header("X-Content-Type-Options"));
    assertEquals("no-referrer", answer.header("Referrer-Policy"));
    assertEquals("same-origin", answer.header("Cross-Origin-Opener-Policy"));
    assertEquals("same-origin", answer.header("Cross-Origin-Resource-Policy"));
    assertEquals(path.equals("/") ? "no-cache" : "no-store", answer.header("Cache-Control"));
    String policy = answer.header("Content-Security-Policy");
    assertTrue(policy.contains("frame-ancestors " + (path.equals("/") ? "'self'" : "'none'")));
    assertNull(answer.header("Strict-Transport-Security"), "it was not said over TLS");
  }

  @Test
  void foreignOrigin_is403_andNoneButListedOnesMayRead() {
    assertProblem(
        403, "forbidden", call("GET", "/api/rooms/r1", null, "Origin: https://evil.example"));
    TestSocket.Response own =
        call("GET", "/api/rooms/r1", null, "Origin: http://localhost:" + server.port);
    assertEquals(200, own.status());
    assertNull(own.header("Access-Control-Allow-Origin"));
    try (TestGateway listing =
            new TestGateway(config -> config.withOrigins(Set.of("https://shop.example")));
        TestSocket other = new TestSocket(listing.port)) {
      other.send(
          "OPTIONS /api/rooms/r1/mutes HTTP/1.1\r\nHost: a\r\nOrigin: https://shop.example\r\n"
              + "Access-Control-Request-Method: POST\r\n\r\n");
      TestSocket.Response preflight = other.response();
      assertEquals(204, preflight.status());
      assertEquals("https://shop.example", preflight.header("Access-Control-Allow-Origin"));
      assertEquals("cross-origin", preflight.header("Cross-Origin-Resource-Policy"));
      assertEquals(
          "Authorization, Content-Type, Idempotency-Key",
          preflight.header("Access-Control-Allow-Headers"));
    }
  }
}
