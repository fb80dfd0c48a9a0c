package barrage.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The expected values were computed by a program in another language. */
final class DrawTest {
  private static final byte[] SEED =
      HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");

  @Test
  void aSmallDraw_isTheOneComputedElsewhere() {
    List<Draw.Ticket> entered =
        List.of(
            ticket("zoe", 1),
            ticket("Adam", 3),
            ticket("bob", 1000),
            ticket("a.b", 7),
            ticket("amy", 2));
    String manifest = Draw.manifest("lot-1", entered);
    assertEquals("lot-1\nAdam\t3\na.b\t7\namy\t2\nbob\t1000\nzoe\t1\n", manifest);
    assertEquals(
        "991b8d1931d947d3beb1b1e2fc922cc9a293074d0ff8a8317cce9024a219aec6",
        Draw.entriesHash(manifest));
    assertEquals(
        "630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd", Draw.commitment(SEED));
    List<Draw.Winner> winners =
        Draw.winners(
            SEED,
            manifest,
            Draw.tickets("lot-1", manifest),
            List.of(new Draw.Prize("phone", 1), new Draw.Prize("cup", 3)));
    assertEquals(
        List.of(won("bob", "phone"), won("a.b", "cup"), won("Adam", "cup"), won("amy", "cup")),
        winners);
  }

  @Test
  void aLargeDraw_isTheOneComputedElsewhere() throws Exception {
    List<Draw.Ticket> entered = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      entered.add(ticket("v" + i, i % 1_000 + 1));
    }
    Collections.shuffle(entered, new Random(1));
    String manifest = Draw.manifest("lot-2", entered);
    assertEquals(
        "0599c89accf0e66df830f62330d8e17f6da5e04198d639ec3520f60900a69e8c",
        Draw.entriesHash(manifest));
    byte[] seed = MessageDigest.getInstance("SHA-256").digest("x".getBytes(StandardCharsets.UTF_8));
    String order =
        Draw.winners(
                seed, manifest, Draw.tickets("lot-2", manifest), List.of(new Draw.Prize("x", 50)))
            .stream()
            .map(winner -> winner.viewer().value())
            .collect(Collectors.joining(","));
    assertEquals(
        "7ff485b81dfe0b129c087dfe8b7afd9155cda3bdcaec1005b9925a6bc96d908d",
        Draw.entriesHash(order));
  }

  @Test
  void fewerEntriesThanPrizes_everybodyWinsOne() {
    String manifest = Draw.manifest("l", List.of(ticket("a", 1), ticket("b", 1)));
    List<Draw.Winner> winners =
        Draw.winners(SEED, manifest, Draw.tickets("l", manifest), List.of(new Draw.Prize("p", 9)));
    assertEquals(2, winners.size());
    assertEquals(2, winners.stream().map(Draw.Winner::viewer).distinct().count());
  }

  @Test
  void nobodyEntered_nobodyWins() {
    String manifest = Draw.manifest("l", List.of());
    assertEquals("l\n", manifest);
    assertTrue(
        Draw.winners(SEED, manifest, Draw.tickets("l", manifest), List.of(new Draw.Prize("p", 1)))
            .isEmpty());
  }

  @Test
  void aManifestThatIsNotSortedOrNamesAViewerTwice_isRefused() {
    for (String bad :
        List.of(
            "l\nb\t1\na\t1\n",
            "l\na\t1\na\t2\n",
            "l\na\t0\n",
            "l\na 1\n",
            "x\na\t1\n",
            "l\na\t1",
            "")) {
      assertThrows(IllegalArgumentException.class, () -> Draw.tickets("l", bad), bad);
    }
  }

  private static Draw.Ticket ticket(String viewer, int weight) {
    return new Draw.Ticket(new ViewerId(viewer), weight);
  }

  private static Draw.Winner won(String viewer, String prize) {
    return new Draw.Winner(new ViewerId(viewer), prize);
  }
}
