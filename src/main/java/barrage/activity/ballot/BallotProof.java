package barrage.activity.ballot;

import static java.nio.charset.StandardCharsets.US_ASCII;

import barrage.activity.ProofKind;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * Counts a ballot again from its receipts. A receipt is told to its voter alone, so that everybody
 * finds their own vote and nobody another's. The hash is SHA-256 of a line for each receipt,
 * sorted: the receipt, a tab, the indices of its options with commas, and where votes have weights
 * another tab and the weight.
 */
final class BallotProof implements ProofKind {
  /** A vote without its voter. */
  record Vote(List<Integer> options, long weight) {
    /** From what the store keeps: the options, and the weight where there are weights. */
    static Vote kept(String words) {
      String[] parts = words.split(" ", 2);
      return new Vote(
          Arrays.stream(parts[0].split(",")).map(Integer::valueOf).toList(),
          parts.length == 1 ? 0 : Long.parseLong(parts[1]));
    }

    /** Without weights, each counts once. */
    long counts() {
      return weight == 0 ? 1 : weight;
    }

    String line(String receipt) {
      String ticked = String.join(",", options.stream().map(String::valueOf).toList());
      return receipt + '\t' + ticked + (weight == 0 ? "" : "\t" + weight) + '\n';
    }
  }

  /** Votes by their receipts, and what they sum to. */
  record Recount(long[] counts, long voters, String receiptsHash) {
    static Recount of(SortedMap<String, Vote> votes, int options) {
      long[] counts = new long[options];
      MessageDigest sha = sha256();
      votes.forEach(
          (receipt, vote) -> {
            vote.options.forEach(option -> counts[option] += vote.counts());
            sha.update(vote.line(receipt).getBytes(US_ASCII));
          });
      return new Recount(counts, votes.size(), HexFormat.of().formatHex(sha.digest()));
    }

    private static MessageDigest sha256() {
      try {
        return MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new AssertionError("every Java has SHA-256", e);
      }
    }
  }

  @Override
  public boolean isOf(JsonNode proof) {
    return proof.path("ballot").isString() && proof.path("receipts").isArray();
  }

  @Override
  public Verdict check(JsonNode proof, Map<String, String> noted) {
    SortedMap<String, Vote> votes = new TreeMap<>();
    JsonNode options = proof.path("options");
    for (JsonNode receipt : proof.path("receipts")) {
      String id = receipt.path(0).asString("");
      List<Integer> ticked = new ArrayList<>();
      receipt.path(1).forEach(option -> ticked.add(option.asInt(-1)));
      boolean sound =
          id.matches("[0-9a-f]{32}")
              && !ticked.isEmpty()
              && ticked.stream().allMatch(option -> option >= 0 && option < options.size())
              && ticked.stream().distinct().count() == ticked.size();
      if (!sound || votes.put(id, new Vote(ticked, receipt.path(2).asLong(0))) != null) {
        return wrong("receipt " + id + " is malformed, or there twice");
      }
    }
    Recount recount = Recount.of(votes, options.size());
    long[] told = new long[proof.path("counts").size()];
    for (int i = 0; i < told.length; i++) {
      told[i] = proof.path("counts").path(i).asLong(-1);
    }
    if (!Arrays.equals(told, recount.counts)) {
      return wrong("the receipts sum to " + Arrays.toString(recount.counts));
    } else if (proof.path("voters").asLong(-1) != recount.voters) {
      return wrong("there are " + recount.voters + " receipts");
    } else if (!recount.receiptsHash.equals(proof.path("receiptsHash").asString(""))) {
      return wrong("the hash of the receipts is " + recount.receiptsHash);
    }
    String hash = noted.get("entries-hash");
    if (hash != null && !hash.equals(recount.receiptsHash)) {
      return wrong("this is not what was announced: the hash of the receipts is another");
    }
    return new Verdict(Optional.empty(), report(proof, recount, hash != null));
  }

  private static Verdict wrong(String what) {
    return new Verdict(Optional.of(what), List.of());
  }

  private static List<String> report(JsonNode proof, Recount recount, boolean noted) {
    List<String> lines = new ArrayList<>();
    lines.add("ballot        " + proof.path("ballot").asString());
    lines.add("receipts hash " + recount.receiptsHash + (noted ? ", as noted" : ""));
    lines.add("voters        " + recount.voters);
    for (int i = 0; i < recount.counts.length; i++) {
      lines.add(recount.counts[i] + " for " + proof.path("options").path(i).asString(""));
    }
    return lines;
  }
}
