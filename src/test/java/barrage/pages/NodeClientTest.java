package barrage.pages;

import static barrage.pages.ServerSays.error;
import static barrage.pages.ServerSays.events;
import static barrage.pages.ServerSays.me;
import static barrage.pages.ServerSays.ok;
import static barrage.pages.ServerSays.welcome;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.pages.PageServer.Connection;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The client SDK in Node 20 or later; the test plays the server. */
final class NodeClientTest {

  @ParameterizedTest
  @CsvSource({"header,barrage.v1,Bearer a.b.c", "subprotocol,'barrage.v1, bearer.a.b.c',"})
  void aViewerInNode_speaks_resumes_andHonoursCloseCodes(
      String tokenIn, String protocols, String authorization) throws Exception {
    Assumptions.assumeTrue(
        hasNode(), "There is no node on the PATH. The SDK in Node is not tested.");
    try (PageServer server = new PageServer()) {
      Process node =
          new ProcessBuilder(
                  "node",
                  "--experimental-websocket",
                  "--no-warnings",
                  file("/pages/node-client.mjs"),
                  file("/web/sdk/barrage.js"),
                  server.url(""),
                  tokenIn)
              .redirectErrorStream(true)
              .start();
      Connection first = server.awaitConnection();
      assertEquals(protocols, first.protocols());
      assertEquals(authorization, first.authorization());
      first.send(welcome(Map.of("viewer", me())));
      Map<?, ?> said = first.awaitMessage("danmaku");
      first.send(events(101, danmaku(101, "once")));
      first.drop();

      Connection second = server.awaitConnection();
      assertEquals("/rooms/demo/ws?since=7:101", second.uri());
      assertEquals(authorization, second.authorization());
      second.send(welcome(Map.of("viewer", me(), "resumed", true, "seq", 101)));
      assertEquals(said, second.awaitMessage("danmaku"));
      second.send(events(102, danmaku(101, "once"), danmaku(102, "twice")));
      second.send(ok(said, Map.of("seq", 103)));
      second.send(error(second.awaitMessage("sale.buy"), "sold_out", null));
      second.close(4403);

      assertEquals(
          List.of(
              "danmaku 101 once",
              "danmaku 102 twice",
              "said 103",
              "BarrageError sold_out",
              "stopped 4403"),
          node.inputReader().lines().toList());
      assertTrue(node.waitFor(5, TimeUnit.SECONDS), "nothing keeps it from ending");
      assertEquals(0, node.exitValue());
    }
  }

  private static boolean hasNode() {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(directory -> new File(directory, "node").canExecute());
  }

  private static String file(String resource) throws Exception {
    return Path.of(NodeClientTest.class.getResource(resource).toURI()).toString();
  }

  private static Map<String, Object> danmaku(int seq, String text) {
    return Map.of("type", "danmaku", "seq", seq, "text", text);
  }
}
