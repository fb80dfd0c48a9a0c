package barrage.outside;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.Patience;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.zip.Deflater;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients that are slow, silent, endless or absurd, all at once: each is refused or closed in
 * bounded time, and a viewer among them does not notice. None of them makes the server lose a
 * buffer.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class HostileIT {
  private static final String ROOM = "besieged";
  private static final int CONTINUATION = 0x0;
  private static final int TEXT = 0x1;
  private static final int PING = 0x9;

  /** RSV1, of a compressed message's first frame. */
  private static final int DEFLATED = 0x40;

  /** The server gives 10 s from the accept to the handshake, and looks once a second. */
  private static final long CLOSED_WITHIN_S = 30;

  /**
   * Of the answers to a viewer meanwhile, some hundred: loose, for every buffer of the server is
   * watched, and other tests run beside this one. On two busy cores it is 250 ms.
   */
  private static final long P95_MS = 1_000;

  private ServerProcess server;

  @BeforeAll
  void start(@TempDir Path dir) throws Exception {
    server = ServerProcess.startParanoid(dir, "server.compression=true");
  }

  @AfterAll
  void stop() throws IOException {
    server.close();
  }

  /** Buffers that nobody released are told when others are made after the next collection. */
  @AfterEach
  void noBufferIsLost() throws Exception {
    for (int i = 0; i < 3; i++) {
      server.collectGarbage();
      for (int requests = 0; requests < 20; requests++) {
        assertEquals(200, Api.anonymous(server).get("/healthz").status());
      }
    }
    assertEquals(List.of(), server.err().stream().filter(line -> line.contains("LEAK")).toList());
  }

  @Test
  void eachIsLetGo_andNobodyElseNotices() throws Exception {
    ScheduledExecutorService clients = Executors.newScheduledThreadPool(16);
    Map<String, CompletableFuture<String>> ends = new LinkedHashMap<>();
    List<Raw> sockets = new ArrayList<>();
    try (ProtocolClient viewer = ProtocolClient.join(server, ROOM, Jwt.viewer("ann"))) {
      Attackers attackers = new Attackers(server, clients, sockets, ends);

      attackers.once("a silent socket", "");
      attackers.once("half a request", "GET / HTTP/1.1\r\nHost:");
      attackers.once("a body that never comes", post("Content-Length: 10"));
      attackers.dripping("headers byte by byte", "GET / HTTP/1.1\r\nHost: x\r\nX: ");
      attackers.dripping("a body byte by byte", post("Content-Length: 9000"));
      attackers.once(
          "pipelined requests",
          "GET /api/rooms/besieged HTTP/1.1\r\nHost: x\r\n\r\n".repeat(2_000));
      attackers.endless("headers without end", "GET / HTTP/1.1\r\n", ascii("X: y\r\n"));
      attackers.endless("a request line without end", "GET /", ascii("x"));
      attackers.endless(
          "chunks without end", post("Transfer-Encoding: chunked"), ascii("1\r\nx\r\n"));
      attackers.endless("pings without end", upgrade(), frame(PING, true, new byte[125]));
      attackers.endless(
          "fragments without end",
          upgrade() + latin1(frame(TEXT, false, ascii("x"))),
          frame(CONTINUATION, false, ascii("x")));
      attackers.endless(
          "empty fragments without end",
          upgrade() + latin1(frame(TEXT, false, new byte[0])),
          frame(CONTINUATION, false, new byte[0]));
      attackers.endless(
          "bombs without end",
          upgrade("Sec-WebSocket-Extensions: permessage-deflate\r\n"),
          frame(DEFLATED | TEXT, true, deflated(new byte[80_000])));
      attackers.endless(
          "empty blocks without end",
          upgrade("Sec-WebSocket-Extensions: permessage-deflate\r\n"),
          frame(DEFLATED | TEXT, true, emptyBlocks()));
      attackers.once("a frame of 2^62 bytes", upgrade() + latin1(huge()));

      List<Long> answeredMs = new ArrayList<>();
      await()
          .atMost(Patience.soon(Duration.ofSeconds(CLOSED_WITHIN_S)))
          .pollInterval(50, TimeUnit.MILLISECONDS)
          .untilAsserted(
              () -> {
                long askedNanos = System.nanoTime();
                viewer.me();
                answeredMs.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - askedNanos));
                List<String> open = new ArrayList<>(ends.keySet());
                open.removeIf(who -> ends.get(who).isDone());
                assertEquals(List.of(), open);
              });
      answeredMs.sort(null);
      assertTrue(answeredMs.size() > 50, answeredMs.size() + " answers meanwhile");
      long p95Ms = Patience.soon(Duration.ofMillis(P95_MS)).toMillis();
      assertTrue(answeredMs.get(answeredMs.size() * 95 / 100) <= p95Ms, answeredMs::toString);
      ends.forEach((who, end) -> assertEquals("closed", end.join(), who));
      await().until(() -> metric(server, "barrage_connections ") == 1);
      // Ours alone: the one who asks.
      await().until(() -> metric(server, "barrage_http_requests ") <= 1);
      assertTrue(
          server.err().stream().noneMatch(line -> line.contains("ERROR")),
          () -> String.join("\n", server.err()));
    } finally {
      clients.shutdownNow();
      for (Raw socket : sockets) {
        socket.close();
      }
    }
  }

  @Test
  void absurdContent_isRefused_andTheConnectionGoesOn() throws Exception {
    try (ProtocolClient viewer = ProtocolClient.join(server, ROOM, Jwt.viewer("ann"))) {
      String deep = "[".repeat(4_000);
      viewer.send(deep);
      viewer.send("{\"type\":\"danmaku\",\"id\":\"a\",\"text\":" + deep);
      viewer.send("{\"type\":\"like\",\"total\":1e999999999}");
      viewer.send("{\"type\":\"like\",\"total\":" + "9".repeat(4_000) + "}");
      viewer.send("{\"type\":\"sale.buy\",\"id\":\"b\",\"sale\":\"s\",\"quantity\":1e400000000}");
      viewer.awaitAnswers(5);
      viewer.saySeq("still here");

      Api streamer = Api.of(server, "host", "streamer");
      for (String factor : List.of("1e1000000000", "1e-1000000000", "9".repeat(60_000))) {
        Api.Answer answer =
            streamer.call(
                "POST",
                "/api/rooms/besieged/boosts",
                ProtocolClient.newId(),
                "{\"durationMs\":1000,\"factor\":" + factor + "}");
        assertEquals(400, answer.status(), factor.substring(0, 10));
      }
      Api.Answer nested =
          streamer.call("PATCH", "/api/rooms/besieged", null, "{\"x\":" + "[".repeat(60_000) + "}");
      assertEquals(400, nested.status());
      Api.Answer large =
          streamer.call("PATCH", "/api/rooms/besieged", null, " ".repeat(70_000) + "{}");
      assertEquals(413, large.status());
    }
  }

  /**
   * A connection of which nothing comes any more, not even an end, as when a phone loses its
   * network: there is nothing to tell it by but the time. It takes a minute, and is run by hand
   * with {@code -Dhostile.minute=true}; WebSocketTest shows the same in steps.
   */
  @Test
  @EnabledIfSystemProperty(named = "hostile.minute", matches = "true")
  void viewerWhoVanishes_isLetGoAfterAMinute() throws Exception {
    long connections = (long) metric(server, "barrage_connections ");
    try (Raw vanished = new Raw(server)) {
      vanished.send(ascii(upgrade()));
      await().until(() -> metric(server, "barrage_connections ") == connections + 1);
      await()
          .between(50, TimeUnit.SECONDS, 75, TimeUnit.SECONDS)
          .until(() -> metric(server, "barrage_connections ") == connections);
    }
  }

  private static double metric(ServerProcess server, String name) {
    return Api.anonymous(server)
        .get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
        .sum();
  }

  private static String post(String header) {
    return "POST /api/dev/tokens HTTP/1.1\r\nHost: x\r\n" + header + "\r\n\r\n";
  }

  private static String upgrade() {
    return upgrade("");
  }

  private static String upgrade(String headers) {
    return "GET /rooms/besieged/ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket"
        + "\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        + headers
        + "\r\n";
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static String latin1(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** A client's, masked with zeros. */
  private static byte[] frame(int opcode, boolean fin, byte[] payload) {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write((fin ? 0x80 : 0) | opcode);
    frame.write(0x80 | payload.length);
    frame.writeBytes(new byte[4]);
    frame.writeBytes(payload);
    return frame.toByteArray();
  }

  /** As RFC 7692, section 7.2.1, says. */
  private static byte[] deflated(byte[] message) {
    Deflater deflater = new Deflater(9, true);
    deflater.setInput(message);
    byte[] flushed = new byte[1_000];
    int length = deflater.deflate(flushed, 0, flushed.length, Deflater.SYNC_FLUSH);
    deflater.end();
    return Arrays.copyOf(flushed, length - 4);
  }

  private static byte[] emptyBlocks() {
    byte[] blocks = new byte[120];
    for (int at = 0; at < blocks.length; at += 5) {
      blocks[at + 3] = (byte) 0xFF; // what is stored has no length, and this says the same
      blocks[at + 4] = (byte) 0xFF;
    }
    return blocks;
  }

  private static byte[] huge() {
    return ByteBuffer.allocate(14).put((byte) 0x82).put((byte) 0xFF).putLong(1L << 62).array();
  }

  /** Those who mean no good, and how each of them ended. */
  private record Attackers(
      ServerProcess server,
      ScheduledExecutorService threads,
      List<Raw> sockets,
      Map<String, CompletableFuture<String>> ends) {

    /** Says something and then nothing. */
    void once(String name, String bytes) throws IOException {
      attack(name, bytes);
    }

    /** And then a byte at a time. */
    void dripping(String name, String bytes) throws IOException {
      Raw socket = attack(name, bytes);
      var unused =
          threads.scheduleAtFixedRate(
              () -> socket.trySend(ascii("x")), 50, 50, TimeUnit.MILLISECONDS);
    }

    /** And then the same, two thousand times a second, without reading an answer. */
    void endless(String name, String bytes, byte[] again) throws IOException {
      Raw socket = new Raw(server);
      sockets.add(socket);
      socket.send(bytes.getBytes(StandardCharsets.ISO_8859_1));
      CompletableFuture<String> end = new CompletableFuture<>();
      ends.put(name, end);
      byte[] hundred = new byte[100 * again.length];
      for (int i = 0; i < hundred.length; i++) {
        hundred[i] = again[i % again.length];
      }
      Runnable more =
          () -> {
            if (!socket.trySend(hundred)) {
              end.complete("closed");
              throw new CancellationException("nobody takes it any more");
            }
          };
      var unused = threads.scheduleAtFixedRate(more, 0, 50, TimeUnit.MILLISECONDS);
    }

    private Raw attack(String name, String bytes) throws IOException {
      Raw socket = new Raw(server);
      sockets.add(socket);
      socket.send(bytes.getBytes(StandardCharsets.ISO_8859_1));
      ends.put(name, CompletableFuture.supplyAsync(socket::readToTheEnd, threads));
      return socket;
    }
  }

  /** A socket and bytes. */
  private static final class Raw implements AutoCloseable {
    private final Socket socket = new Socket();

    Raw(ServerProcess server) throws IOException {
      socket.setTcpNoDelay(true);
      socket.connect(new InetSocketAddress(server.uri().getHost(), server.uri().getPort()));
    }

    void send(byte[] bytes) throws IOException {
      socket.getOutputStream().write(bytes);
    }

    /** Whether the server was still there to take it. */
    boolean trySend(byte[] bytes) {
      try {
        send(bytes);
        return true;
      } catch (IOException e) {
        return false;
      }
    }

    String readToTheEnd() {
      try {
        socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        return "closed";
      } catch (IOException e) {
        return "closed"; // reset, with what we had sent still unread
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
