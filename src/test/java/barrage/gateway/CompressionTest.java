package barrage.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.core.Limits;
import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.zip.Deflater;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What clients send compressed, over a real socket and under the paranoid leak detector. */
final class CompressionTest {
  private static final int LIMIT = 4096;
  private static final int DEFLATED_TEXT = TestSocket.DEFLATED | TestSocket.TEXT;
  private static final byte[] PING = utf8("{\"type\":\"ping\",\"id\":\"p1\"}");

  private static TestGateway server;

  @BeforeAll
  static void start() {
    server = new TestGateway(config -> config.withCompression(true));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(UTF_8);
  }

  private static TestSocket client() {
    return TestSocket.open(server.port, "/rooms/r1/ws", TestSocket.OFFER);
  }

  private static void assertPong(TestSocket client) {
    TestSocket.Frame answer = client.read();
    assertTrue(answer.text().contains("\"id\":\"p1\""), answer.text());
    assertFalse(answer.deflated(), "an answer to one alone");
  }

  private static int closeCodeFor(byte[] payload) {
    try (TestSocket client = client()) {
      return client.frame(DEFLATED_TEXT, true, payload).readClose();
    }
  }

  @Test
  void offer_isAgreedTo_onlyWhereItIsOn() {
    try (TestSocket client = new TestSocket(server.port);
        TestGateway plain = new TestGateway();
        TestSocket other = new TestSocket(plain.port)) {
      assertEquals(
          "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
          client.upgrade("/rooms/r1/ws", TestSocket.OFFER).header("Sec-WebSocket-Extensions"));
      assertNull(
          other.upgrade("/rooms/r1/ws", TestSocket.OFFER).header("Sec-WebSocket-Extensions"));
      other.frame(DEFLATED_TEXT, true, TestSocket.deflated(PING));
      assertEquals(1002, other.readClose());
    }
  }

  @Test
  void whoDidNotOffer_mayNotCompress() {
    try (TestSocket client = TestSocket.open(server.port, "/rooms/r1/ws")) {
      client.frame(DEFLATED_TEXT, true, TestSocket.deflated(PING));
      assertEquals(1002, client.readClose());
    }
  }

  @Test
  void messages_mayComeCompressedAndPlain_eachByItself() {
    try (TestSocket client = client()) {
      for (int i = 0; i < 3; i++) {
        client.frame(DEFLATED_TEXT, true, TestSocket.deflated(PING));
        assertPong(client);
        client.frame(TestSocket.TEXT, true, PING);
        assertPong(client);
      }
    }
  }

  @Test
  void fragments_areOneMessage_withControlFramesBetweenThem() {
    try (TestSocket client = client();
        TestSocket other = client()) {
      byte[] payload = TestSocket.deflated(PING);
      client.frame(DEFLATED_TEXT, false, Arrays.copyOf(payload, 1));
      client.frame(TestSocket.PING, true, utf8("between"));
      client.frame(TestSocket.CONTINUATION, false, Arrays.copyOfRange(payload, 1, 9));
      assertEquals("between", client.read().text());
      for (int i = 0; i < 4; i++) { // one of them on the same loop
        other.frame(DEFLATED_TEXT, true, payload);
        assertPong(other);
      }
      client.frame(TestSocket.CONTINUATION, false, new byte[0]);
      client.frame(TestSocket.CONTINUATION, true, Arrays.copyOfRange(payload, 9, payload.length));
      assertPong(client);
    }
  }

  @Test
  void messageOfTheLimit_isRead_andOneByteMore_closesWith1009() {
    String head = "{\"type\":\"ping\",\"id\":\"p1\",\"pad\":\"";
    String message = head + "x".repeat(LIMIT - head.length() - 2) + "\"}";
    try (TestSocket client = client()) {
      client.frame(DEFLATED_TEXT, true, TestSocket.deflated(utf8(message)));
      assertPong(client);
      client.frame(DEFLATED_TEXT, true, TestSocket.deflated(utf8(message + " ")));
      assertEquals(1009, client.readClose());
      assertTrue(client.isAtEnd());
    }
  }

