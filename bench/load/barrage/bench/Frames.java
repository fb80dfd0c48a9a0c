package barrage.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** As much of RFC 6455 as a load driver and a floor need. */
final class Frames {
  static final int TEXT = 0x1;
  static final int CLOSE = 0x8;
  static final int PING = 0x9;
  static final int PONG = 0xA;

  private static final int FIN = 0x80;
  private static final int MASKED = 0x80;

  /** Any but zero, which servers may take a short cut for. */
  private static final byte[] MASK = {0x37, (byte) 0xfa, 0x21, 0x3d};

  private Frames() {}

  /** Where the payload of a frame stands, and what it is. */
  static final class Head {
    int opcode;
    int from;
    int to;
    boolean masked;
    private int mask;

    /**
     * Reads the frame that begins at {@code at}.
     *
     * @return whether all of it is there
     */
    boolean read(byte[] bytes, int at, int end) {
      if (end - at < 2) {
        return false;
      }
      opcode = bytes[at] & 0xf;
      masked = (bytes[at + 1] & MASKED) != 0;
      long length = bytes[at + 1] & 0x7f;
      int next = at + 2;
      int wide = length == 126 ? Short.BYTES : length == 127 ? Long.BYTES : 0;
      if (end - next < wide) {
        return false;
      }
      if (wide > 0) {
        length = 0;
        for (int i = 0; i < wide; i++) {
          length = length << 8 | (bytes[next++] & 0xff);
        }
      }
      mask = next;
      from = next + (masked ? MASK.length : 0);
      if (length > end - from) {
        return false;
      }
      to = from + (int) length;
      return true;
    }

    void unmask(byte[] bytes) {
      for (int i = from; i < to; i++) {
        bytes[i] ^= bytes[mask + ((i - from) & 3)];
      }
    }
  }

  /** A frame as clients send it. */
  static void putMasked(ByteBuffer out, int opcode, byte[] payload) {
    putHead(out, opcode, payload.length, MASKED);
    out.put(MASK);
    for (int i = 0; i < payload.length; i++) {
      out.put((byte) (payload[i] ^ MASK[i & 3]));
    }
  }

  /** A frame as servers send it. */
  static void put(ByteBuffer out, int opcode, byte[] payload, int from, int to) {
    putHead(out, opcode, to - from, 0);
    out.put(payload, from, to - from);
  }

  private static void putHead(ByteBuffer out, int opcode, int length, int masked) {
    out.put((byte) (FIN | opcode));
    if (length < 126) {
      out.put((byte) (masked | length));
    } else {
      out.put((byte) (masked | 126)).putShort((short) length);
    }
  }

  /** After the blank line that ends an HTTP head; -1 when it has not come yet. */
  static int endOfHead(byte[] bytes, int end) {
    for (int i = 3; i < end; i++) {
      if (bytes[i] == '\n' && bytes[i - 1] == '\r' && bytes[i - 2] == '\n') {
        return i + 1;
      }
    }
    return -1;
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
