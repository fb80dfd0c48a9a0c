package barrage.outside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are not quite HTTP, or not quite the page's, byte by byte from a socket. */
@ExtendWith(SharedServer.class)
final class HttpStrictIT {
  private static final String ROOM = "/api/rooms/strict";
  private static final String GRANT =
      "{\"viewer\":\"ann\",\"delta\":1,\"reason\":\"gift\",\"ref\":\"r\"}";
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 (\\d{3}) ");
  private static final String HEALTHY = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";

  private final ServerProcess server;

  HttpStrictIT(ServerProcess server) {
    this.server = server;
  }

  /** All that is answered until the server ends the connection. */
  private String exchange(byte[] request) throws IOException {
    try (Socket socket = new Socket(server.uri().getHost(), server.uri().getPort())) {
      socket.setSoTimeout(60_000);
      socket.getOutputStream().write(request);
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      try {
        socket.getInputStream().transferTo(answer);
      } catch (SocketException e) {
        // It ended with something of ours unread.
      }
      return answer.toString(StandardCharsets.UTF_8);
    }
  }

  private List<Integer> statuses(String request) throws IOException {
    Matcher status = STATUS.matcher(exchange(request.getBytes(StandardCharsets.UTF_8)));
    return status.results().map(found -> Integer.parseInt(found.group(1))).toList();
  }

