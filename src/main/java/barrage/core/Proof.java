package barrage.core;

import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a drawn lottery publishes so that anyone can draw it again. One that exists is anything that
 * was claimed; {@link #check} says whether it holds.
 *
 * @param commitment hex, as announced at the opening
 * @param seed hex, as revealed at the draw
 * @param manifest as in {@link Draw#manifest}
 * @param entriesHash hex, as announced at the lock
 * @param weights of each tier, as announced at the opening; a tier not named: 1; {@code null} in
 *     proofs from before they were in it
 */
public record Proof(
    String lottery,
    String commitment,
    String seed,
    String manifest,
    String entriesHash,
    List<Draw.Prize> prizes,
    @Nullable Map<Tier, Integer> weights,
    List<Draw.Winner> winners) {

  /**
   * What somebody noted when it was announced. A proof alone cannot tell when it was made, so a
   * server could make up a whole one after the draw; it cannot make this up.
   *
   * @param commitment hex, of the opening
   * @param entriesHash hex, of the lock
   * @param weights of the opening; a tier not named: 1
   */
  public record Noted(
      @Nullable String commitment,
      @Nullable String entriesHash,
      @Nullable Map<Tier, Integer> weights) {}

  public Proof {
    weights = weights == null ? null : Map.copyOf(weights);
    prizes = List.copyOf(prizes);
    winners = List.copyOf(winners);
  }

  /** The entries, for one that holds. */
  public List<Draw.Ticket> tickets() {
    return Draw.tickets(lottery, manifest);
  }

  /**
   * Draws again, from nothing but the seed, the manifest and the prizes. Who weighed what is in the
   * manifest; that each weight was announced is checked where the proof tells them.
   *
   * @return the first thing that does not hold, in a line; empty for an honest draw
   */
  public Optional<String> check() {
    if (!Ids.isValid(lottery)) {
      return Optional.of("the lottery's id is malformed");
    }
    if (!seed.matches("[0-9a-f]{64}")) {
      return Optional.of("the seed is not " + Draw.SEED_BYTES + " bytes in lower-case hex");
    }
    byte[] seedBytes = HexFormat.of().parseHex(seed);
    if (!Draw.commitment(seedBytes).equals(commitment)) {
      return Optional.of("the commitment is not the SHA-256 of the seed");
    }
    List<Draw.Ticket> tickets;
    try {
      tickets = tickets();
    } catch (IllegalArgumentException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
    Optional<String> weightFault = checkWeights(tickets);
    if (weightFault.isPresent()) {
      return weightFault;
    }
    if (!Draw.entriesHash(manifest).equals(entriesHash)) {
      return Optional.of("the entries hash is not the SHA-256 of the manifest");
    }
    return checkPrizes().or(() -> checkWinners(seedBytes, tickets));
  }

  /**
   * Compares it with what was noted before the draw.
   *
   * @return the first thing that is another, in a line; empty when all of it is the same
   */
  public Optional<String> differenceTo(Noted noted) {
    if (noted.commitment != null && !noted.commitment.equals(commitment)) {
      return Optional.of(
          "the commitment noted at the opening is %s, not %s"
              .formatted(noted.commitment, commitment));
    }
    if (noted.entriesHash != null && !noted.entriesHash.equals(entriesHash)) {
      return Optional.of(
          "the entries hash noted at the lock is %s, not %s"
              .formatted(noted.entriesHash, entriesHash));
    }
    Map<Tier, Integer> said = weights;
    if (noted.weights == null) {
      return Optional.empty();
    } else if (said == null) {
      return Optional.of("the proof does not tell the weights that were announced");
    }
    for (Tier tier : Tier.values()) {
      int then = weight(noted.weights, tier);
      if (then != weight(said, tier)) {
        return Optional.of(
            "the weight of %s noted at the opening is %d, not %d"
                .formatted(tier.wire(), then, weight(said, tier)));
      }
    }
    return Optional.empty();
  }

  private static int weight(Map<Tier, Integer> weights, Tier tier) {
    return weights.getOrDefault(tier, 1);
  }

  private Optional<String> checkWeights(List<Draw.Ticket> tickets) {
    Set<Integer> announced = new HashSet<>();
    if (weights != null) {
      for (Tier tier : Tier.values()) {
        int weight = weight(weights, tier);
        if (weight < 1 || weight > Raffle.MAX_WEIGHT) {
          return Optional.of(
              "the weight of %s is not 1 to %d".formatted(tier.wire(), Raffle.MAX_WEIGHT));
        }
        announced.add(weight);
      }
    }
    for (Draw.Ticket ticket : tickets) {
      if (ticket.weight() > Raffle.MAX_WEIGHT) {
        return Optional.of("the weight of " + ticket.viewer() + " is above " + Raffle.MAX_WEIGHT);
      }
      if (weights != null && !announced.contains(ticket.weight())) {
        return Optional.of(
            "the weight of %s, %d, was not announced".formatted(ticket.viewer(), ticket.weight()));
      }
    }
    return Optional.empty();
  }

  private Optional<String> checkPrizes() {
    long count = prizes.stream().mapToLong(Draw.Prize::count).sum();
    boolean each = prizes.stream().allMatch(prize -> prize.count() >= 1);
    return each && count >= 1 && count <= Raffle.MAX_PRIZES
        ? Optional.empty()
        : Optional.of("there must be 1 to " + Raffle.MAX_PRIZES + " prizes, at least 1 of a name");
  }

  private Optional<String> checkWinners(byte[] seedBytes, List<Draw.Ticket> tickets) {
    List<Draw.Winner> drawn = Draw.winners(seedBytes, manifest, tickets, prizes);
    for (int i = 0; i < Math.min(drawn.size(), winners.size()); i++) {
      if (!drawn.get(i).equals(winners.get(i))) {
        return Optional.of(
            "winner %d must be %s, is %s"
                .formatted(i + 1, describe(drawn.get(i)), describe(winners.get(i))));
      }
    }
    return drawn.size() == winners.size()
        ? Optional.empty()
        : Optional.of(
            "there must be %d winners, there are %d".formatted(drawn.size(), winners.size()));
  }

  private static String describe(Draw.Winner winner) {
    return winner.viewer() + " (" + winner.prize() + ")";
  }
}