  /** It comes in more bytes than it has, whole or not. */
  @Test
  void messageOfTheLimit_thatWasOnlyStored_isRead() {
    String head = "{\"type\":\"ping\",\"id\":\"p1\",\"pad\":\"";
    byte[] payload = stored(utf8(head + "x".repeat(LIMIT - head.length() - 2) + "\"}"));
    assertTrue(payload.length > LIMIT);
    try (TestSocket client = client()) {
      client.frame(DEFLATED_TEXT, true, payload);
      assertPong(client);
      client.frame(DEFLATED_TEXT, false, Arrays.copyOf(payload, 4_000));
      client.frame(
          TestSocket.CONTINUATION, true, Arrays.copyOfRange(payload, 4_000, payload.length));
      assertPong(client);
    }
  }

  private static byte[] stored(byte[] message) {
    Deflater deflater = new Deflater(Deflater.NO_COMPRESSION, true);
    deflater.setInput(message);
    byte[] flushed = new byte[message.length + 64];
    int length = deflater.deflate(flushed, 0, flushed.length, Deflater.SYNC_FLUSH);
    deflater.end();
    return Arrays.copyOf(flushed, length - 4);
  }

  @Test
  void bombs_areClosedWith1009_andTakeNoMoreThanTheLimit() {
    byte[] bomb = TestSocket.deflated(new byte[1 << 20]);
    assertTrue(bomb.length < 1_100, bomb.length + " bytes");
    for (int i = 0; i < 20; i++) {
      assertEquals(1009, closeCodeFor(bomb));
    }
    // The same without a socket, where each byte is counted.
    UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
    MessageDeflate deflate = MessageDeflate.ofThisThread();
    ByteBuf payload = Unpooled.wrappedBuffer(bomb);
    for (boolean isText : new boolean[] {true, false}) {
      int code =
          assertThrows(
                  CorruptedWebSocketFrameException.class,
                  () -> deflate.inflate(allocator, payload, LIMIT, isText))
              .closeStatus()
              .code();
      assertEquals(1009, code);
      assertEquals(0, allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory());
    }
    ByteBuf small = deflate.inflate(allocator, ascii(100), 1 << 30, true);
    assertEquals(100, small.readableBytes());
    assertTrue(small.capacity() <= 256, "takes " + small.capacity());
    small.release();
  }

  private static ByteBuf ascii(int length) {
    return Unpooled.wrappedBuffer(TestSocket.deflated(utf8("x".repeat(length))));
  }

