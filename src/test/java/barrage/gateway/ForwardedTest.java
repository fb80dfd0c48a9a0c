package barrage.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import barrage.wire.BadRequest;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** For whom a proxy speaks, by what it and the client have written. */
final class ForwardedTest {
  private static final Networks OURS = Networks.parse("10.0.0.0/8, 2001:db8:1::/48");

  private static InetAddress client(String name, String... lines) {
    HttpHeaders headers = new DefaultHttpHeaders();
    for (String line : lines) {
      headers.add(name, line);
    }
    return Forwarded.client(headers, OURS);
  }

  private static void assertClient(String expected, InetAddress client) throws Exception {
    assertEquals(expected == null ? null : InetAddress.getByName(expected), client);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          192.0.2.7                                | 192.0.2.7
          198.51.100.1, 192.0.2.7                  | 192.0.2.7
          198.51.100.1,192.0.2.7 , 10.0.0.1,10.2.3.4 | 192.0.2.7
          192.0.2.7:4711                           | 192.0.2.7
          2001:db8::7                              | 2001:db8::7
          [2001:db8::7]                            | 2001:db8::7
          [2001:db8::7]:4711, 2001:db8:1::1        | 2001:db8::7
          ::ffff:192.0.2.7, ::ffff:10.0.0.1        | 192.0.2.7
          garbage, 192.0.2.7, 10.0.0.1             | 192.0.2.7
          192.0.2.7, ,                             | 192.0.2.7
          192.0.2.7, unknown                       | -
          10.0.0.1                                 | -
          """)
  void xForwardedFor_isReadFromTheRight(String line, String expected) throws Exception {
    assertClient(expected, client("X-Forwarded-For", line));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      nullValues = "-",
      textBlock =
          """
          for=192.0.2.7                                      | 192.0.2.7
          For="192.0.2.7:4711";proto=https;by=203.0.113.43   | 192.0.2.7
          for=198.51.100.1, for=192.0.2.7, for=10.0.0.1      | 192.0.2.7
          proto=https;FOR="[2001:db8::7]:4711"               | 2001:db8::7
          for="[2001:db8::7]:_hidden"                        | 2001:db8::7
          for=192.0.2.9;by="a,b;for=192.0.2.1"               | 192.0.2.9
          for=192.0.2.9;by="a\\",for=192.0.2.1"              | 192.0.2.9
          for="192.0.2\\.9"                                  | 192.0.2.9
          for=192.0.2.7, for=_secret                         | -
          for=192.0.2.7, for="unknown"                       | -
          for=192.0.2.7, by=10.0.0.1                         | -
          """)
  void forwarded_isReadAsRfc7239Says(String line, String expected) throws Exception {
    assertClient(expected, client("Forwarded", line));
  }

  @Test
  void severalLines_areOneList() throws Exception {
    assertClient("192.0.2.7", client("X-Forwarded-For", "198.51.100.1", "192.0.2.7", "10.0.0.1"));
    assertClient("192.0.2.7", client("Forwarded", "for=198.51.100.1", "for=192.0.2.7"));
  }

  @Test
  void withoutAHeader_theProxySpeaksForItself() {
    assertNull(Forwarded.client(new DefaultHttpHeaders(), OURS));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "192.0.2.7, garbage",
        "192.0.2.7, 192.0.2",
        "192.0.2.7, 192.0.2.256",
        "1::2::3",
        "[2001:db8::7",
        "192.0.2.7:port",
        "example.org",
        "unix:",
        "\"192.0.2.7\""
      })
  void xForwardedForThatIsMalformed_isABadRequest(String line) {
    assertThrows(BadRequest.class, () -> client("X-Forwarded-For", line));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "for=\"192.0.2.7",
        "for=192.0.2.7;",
        "for=192.0.2.7,",
        "for=192.0.2.7 for=192.0.2.8",
        "for=192.0.2.7;for=192.0.2.8",
        "for=2001:db8::7",
        "for=\"2001:db8::7\"",
        "for",
        "=192.0.2.7",
        "192.0.2.7",
        "for=192.0.2.7:x"
      })
  void forwardedThatIsMalformed_isABadRequest(String line) {
    assertThrows(BadRequest.class, () -> client("Forwarded", line));
  }

  /** A proxy adds to one of them; the other is what the client has sent. */
  @Test
  void headersThatContradictEachOther_areABadRequest() throws Exception {
    HttpHeaders both = new DefaultHttpHeaders();
    both.add("X-Forwarded-For", "192.0.2.7").add("Forwarded", "for=192.0.2.7");
    assertClient("192.0.2.7", Forwarded.client(both, OURS));
    both.set("Forwarded", "for=192.0.2.8");
    assertThrows(BadRequest.class, () -> Forwarded.client(both, OURS));
  }
}
