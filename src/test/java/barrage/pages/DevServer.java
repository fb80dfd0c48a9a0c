package barrage.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;

import barrage.outside.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The packaged server as whoever tries it out has it: it gives anyone a token. */
final class DevServer implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final HttpClient http = HttpClient.newHttpClient();
  private final Path data;
  private ServerProcess process;

  private DevServer(Path data, ServerProcess process) {
    this.data = data;
    this.process = process;
  }

  /**
   * Starts one and waits until it is ready.
   *
   * @param data of its Redis
   * @param settings {@code key=value}
   */
  static DevServer start(Path data, String... settings) throws Exception {
    List<String> all = new ArrayList<>(List.of("demo.crowd=0"));
    all.addAll(List.of(settings));
    return new DevServer(data, ServerProcess.launch(data, all).awaitReady());
  }

  /** Of a page, with what follows its path. */
  String url(String path) {
    return process.uri().resolve(path).toString();
  }

  URI uri() {
    return process.uri();
  }

  /** As {@code kill -9} does. */
  void kill() throws InterruptedException {
    process.kill();
  }

  /** After it was killed, where it was. */
  void startAgain() throws Exception {
    process = process.again();
  }

  /** The line of the file that those who may have tokens can read. */
  String devKey() throws IOException {
    return Files.readString(data.resolve("dev-key")).strip();
  }

  String token(String room, String viewer, String name, String role) throws Exception {
    Map<String, String> whom = Map.of("viewer", viewer, "name", name, "role", role, "room", room);
    String given = call("POST", "/api/dev/tokens", null, whom);
    return JSON.readTree(given).path("token").asString();
  }

  /** A page's address for this viewer. */
  String link(String page, String room, String viewer, String name, String role) throws Exception {
    return url(page + "#room=" + room + "&token=" + token(room, viewer, name, role));
  }

  /** The body of the answer, which is to be a success. */
  String call(String method, String path, @Nullable String token, @Nullable Object body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(process.uri().resolve(path))
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", UUID.randomUUID().toString())
            .header("X-Barrage-Dev-Key", devKey())
            .method(
                method,
                body == null
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofString(JSON.writeValueAsString(body)));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
    assertEquals(2, answer.statusCode() / 100, answer::body);
    return answer.body();
  }

  @Override
  public void close() throws IOException {
    process.close();
  }
}
