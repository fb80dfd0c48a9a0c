package barrage.core;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Random numbers that anybody can compute again from a seed and what they are drawn for: four
 * uint64, big-endian, of each HMAC-SHA256(key = seed, message = {@code about} ‖ uint32be(c)), c =
 * 0, 1, 2 …, used in turn. Not safe for several threads.
 */
public final class RandomWords {
  private final Mac mac;
  private final byte[] about;
  private int counter;
  private ByteBuffer block = ByteBuffer.allocate(0);

  /**
   * @param about a hash of what is drawn from
   */
  public RandomWords(byte[] seed, byte[] about) {
    this.about = about.clone();
    try {
      mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(seed, "HmacSHA256"));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  private long next() {
    if (!block.hasRemaining()) {
      mac.update(about);
      mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(counter++).flip());
      block = ByteBuffer.wrap(mac.doFinal());
    }
    return block.getLong();
  }

  /** A number from 0 to {@code bound - 1}, each as likely as the others: no modulo bias. */
  public long below(long bound) {
    // 2^64 mod bound; words from 2^64 minus that are passed over.
    long excess = Long.remainderUnsigned(Long.remainderUnsigned(-1L, bound) + 1, bound);
    long word = next();
    while (excess != 0 && Long.compareUnsigned(word, -excess) >= 0) {
      word = next();
    }
    return Long.remainderUnsigned(word, bound);
  }
}
