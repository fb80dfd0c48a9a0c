package barrage.core;

import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * What a drawn lottery publishes so that anyone can draw it again. One that exists is anything that
 * was claimed; {@link #check} says whether it holds.
 *
 * @param commitment hex, as announced at the opening
 * @param seed hex, as revealed at the draw
 * @param manifest as in {@link Draw#manifest}
 * @param entriesHash hex, as announced at the lock
 */
public record Proof(
    String lottery,
    String commitment,
    String seed,
    String manifest,
    String entriesHash,
    List<Draw.Prize> prizes,
    List<Draw.Winner> winners) {

  public Proof {
    prizes = List.copyOf(prizes);
    winners = List.copyOf(winners);
  }

  /** The entries, for one that holds. */
  public List<Draw.Ticket> tickets() {
    return Draw.tickets(lottery, manifest);
  }

  /**
   * Draws again, from nothing but the seed, the manifest and the prizes.
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
    for (Draw.Ticket ticket : tickets) {
      if (ticket.weight() > Raffle.MAX_WEIGHT) {
        return Optional.of("the weight of " + ticket.viewer() + " is above " + Raffle.MAX_WEIGHT);
      }
    }
    if (!Draw.entriesHash(manifest).equals(entriesHash)) {
      return Optional.of("the entries hash is not the SHA-256 of the manifest");
    }
    return checkPrizes().or(() -> checkWinners(seedBytes, tickets));
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
