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

  /** Makes a call as each role, on a connection of its own. */
  final void assertStatusByRole(StatusByRole expected, String method, String target, String body) {
    expected
        .statuses()
        .forEach(
            (role, status) -> {
              reconnect();
              TestSocket.Response response = as(role, method, target, body);
              assertEquals(status, response.status(), role + " " + response.body());
            });
  }

  /** Says which field is wrong, before anything was handed to the room. */
  final void assertFieldIsNamed(String field, TestSocket.Response response) {
    assertProblem(400, "bad_request", response);
    assertTrue(response.body().contains("\"message\":\"" + field + " "), response.body());
    assertTrue(server.room().entries.isEmpty());
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String text(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
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
