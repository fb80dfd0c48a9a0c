package barrage.activity.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.core.Draw;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Proofs that hold, and each way in which one does not. */
final class PacketProofTest {
  private static final String ID = "k3v9x0qm41az";
  private static final byte[] SEED = Again.sha256("seed");
  private static final String HEX = HexFormat.of().formatHex(SEED);
  private static final int[] AMOUNTS = Amounts.of(SEED, ID, 100, 3, Amounts.Split.LUCKY);

  private final PacketProof kind = new PacketProof();

  private static ObjectNode proof(String entriesHash, List<String> takers) {
    List<byte[]> parts = new ArrayList<>();
    for (String part : List.of("1", Draw.commitment(SEED), HEX, "lucky", entriesHash)) {
      parts.add(part.getBytes(StandardCharsets.US_ASCII));
    }
    parts.add(Amounts.packed(AMOUNTS));
    return (ObjectNode) JsonMapper.shared().readTree(PacketProof.write(ID, parts, takers));
  }

  /** Of five who entered. */
  private static ObjectNode drawn() {
    List<String> who = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      who.add(HexFormat.of().formatHex(Again.sha256("v" + i), 0, 16));
    }
    List<String> entered = who.stream().map(each -> "0 0 " + each).toList();
    PacketProof.Drawn drawn = PacketProof.draw(ID, HEX, 3, entered);
    assertEquals(Again.drawn(SEED, ID, who, 3), drawn.winners());
    List<String> takers = new ArrayList<>();
    for (String each : who) {
      int rank = drawn.winners().indexOf(each) + 1;
      takers.add(rank == 0 ? "0 0 " + each : rank + " " + AMOUNTS[rank - 1] + " " + each);
    }
    return proof(drawn.entriesHash(), takers);
  }

  private String fault(JsonNode proof) {
    return kind.check(proof, Map.of()).fault().orElse("");
  }

  @Test
  void honestProofs_hold() {
    assertEquals("", fault(proof("", List.of())));
    assertEquals("", fault(drawn()));
    assertEquals(5, kind.check(drawn(), Map.of()).report().size());
    assertTrue(kind.isOf(drawn()));
    assertFalse(kind.isOf(JsonMapper.shared().readTree("{\"lottery\":\"x\"}")));
  }

  @Test
  void whatIsChanged_isFound() {
    ObjectNode seed = drawn();
    seed.put("seed", "00" + HEX.substring(2));
    assertEquals("the commitment is not the SHA-256 of the seed", fault(seed));

    ObjectNode amounts = drawn();
    ((ArrayNode) amounts.get("amounts")).set(0, AMOUNTS[0] + 1);
    ((ArrayNode) amounts.get("amounts")).set(1, AMOUNTS[1] - 1);
    assertTrue(fault(amounts).startsWith("share 1 must be "), fault(amounts));

    ObjectNode split = drawn();
    split.put("split", "equal");
    assertTrue(fault(split).startsWith("share "), fault(split));

    ObjectNode negative = proof("", List.of());
    ((ArrayNode) negative.get("amounts")).set(0, -1);
    assertEquals("share 1 is no number of points", fault(negative));

    ObjectNode winner = drawn();
    ((ObjectNode) winner.get("winners").get(1)).put("who", "0".repeat(32));
    assertTrue(fault(winner).startsWith("winner 2 must be "), fault(winner));

    ObjectNode fewer = drawn();
    ((ArrayNode) fewer.get("winners")).remove(2);
    assertEquals("there must be 3 winners, there are 2", fault(fewer));

    ObjectNode manifest = drawn();
    manifest.put("manifest", manifest.get("manifest").asString().replaceFirst("\t1\n", "\t2\n"));
    assertEquals("somebody in the manifest has another weight than 1", fault(manifest));

    ObjectNode hash = drawn();
    hash.put("entriesHash", "0".repeat(64));
    assertEquals("the entries hash is not the SHA-256 of the manifest", fault(hash));
  }

  @Test
  void anotherDrawThanTheOneThatWasNoted_isFound() {
    ObjectNode proof = drawn();
    String commitment = proof.get("commitment").asString();
    String hash = proof.get("entriesHash").asString();
    assertTrue(
        kind.check(proof, Map.of("commitment", commitment, "entries-hash", hash))
            .fault()
            .isEmpty());
    assertTrue(kind.check(proof, Map.of("commitment", "0".repeat(64))).fault().isPresent());
    assertTrue(kind.check(proof, Map.of("entries-hash", "0".repeat(64))).fault().isPresent());
  }
}
