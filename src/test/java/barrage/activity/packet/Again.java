package barrage.activity.packet;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Splitting and drawing once more, as they are written down, with nothing of the server's. */
final class Again {
  private static final BigInteger WORDS = BigInteger.ONE.shiftLeft(64);

  private final byte[] seed;
  private final byte[] about;
  private int used;

  private Again(byte[] seed, String about) {
    this.seed = seed;
    this.about = sha256(about);
  }

  static List<Integer> amounts(byte[] seed, String packet, int total, int count, String split) {
    Again words = new Again(seed, packet + "\n" + total + "\n" + count + "\n" + split);
    List<Integer> shares = new ArrayList<>();
    int left = total;
    for (int others = count; others >= 1; others--) {
      int share;
      if (split.equals("equal")) {
        share = total / count + (count - others < total % count ? 1 : 0);
      } else if (others == 1) {
        share = left;
      } else {
        share = 1 + words.below(Math.min(2 * (left / others) - 1, left - others + 1));
      }
      shares.add(share);
      left -= share;
    }
    for (int j = count - 1; j >= 1; j--) {
      Collections.swap(shares, j, words.below(j + 1));
    }
    return shares;
  }

  /** Those drawn, in order. */
  static List<String> drawn(byte[] seed, String packet, Collection<String> who, int count) {
    List<String> in = new ArrayList<>(new TreeSet<>(who));
    StringBuilder manifest = new StringBuilder(packet + "\n");
    in.forEach(each -> manifest.append(each).append("\t1\n"));
    Again words = new Again(seed, manifest.toString());
    List<String> drawn = new ArrayList<>();
    while (drawn.size() < count && !in.isEmpty()) {
      drawn.add(in.remove(words.below(in.size())));
    }
    return drawn;
  }

  private int below(int bound) {
    BigInteger m = BigInteger.valueOf(bound);
    BigInteger word = next();
    while (word.compareTo(WORDS.subtract(WORDS.mod(m))) >= 0) {
      word = next();
    }
    return word.mod(m).intValueExact();
  }

  private BigInteger next() {
    byte[] message = ByteBuffer.allocate(about.length + 4).put(about).putInt(used / 4).array();
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(seed, "HmacSHA256"));
      int from = used++ % 4 * 8;
      return new BigInteger(1, Arrays.copyOfRange(mac.doFinal(message), from, from + 8));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
