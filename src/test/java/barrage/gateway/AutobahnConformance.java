package barrage.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Autobahn's fuzzing client, run by Jython in a process of its own, against the gateway's handlers.
 * What it calls non-strict is a failure too. Run with {@code mvn verify -Pconformance}.
 *
 * <p>Its groups 12 and 13, of compression, are not in the edition for Maven. The one for Python 2
 * runs them against {@link EchoServer#main}: see bench/results/2026-11-22-compression.md.
 */
final class AutobahnConformance {
  private static final Path AUTOBAHN = Path.of(System.getProperty("autobahn.dir"));
  private static final Set<String> STRICT = Set.of("OK", "INFORMATIONAL");

  /** So many at once, as each waits or computes in one thread. */
  private static final List<String> SHARES =
      List.of(
          "1.* 2.* 3.* 4.* 5.* 6.* 7.* 10.* 9.1.* 9.2.* 9.3.*", "9.4.* 9.5.* 9.6.* 9.7.* 9.8.*");

  private static final int CASES = 305;

  @Test
  void everyCase_isStrictlyPassed() throws Exception {
    Map<String, JsonNode> results = new TreeMap<>();
    List<Process> clients = new ArrayList<>();
    try (EchoServer server = new EchoServer()) {
      for (int i = 0; i < SHARES.size(); i++) {
        clients.add(start(server, SHARES.get(i), i));
      }
      for (int i = 0; i < SHARES.size(); i++) {
        assertTrue(clients.get(i).waitFor(10, TimeUnit.MINUTES), "still running");
        assertEquals(0, clients.get(i).exitValue(), "see " + log(i));
        JsonMapper.shared()
            .readTree(reports(i).resolve("index.json").toFile())
            .path("barrage")
            .forEachEntry(results::put);
      }
    } finally {
      clients.forEach(Process::destroyForcibly);
    }
    assertEquals(CASES, results.size(), "cases that were run");
    results.values().removeIf(AutobahnConformance::isStrict);
    assertEquals(Map.of(), results);
  }

  private static boolean isStrict(JsonNode result) {
    return STRICT.contains(result.path("behavior").asString())
        && STRICT.contains(result.path("behaviorClose").asString());
  }

  private static Path reports(int share) {
    return AUTOBAHN.resolve("reports-" + share);
  }

  private static Path log(int share) {
    return AUTOBAHN.resolve("client-" + share + ".log");
  }

  private static Process start(EchoServer server, String groups, int share) throws IOException {
    String cases =
        Stream.of(groups.split(" ")).map(each -> "'" + each + "'").collect(Collectors.joining(","));
    String script =
        """
        from autobahntestsuite import wstest
        wstest.start({'mode': 'fuzzingclient'}, {
            'servers': [{'agent': 'barrage', 'url': '%s'}], 'outdir': r'%s', 'cases': [%s],
            'options': {'failByDrop': False}, 'exclude-cases': [], 'exclude-agent-cases': {}})
        """
            .formatted(server.url(), reports(share), cases);
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            AUTOBAHN + "/*",
            "org.python.util.jython",
            "-c",
            script)
        .redirectErrorStream(true)
        .redirectOutput(log(share).toFile())
        .start();
  }
}
