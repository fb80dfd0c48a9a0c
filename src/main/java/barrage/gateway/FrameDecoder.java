package barrage.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.List;

/**
 * Reads what a client sends (RFC 6455, section 5.2). Whatever is not of the protocol is known with
 * the byte that shows it: a length with the header, an octet that is not UTF-8 before the frame it
 * stands in is whole. So a client cannot have us wait for, or keep, what will be refused.
 *
 * <p>A compressed message (RFC 7692) is the exception, which is looked into when all of it is
 * there: whoever inflates it checks its text.
 *
 * <p>The Netty decoder that this stands in for copies each payload and looks at none before it has
 * all of it. After a violation, which it throws as a {@link CorruptedWebSocketFrameException} with
 * the status to close with, it passes over everything that comes.
 *
 * <p>While the channel does not read by itself, what has come already is kept too, until {@link
 * #readKept}.
 */
final class FrameDecoder extends ByteToMessageDecoder {
  private static final int CONTINUATION = 0x0;
  private static final int TEXT = 0x1;
  private static final int BINARY = 0x2;
  private static final int CLOSE = 0x8;
  private static final int PING = 0x9;
  private static final int PONG = 0xA;
  private static final int MAX_CONTROL_BYTES = 125;

  /** RSV1 among the three reserved bits. */
  private static final int DEFLATED = 0x4;

  private final int maxPayloadBytes;
  private final boolean mayBeDeflated;
  private final Utf8 utf8 = new Utf8();

  // Of the frame in hand.
  private boolean inPayload;
  private boolean fin;
  private int opcode;
  private int length;
  private int mask;

  /** How much of the payload is unmasked and looked at. */
  private int seen;

  // Of the message in hand, which other frames may come between.
  private boolean inMessage;
  private boolean isText;
  private boolean isDeflated;

  private boolean corrupt;

  /**
   * @param maxPayloadBytes the longest payload of a frame that is not compressed
   * @param mayBeDeflated whether permessage-deflate was agreed on
   */
  FrameDecoder(int maxPayloadBytes, boolean mayBeDeflated) {
    this.maxPayloadBytes = maxPayloadBytes;
    this.mayBeDeflated = mayBeDeflated;
  }

  /** Has what was kept looked at, now that the channel reads by itself again. */
  void readKept(ChannelHandlerContext ctx) {
    try {
      channelRead(ctx, Unpooled.EMPTY_BUFFER);
    } catch (Exception e) {
      ctx.fireExceptionCaught(e);
    }
  }

