package barrage.activity.packet;

import static java.nio.charset.StandardCharsets.US_ASCII;

import barrage.activity.ProofKind;
import barrage.core.Draw;
import barrage.core.ViewerId;
import barrage.wire.Messages;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/**
 * What a packet publishes when it is over, so that anybody can split it, and draw it, again:
 *
 * <pre>
 * {packet, commitment, seed, split, amounts, manifest?, entriesHash?, winners?: [{who, amount}]}
 * </pre>
 *
 * the last three of a draw. It is drawn as a lottery is, everybody with the weight 1, for one prize
 * a share; the i-th who is drawn gets the i-th share. Viewers stand there by what they are called
 * in proofs, so that a proof may stay public when they are forgotten.
 */
final class PacketProof implements ProofKind {

  /**
   * What comes of a draw.
   *
   * @param winners by what they are called, in the order in which they are drawn
   */
  record Drawn(String manifest, String entriesHash, List<String> winners) {}

  /**
   * Draws.
   *
   * @param seed hex
   * @param takers what the module keeps of each viewer who entered
   */
  static Drawn draw(String packet, String seed, int count, Iterable<String> takers) {
    List<Draw.Ticket> tickets = new ArrayList<>();
    takers.forEach(taker -> tickets.add(new Draw.Ticket(new ViewerId(who(taker)), 1)));
    String manifest = Draw.manifest(packet, tickets);
    return new Drawn(
        manifest,
        Draw.entriesHash(manifest),
        winners(seed, manifest, Draw.tickets(packet, manifest), count));
  }

  /** What a viewer is called in the proof, of what the module keeps: rank, points, name. */
  static String who(String taker) {
    return taker.substring(taker.lastIndexOf(' ') + 1);
  }

  /** The rank of a viewer's share, from 1; 0 for who has none. */
  static int rank(String taker) {
    return Integer.parseInt(taker.substring(0, taker.indexOf(' ')));
  }

  private static List<String> winners(
      String seed, String manifest, List<Draw.Ticket> tickets, int count) {
    return Draw.winners(
            HexFormat.of().parseHex(seed),
            manifest,
            tickets,
            List.of(new Draw.Prize("share", count)))
        .stream()
        .map(winner -> winner.viewer().value())
        .toList();
  }

  /**
   * Writes the proof of a packet that is over.
   *
   * @param parts as {@code reads.proof} of the module answers
   * @param takers what the module keeps of each viewer who opened the packet
   */
  static byte[] write(String packet, List<byte[]> parts, Iterable<String> takers) {
    int[] shares = Amounts.unpacked(parts.get(5));
    String entriesHash = text(parts.get(4));
    return Messages.object(
        json -> {
          json.writeStringProperty("packet", packet);
          json.writeStringProperty("commitment", text(parts.get(1)));
          json.writeStringProperty("seed", text(parts.get(2)));
          json.writeStringProperty("split", text(parts.get(3)));
          json.writeArrayPropertyStart("amounts");
          for (int share : shares) {
            json.writeNumber(share);
          }
          json.writeEndArray();
          if (!entriesHash.isEmpty()) {
            writeDraw(json, packet, entriesHash, shares, takers);
          }
        });
  }

  /** The winners stand there as the store gave them their shares, not as they are drawn again. */
  private static void writeDraw(
      JsonGenerator json,
      String packet,
      String entriesHash,
      int[] shares,
      Iterable<String> takers) {
    List<Draw.Ticket> tickets = new ArrayList<>();
    Map<Integer, String> byRank = new TreeMap<>();
    for (String taker : takers) {
      String who = who(taker);
      tickets.add(new Draw.Ticket(new ViewerId(who), 1));
      byRank.put(rank(taker), who);
    }
    byRank.remove(0);
    json.writeStringProperty("manifest", Draw.manifest(packet, tickets));
    json.writeStringProperty("entriesHash", entriesHash);
    json.writeArrayPropertyStart("winners");
    byRank.forEach(
        (rank, who) -> {
          json.writeStartObject();
          json.writeStringProperty("who", who);
          json.writeNumberProperty("amount", shares[rank - 1]);
          json.writeEndObject();
        });
    json.writeEndArray();
  }

  private static String text(byte[] ascii) {
    return new String(ascii, US_ASCII);
  }

  @Override
  public boolean isOf(JsonNode proof) {
    return proof.path("packet").isString() && proof.path("amounts").isArray();
  }

