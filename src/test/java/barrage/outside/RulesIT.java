package barrage.outside;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A server with rules of its own, which change while it runs. */
final class RulesIT {
  private static final String PAID_WATCHING = "points: {watch: {every-ms: 2000, cap: 20}}\n";

  @TempDir Path dir;
  private Path rules;
  private ServerProcess server;

  @BeforeEach
  void start() throws Exception {
    rules = Files.writeString(dir.resolve("rules.yaml"), PAID_WATCHING);
    server = ServerProcess.start(dir, "rules.file=" + rules);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  @Test
  void watching_isPaidOncePerViewer_alsoToOneWhoSaysNothing_upToTheCap() {
    String jwt = Jwt.viewer("ann");
    try (ProtocolClient phone = ProtocolClient.join(server, "watch", jwt);
        ProtocolClient desktop = ProtocolClient.join(server, "watch", jwt);
        ProtocolClient bob = ProtocolClient.join(server, "watch", Jwt.viewer("bob"))) {
      for (ProtocolClient each : List.of(phone, desktop, bob)) {
        JsonNode told = each.awaitMessage("points", m -> m.path("points").asLong() == 20);
        assertEquals("watch", told.path("reason").asString());
        assertEquals(10, told.path("growth").asLong());
      }
    }
  }

  @Test
  void changedRules_holdAtOnce_andAMistakeLeavesTheOldOnesInForce() throws IOException {
    try (ProtocolClient ann = ProtocolClient.join(server, "reload", Jwt.viewer("ann"))) {
      String shorter = "pipeline: [role, text: {max-length: 5, forbidden-words: words.txt}]\n";
      Files.writeString(dir.resolve("words.txt"), "榴莲\n");
      Files.writeString(rules, PAID_WATCHING + shorter);
      await().until(() -> isRefused(ann.say("123456")));
      assertEquals("blocked_text", ann.say("榴 莲").path("code").asString());

      Files.writeString(rules, PAID_WATCHING + "limits:\n  messages-burst: many\n");
      await().until(() -> server.err().stream().anyMatch(line -> line.contains("messages-burst")));
      String complaint =
          server.err().stream().filter(line -> line.contains("messages-burst")).findFirst().get();
      assertTrue(complaint.contains(rules + ":3"), complaint);
      assertTrue(isRefused(ann.say("123456")), "the old rules stay in force");
    }
  }

  private static boolean isRefused(JsonNode answer) {
    return answer.path("code").asString("").equals("bad_request");
  }
}