  /**
   * Without asking for more until a frame is whole: while the channel does not read, nobody is to.
   */
  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    discardSomeReadBytes();
    ctx.fireChannelReadComplete();
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    if (corrupt) {
      in.skipBytes(in.readableBytes());
      return;
    }
    if (!inPayload && !(ctx.channel().config().isAutoRead() && readHeader(in))) {
      return;
    }
    int available = Math.min(length, in.readableBytes());
    unmask(in, available);
    if (available == length) {
      inPayload = false;
      out.add(frame(in.readRetainedSlice(length)));
    }
  }

  /** Whether the header is whole; nothing is read of one that is not. */
  private boolean readHeader(ByteBuf in) {
    int at = in.readerIndex();
    int there = in.readableBytes();
    if (there < 2) {
      return false;
    }
    int first = in.getUnsignedByte(at);
    int second = in.getUnsignedByte(at + 1);
    fin = (first & 0x80) != 0;
    int rsv = first >> 4 & 0x7;
    opcode = first & 0xF;
    int shortLength = second & 0x7F;
    check((second & 0x80) != 0, "a frame without a mask");
    check(rsv == 0 || (rsv == DEFLATED && mayBeDeflated), "a reserved bit");
    check(rsv == 0 || opcode == TEXT || opcode == BINARY, "compressed, and no message's first");
    checkOpcode(rsv, shortLength);
    int lengthBytes = shortLength < 126 ? 0 : shortLength == 126 ? Short.BYTES : Long.BYTES;
    if (there < 2 + lengthBytes) {
      return false;
    }
    long announced =
        switch (lengthBytes) {
          case 0 -> shortLength;
          case Short.BYTES -> in.getUnsignedShort(at + 2);
          default -> in.getLong(at + 2);
        };
    check(lengthBytes != Short.BYTES || announced > 125, "a length in too many bytes");
    check(lengthBytes != Long.BYTES || announced < 0 || announced > 0xFFFF, "a length in too many");
    check(announced >= 0, "a negative length");
    if (announced > maxPayloadBytes()) {
      throw violation(WebSocketCloseStatus.MESSAGE_TOO_BIG, "over the limit");
    }
    if (there < 2 + lengthBytes + Integer.BYTES) {
      return false;
    }
    mask = in.getInt(at + 2 + lengthBytes);
    in.skipBytes(2 + lengthBytes + Integer.BYTES);
    length = (int) announced;
    seen = 0;
    inPayload = true;
    return true;
  }

  private int maxPayloadBytes() {
    return isDeflated ? MessageDeflate.maxPayloadBytes(maxPayloadBytes) : maxPayloadBytes;
  }

  private void checkOpcode(int rsv, int shortLength) {
    switch (opcode) {
      case CONTINUATION -> check(inMessage, "a continuation of nothing");
      case TEXT, BINARY -> {
        check(!inMessage, "a message within another");
        isText = opcode == TEXT;
        isDeflated = rsv == DEFLATED;
      }
      case CLOSE, PING, PONG -> {
        check(fin, "a control frame in fragments");
        check(shortLength <= MAX_CONTROL_BYTES, "a long control frame");
        check(opcode != CLOSE || shortLength != 1, "a close frame with half a code");
      }
      default -> throw violation(WebSocketCloseStatus.PROTOCOL_ERROR, "a reserved opcode");
    }
  }

  /** In place, as far as it is there. */
  private void unmask(ByteBuf in, int available) {
    int from = in.readerIndex();
    int i = seen;
    int turned = Integer.rotateLeft(mask, 8 * (i & 3));
    long wide = ((turned & 0xFFFFFFFFL) << 32) | (turned & 0xFFFFFFFFL);
    for (; i + Long.BYTES <= available; i += Long.BYTES) {
      in.setLong(from + i, in.getLong(from + i) ^ wide);
    }
    for (; i < available; i++) {
      in.setByte(from + i, in.getByte(from + i) ^ (mask >> (24 - 8 * (i & 3))));
    }
    if (isText
        && !isDeflated
        && opcode <= TEXT
        && !utf8.accept(in, from + seen, available - seen)) {
      throw notUtf8();
    }
    seen = available;
  }

  private WebSocketFrame frame(ByteBuf payload) {
    try {
      return switch (opcode) {
        case CONTINUATION -> {
          endOfFragment();
          yield new ContinuationWebSocketFrame(fin, 0, payload);
        }
        case TEXT -> {
          endOfFragment();
          yield new TextWebSocketFrame(fin, isDeflated ? DEFLATED : 0, payload);
        }
        case BINARY -> {
          endOfFragment();
          yield new BinaryWebSocketFrame(fin, isDeflated ? DEFLATED : 0, payload);
        }
        case CLOSE -> {
          checkClose(payload);
          yield new CloseWebSocketFrame(true, 0, payload);
        }
        case PING -> new PingWebSocketFrame(payload);
        default -> new PongWebSocketFrame(payload);
      };
    } catch (CorruptedWebSocketFrameException e) {
      payload.release();
      throw e;
    }
  }

  private void endOfFragment() {
    inMessage = !fin;
    if (fin && isText && !utf8.isWhole()) {
      throw notUtf8();
    }
  }

  private void checkClose(ByteBuf payload) {
    if (payload.isReadable()) {
      int code = payload.getUnsignedShort(payload.readerIndex());
      check(WebSocketCloseStatus.isValidStatusCode(code), "a close code of nobody");
      Utf8 reason = new Utf8();
      int bytes = payload.readableBytes() - Short.BYTES;
      if (!reason.accept(payload, payload.readerIndex() + Short.BYTES, bytes)
          || !reason.isWhole()) {
        throw notUtf8();
      }
    }
  }

  private void check(boolean condition, String otherwise) {
    if (!condition) {
      throw violation(WebSocketCloseStatus.PROTOCOL_ERROR, otherwise);
    }
  }

  private CorruptedWebSocketFrameException notUtf8() {
    return violation(WebSocketCloseStatus.INVALID_PAYLOAD_DATA, "not UTF-8");
  }

  private CorruptedWebSocketFrameException violation(WebSocketCloseStatus status, String what) {
    corrupt = true;
    return new CorruptedWebSocketFrameException(status, what);
  }
}
