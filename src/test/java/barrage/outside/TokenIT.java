package barrage.outside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which tokens a server takes that asks for all there is, and what the commands say of them. */
final class TokenIT {
  private static final String OLD = "the-old-secret-of-thirty-two-bytes-and-more";
  private static final String YOUNG = "the-new-secret=of-thirty-two-bytes-and-more";
  private static final int LEEWAY_S = 60;

  @TempDir static Path dir;
  private static Path config;
  private static ServerProcess server;

  @BeforeAll
  static void start() throws Exception {
    Path secrets = Files.writeString(dir.resolve("secrets"), "2026=" + YOUNG + ",2025=" + OLD);
    config =
        Files.writeString(
            dir.resolve("barrage.yaml"),
            """
            auth:
              hmac-secret-file: %s
              audience: [live, shop]
              issuer: https://id.example
              leeway-ms: %d
              require-room: true
            redis.embedded.dir: %s
            """
                .formatted(secrets, LEEWAY_S * 1_000, dir.resolve("data")));
    server =
        ServerProcess.launch(
                dir.resolve("data"),
                List.of(
                    "auth.hmac-secret-file=" + secrets,
                    "auth.audience=live,shop",
                    "auth.issuer=https://id.example",
                    "auth.leeway-ms=" + LEEWAY_S * 1_000,
                    "auth.require-room=true",
                    "rooms.begin-by=anyone"))
            .awaitReady();
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
  }

  private static Jwt good() {
    return Jwt.of("ann").with("aud", "live").with("iss", "https://id.example").with("room", "here");
  }

  private static long inSeconds(long seconds) {
    return Instant.now().getEpochSecond() + seconds;
  }

  /** By a call and by a connection. */
  private static void assertTaken(boolean taken, String jwt) throws Exception {
    assertEquals(taken ? 200 : 401, new Api(server, jwt).get("/api/rooms/here").status());
    try (ProtocolClient client = ProtocolClient.connect(server, "here", jwt)) {
      if (taken) {
        assertEquals("ann", client.welcome().path("viewer").path("id").asString());
      } else {
        assertEquals(4401, client.awaitClose());
      }
    }
  }

  @Test
  void tokenWithAllThatIsAskedFor_isTaken() throws Exception {
    assertTaken(true, good().signedWith(YOUNG));
    assertTaken(true, good().signedAs("2026", YOUNG));
    assertTaken(true, good().signedAs("2025", OLD));
    assertTaken(true, good().with("aud", List.of("mail", "shop")).signedWith(OLD));
    assertTaken(true, good().with("room", "*").signedWith(YOUNG));
  }

  @Test
  void tokenOfAnotherService_isRefused() throws Exception {
    assertTaken(false, good().without("aud").signedWith(YOUNG));
    assertTaken(false, good().with("aud", "mail").signedWith(YOUNG));
    assertTaken(false, good().without("iss").signedWith(YOUNG));
    assertTaken(false, good().with("iss", "https://other.example").signedWith(YOUNG));
  }

  @Test
  void tokenWithoutARoom_isRefused_whereOneIsRequired() throws Exception {
    assertTaken(false, good().without("room").signedWith(YOUNG));
    String elsewhere = good().with("room", "there").signedWith(YOUNG);
    assertEquals(403, new Api(server, elsewhere).get("/api/rooms/here").status());
  }

  @Test
  void times_areLookedAtWithTheLeeway() throws Exception {
    assertTaken(true, good().with("exp", inSeconds(-LEEWAY_S / 2)).signedWith(YOUNG));
    assertTaken(false, good().with("exp", inSeconds(-LEEWAY_S - 5)).signedWith(YOUNG));
    assertTaken(true, good().with("nbf", inSeconds(LEEWAY_S / 2)).signedWith(YOUNG));
    assertTaken(false, good().with("nbf", inSeconds(LEEWAY_S + 30)).signedWith(YOUNG));
  }

  @Test
  void tokenOfAnUnknownOrAnotherKey_isRefused() throws Exception {
    assertTaken(false, good().signedAs("2024", OLD));
    assertTaken(false, good().signedAs("2026", OLD));
    assertTaken(false, good().signedAs("2025", YOUNG));
    assertTaken(false, good().signedWith(ServerProcess.SECRET));
    assertTaken(false, good().unsigned());
  }

  @Test
  void secretThatIsTakenOut_isNoneAnyMore() throws Exception {
    Path data = dir.resolve("after");
    List<String> settings = List.of("auth.hmac-secret=2026=" + YOUNG, "rooms.begin-by=anyone");
    try (ServerProcess after = ServerProcess.launch(data, settings).awaitReady()) {
      for (String gone : List.of(good().signedAs("2025", OLD), good().signedWith(OLD))) {
        assertEquals(401, new Api(after, gone).get("/api/rooms/here").status());
      }
      String still = good().signedAs("2026", YOUNG);
      assertEquals(200, new Api(after, still).get("/api/rooms/here").status());
    }
  }

  @ParameterizedTest
  @CsvSource({"viewer, here", "moderator, here", "streamer, here", "service, here", "admin, *"})
  void tokenThatTheCommandMakes_isTaken(String role, String room) throws Exception {
    ServerProcess.Ended made =
        ServerProcess.run(
            "token",
            "--viewer",
            "ann",
            "--role",
            role,
            "--room",
            room,
            "--name",
            "Ann 安",
            "--valid",
            "5m",
            "--config",
            config.toString());
    assertEquals(0, made.status(), made.said());
    assertTaken(true, made.said().strip());
    ServerProcess.Ended told =
        ServerProcess.run("token", "--config", config.toString(), "--check", made.said().strip());
    assertEquals(0, told.status(), told.said());
    String other = good().with("aud", "mail").signedWith(YOUNG);
    ServerProcess.Ended refused =
        ServerProcess.run("token", "--config", config.toString(), "--check", other);
    assertEquals(1, refused.status(), refused.said());
    assertTrue(refused.said().startsWith("refused: "), refused.said());
  }

  @Test
  void checkOfTheConfiguration_namesFileAndLine() throws Exception {
    ServerProcess.Ended good = ServerProcess.run("check", "--config", config.toString());
    assertEquals(0, good.status(), good.said());
    Path wrong = Files.writeString(dir.resolve("wrong.yaml"), "server:\n  port: x\n");
    ServerProcess.Ended mistaken = ServerProcess.run("check", "--config", wrong.toString());
    assertEquals(2, mistaken.status(), mistaken.said());
    assertTrue(mistaken.said().startsWith(wrong + ":2: server.port: "), mistaken.said());
    Path rules = Files.writeString(dir.resolve("rules.yaml"), "points:\n  danmaku: {points: -1}\n");
    ServerProcess.Ended ruled = ServerProcess.run("check", "--set", "rules.file=" + rules);
    assertEquals(2, ruled.status(), ruled.said());
    assertTrue(ruled.said().startsWith(rules + ":2: points.danmaku.points"), ruled.said());
  }
}