  @Override
  public Verdict check(JsonNode proof, Map<String, String> noted) {
    List<String> report = new ArrayList<>();
    try {
      Optional<String> fault = difference(proof, noted).or(() -> fault(proof, report));
      return new Verdict(fault, report);
    } catch (IllegalArgumentException e) {
      return new Verdict(Optional.of(String.valueOf(e.getMessage())), report);
    }
  }

  private static Optional<String> difference(JsonNode proof, Map<String, String> noted) {
    return different("commitment", noted.get("commitment"), proof.path("commitment").asString(""))
        .or(
            () ->
                different(
                    "entries hash",
                    noted.get("entries-hash"),
                    proof.path("entriesHash").asString("")));
  }

  private static Optional<String> different(String what, @Nullable String noted, String is) {
    return noted == null || noted.equals(is)
        ? Optional.empty()
        : Optional.of("the %s that was noted is %s, not %s".formatted(what, noted, is));
  }

  private static Optional<String> fault(JsonNode proof, List<String> report) {
    String packet = proof.path("packet").stringValue();
    String seed = proof.path("seed").asString("");
    if (!ViewerId.isValid(packet)) {
      return Optional.of("the packet's id is malformed");
    } else if (!seed.matches("[0-9a-f]{64}")) {
      return Optional.of("the seed is not " + Draw.SEED_BYTES + " bytes in lower-case hex");
    } else if (!Draw.commitment(HexFormat.of().parseHex(seed))
        .equals(proof.path("commitment").asString(""))) {
      return Optional.of("the commitment is not the SHA-256 of the seed");
    }
    int[] amounts = amounts(proof.path("amounts"));
    int total = Math.toIntExact(Arrays.stream(amounts).asLongStream().sum());
    Amounts.Split split = Amounts.Split.fromWire(proof.path("split").asString("")).orElse(null);
    if (amounts.length == 0 || split == null) {
      return Optional.of("it does not tell how the points are split");
    }
    byte[] seedBytes = HexFormat.of().parseHex(seed);
    int[] again = Amounts.of(seedBytes, packet, total, amounts.length, split);
    int other = Arrays.mismatch(again, amounts);
    if (other >= 0) {
      return Optional.of(
          "share %d must be %d, is %d".formatted(other + 1, again[other], amounts[other]));
    }
    report.add(
        "packet %s: %d points in %d shares, %s"
            .formatted(packet, total, amounts.length, split.wire()));
    return proof.path("manifest").isString()
        ? drawFault(proof, packet, seed, amounts, report)
        : Optional.empty();
  }

  private static int[] amounts(JsonNode array) {
    int[] amounts = new int[array.size()];
    for (int i = 0; i < amounts.length; i++) {
      JsonNode amount = array.get(i);
      if (!amount.isIntegralNumber() || !amount.canConvertToInt() || amount.intValue() < 1) {
        throw new IllegalArgumentException("share " + (i + 1) + " is no number of points");
      }
      amounts[i] = amount.intValue();
    }
    return amounts;
  }

  private static Optional<String> drawFault(
      JsonNode proof, String packet, String seed, int[] amounts, List<String> report) {
    String manifest = proof.path("manifest").stringValue();
    List<Draw.Ticket> tickets = Draw.tickets(packet, manifest);
    if (tickets.stream().anyMatch(ticket -> ticket.weight() != 1)) {
      return Optional.of("somebody in the manifest has another weight than 1");
    } else if (!Draw.entriesHash(manifest).equals(proof.path("entriesHash").asString(""))) {
      return Optional.of("the entries hash is not the SHA-256 of the manifest");
    }
    List<String> winners = winners(seed, manifest, tickets, amounts.length);
    JsonNode told = proof.path("winners");
    if (told.size() != winners.size()) {
      return Optional.of(
          "there must be %d winners, there are %d".formatted(winners.size(), told.size()));
    }
    report.add(tickets.size() + " entries, " + winners.size() + " winners");
    for (int i = 0; i < winners.size(); i++) {
      String must = winners.get(i) + " (" + amounts[i] + ')';
      JsonNode winner = told.get(i);
      String is = winner.path("who").asString("") + " (" + winner.path("amount").asInt(0) + ')';
      if (!is.equals(must)) {
        return Optional.of("winner %d must be %s, is %s".formatted(i + 1, must, is));
      }
      report.add(must);
    }
    return Optional.empty();
  }
}
