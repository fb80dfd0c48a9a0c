package barrage.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.core.Limits;
import barrage.core.Outcome;
import barrage.core.Role;
import barrage.room.Store;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How sockets get in: TLS, the PROXY protocol, and how many there may be. */
final class EntranceTest {
  private static final GatewayConfig.Entrance USUAL = GatewayConfig.Entrance.DEFAULT;
  private static final Limits UNLIMITED = new Limits(false, 50, 15, 50, 100, 500, 3_000);
  private static final Networks LOOPBACK = Networks.parse("127.0.0.0/8");

  private static X509Bundle first;
  private static X509Bundle second;

  @BeforeAll
  static void makeCertificates() throws Exception {
    first = certificate();
    second = certificate();
  }

  private static X509Bundle certificate() throws Exception {
    return new CertificateBuilder()
        .subject("CN=localhost")
        .addSanDnsName("localhost")
        .setIsCertificateAuthority(true)
        .ecp256()
        .buildSelfSigned();
  }

  private static TestGateway gateway(GatewayConfig.Entrance entrance) {
    return new TestGateway(config -> config.withEntrance(entrance));
  }

  // ---- TLS

  private static SslContext context(X509Bundle bundle) {
    try {
      return SslContextBuilder.forServer(
              bundle.getKeyPair().getPrivate(), bundle.getCertificatePath())
          .protocols("TLSv1.3", "TLSv1.2")
          .build();
    } catch (SSLException e) {
      throw new AssertionError(e);
    }
  }

  private static GatewayConfig.Entrance secured(Supplier<SslContext> tls) {
    return new GatewayConfig.Entrance(tls, Networks.NONE, false, 100, 100, 100, 100);
  }

