package barrage.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;

/**
 * Server frames as ready bytes (RFC 6455, section 5.2): always whole, never masked. So a broadcast
 * is framed once for all of its viewers, and an idle connection needs no encoder.
 */
final class Frames {
  private static final int FIN = 0x80;

  /** Of a message that is compressed (RFC 7692, section 6). */
  private static final int RSV1 = 0x40;

  private static final int TEXT = 0x1;
  private static final int CLOSE = 0x8;
  private static final int PING = 0x9;
  private static final int PONG = 0xA;
  private static final int MAX_CONTROL_BYTES = 125;
  static final int MAX_HEADER_BYTES = 10;

  private Frames() {}

  static ByteBuf text(ByteBufAllocator allocator, byte[] payload) {
    return header(allocator, TEXT, payload.length).writeBytes(payload);
  }

  /** Of a message that is compressed. */
  static ByteBuf deflatedText(ByteBufAllocator allocator, ByteBuf payload) {
    return header(allocator, RSV1 | TEXT, payload.readableBytes()).writeBytes(payload);
  }

  static ByteBuf ping(ByteBufAllocator allocator) {
    return header(allocator, PING, 0);
  }

  static ByteBuf pong(ByteBufAllocator allocator, ByteBuf payload) {
    return header(allocator, PONG, payload.readableBytes()).writeBytes(payload);
  }

  /** A close frame without a code, the answer to one. */
  static ByteBuf close(ByteBufAllocator allocator) {
    return header(allocator, CLOSE, 0);
  }

  /**
   * A close frame.
   *
   * @param text ASCII
   */
  static ByteBuf close(ByteBufAllocator allocator, int code, String text) {
    int length = Math.min(text.length(), MAX_CONTROL_BYTES - Short.BYTES);
    ByteBuf frame = header(allocator, CLOSE, Short.BYTES + length).writeShort(code);
    return frame.writeBytes(text.getBytes(StandardCharsets.US_ASCII), 0, length);
  }

  private static ByteBuf header(ByteBufAllocator allocator, int opcode, int length) {
    ByteBuf frame = allocator.directBuffer(MAX_HEADER_BYTES + length).writeByte(FIN | opcode);
    if (length <= 125) {
      return frame.writeByte(length);
    }
    if (length <= 0xFFFF) {
      return frame.writeByte(126).writeShort(length);
    }
    return frame.writeByte(127).writeLong(length);
  }
}
