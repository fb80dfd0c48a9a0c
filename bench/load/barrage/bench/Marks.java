package barrage.bench;

import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The instants in a message. A thousand viewers are sent the same bytes, which are looked through
 * once: whoever generates load must not be the one who limits it.
 */
final class Marks {
  private static final int SLOTS = 1 << 10;
  private static final int WORTHWHILE_BYTES = 256;

  private final long[] keys = new long[SLOTS];
  private final long[][] known = new long[SLOTS][];
  private final CRC32C crc = new CRC32C();
  private long[] found = new long[64];

  long[] of(byte[] bytes, int from, int to) {
    if (to - from < WORTHWHILE_BYTES) {
      return find(bytes, from, to);
    }
    crc.reset();
    crc.update(bytes, from, to - from);
    long key = (long) (to - from) << 32 | crc.getValue();
    int slot = (int) crc.getValue() & SLOTS - 1;
    if (keys[slot] != key) {
      keys[slot] = key;
      known[slot] = find(bytes, from, to);
    }
    return known[slot];
  }

  private long[] find(byte[] bytes, int from, int to) {
    int count = 0;
    for (int i = from; i < to - Message.DIGITS; i++) {
      if (bytes[i] == Message.MARK) {
        long value = 0;
        for (int digit = i + 1; digit <= i + Message.DIGITS; digit++) {
          value = value * 10 + bytes[digit] - '0';
        }
        if (count == found.length) {
          found = Arrays.copyOf(found, 2 * count);
        }
        found[count++] = value;
        i += Message.DIGITS;
      }
    }
    return Arrays.copyOf(found, count);
  }
}
