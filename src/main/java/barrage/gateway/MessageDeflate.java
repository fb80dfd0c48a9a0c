package barrage.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.util.concurrent.FastThreadLocal;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Whole messages by permessage-deflate (RFC 7692, section 7.2), each by itself: nothing of one
 * message helps with another ("no context takeover"). So one broadcast is the same bytes for all
 * who take it compressed, and what zlib needs, some 300 KB outside the heap, is there once an event
 * loop and not once a connection.
 *
 * <p>Confined to its thread, and freed with it.
 */
final class MessageDeflate {
  /**
   * Shorter messages stay plain: a danmaku alone, of some 200 bytes, loses a quarter and its
   * packet's headers stay. Three of them lose more than half.
   */
  static final int MIN_BYTES = 256;

  /** What ends a flush, and is left out on the way (section 7.2.1). */
  private static final byte[] TAIL = {0x00, 0x00, (byte) 0xFF, (byte) 0xFF};

  private static final FastThreadLocal<MessageDeflate> OF_THREAD =
      new FastThreadLocal<>() {
        @Override
        protected MessageDeflate initialValue() {
          return new MessageDeflate();
        }

        @Override
        protected void onRemoval(MessageDeflate value) {
          value.deflater.end();
          value.inflater.end();
        }
      };

  // The format of deflate alone, without zlib's header.
  private final Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
  private final Inflater inflater = new Inflater(true);
  private final byte[] page = new byte[4096];

  private MessageDeflate() {}

  /** Makes it with the first message, so that who never compresses has none. */
  static MessageDeflate ofThisThread() {
    return OF_THREAD.get();
  }

  /**
   * The longest payload that a message may come in: an honest compressor adds five bytes to each 16
   * KB that it cannot make smaller, and a few where it flushes.
   */
  static int maxPayloadBytes(int maxMessageBytes) {
    return maxMessageBytes + (maxMessageBytes >> 10) + 64;
  }

  /**
   * A text frame.
   *
   * @return {@code null} when compressing it is not worth it
   */
  @Nullable ByteBuf textFrame(ByteBufAllocator allocator, byte[] json) {
    if (json.length < MIN_BYTES) {
      return null;
    }
    ByteBuf flushed = allocator.directBuffer(json.length);
    try {
      deflater.setInput(json);
      int length = deflater.deflate(flushed.nioBuffer(0, json.length), Deflater.SYNC_FLUSH);
      if (length == json.length) { // and perhaps more, had there been room
        return null;
      }
      // Copied to take no more than it needs: it may wait for slow sockets.
      return Frames.deflatedText(allocator, flushed.writerIndex(length - TAIL.length));
    } finally {
      flushed.release();
      deflater.reset();
    }
  }

  /**
   * The message that a payload holds. Stops with the first byte over the limit, and takes at most
   * twice the memory of what it has inflated, whatever the payload might become.
   *
   * @param isText whether it has to be UTF-8
   * @return for the caller to release
   * @throws CorruptedWebSocketFrameException with 1009 when it is longer than {@code maxBytes},
   *     with 1007 when it is not deflate, or not the text it says it is
   */
  ByteBuf inflate(ByteBufAllocator allocator, ByteBuf payload, int maxBytes, boolean isText) {
    ByteBuf message = allocator.buffer(Math.min(maxBytes, 256), maxBytes);
    Utf8 utf8 = isText ? new Utf8() : null;
    try {
      inflate(payload.nioBuffer(), message, utf8);
      inflate(ByteBuffer.wrap(TAIL), message, utf8);
      if (utf8 != null && !utf8.isWhole()) {
        throw notUtf8();
      }
      return message;
    } catch (DataFormatException e) {
      message.release();
      throw new CorruptedWebSocketFrameException(
          WebSocketCloseStatus.INVALID_PAYLOAD_DATA, "not deflate", e);
    } catch (RuntimeException e) {
      message.release();
      throw e;
    } finally {
      inflater.reset();
    }
  }

  private void inflate(ByteBuffer from, ByteBuf to, @Nullable Utf8 utf8)
      throws DataFormatException {
    boolean more = true;
    while (more) {
      if (inflater.finished()) {
        inflater.reset(); // some end their blocks instead of flushing them (section 7.2.3.4)
      }
      inflater.setInput(from);
      int length = inflater.inflate(page, 0, Math.min(page.length, to.maxWritableBytes() + 1));
      if (length > to.maxWritableBytes()) {
        throw new CorruptedWebSocketFrameException(
            WebSocketCloseStatus.MESSAGE_TOO_BIG, "inflates to more than the limit");
      }
      int at = to.writerIndex();
      to.writeBytes(page, 0, length);
      if (utf8 != null && !utf8.accept(to, at, length)) {
        throw notUtf8();
      }
      more = length > 0 || (inflater.finished() && from.hasRemaining());
    }
  }

  private static CorruptedWebSocketFrameException notUtf8() {
    return new CorruptedWebSocketFrameException(
        WebSocketCloseStatus.INVALID_PAYLOAD_DATA, "not UTF-8");
  }
}