  private static SSLSocket secure(int port, X509Bundle trusted, String protocol) throws Exception {
    SSLContext client = SSLContext.getInstance("TLS");
    client.init(null, new TrustManager[] {trusted.toTrustManager()}, null);
    SSLSocket socket = (SSLSocket) client.getSocketFactory().createSocket("127.0.0.1", port);
    socket.setSoTimeout(10_000);
    socket.setEnabledProtocols(new String[] {protocol});
    socket.startHandshake();
    return socket;
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void httpsAndWss_areSpokenOnThePort(String protocol) throws Exception {
    SslContext tls = context(first);
    try (TestGateway server = gateway(secured(() -> tls));
        TestSocket client = new TestSocket(secure(server.port, first, protocol))) {
      client.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
      TestSocket.Response healthy = client.response();
      assertEquals(200, healthy.status());
      assertEquals("max-age=31536000", healthy.header("Strict-Transport-Security"));
      assertEquals(101, client.upgrade("/rooms/r1/ws").status());
      client.text("{\"type\":\"ping\",\"id\":\"a\"}");
      assertTrue(client.readText().contains("\"id\":\"a\""));
      client.frame(TestSocket.BINARY, true, new byte[] {1});
      assertEquals(4400, client.readClose());
      assertTrue(client.isAtEnd());
    }
  }

  @Test
  void renewedCertificate_isForThoseWhoCome_andClosesNobody() throws Exception {
    AtomicReference<SslContext> inForce = new AtomicReference<>(context(first));
    try (TestGateway server = gateway(secured(inForce::get));
        TestSocket stays = new TestSocket(secure(server.port, first, "TLSv1.3"))) {
      assertEquals(101, stays.upgrade("/rooms/r1/ws").status());
      inForce.set(context(second));
      SSLSocket comes = secure(server.port, second, "TLSv1.3");
      Certificate shown = comes.getSession().getPeerCertificates()[0];
      comes.close();
      assertEquals(second.getCertificate(), shown);
      stays.text("{\"type\":\"ping\",\"id\":\"still\"}");
      assertTrue(stays.readText().contains("still"));
    }
  }

  /** All of it was deciphered, so that TLS has nothing more to hand on. */
  @Test
  void whatIsKeptOfABurst_isHeardWithoutAnotherByte() throws Exception {
    SslContext tls = context(first);
    try (TestGateway server = gateway(secured(() -> tls));
        TestSocket client = new TestSocket(secure(server.port, first, "TLSv1.3"))) {
      server.limits = UNLIMITED;
      String token = TestGateway.bearer(server.token("ann", Role.VIEWER));
      assertEquals(101, client.upgrade("/rooms/r1/ws", token).status());
      int all = 1_024; // of 32 bytes each, in two records of TLS
      ByteArrayOutputStream burst = new ByteArrayOutputStream();
      for (int i = 0; i < all; i++) {
        byte[] me = String.format("{\"type\":\"me\",\"id\":\"q%04d\"}", i).getBytes(UTF_8);
        burst.writeBytes(TestSocket.frameBytes(TestSocket.TEXT, true, me));
      }
      client.send(burst.toByteArray());
      RecordingRoom room = server.room();
      await().until(() -> room.asked.size() == Connection.MAX_UNANSWERED);
      room.asking.forEach(asking -> asking.answer("{}".getBytes(UTF_8)));
      await().until(() -> room.asked.size() == all);
    }
  }

  @Test
  void plainHttp_onATlsPort_isClosed() {
    SslContext tls = context(first);
    try (TestGateway server = gateway(secured(() -> tls));
        TestSocket client = new TestSocket(server.port)) {
      client.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertTrue(client.isAtEnd());
    }
  }

  @Test
  void handshakeThatIsNeverEnded_isClosedInTime() {
    SslContext tls = context(first);
    try (TestGateway server = gateway(secured(() -> tls));
        TestSocket silent = new TestSocket(server.port);
        TestSocket half = new TestSocket(server.port)) {
      half.send(HexFormat.of().parseHex("16030100c8010000"));
      await().until(() -> server.loopsLookAfter() == 2);
      server.advance(9_999);
      assertEquals(2, server.loopsLookAfter());
      server.advance(1);
      assertTrue(silent.isAtEnd());
      assertTrue(half.isAtEnd());
    }
  }

  // ---- the PROXY protocol

  private static String proxy(String source) {
    String family = source.contains(":") ? "TCP6" : "TCP4";
    String destination = source.contains(":") ? "::1" : "192.0.2.1";
    return "PROXY " + family + " " + source + " " + destination + " 40000 443\r\n";
  }

  /** Version 2: an IPv4 client, and an extension that nobody knows. */
  private static byte[] proxy2(byte[] source) {
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    header.writeBytes(HexFormat.of().parseHex("0d0a0d0a000d0a515549540a21110011"));
    header.writeBytes(source);
    header.writeBytes(HexFormat.of().parseHex("c00002019c4001bbe000020102"));
    return header.toByteArray();
  }

  private static boolean isServed(TestSocket client) {
    try {
      client.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
      return client.response().status() == 200;
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  private static GatewayConfig.Entrance proxied(int perAddress) {
    return new GatewayConfig.Entrance(null, LOOPBACK, false, 1_000, perAddress, 100, 100);
  }

  @Test
  void proxyHeader_ofBothVersions_comesBeforeHttp() {
    try (TestGateway server = gateway(proxied(1))) {
      for (byte[] header :
          new byte[][] {
            proxy("198.51.100.1").getBytes(StandardCharsets.US_ASCII),
            proxy("2001:db8::1").getBytes(StandardCharsets.US_ASCII),
            "PROXY UNKNOWN\r\n".getBytes(StandardCharsets.US_ASCII),
            proxy2(new byte[] {(byte) 198, 51, 100, 2}),
            HexFormat.of().parseHex("0d0a0d0a000d0a515549540a20000000"), // the proxy for itself
          }) {
        try (TestSocket client = new TestSocket(server.port)) {
          client.send(header);
          assertTrue(isServed(client), HexFormat.of().formatHex(header));
        }
      }
    }
  }

  @Test
  void proxy_thatSaysNothingOrNonsense_isNotHeard() {
    try (TestGateway server = gateway(proxied(1));
        TestSocket half = new TestSocket(server.port)) {
      half.send("PROXY TCP4 198.51");
      await().until(() -> server.loopsLookAfter() == 1);
      try (TestSocket none = new TestSocket(server.port);
          TestSocket nonsense = new TestSocket(server.port);
          TestSocket endless = new TestSocket(server.port)) {
        assertFalse(isServed(none));
        nonsense.send("PROXY TCP4 somebody nobody 1 2\r\n");
        assertTrue(nonsense.isAtEnd());
        endless.send("PROXY TCP4 " + "1".repeat(200));
        assertTrue(endless.isAtEnd());
      }
      server.advance(10_000);
      assertTrue(half.isAtEnd());
    }
  }

  @Test
  void proxyHeader_fromAnybodyElse_isABadRequest() {
    try (TestGateway server = gateway(USUAL)) {
      for (byte[] header :
          new byte[][] {
            proxy("198.51.100.1").getBytes(StandardCharsets.US_ASCII),
            proxy2(new byte[] {(byte) 198, 51, 100, 2})
          }) {
        try (TestSocket client = new TestSocket(server.port)) {
          client.send(header).send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
          assertEquals(400, client.response().status());
          assertTrue(client.isAtEnd());
        }
      }
    }
  }

  // ---- how many

  private static TestSocket from(TestGateway server, String source) {
    return new TestSocket(server.port).send(proxy(source));
  }

  @Test
  void oneAddress_hasSoManyConnections_andTakesNobodyElsesPlace() {
    try (TestGateway server = gateway(proxied(2));
        TestSocket one = from(server, "198.51.100.1")) {
      assertTrue(isServed(one));
      try (TestSocket two = from(server, "198.51.100.1")) {
        assertTrue(isServed(two));
        assertNobodyMoreFits(server);
      }
      await()
          .until(
              () -> {
                try (TestSocket again = from(server, "198.51.100.1")) {
                  return isServed(again);
                }
              });
    }
  }

  private static void assertNobodyMoreFits(TestGateway server) {
    try (TestSocket tooMany = from(server, "198.51.100.1");
        TestSocket other = from(server, "198.51.100.2")) {
      assertFalse(isServed(tooMany));
      assertTrue(isServed(other));
    }
  }

  @Test
  void oneAddress_hasSoManyRequestsUnderWay_andTakesNobodyElsesTurn() {
    GatewayConfig.Entrance narrow =
        new GatewayConfig.Entrance(null, LOOPBACK, false, 1_000, 100, 3, 1_000);
    try (TestGateway server = gateway(narrow);
        TestSocket one = watching(server, "198.51.100.1");
        TestSocket two = watching(server, "198.51.100.1");
        TestSocket other = watching(server, "198.51.100.2")) {
      RecordingRoom room = server.room();
      one.text(ME).text(ME);
      await().until(() -> room.asked.size() == 2);
      two.text(ME);
      await().until(() -> room.asked.size() == 3);
      two.text(ME);
      String busy = two.readText();
      assertTrue(busy.contains("\"busy\"") && busy.contains("retryAfterMs"), busy);
      try (TestSocket http = from(server, "198.51.100.1")) {
        assertEquals(503, view(http).status());
        assertTrue(isServed(http));
      }
      other.text(ME);
      await().until(() -> room.asked.size() == 4);
      room.asking.get(0).answer("{}".getBytes(StandardCharsets.US_ASCII));
      assertEquals("{}", one.readText());
      two.text(ME);
      await().until(() -> room.asked.size() == 5);
    }
  }

  @Test
  void callsThatWait_areSoMany_andHealthIsToldInAnyCase() {
    GatewayConfig.Entrance narrow =
        new GatewayConfig.Entrance(null, Networks.NONE, false, 1_000, 100, 1_000, 2);
    try (TestGateway server = gateway(narrow);
        TestSocket one = new TestSocket(server.port);
        TestSocket two = new TestSocket(server.port);
        TestSocket three = new TestSocket(server.port)) {
      CompletableFuture<Outcome> decided = new CompletableFuture<>();
      server.room().pending = decided;
      String delete =
          "DELETE /api/rooms/r1/danmaku/7 HTTP/1.1\r\nHost: a\r\n"
              + TestGateway.bearer(server.token("m", Role.MODERATOR))
              + "\r\n\r\n";
      one.send(delete);
      two.send(delete);
      await().until(() -> server.room().entries.size() == 2);
      TestSocket.Response busy = three.send(delete).response();
      assertEquals(503, busy.status());
      assertEquals("1", busy.header("Retry-After"));
      assertTrue(busy.body().contains("\"code\":\"busy\""), busy.body());
      assertTrue(isServed(three));
      decided.complete(Outcome.Done.DONE);
      assertEquals(204, one.response().status());
      assertEquals(204, two.response().status());
      assertEquals(204, three.send(delete).response().status());
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 100", "100, 1"})
  void hangingUp_givesNoPlaceBack_beforeTheCallIsDone(int perAddress, int ofAll) {
    GatewayConfig.Entrance narrow =
        new GatewayConfig.Entrance(null, LOOPBACK, false, 1_000, 100, perAddress, ofAll);
    try (TestGateway server = gateway(narrow)) {
      CompletableFuture<Outcome> decided = new CompletableFuture<>();
      server.room().pending = decided;
      try (TestSocket hasty = from(server, "198.51.100.1")) {
        hasty.send(
            "DELETE /api/rooms/r1/danmaku/7 HTTP/1.1\r\nHost: a\r\n"
                + TestGateway.bearer(server.token("m", Role.MODERATOR))
                + "\r\n\r\n");
        await().until(() -> server.room().entries.size() == 1);
      }
      await().until(server.metrics::isQuiet);
      assertEquals(503, viewFrom(server, "198.51.100.1"));
      decided.complete(Outcome.Done.DONE);
      await().until(() -> viewFrom(server, "198.51.100.1") == 200);
    }
  }

  private static int viewFrom(TestGateway server, String source) {
    try (TestSocket client = from(server, source)) {
      return view(client).status();
    }
  }

  private static TestSocket download(TestGateway server, int network) {
    return from(server, "198.51." + network + ".1")
        .send("GET /api/rooms/r1/danmaku.xml HTTP/1.1\r\nHost: a\r\n\r\n");
  }

  @Test
  void downloads_haveTheirOwnPlaces_soManyAnAddress_andTakeNoneOfOtherCalls() {
    GatewayConfig.Entrance narrow =
        new GatewayConfig.Entrance(null, LOOPBACK, false, 1_000, 100, 9, 8);
    int each = HttpLine.MAX_DOWNLOADS_PER_ADDRESS;
    List<TestSocket> slow = new ArrayList<>();
    try (TestGateway server = gateway(narrow)) {
      CompletableFuture<Void> read = new CompletableFuture<>();
      server.store.historyHeld = read;
      for (int i = 0; i < HttpLine.MAX_DOWNLOADS; i++) {
        if (i == each) {
          try (TestSocket greedy = download(server, 0)) {
            assertEquals(503, greedy.response().status());
            assertEquals(200, view(greedy).status());
          }
        }
        slow.add(download(server, i / each));
        int begun = i + 1;
        if (begun % each == 0) {
          await().until(() -> server.store.historyCalls.get() == begun);
        }
      }
      try (TestSocket late = download(server, 99)) {
        TestSocket.Response busy = late.response();
        assertEquals(503, busy.status());
        assertTrue(busy.body().contains("\"code\":\"busy\""), busy.body());
        assertEquals(200, view(late).status());
      }
      server.store.lotteries.put("l1", "{\"id\":\"l1\"}".getBytes(UTF_8));
      server.store.sealed.put("l1", new Store.Sealed("drawn", "00", List.of(), 0, null));
      try (TestSocket client = from(server, "198.51.0.1")) {
        client.send("GET /api/rooms/r1/lotteries/l1/proof HTTP/1.1\r\nHost: a\r\n\r\n");
        assertEquals(200, client.response().status(), "a proof is in memory");
      }
      read.complete(null);
      for (TestSocket client : slow) {
        assertEquals(200, client.response().status());
      }
      await()
          .until(
              () -> {
                try (TestSocket late = download(server, 99)) {
                  return late.response().status() == 200;
                }
              });
    } finally {
      slow.forEach(TestSocket::close);
    }
  }

  private static final String ME = "{\"type\":\"me\",\"id\":\"m\"}";

  private static TestSocket watching(TestGateway server, String source) {
    TestSocket socket = from(server, source);
    String token = TestGateway.bearer(server.token(source, Role.VIEWER));
    assertEquals(101, socket.upgrade("/rooms/r1/ws", token).status());
    return socket;
  }

  private static TestSocket.Response view(TestSocket client) {
    return client.send("GET /api/rooms/r1 HTTP/1.1\r\nHost: a\r\n\r\n").response();
  }

  @Test
  void networkOf64Bits_isOneAddress() {
    try (TestGateway server = gateway(proxied(1));
        TestSocket one = from(server, "2001:db8:0:1::1")) {
      assertTrue(isServed(one));
      try (TestSocket neighbour = from(server, "2001:db8:0:1:ffff::2");
          TestSocket other = from(server, "2001:db8:0:2::1")) {
        assertFalse(isServed(neighbour));
        assertTrue(isServed(other));
      }
    }
  }

  @Test
  void allTogether_areSoMany() {
    GatewayConfig.Entrance narrow =
        new GatewayConfig.Entrance(null, Networks.NONE, false, 2, 1, 100, 100);
    try (TestGateway server = gateway(narrow);
        TestSocket one = new TestSocket(server.port);
        TestSocket two = new TestSocket(server.port)) {
      assertTrue(isServed(one));
      assertTrue(isServed(two)); // this machine's own addresses are not counted one by one
      try (TestSocket three = new TestSocket(server.port)) {
        assertTrue(three.isAtEnd());
      }
      assertEquals(
          1.0,
          server
              .meters
              .get("barrage.connections.refused")
              .tag("limit", "limits.connections")
              .counter()
              .count());
    }
  }

  @Test
  void withoutLimits_anyNumberMayCome() {
    try (TestGateway server =
        gateway(new GatewayConfig.Entrance(null, LOOPBACK, false, 1, 1, 1, 1))) {
      server.limits = UNLIMITED;
      try (TestSocket one = from(server, "198.51.100.1");
          TestSocket two = from(server, "198.51.100.1")) {
        assertTrue(isServed(one));
        assertTrue(isServed(two));
      }
    }
  }

  // ---- networks

  @Test
  void networks_areReadAsTheyAreWritten() throws UnknownHostException {
    Networks networks = Networks.parse("10.1.0.0/15, 192.0.2.7,2001:db8::/33 ,0.0.0.0/32");
    for (String in : new String[] {"10.0.0.1", "10.1.255.255", "192.0.2.7", "2001:db8:7fff::1"}) {
      assertTrue(networks.contain(InetAddress.getByName(in)), in);
    }
    for (String out : new String[] {"10.2.0.0", "192.0.2.6", "2001:db8:8000::", "::1", "1.1.1.1"}) {
      assertFalse(networks.contain(InetAddress.getByName(out)), out);
    }
    assertTrue(Networks.parse("::/0").contain(InetAddress.getByName("2001:db8::1")));
    assertEquals(Networks.NONE, Networks.parse(" "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x", "example.org", "::/129", "/8"})
  void whatIsNoNetwork_isRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> Networks.parse(text));
  }

  // ---- proxies that forward

  private static GatewayConfig.Entrance forwarding(Networks proxies, int perAddress) {
    return new GatewayConfig.Entrance(null, proxies, true, 1_000, perAddress, 100, 100);
  }

  private static int status(TestSocket client, String forwardedFor) {
    client.send(
        "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: "
            + forwardedFor
            + "\r\n\r\n");
    return client.response().status();
  }

  private static int upgradeFor(TestSocket client, String forwardedFor) {
    return client.upgrade("/rooms/r1/ws", "X-Forwarded-For: " + forwardedFor).status();
  }

  @Test
  void forwardedClients_areCounted_andTheProxyIsNot() {
    try (TestGateway server = gateway(forwarding(LOOPBACK, 2));
        TestSocket two = new TestSocket(server.port);
        TestSocket three = new TestSocket(server.port);
        TestSocket another = new TestSocket(server.port);
        TestSocket shared = new TestSocket(server.port)) {
      TestSocket one = new TestSocket(server.port);
      assertEquals(101, upgradeFor(one, "192.0.2.7"));
      assertEquals(101, upgradeFor(two, "198.51.100.1, 192.0.2.7"));
      assertEquals(503, upgradeFor(three, "198.51.100.2, 192.0.2.7"), "the same client");
      assertEquals(101, upgradeFor(another, "192.0.2.7, 192.0.2.8"));
      // One connection of the proxy's, each of its requests another client's.
      assertEquals(503, status(shared, "192.0.2.7"));
      assertEquals(200, status(shared, "192.0.2.9"));
      assertEquals(400, status(shared, "192.0.2.9, garbage"));
      one.close();
      await().until(() -> status(shared, "192.0.2.7") == 200);
      assertEquals(200, status(shared, "192.0.2.7"), "counted until it was answered");
      assertEquals(101, upgradeFor(three, "192.0.2.7"));
    }
  }

  @Test
  void forwardedFor_isIgnoredFromAnyoneElse() {
    try (TestGateway server = gateway(forwarding(Networks.parse("192.0.2.1"), 1));
        TestSocket one = new TestSocket(server.port);
        TestSocket two = new TestSocket(server.port)) {
      assertEquals(101, upgradeFor(one, "192.0.2.7"));
      assertEquals(
          101, upgradeFor(two, "192.0.2.7"), "both are this machine, which is not counted");
      try (TestSocket three = new TestSocket(server.port)) {
        assertEquals(200, status(three, "garbage"));
      }
    }
  }
}
