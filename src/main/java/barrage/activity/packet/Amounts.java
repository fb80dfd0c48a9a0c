package barrage.activity.packet;

import static java.nio.charset.StandardCharsets.UTF_8;

import barrage.core.RandomWords;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * How the points of a packet are split: before anybody opens it, and the same for anybody who knows
 * its seed. Each share is at least 1, and all of them are the packet's points.
 *
 * <p>{@code lucky} gives each share but the last a random part of what is left, twice what an equal
 * split of it would give at most, so that no share is likely to be larger than another; the last
 * one takes what is left. Then the shares are shuffled (Fisher and Yates, from the end), so that it
 * does not matter who is last.
 */
final class Amounts {
  private Amounts() {}

  /** The way to split. */
  enum Split {
    /** Random shares. */
    LUCKY,
    /** All the same; what does not divide is one more for the first ones. */
    EQUAL;

    /** The name in the protocol. */
    String wire() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Split> fromWire(String name) {
      return Arrays.stream(values()).filter(split -> split.wire().equals(name)).findFirst();
    }
  }

  /**
   * The shares, in the order in which they are given.
   *
   * @param count from 1 to {@code total}
   */
  static int[] of(byte[] seed, String packet, int total, int count, Split split) {
    if (count < 1 || count > total) {
      throw new IllegalArgumentException(total + " points are not " + count + " shares");
    }
    String about = packet + '\n' + total + '\n' + count + '\n' + split.wire();
    RandomWords words = new RandomWords(seed, sha256(about));
    int[] shares = split == Split.EQUAL ? equal(total, count) : lucky(words, total, count);
    for (int i = count - 1; i > 0; i--) {
      int other = (int) words.below(i + 1L);
      int share = shares[i];
      shares[i] = shares[other];
      shares[other] = share;
    }
    return shares;
  }

  private static int[] equal(int total, int count) {
    int[] shares = new int[count];
    for (int i = 0; i < count; i++) {
      shares[i] = total / count + (i < total % count ? 1 : 0);
    }
    return shares;
  }

  private static int[] lucky(RandomWords words, int total, int count) {
    int[] shares = new int[count];
    long left = total;
    for (int i = 0; i < count - 1; i++) {
      int others = count - i;
      long most = Math.min(2 * (left / others) - 1, left - others + 1);
      shares[i] = 1 + (int) words.below(most);
      left -= shares[i];
    }
    shares[count - 1] = (int) left;
    return shares;
  }

  /** As the store keeps them: four bytes each, big-endian. */
  static byte[] packed(int[] shares) {
    ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES * shares.length);
    bytes.asIntBuffer().put(shares);
    return bytes.array();
  }

  /** {@link #packed} the other way. */
  static int[] unpacked(byte[] bytes) {
    int[] shares = new int[bytes.length / Integer.BYTES];
    ByteBuffer.wrap(bytes).asIntBuffer().get(shares);
    return shares;
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