  private static String spelledOut(String text) {
    return text.replace("\\r", "\r").replace("\\n", "\n").replace("\\0", "\0").replace("\\t", "\t");
  }

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          GET ROOM HTTP/9.9                                    | 505
          GET ROOM HTTP/2.0                                    | 505
          GET ROOM HTTP/0.9                                    | 505
          GET ROOM HTTP/1.2                                    | 200
          GET ROOM RTSP/1.0                                    | 400
          GET ROOM HTTP/1.1.1                                  | 400
          GET HTTP://localhost/api/rooms/strict HTTP/1.1       | 200
          GET hTTps://other:99/api/rooms/strict HTTP/1.1       | 200
          GET http://x?a=/b HTTP/1.1                           | 200
          GET http://ann@x/api/rooms/strict HTTP/1.1           | 400
          GET http:///api/rooms/strict HTTP/1.1                | 400
          GET ftp://x/api/rooms/strict HTTP/1.1                | 400
          GET ROOM#part HTTP/1.1                               | 400
          GET /a\\0b HTTP/1.1                                  | 400
          GET /é HTTP/1.1                                      | 400
          GET /a b HTTP/1.1                                    | 400
          GET /%zz HTTP/1.1                                    | 400
          GET /%c0%af HTTP/1.1                                 | 400
          GET /%2e%2e/barrage.yaml HTTP/1.1                    | 404
          GET ROOM%2f HTTP/1.1                                 | 404
          GET ROOM?%  HTTP/1.1                                 | 400
          GET * HTTP/1.1                                       | 400
          get ROOM HTTP/1.1                                    | 405
          TRACE ROOM HTTP/1.1                                  | 405
          CONNECT ROOM HTTP/1.1                                | 405
          CONNECT x:80 HTTP/1.1                                | 400
          OPTIONS ROOM HTTP/1.1                                | 204
          HEAD ROOM HTTP/1.1                                   | 200
          G@T ROOM HTTP/1.1                                    | 400
          """)
  void requestLine(String line, int status) throws IOException {
    String first = spelledOut(line.replace("ROOM", ROOM));
    assertEquals(
        List.of(status), statuses(first + "\r\nHost: x\r\nConnection: close\r\n\r\n"), line);
  }

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          X: y                                    | 400
          Host: x\\r\\nHost: x                     | 400
          Host: a b                               | 400
          Host: a/b                               | 400
          Host: ann@x                             | 400
          Host: [::1]:80                          | 200
          Host: x\\r\\nX: a\\r\\n folded             | 200
          Host: x\\r\\nX : a                        | 400
          Host : x                                | 400
          Host: x\\r\\nX                            | 400
          Host: x\\r\\nX: a\\0b                      | 400
          Host: x\\r\\nX: a\\rb                      | 400
          Host: x\\nX: y                           | 400
          Host: x\\r\\nX(): a                       | 400
          Host: x\\r\\nOrigin: http://a\\r\\nOrigin: http://b | 400
          Host: x\\r\\nAuthorization: Bearer a\\r\\nAuthorization: Bearer b | 401
          """)
  void headers(String lines, int status) throws IOException {
    assertEquals(
        List.of(status),
        statuses(
            "GET " + ROOM + " HTTP/1.1\r\n" + spelledOut(lines) + "\r\nConnection: close\r\n\r\n"),
        lines);
  }

  /** Behind each of them stands a request that nobody may take for one. */
  @ParameterizedTest(name = "{0} is {1} and the end")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          Transfer-Encoding: gzip, chunked                                    | 501
          Transfer-Encoding: gzip\\r\\nTransfer-Encoding: chunked               | 501
          Transfer-Encoding: identity, chunked                                | 501
          Transfer-Encoding: gzip                                             | 400
          Transfer-Encoding: chunked, gzip                                    | 400
          Transfer-Encoding: chunked, chunked                                 | 400
          Transfer-Encoding: xchunked                                         | 400
          Transfer-Encoding: chunked;q=1                                      | 400
          Transfer-Encoding: chunked\\r\\nContent-Length: 5                     | 400
          Transfer-Encoding : chunked\\r\\nContent-Length: 5                    | 400
          Content-Length: 5\\r\\nContent-Length: 5                              | 400
          Content-Length: 5\\r\\nContent-Length: 6                              | 400
          Content-Length: 5, 5                                                | 400
          Content-Length: -1                                                  | 400
          Content-Length: +5                                                  | 400
          Content-Length: 0x5                                                 | 400
          Content-Length: 99999999999999999999                                | 400
          """)
  void bodyWithoutACertainEnd(String lines, int status) throws IOException {
    String head = "POST " + ROOM + "/points HTTP/1.1\r\nHost: x\r\n";
    String behind = "0\r\n\r\n" + HEALTHY + "\r\n";
    assertEquals(List.of(status), statuses(head + spelledOut(lines) + "\r\n\r\n" + behind), lines);
  }

  @ParameterizedTest(name = "{0} is {1} and the end")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          5\\r\\nabcde\\r\\n0\\r\\n\\r\\n             | 200
          5;x=1\\r\\nabcde\\r\\n0\\r\\n\\r\\n         | 200
          0\\r\\nX: y\\r\\n\\r\\n                    | 200
          ffffffffffffffff\\r\\n                   | 400
          -1\\r\\n                                 | 400
          0x5\\r\\nabcde\\r\\n0\\r\\n\\r\\n           | 400
          g\\r\\n                                  | 400
          ５\\r\\nabcde\\r\\n0\\r\\n\\r\\n             | 400
          5\\nabcde\\n0\\n\\n                       | 400
          5\\r\\nabcdeXX0\\r\\n\\r\\n                | 400
          5\\r\\nabcdef\\r\\n0\\r\\n\\r\\n            | 400
          """)
  void chunks(String chunks, int status) throws IOException {
    String head = "GET /healthz HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n";
    List<Integer> answers =
        statuses(head + "Connection: close\r\n\r\n" + spelledOut(chunks) + HEALTHY + "\r\n");
    assertEquals(List.of(status), answers, chunks);
  }

  @Test
  void oldVersion_hasNeitherChunksNorUpgrades() throws IOException {
    String chunked = "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    assertEquals(List.of(400), statuses("POST " + ROOM + "/points HTTP/1.0\r\n" + chunked));
    String upgrade =
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    assertEquals(List.of(426), statuses("GET /rooms/strict/ws HTTP/1.0\r\n" + upgrade));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "9007199254740992",
        "9223372036854775807",
        "99999999999999999999",
        "-1",
        "+1",
        "1.5",
        "1e3",
        "",
        "%EF%BC%91"
      })
  void numberThatNoSequenceHas_isABadRequest_andNothingForTheLog(String number) {
    Api.Answer answer = Api.anonymous(server).get(ROOM + "/danmaku.xml?fromSeq=" + number);
    assertEquals(400, answer.status(), answer.body());
    assertEquals("bad_request", answer.code());
    assertTrue(
        server.err().stream().noneMatch(line -> line.contains("Redis failed a command")),
        () -> String.join("\n", server.err()));
  }

  @Test
  void greatestNumberThereIs_isAfterAll() {
    Api.Answer answer = Api.anonymous(server).get(ROOM + "/danmaku.xml?fromSeq=9007199254740991");
    assertEquals(200, answer.status(), answer.body());
  }

  @Test
  void danmakuThatNoNumberNames_isNotThere() {
    try (ProtocolClient ann = ProtocolClient.join(server, "strict-seq", Jwt.viewer("ann"))) {
      long seq = ann.saySeq("number one, or more");
      Api moderator = Api.of(server, "mod", "moderator");
      String danmaku = "/api/rooms/strict-seq/danmaku/";
      String fullWidth = "%EF%BC%" + Long.toHexString(0x90 + seq % 10);
      for (String number : List.of(fullWidth, "+" + seq, "-1", seq + "x", "9007199254740992")) {
        Api.Answer answer = moderator.call("DELETE", danmaku + number, null, null);
        assertEquals(404, answer.status(), number + answer.body());
      }
      assertEquals(204, moderator.call("DELETE", danmaku + seq, null, null).status());
    }
  }

  private int granting(String headers, byte[] body) throws IOException {
    String token = Jwt.of("shop").with("role", "service").with("room", "strict").signed();
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    String head =
        "POST "
            + ROOM
            + "/points HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ";
    String more = token + "\r\n" + headers + "Content-Length: " + body.length + "\r\n\r\n";
    request.writeBytes((head + more).getBytes(StandardCharsets.US_ASCII));
    request.writeBytes(body);
    Matcher status = STATUS.matcher(exchange(request.toByteArray()));
    assertTrue(status.find());
    return Integer.parseInt(status.group(1));
  }

  @Test
  void key_isOne() throws IOException {
    byte[] body = GRANT.getBytes(StandardCharsets.UTF_8);
    assertEquals(200, granting("Idempotency-Key: one\r\n", body));
    assertEquals(400, granting("Idempotency-Key: two\r\nIdempotency-Key: three\r\n", body));
    assertEquals(400, granting("Idempotency-Key: two\r\nidempotency-key: two\r\n", body));
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16BE", "UTF-16LE", "UTF-16", "UTF-32BE", "UTF-32LE"})
  void body_isUtf8(String charset) throws IOException {
    byte[] body = GRANT.getBytes(Charset.forName(charset));
    assertEquals(400, granting("Idempotency-Key: " + charset + "\r\n", body));
  }

  @Test
  void bodyThatIsNoUtf8_isRefused() throws IOException {
    byte[] overlong =
        GRANT.replace("gift", "gi\u00C0\u00AFft").getBytes(StandardCharsets.ISO_8859_1);
    assertEquals(400, granting("Idempotency-Key: overlong\r\n", overlong));
  }

  @Test
  void frameWithZeros_isNotTakenForAnotherEncoding() {
    try (ProtocolClient ann = ProtocolClient.join(server, "strict-frames", Jwt.viewer("ann"))) {
      StringBuilder zeros = new StringBuilder();
      "{\"type\":\"me\",\"id\":\"zeros\"}"
          .chars()
          .forEach(c -> zeros.append('\0').append((char) c));
      ann.send(zeros.toString());
      ann.awaitMessage("error", error -> error.path("code").asString().equals("bad_request"));
    }
  }
}
