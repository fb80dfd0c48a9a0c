package barrage.outside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import barrage.Markdown;
import barrage.Patience;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * The shell commands of the documents, as they stand there but for the address of the server and
 * the place of the jar. All blocks of a page are one script, run in the folder in which a server
 * without any configuration was started.
 */
final class DocumentedCallsIT {
  private static final Path PAGES = Path.of("src", "site", "markdown");

  @TempDir private Path dir;

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "viewer-clients.md", "streamers.md", "merchants.md"})
  void everyCallOfAPage_isGranted(String name) throws Exception {
    for (String needed : List.of("bash", "curl")) {
      assumeTrue(isOnThePath(needed), () -> "no " + needed + " on this machine");
    }
    Path page = name.equals("README.md") ? Path.of(name) : PAGES.resolve(name);
    List<String> blocks = Markdown.read(page).blocks("sh");
    assertTrue(blocks.stream().anyMatch(block -> block.contains("curl ")), name);
    Path data = Files.createDirectories(dir.resolve("data").resolve("redis"));
    try (ServerProcess server = ServerProcess.launch(data, List.of()).awaitReady()) {
      String order = orderThatIsToBePaid(server);
      String script =
          String.join("\n", blocks)
              .replace("http://127.0.0.1:8080", server.uri().toString())
              .replace("target/barrage.jar", "\"$JAR\"");
      Ended ended = bash(script, Map.of("ORDER", order));
      assertEquals(0, ended.status(), ended.said());
    }
  }

  /** What the merchant's page tells its reader to come by in the studio and on a viewer's page. */
  private static String orderThatIsToBePaid(ServerProcess server) {
    Api streamer = new Api(server, developmentToken(server, "host", "streamer"));
    Api.Answer sale = streamer.post("/api/rooms/demo/sales", Market.offer(1));
    assertEquals(201, sale.status(), sale.body());
    try (ProtocolClient ann =
        ProtocolClient.join(server, "demo", developmentToken(server, "ann", "viewer"))) {
      JsonNode bought = ann.buy("b-1", sale.json().path("id").asString());
      assertEquals("ok", bought.path("type").asString(), bought.toString());
      return bought.path("order").path("id").asString();
    }
  }

  private static String developmentToken(ServerProcess server, String viewer, String role) {
    String wanted = "{\"viewer\":\"%s\",\"role\":\"%s\",\"room\":\"demo\"}".formatted(viewer, role);
    return Api.anonymous(server)
        .call("POST", "/api/dev/tokens", null, wanted)
        .json()
        .path("token")
        .asString();
  }

  private record Ended(int status, String said) {}

  /** Runs a script that ends with the first command that fails. */
  private Ended bash(String script, Map<String, String> variables) throws Exception {
    Path file = Files.writeString(dir.resolve("documented.sh"), script);
    Path said = dir.resolve("said");
    ProcessBuilder bash =
        new ProcessBuilder("bash", "-euo", "pipefail", "-x", file.toString())
            .directory(dir.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile());
    Path java = Path.of(System.getProperty("java.home"), "bin");
    bash.environment().put("PATH", java + File.pathSeparator + System.getenv("PATH"));
    bash.environment()
        .put("JAR", Path.of(System.getProperty("barrage.jar")).toAbsolutePath().toString());
    bash.environment().putAll(variables);
    Process process = bash.start();
    process.getOutputStream().close();
    if (!process.waitFor(Patience.OF_TESTS.toSeconds(), TimeUnit.SECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
      throw new AssertionError("not done: " + Files.readString(said));
    }
    return new Ended(process.exitValue(), Files.readString(said));
  }

  private static boolean isOnThePath(String name) throws IOException {
    return Stream.of(System.getenv("PATH").split(Pattern.quote(File.pathSeparator), -1))
        .filter(folder -> !folder.isEmpty())
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
  }
}
