package barrage.outside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a server starts, and how it ends when it is asked to. */
final class StartIT {
  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(strings = {"server.prot=1", "server.port=high", "limits.enabled=maybe"})
  void mistakeInASetting_stopsTheStartWithOneLineThatNamesIt(String setting) throws Exception {
    try (ServerProcess server = ServerProcess.launch(dir, List.of(setting))) {
      assertNotEquals(0, server.awaitExit());
      assertEquals(1, server.err().size(), String.join("\n", server.err()));
      String key = setting.substring(0, setting.indexOf('='));
      assertTrue(server.err().get(0).contains(key), server.err().get(0));
      assertTrue(server.out().stream().noneMatch(line -> line.startsWith("READY")));
    }
  }

  @Test
  void mistakeInTheFile_isNamedWithFileAndLine() throws Exception {
    Path file = dir.resolve("mistaken.yaml");
    Files.writeString(file, "server:\n  host: 127.0.0.1\n  prot: 8080\n");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                System.getProperty("barrage.jar"),
                "serve",
                "--config",
                file.toString(),
                "--set",
                "redis.embedded.dir=" + dir)
            .redirectErrorStream(true)
            .start();
    if (!process.waitFor(15, TimeUnit.SECONDS)) {
      process.destroy();
      throw new AssertionError("started with a mistake in its file");
    }
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertNotEquals(0, process.exitValue());
    assertEquals(1, output.lines().count(), output);
    assertTrue(output.contains("server.prot"), output);
    assertTrue(output.contains("mistaken.yaml") && output.contains("3"), output);
  }

  @Test
  void mistakeInTheRules_isOneLineWithFileAndLine() throws Exception {
    Path rules = dir.resolve("rules.yaml");
    Files.writeString(rules, "points:\n  danmaku: {points: -1}\n");
    try (ServerProcess server = ServerProcess.launch(dir, List.of("rules.file=" + rules))) {
      assertNotEquals(0, server.awaitExit());
      assertEquals(1, server.err().size(), String.join("\n", server.err()));
      String line = server.err().get(0);
      assertTrue(line.contains(rules + ":2") && line.contains("points.danmaku.points"), line);
    }
  }

  @Test
  void serverWithoutASecret_givesDevelopmentTokensOnLoopback() throws Exception {
    try (ServerProcess server =
        ServerProcess.launch(dir, List.of("auth.anonymous=off")).awaitReady()) {
      assertEquals("READY " + server.uri(), server.out().get(server.out().size() - 1));
      assertEquals("127.0.0.1", server.uri().getHost());

      String jwt =
          Api.anonymous(server)
              .call("POST", "/api/dev/tokens", null, "{\"viewer\":\"ann\",\"name\":\"Ann\"}")
              .json()
              .path("token")
              .asString();
      try (ProtocolClient ann = ProtocolClient.join(server, "dev", jwt)) {
        assertEquals("Ann", ann.welcome().path("viewer").path("name").asString());
        ann.saySeq("hello");
      }
      String asService =
          Api.anonymous(server)
              .call(
                  "POST",
                  "/api/dev/tokens",
                  null,
                  "{\"viewer\":\"shop\",\"role\":\"service\",\"room\":\"dev\"}")
              .json()
              .path("token")
              .asString();
      assertEquals(200, new Api(server, asService).get("/api/rooms/dev/viewers/ann").status());

      assertRefusedWithForeignHost(server.uri());
      assertAnonymousIsRefused(server);
    }
  }

  /** What keeps a page of the web from asking for tokens under a name that leads to loopback. */
  private static void assertRefusedWithForeignHost(URI uri) throws IOException {
    try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
      socket.setSoTimeout(10_000);
      String body = "{\"viewer\":\"eve\"}";
      String request =
          "POST /api/dev/tokens HTTP/1.1\r\nHost: evil.example\r\n"
              + "Content-Type: application/json\r\nContent-Length: "
              + body.length()
              + "\r\nConnection: close\r\n\r\n"
              + body;
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
      assertTrue(answer.matches("HTTP/1.1 4\\d\\d"), answer);
    }
  }

  private static void assertAnonymousIsRefused(ServerProcess server) {
    try (ProtocolClient nobody = ProtocolClient.connect(server, "dev", null)) {
      assertEquals(4401, nobody.awaitClose());
    }
    assertEquals(401, Api.anonymous(server).get("/api/rooms/dev").status());
  }
}
