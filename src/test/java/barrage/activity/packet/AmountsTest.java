package barrage.activity.packet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.activity.packet.Amounts.Split;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How points are split, against vectors of another program and a second implementation. */
final class AmountsTest {
  private static final byte[] SEED =
      HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");

  @Test
  void shares_areThoseOfAnotherProgram() {
    assertArrayEquals(new int[] {15, 16, 25, 29, 15}, split(100, 5, Split.LUCKY));
    assertArrayEquals(new int[] {15, 14, 14, 14, 15, 14, 14}, split(100, 7, Split.EQUAL));
    assertArrayEquals(new int[] {1}, split(1, 1, Split.LUCKY));
    String many =
        IntStream.of(Amounts.of(SEED, "p", 10_000_000, 2_000, Split.LUCKY))
            .mapToObj(Integer::toString)
            .collect(Collectors.joining(","));
    assertEquals(
        "4e20693a0e4db5db6c9c41725abc40d5ca2061086a17f824e8d27513edac869d",
        HexFormat.of().formatHex(Again.sha256(many)));
  }

  @Test
  void shares_areAtLeastOne_andAllThePoints_andThoseOfASecondImplementation() {
    Random random = new Random(1);
    for (int round = 0; round < 300; round++) {
      byte[] seed = new byte[32];
      random.nextBytes(seed);
      int count = 1 + random.nextInt(40);
      int total = count + random.nextInt(round % 3 == 0 ? 3 : 10_000);
      for (Split split : Split.values()) {
        int[] shares = Amounts.of(seed, "packet", total, count, split);
        assertEquals(total, IntStream.of(shares).sum());
        assertTrue(IntStream.of(shares).allMatch(share -> share >= 1));
        assertEquals(
            Again.amounts(seed, "packet", total, count, split.wire()),
            IntStream.of(shares).boxed().toList());
      }
    }
  }

  @Test
  void equalShares_differByOneAtMost() {
    int[] shares = split(1_000, 33, Split.EQUAL);
    Arrays.sort(shares);
    assertEquals(30, shares[0]);
    assertEquals(31, shares[32]);
  }

  @Test
  void fewerPointsThanShares_areNotSplit() {
    assertThrows(IllegalArgumentException.class, () -> split(4, 5, Split.LUCKY));
  }

  @Test
  void packed_areTheSameShares() {
    int[] shares = {1, 255, 256, 10_000_000, Integer.MAX_VALUE};
    assertEquals(20, Amounts.packed(shares).length);
    assertArrayEquals(shares, Amounts.unpacked(Amounts.packed(shares)));
  }

  private static int[] split(int total, int count, Split split) {
    return Amounts.of(SEED, "k3v9x0qm41az", total, count, split);
  }
}
