package barrage.gateway;

import io.netty.buffer.ByteBuf;

/**
 * Whether bytes that come in parts are UTF-8 (Unicode 15, table 3-7: no overlong forms, no
 * surrogates, nothing above U+10FFFF), known with the first that is not.
 */
final class Utf8 {
  private static final long HIGH_BITS = 0x8080808080808080L;

  /** Bytes still to come of the character in hand. */
  private int missing;

  /** What the next of them may be. */
  private int least;

  private int most;

  /**
   * Looks at the next bytes.
   *
   * @return {@code false} when they go on with nothing that could become UTF-8
   */
  boolean accept(ByteBuf bytes, int from, int length) {
    int end = from + length;
    int i = from;
    while (i < end) {
      if (missing == 0 && i + Long.BYTES <= end && (bytes.getLong(i) & HIGH_BITS) == 0) {
        i += Long.BYTES; // eight of ASCII
      } else if (!accept(bytes.getUnsignedByte(i))) {
        return false;
      } else {
        i++;
      }
    }
    return true;
  }

  /** Whether no character is begun and not ended. */
  boolean isWhole() {
    return missing == 0;
  }

  private boolean accept(int octet) {
    if (missing > 0) {
      boolean fits = octet >= least && octet <= most;
      missing--;
      least = 0x80;
      most = 0xBF;
      return fits;
    }
    if (octet < 0x80) {
      return true;
    }
    // C0, C1 and F5 to FF begin nothing; E0, ED, F0 and F4 narrow what may follow.
    missing = octet < 0xE0 ? 1 : octet < 0xF0 ? 2 : 3;
    least = octet == 0xE0 ? 0xA0 : octet == 0xF0 ? 0x90 : 0x80;
    most = octet == 0xED ? 0x9F : octet == 0xF4 ? 0x8F : 0xBF;
    return octet >= 0xC2 && octet <= 0xF4;
  }
}
