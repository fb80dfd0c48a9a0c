package barrage.gateway;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages as they are sent to clients that take them compressed, and to others. */
final class StaticPagesTest {
  private static final String SCRIPT = "/sdk/barrage.js";
  private static final String FOREIGN = "http://pages.example";

  private final TestGateway server = new TestGateway(config -> config.withOrigins(Set.of(FOREIGN)));
  private final HttpClient http = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gzip",
        "gzip, deflate, br, zstd",
        "GZip;q=0.1",
        "x-gzip",
        "*",
        "br;q=1.0, gzip;q=0.8, *;q=0.1",
        "identity;q=0.5, gzip;q=0.5",
        "identity;q=0, *"
      })
  void clientThatTakesGzip_isSentLess(String takes) throws Exception {
    HttpResponse<byte[]> plain = get(SCRIPT);
    HttpResponse<byte[]> zipped = get(SCRIPT, "Accept-Encoding", takes);
    assertEquals(Optional.of("gzip"), zipped.headers().firstValue("Content-Encoding"));
    assertTrue(zipped.body().length * 2 < plain.body().length, zipped.body().length + " bytes");
    assertArrayEquals(plain.body(), unzipped(zipped.body()));
    assertEquals(
        plain.headers().firstValue("Content-Type"), zipped.headers().firstValue("Content-Type"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "identity",
        "br, deflate",
        "gzip;q=0",
        "gzip;q=0, *",
        "*;q=0",
        "identity, gzip;q=0.5",
        "gzip;q=high",
        "gzip;q=2",
        "gzipped",
        ",;"
      })
  void clientThatDoesNot_isSentTheFileAsItIs(String takes) throws Exception {
    HttpResponse<byte[]> answer = get(SCRIPT, "Accept-Encoding", takes);
    assertEquals(Optional.empty(), answer.headers().firstValue("Content-Encoding"));
    assertArrayEquals(get(SCRIPT).body(), answer.body());
  }

  @Test
  void cachesBetween_keepTheTwoApart() throws Exception {
    String plain = get(SCRIPT).headers().firstValue("ETag").orElseThrow();
    HttpResponse<byte[]> answer = get(SCRIPT, "Accept-Encoding", "gzip");
    String zipped = answer.headers().firstValue("ETag").orElseThrow();
    assertNotEquals(plain, zipped);
    for (String takes : List.of("gzip", "identity")) {
      String own = takes.equals("gzip") ? zipped : plain;
      HttpResponse<byte[]> known =
          get(SCRIPT, "Accept-Encoding", takes, "If-None-Match", "W/" + own);
      assertEquals(304, known.statusCode());
      assertEquals(Optional.of(own), known.headers().firstValue("ETag"));
      assertEquals(List.of("Accept-Encoding"), known.headers().allValues("Vary"));
      String other = takes.equals("gzip") ? plain : zipped;
      assertEquals(200, get(SCRIPT, "Accept-Encoding", takes, "If-None-Match", other).statusCode());
    }
    assertEquals(List.of("Accept-Encoding"), answer.headers().allValues("Vary"));
    assertEquals(List.of("Accept-Encoding"), get(SCRIPT).headers().allValues("Vary"));
    assertEquals(
        List.of("Accept-Encoding", "origin"),
        get(SCRIPT, "Origin", FOREIGN).headers().allValues("Vary"));
  }

  @Test
  void documentsAndLibraries_areCompressedToo() throws Exception {
    for (String path :
        List.of("/", "/openapi.yaml", "/webjars/chart.js/dist/chart.umd.min.js", "/favicon.svg")) {
      HttpResponse<byte[]> answer = get(path, "Accept-Encoding", "gzip");
      assertEquals(Optional.of("gzip"), answer.headers().firstValue("Content-Encoding"), path);
      assertArrayEquals(get(path).body(), unzipped(answer.body()), path);
    }
  }

  @Test
  void whatDependsOnWhoAsks_isNot() throws Exception {
    for (String path : List.of("/metrics", "/api/rooms/r1", "/nothing.html")) {
      HttpResponse<byte[]> answer = get(path, "Accept-Encoding", "gzip");
      assertEquals(Optional.empty(), answer.headers().firstValue("Content-Encoding"), path);
    }
  }

  private HttpResponse<byte[]> get(String path, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port + path));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private static byte[] unzipped(byte[] bytes) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      return in.readAllBytes();
    }
  }
}
