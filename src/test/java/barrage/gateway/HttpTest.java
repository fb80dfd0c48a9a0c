package barrage.gateway;

import static barrage.gateway.TestGateway.bearer;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.core.Role;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A gateway, and one connection to it that makes HTTP calls byte by byte. */
abstract class HttpTest {
  TestGateway server;
  TestSocket client;

  @BeforeEach
  void start() {
    server = new TestGateway();
    client = new TestSocket(server.port);
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  final TestSocket.Response call(String method, String target, String body, String... headers) {
    StringBuilder head =
        new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n");
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    if (body != null) {
      head.append("Content-Length: ")
          .append(body.getBytes(StandardCharsets.UTF_8).length)
          .append("\r\n");
    }
    client.send(head + "\r\n" + (body == null ? "" : body));
    return client.response();
  }

  final TestSocket.Response as(Role role, String method, String target, String body) {
    return call(
        method, target, body, bearer(server.token(role.wire(), role)), "Idempotency-Key: k1");
  }

  /** What a call is answered, on a connection of its own, to each role in this order. */
  final void assertStatusByRole(
      int viewer,
      int moderator,
      int streamer,
      int service,
      int admin,
      String method,
      String target,
      String body) {
    int[] expected = {viewer, moderator, streamer, service, admin};
    Role[] roles = {Role.VIEWER, Role.MODERATOR, Role.STREAMER, Role.SERVICE, Role.ADMIN};
    for (int i = 0; i < roles.length; i++) {
      reconnect();
      TestSocket.Response response = as(roles[i], method, target, body);
      assertEquals(expected[i], response.status(), roles[i] + " " + response.body());
    }
  }

  /** Says which field is wrong, before anything was handed to the room. */
  final void assertFieldIsNamed(String field, TestSocket.Response response) {
    assertProblem(400, "bad_request", response);
    assertTrue(response.body().contains("\"message\":\"" + field + " "), response.body());
    assertTrue(server.room().entries.isEmpty());
  }

  static void assertProblem(int status, String code, TestSocket.Response response) {
    assertEquals(status, response.status(), response.body());
    assertEquals("application/problem+json", response.header("Content-Type"));
    assertTrue(response.body().contains("\"code\":\"" + code + "\""), response.body());
    assertTrue(response.body().contains("\"status\":" + status), response.body());
  }

  final void reconnect() {
    client.close();
    client = new TestSocket(server.port);
  }
}
