package barrage.load;

import barrage.core.Proof;
import barrage.core.RoomId;
import barrage.wire.Messages;
import barrage.wire.ProofReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A room's HTTP calls, as a load needs them. Safe for any thread. */
final class RoomHttp {
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(20);

  private final HttpClient http;
  private final URI room;

  /** A call was not granted; the message is one line. */
  static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
      super(message);
    }
  }

  RoomHttp(HttpClient http, URI server, RoomId room) {
    this.http = http;
    this.room = server.resolve("/api/rooms/" + room + "/");
  }

  /**
   * @param jwt empty to ask as nobody in particular
   */
  JsonNode get(String path, Optional<String> jwt) throws IOException, InterruptedException {
    return json(path, send(path, jwt));
  }

  Proof proof(String lottery, Optional<String> jwt) throws IOException, InterruptedException {
    String path = "lotteries/" + lottery + "/proof";
    try {
      return ProofReader.read(new ByteArrayInputStream(granted(path, send(path, jwt))));
    } catch (ProofReader.MalformedException e) {
      throw new RefusedException(path + " is not a proof: " + e.getMessage());
    }
  }

  private HttpResponse<byte[]> send(String path, Optional<String> jwt)
      throws IOException, InterruptedException {
    return http.send(request(path, jwt).GET().build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  /** With a new idempotency key. */
  CompletableFuture<JsonNode> post(String path, String jwt, Consumer<JsonGenerator> body) {
    HttpRequest request =
        request(path, Optional.of(jwt))
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", UUID.randomUUID().toString())
            .POST(HttpRequest.BodyPublishers.ofByteArray(Messages.object(body)))
            .build();
    return http.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray())
        .thenApply(
            answer -> {
              try {
                return json(path, answer);
              } catch (RefusedException e) {
                throw new IllegalStateException(e.getMessage(), e);
              }
            });
  }

  private HttpRequest.Builder request(String path, Optional<String> jwt) {
    HttpRequest.Builder request = HttpRequest.newBuilder(room.resolve(path)).timeout(ANSWER_WITHIN);
    jwt.ifPresent(token -> request.header("Authorization", "Bearer " + token));
    return request;
  }

  private static JsonNode json(String path, HttpResponse<byte[]> answer) throws RefusedException {
    try {
      return JsonMapper.shared().readTree(granted(path, answer));
    } catch (JacksonException e) {
      throw new RefusedException(path + ": the server's answer is not JSON");
    }
  }

  private static byte[] granted(String path, HttpResponse<byte[]> answer) throws RefusedException {
    if (answer.statusCode() / 100 == 2) {
      return answer.body();
    }
    String why = "";
    try {
      JsonNode problem = JsonMapper.shared().readTree(answer.body());
      why = ", " + problem.path("code").asString("") + ": " + problem.path("detail").asString("");
    } catch (JacksonException e) {
      // No problem document: the status says it.
    }
    throw new RefusedException(path + ": HTTP " + answer.statusCode() + why);
  }
}