  /** Each block costs, and there may be thousands that come to nothing. */
  @Test
  void moreToInflateThanAnybodyHasToSay_isAFlood() {
    BitSet bits = new BitSet();
    for (int at = 0; at + 10 <= 8 * LIMIT; at += 10) {
      bits.set(at + 1); // a block of fixed codes, and its end
    }
    byte[] blocks = Arrays.copyOf(bits.toByteArray(), LIMIT);
    int aSecond = Limits.DEFAULT.floodPerSecond() * Throttle.DEFLATED_BYTES_A_FRAME / LIMIT;
    try (TestSocket client = client()) {
      for (int second = 0; second < 2; second++) {
        for (int i = 0; i < aSecond; i++) {
          client.frame(DEFLATED_TEXT, true, blocks);
          assertTrue(client.readText().contains("bad_request"));
        }
        if (second == 0) {
          server.advance(1_000);
        }
      }
      client.frame(DEFLATED_TEXT, true, blocks);
      assertEquals(4429, client.readClose());
    }
    try (TestSocket client = client()) {
      server.limits = new Limits(false, 50, 15, 50, 100, 500, 3_000);
      for (int i = 0; i <= 2 * aSecond; i++) {
        client.frame(DEFLATED_TEXT, true, blocks);
        assertTrue(client.readText().contains("bad_request"));
      }
    } finally {
      server.limits = Limits.DEFAULT;
    }
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource({
    "07, a block of no kind",
    "0001000100, a stored block that contradicts itself",
    "0500000000000000000000000000000000000000000000000000000000000000000000000000, no codes",
  })
  void whatIsNotDeflate_closesWith1007(String hex, String what) {
    assertEquals(1007, closeCodeFor(HexFormat.of().parseHex(hex)));
  }

  @Test
  void whoRefersToAnEarlierMessage_isClosedWith1007() {
    Deflater deflater = new Deflater(9, true);
    deflater.setDictionary(PING);
    deflater.setInput(PING);
    byte[] flushed = new byte[64];
    int length = deflater.deflate(flushed, 0, flushed.length, Deflater.SYNC_FLUSH);
    deflater.end();
    try (TestSocket client = client()) {
      client.frame(DEFLATED_TEXT, true, TestSocket.deflated(PING));
      assertPong(client);
      client.frame(DEFLATED_TEXT, true, Arrays.copyOf(flushed, length - 4));
      assertEquals(1007, client.readClose());
    }
  }

  @ParameterizedTest
  @CsvSource({"c328", "eda080", "e5bc", "fffefdfc"})
  void whatIsNotUtf8Inside_closesWith1007(String hex) {
    assertEquals(1007, closeCodeFor(TestSocket.deflated(HexFormat.of().parseHex(hex))));
  }

  /** The examples of RFC 7692, section 7.2.3: all of them say Hello. */
  @ParameterizedTest(name = "{1}")
  @CsvSource({
    "f248cdc9c90700, a block",
    "000500faff48656c6c6f00, a stored block",
    "f348cdc9c9070000, a final block",
    "f248050000 00ffffcac9c90700, two blocks",
    "f348cdc9c90700, a final block and not the byte behind it",
    "f3480500 cac9c90700, a final block and another",
  })
  void everyFormOfAMessage_isRead(String hex, String what) {
    ByteBuf payload = Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex.replace(" ", "")));
    ByteBuf message =
        MessageDeflate.ofThisThread()
            .inflate(UnpooledByteBufAllocator.DEFAULT, payload, LIMIT, true);
    assertEquals("Hello", message.toString(UTF_8));
    message.release();
  }

  /** Another's inflater is the judge, as in a browser. */
  @Test
  void frames_ofAnyLength_areWhatAClientInflates() throws Exception {
    Random random = new Random(1);
    MessageDeflate deflate = MessageDeflate.ofThisThread();
    for (int length : new int[] {0, 255, 256, 300, 4_096, 70_000, 300_000}) {
      byte[] message = new byte[length];
      for (int i = 0; i < length; i++) {
        message[i] = (byte) ('a' + random.nextInt(4));
      }
      ByteBuf frame = deflate.textFrame(UnpooledByteBufAllocator.DEFAULT, message);
      assertEquals(length < MessageDeflate.MIN_BYTES, frame == null, length + " bytes");
      if (frame != null) {
        assertTrue(frame.readableBytes() < length);
        assertTrue(frame.capacity() <= frame.readableBytes() + Frames.MAX_HEADER_BYTES);
        assertEquals(new String(message, UTF_8), TestSocket.Frame.of(frame).text());
        frame.release();
      }
    }
    byte[] noise = new byte[1_000];
    random.nextBytes(noise);
    assertNull(deflate.textFrame(UnpooledByteBufAllocator.DEFAULT, noise));
  }

  /** Frames wait for slow sockets; the room a message might have needed is not kept with them. */
  @Test
  void frames_takeNoMoreMemoryThanTheyNeed() {
    byte[] message = utf8("{\"type\":\"events\"}".repeat(1_000));
    ByteBuf frame =
        MessageDeflate.ofThisThread().textFrame(new AdaptiveByteBufAllocator(true), message);
    assertTrue(frame.readableBytes() < message.length / 10);
    int taken = frame.writerIndex() + frame.maxFastWritableBytes();
    assertTrue(taken < message.length / 2, "takes " + taken);
    frame.release();
  }

  @Test
  void memoryOutsideTheHeap_isFreedWithTheLoop() {
    EventLoops loops = new EventLoops(EventLoops.Transport.NIO, 1, () -> 0);
    CompletableFuture<MessageDeflate> made = new CompletableFuture<>();
    for (Loop loop : loops.all()) {
      loop.later(() -> made.complete(MessageDeflate.ofThisThread()));
    }
    MessageDeflate deflate = made.join();
    loops.close();
    UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
    byte[] message = new byte[1_000];
    assertThrows(NullPointerException.class, () -> deflate.textFrame(allocator, message));
    assertThrows(
        NullPointerException.class, () -> deflate.inflate(allocator, ascii(9), LIMIT, true));
  }
}
