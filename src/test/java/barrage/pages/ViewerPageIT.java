package barrage.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import tools.jackson.databind.json.JsonMapper;

/**
 * Two viewers and a streamer in one room of the packaged server, each in a browser of their own.
 */
final class ViewerPageIT {
  private static final String SAID = "#talk .said";
  private static final JsonMapper JSON = new JsonMapper();

  private final HttpClient http = HttpClient.newHttpClient();

  @TempDir Path data;
  private ServerProcess server;

  @BeforeEach
  void startServer() throws IOException {
    server = ServerProcess.start(data, 0);
  }

  @AfterEach
  void stopServer() throws InterruptedException {
    server.stop();
  }

  @Test
  void whatOneSays_theOtherSees_andBothAreServedOn_afterTheServerWasKilled() throws Exception {
    try (Browser ann = Browser.start(Browser.PHONE, "en");
        Browser bob = Browser.start(Browser.DESKTOP, "zh-CN")) {
      ann.open(server.url + "/#room=demo&token=" + token("ann", "Ann", "viewer"));
      bob.open(server.url + "/#room=demo&token=" + token("bob", "小博", "viewer"));
      awaitLive(ann, bob);

      say(ann, "hello from Ann");
      bob.awaitText(SAID, "hello from Ann");
      ann.awaitText(".row.own .said", "hello from Ann");
      ann.await("Number(document.querySelector('.points-value').textContent) >= 1");
      bob.screenshot("it-desktop");

      for (int i = 0; i < 3; i++) {
        ann.click("#like .heart");
      }
      for (Browser viewer : List.of(ann, bob)) {
        viewer.await("Number(document.querySelector('#like .likes').textContent) >= 3");
      }

      setSlowMode(3_000);
      ann.awaitText("#composer .note", "Slow mode: 3 s");
      setSlowMode(0);
      ann.await("document.querySelector('#composer .note').textContent === ''");
      ann.screenshot("it-phone");

      for (Browser viewer : List.of(ann, bob)) {
        viewer.expectConsoleErrors("WebSocket connection to");
        viewer.run("window.neverReloaded = true");
      }
      int port = URI.create(server.url).getPort();
      server.kill();
      ann.await("document.querySelector('#status').dataset.phase === 'waiting'");
      ann.screenshot("it-phone-away");
      say(ann, "said while away");
      server = ServerProcess.start(data, port);
      awaitLive(ann, bob);
      ann.await("!document.querySelector('#composer .text').readOnly");
      say(bob, "back again");

      List<String> all = List.of("hello from Ann", "said while away", "back again");
      for (Browser viewer : List.of(ann, bob)) {
        viewer.await("[...document.querySelectorAll(arguments[0])].length >= 3", SAID);
        assertEquals(all, viewer.texts(SAID));
        assertEquals(true, viewer.run("return window.neverReloaded"));
      }
    }
  }

  private static void awaitLive(Browser... viewers) {
    for (Browser viewer : viewers) {
      viewer.await("document.querySelector('#status').dataset.phase === 'live'");
      viewer.await("!document.querySelector('#composer .say').hidden");
    }
  }

  private static void say(Browser browser, String text) {
    browser.type("#composer .text", text, Keys.ENTER);
  }

  private String token(String viewer, String name, String role) throws Exception {
    Map<String, String> whom = Map.of("viewer", viewer, "name", name, "role", role, "room", "demo");
    return (String) call("POST", "/api/dev/tokens", null, whom).get("token");
  }

  private void setSlowMode(long ms) throws Exception {
    String streamer = token("streamer", "Streamer", "streamer");
    call("PATCH", "/api/rooms/demo", streamer, Map.of("slowModeMs", ms));
  }

  private Map<?, ?> call(String method, String path, String token, Object body) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server.url + path))
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", UUID.randomUUID().toString())
            .method(method, BodyPublishers.ofString(JSON.writeValueAsString(body)));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    var answer = http.send(request.build(), BodyHandlers.ofString());
    assertEquals(2, answer.statusCode() / 100, answer::body);
    return JSON.readValue(answer.body(), Map.class);
  }

  /** The packaged server as a process of its own. */
  static final class ServerProcess {
    private static final String READY = "READY ";

    final String url;
    private final Process process;

    private ServerProcess(Process process, String url) {
      this.process = process;
      this.url = url;
    }

    /** Starts one and waits until it is ready. */
    static ServerProcess start(Path data, int port, String... settings) throws IOException {
      List<String> command =
          new ArrayList<>(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-jar",
                  System.getProperty("barrage.jar"),
                  "serve"));
      List<String> all = new ArrayList<>(List.of(settings));
      all.addAll(
          List.of(
              "server.port=" + port,
              "redis.embedded.dir=" + data.resolve("redis"),
              "demo.crowd=0"));
      for (String setting : all) {
        command.add("--set");
        command.add(setting);
      }
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.startsWith(READY)) {
          return new ServerProcess(process, line.substring(READY.length()).trim());
        }
      }
      throw new AssertionError("The server ended before it was ready.");
    }

    /** As {@code kill -9} does. */
    void kill() {
      process.destroyForcibly().onExit().join();
    }

    /** As {@code kill} does; the embedded Redis goes with it. */
    void stop() throws InterruptedException {
      process.destroy();
      if (!process.waitFor(15, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
  }
}
