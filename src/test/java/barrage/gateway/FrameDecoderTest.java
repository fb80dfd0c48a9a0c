package barrage.gateway;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FrameDecoderTest {
  private static final int LIMIT = 4096;

  private final EmbeddedChannel channel = new EmbeddedChannel(new FrameDecoder(LIMIT, false));

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void send(byte[] bytes) {
    channel.writeInbound(Unpooled.copiedBuffer(bytes));
  }

  private byte[] received() {
    WebSocketFrame frame = channel.readInbound();
    try {
      return ByteBufUtil.getBytes(frame.content());
    } finally {
      frame.release();
    }
  }

  private int refusal(byte[] bytes) {
    return assertThrows(CorruptedWebSocketFrameException.class, () -> send(bytes))
        .closeStatus()
        .code();
  }

  @Test
  void frame_ofAnyLength_cutAnywhere_isTheSame() {
    for (int length : new int[] {0, 1, 7, 8, 125, 126, 1_000, LIMIT}) {
      byte[] payload = new byte[length];
      new Random(length).nextBytes(payload);
      byte[] frame = TestSocket.frameBytes(TestSocket.BINARY, true, payload);
      for (int cut = 0; cut <= Math.min(frame.length, 30); cut++) {
        send(Arrays.copyOf(frame, cut));
        send(Arrays.copyOfRange(frame, cut, frame.length));
        assertArrayEquals(payload, received());
      }
      for (byte each : frame) {
        send(new byte[] {each});
      }
      assertArrayEquals(payload, received());
    }
  }

  /** Half a frame is no reason to ask for more while nobody wants to hear it. */
  @Test
  void whileTheChannelDoesNotRead_nothingIsAskedFor_andWhatCameIsKept() {
    AtomicInteger asked = new AtomicInteger();
    FrameDecoder decoder = new FrameDecoder(LIMIT, false);
    EmbeddedChannel deaf =
        new EmbeddedChannel(
            new ChannelOutboundHandlerAdapter() {
              @Override
              public void read(ChannelHandlerContext ctx) {
                asked.incrementAndGet();
              }
            },
            decoder);
    asked.set(0);
    deaf.config().setAutoRead(false);
    byte[] frame = TestSocket.frameBytes(TestSocket.TEXT, true, utf8("kept"));
    assertFalse(deaf.writeInbound(Unpooled.copiedBuffer(frame, 0, 1)));
    assertFalse(deaf.writeInbound(Unpooled.copiedBuffer(frame, 1, frame.length - 1)));
    assertEquals(0, asked.get());
    deaf.config().setAutoRead(true);
    decoder.readKept(deaf.pipeline().context(decoder));
    TextWebSocketFrame kept = deaf.readInbound();
    assertEquals("kept", kept.text());
    kept.release();
    deaf.finishAndReleaseAll();
  }

  @Test
  void manyFramesAtOnce_comeInOrder() {
    ByteBuf all = Unpooled.buffer();
    for (int i = 0; i < 100; i++) {
      all.writeBytes(TestSocket.frameBytes(TestSocket.TEXT, true, utf8("n" + i)));
    }
    channel.writeInbound(all);
    for (int i = 0; i < 100; i++) {
      assertArrayEquals(utf8("n" + i), received());
    }
    assertNull(channel.readInbound());
  }

  @Test
  void invalidUtf8_isRefusedBeforeItsFrameIsWhole() {
    byte[] frame =
        TestSocket.frameBytes(TestSocket.TEXT, true, HexFormat.of().parseHex("cebaf490616161"));
    send(Arrays.copyOf(frame, 9));
    assertEquals(1007, refusal(new byte[] {frame[9]}));
    send(Arrays.copyOfRange(frame, 10, frame.length));
    assertNull(channel.readInbound());
  }

  @Test
  void characterCutByTheEndOfTheMessage_isRefused() {
    send(TestSocket.frameBytes(TestSocket.TEXT, false, HexFormat.of().parseHex("e5bc")));
    ((TextWebSocketFrame) channel.readInbound()).release();
    assertEquals(1007, refusal(TestSocket.frameBytes(TestSocket.CONTINUATION, true, new byte[0])));
  }

  @Test
  void announcedLengthOverTheLimit_isRefusedWithTheHeader() {
    assertEquals(1009, refusal(HexFormat.of().parseHex("81fe1001")));
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource({
    "8100, no mask",
    "c180, a reserved bit",
    "8380, a reserved opcode",
    "8b80, a reserved control opcode",
    "8080, a continuation of nothing",
    "0980, a ping in fragments",
    "89fe, a long ping",
    "8881, half a close code",
    "82fe007d, a length in too many bytes",
    "82ff000000000000ffff, a length in far too many bytes",
    "82ffffffffffffffffff, a negative length",
    "888200000000 03ed, a close code that is never sent",
    "888200000000 03e7, a close code of nobody",
  })
  void whatIsNotOfTheProtocol_isRefusedAsSoonAsItShows(String hex, String what) {
    assertEquals(1002, refusal(HexFormat.of().parseHex(hex.replace(" ", ""))));
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource({
    "c980, a compressed ping",
    "c880, a compressed close",
    "4180 00000000 c080, a compressed continuation",
    "0180 00000000 c080, a continuation that turns out to be compressed",
    "a180, another reserved bit",
    "d180, two reserved bits",
    "c380, a reserved opcode",
  })
  void withCompression_reservedBits_areRefusedButOnTheFirstFrameOfAMessage(
      String hex, String what) {
    deflating();
    assertEquals(1002, refusal(HexFormat.of().parseHex(hex.replace(" ", ""))));
  }

  @Test
  void compressedMessage_isNotReadAsText_andSaysThatItIsCompressed() {
    deflating();
    byte[] notUtf8 = {(byte) 0xCA, (byte) 0xC9, (byte) 0xFF};
    send(TestSocket.frameBytes(TestSocket.DEFLATED | TestSocket.TEXT, false, notUtf8));
    WebSocketFrame first = channel.readInbound();
    assertEquals(4, first.rsv());
    first.release();
    send(TestSocket.frameBytes(TestSocket.CONTINUATION, true, notUtf8));
    assertArrayEquals(notUtf8, received());
    assertEquals(1007, refusal(TestSocket.frameBytes(TestSocket.TEXT, true, notUtf8)));
  }

  /** What cannot be made smaller grows by a little. */
  @Test
  void compressedFrame_mayBeALittleLonger_andNoMore() {
    deflating();
    int most = MessageDeflate.maxPayloadBytes(LIMIT);
    int compressed = TestSocket.DEFLATED | TestSocket.BINARY;
    send(TestSocket.frameBytes(compressed, true, new byte[most]));
    assertEquals(most, received().length);
    assertEquals(1009, refusal(TestSocket.frameBytes(compressed, true, new byte[most + 1])));
  }

  private void deflating() {
    channel.pipeline().removeFirst();
    channel.pipeline().addFirst(new FrameDecoder(LIMIT, true));
  }

  @Test
  void messageWithinAnother_isRefused() {
    send(TestSocket.frameBytes(TestSocket.TEXT, false, utf8("a")));
    received();
    assertEquals(1002, refusal(TestSocket.frameBytes(TestSocket.TEXT, true, utf8("b"))));
  }

  /** The platform's own decoder is the judge. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void utf8_isWhatThePlatformSaysItIs(long seed) {
    Random random = new Random(seed);
    int[] telling = {0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF};
    int[] leading = {0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF};
    int valid = 0;
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = new byte[1 + random.nextInt(5)];
      for (int i = 0; i < bytes.length; i++) {
        int[] from = i == 0 || random.nextInt(4) == 0 ? leading : telling;
        bytes[i] = (byte) from[random.nextInt(from.length)];
      }
      boolean expected = isUtf8(bytes);
      Utf8 utf8 = new Utf8();
      ByteBuf buffer = Unpooled.wrappedBuffer(bytes);
      int cut = random.nextInt(bytes.length + 1);
      boolean actual =
          utf8.accept(buffer, 0, cut)
              && utf8.accept(buffer, cut, bytes.length - cut)
              && utf8.isWhole();
      assertEquals(expected, actual, HexFormat.of().formatHex(bytes));
      valid += expected ? 1 : 0;
    }
    assertTrue(valid > 20, "too few valid ones to tell: " + valid);
  }

  private static boolean isUtf8(byte[] bytes) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    try {
      CharBuffer unused = decoder.decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
