package barrage.outside;

import barrage.Patience;
import barrage.api.PublishedSchemas;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/**
 * The HTTP API, called with one token. An answer that is not described, or does not fit its
 * published schema, fails the call.
 */
record Api(ServerProcess server, String jwt) {

  /** An answer; {@code json} is a missing node when the body is none. */
  record Answer(int status, String contentType, String body, JsonNode json) {
    String code() {
      return json.path("code").asString("");
    }
  }

  static Api of(ServerProcess server, String viewer, String role) {
    return new Api(server, Jwt.of(viewer, role));
  }

  static Api anonymous(ServerProcess server) {
    return new Api(server, null);
  }

  Answer get(String path) {
    return call("GET", path, null, null);
  }

  Answer delete(String path) {
    return call("DELETE", path, null, null);
  }

  Answer patch(String path, Map<String, ?> body) {
    return call("PATCH", path, null, JsonMapper.shared().writeValueAsString(body));
  }

  /** With a new idempotency key. */
  Answer post(String path, Map<String, ?> body) {
    return post(path, ProtocolClient.newId(), body);
  }

  Answer post(String path, String key, Map<String, ?> body) {
    return call("POST", path, key, JsonMapper.shared().writeValueAsString(body));
  }

  Answer call(String method, String path, String key, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.uri().resolve(path))
            .timeout(Patience.OF_TESTS)
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    if (path.equals("/api/dev/tokens")) {
      request.header("X-Barrage-Dev-Key", server.devKey());
    }
    if (jwt != null) {
      request.header("Authorization", "Bearer " + jwt);
    }
    if (key != null) {
      request.header("Idempotency-Key", key);
    }
    try {
      HttpResponse<String> answer =
          ProtocolClient.HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
      String type = answer.headers().firstValue("Content-Type").orElse("");
      JsonNode json =
          type.contains("json")
              ? JsonMapper.shared().readTree(answer.body())
              : MissingNode.getInstance();
      PublishedSchemas.misfitOfAnswer(method, path, answer.statusCode(), type, json)
          .ifPresent(
              misfit -> {
                throw new AssertionError("an answer does not fit its schema: " + misfit);
              });
      return new Answer(answer.statusCode(), type, answer.body(), json);
    } catch (IOException e) {
      throw new AssertionError(method + " " + path, e);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }
}
