package barrage.outside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The load tester, as those use it who have the jar alone. */
@ExtendWith(SharedServer.class)
@Timeout(60)
final class LoadIT {
  /** Everything at once: what the shipped scenarios do one by one, within three seconds. */
  private static final String ALL =
      """
      room: load-it
      duration-s: 3
      viewers:
        count: 40
        ramp-s: 0.3
        tiers: {anonymous: 5, regular: 20, silver: 5, gold: 5, diamond: 5}
      danmaku: {rate: 8}
      likes: {rate: 20}
      sale:
        stock: 12
        opens-in-s: 1
        early-s: {silver: 0.2, gold: 0.3, diamond: 0.5}
        reserve: {units: 2, min-tier: gold, for-s: 1}
        burst-s: 0.3
        rate: 15
      lottery: {prizes: 3, opens-in-s: 0.2, enter-s: 1, weights: {diamond: 5}}
      storm: {every-s: 1.4, share: 50}
      assert: [oversold=0, loss=0, gaps=0, doubled=0]
      """;

  @TempDir Path dir;

  private static ServerProcess.Ended load(ServerProcess server, String... more) throws Exception {
    List<String> arguments =
        new ArrayList<>(List.of("load", "--url", server.uri().toString(), "--token-secret"));
    arguments.add(ServerProcess.SECRET);
    arguments.addAll(List.of(more));
    return ServerProcess.run(arguments.toArray(String[]::new));
  }

  @Test
  void scenarioOfEverything_passesAndReports(ServerProcess server) throws Exception {
    Path json = dir.resolve("report.json");
    Path html = dir.resolve("report.html");
    ServerProcess.Ended ended =
        load(
            server,
            Files.writeString(dir.resolve("all.yaml"), ALL).toString(),
            "--json",
            json.toString(),
            "--html",
            html.toString(),
            "--assert",
            "answers.p50<10s");
    assertEquals(0, ended.status(), ended.said());
    assertTrue(ended.said().contains("PASS answers.p50<10s"), ended.said());
    assertFalse(ended.said().contains("BROKEN"), ended.said());

    JsonNode report = JsonMapper.shared().readTree(Files.readString(json));
    assertEquals(40, report.path("viewers").asInt());
    assertEquals(24, report.path("danmaku").path("said").asInt());
    assertEquals(0, report.path("unanswered").asInt());
    assertEquals(12, report.path("sale").path("stock").asInt());
    assertEquals(
        report.path("sale").path("granted").asInt(), report.path("sale").path("reserved").asInt());
    assertTrue(report.path("sale").path("granted").asInt() > 0, ended.said());
    assertTrue(report.path("lottery").path("entries").asInt() > 20, ended.said());
    assertTrue(report.path("watchers").path("resumes").asInt() > 0, ended.said());
    assertTrue(report.path("times").path("deliveries").path("p99Ms").asDouble() > 0);
    assertTrue(Files.readString(html).contains("\"scenario\":\"all\""));
  }
}
