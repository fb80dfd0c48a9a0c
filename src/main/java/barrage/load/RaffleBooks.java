package barrage.load;

import barrage.core.Draw;
import barrage.core.Proof;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** The entrants' books of a lottery, to compare with its proof. Safe for any thread. */
final class RaffleBooks {
  private final String lottery;
  private final String commitment;

  // Guarded by this.
  private final Map<String, Integer> entered = new HashMap<>();
  private final Set<String> unknown = new HashSet<>();
  private final List<String> broken = new ArrayList<>();

  /**
   * @param commitment as it was announced at the opening
   */
  RaffleBooks(String lottery, String commitment) {
    this.lottery = lottery;
    this.commitment = commitment;
  }

  /** An entry was accepted. */
  synchronized void onOk(String viewer, int weight) {
    if (entered.put(viewer, weight) != null) {
      broken.add(viewer + " entered twice");
    }
  }

  /** An entry whose outcome stays open. */
  synchronized void onUnknown(String viewer) {
    unknown.add(viewer);
  }

  synchronized int entries() {
    return entered.size();
  }

  /**
   * Draws again and compares, once it is drawn.
   *
   * @param drawn the lottery as the server tells of it
   * @return what does not agree; a line each
   */
  synchronized List<String> close(Proof proof, JsonNode drawn) {
    List<String> all = new ArrayList<>(broken);
    if (!proof.lottery().equals(lottery)) {
      all.add("the proof is of another lottery, " + proof.lottery());
    }
    if (!proof.commitment().equals(commitment)) {
      all.add("the proof's commitment is not the one that was announced at the opening");
    }
    proof.check().ifPresent(fault -> all.add("the draw does not hold: " + fault));
    if (!all.isEmpty()) {
      return all;
    }
    Map<String, Integer> tickets = new HashMap<>();
    proof.tickets().forEach(ticket -> tickets.put(ticket.viewer().value(), ticket.weight()));
    long missing =
        entered.entrySet().stream()
            .filter(e -> !e.getValue().equals(tickets.get(e.getKey())))
            .count();
    if (missing > 0) {
      all.add(missing + " entries were answered ok and are not in the draw, or weigh otherwise");
    }
    long strangers =
        tickets.keySet().stream()
            .filter(viewer -> !entered.containsKey(viewer) && !unknown.contains(viewer))
            .count();
    if (strangers > 0) {
      all.add(strangers + " entries are in the draw that nobody was granted");
    }
    List<String> announced = new ArrayList<>();
    drawn
        .path("winners")
        .forEach(
            w -> announced.add(w.path("viewer").asString("") + " " + w.path("prize").asString("")));
    List<String> proven = new ArrayList<>();
    for (Draw.Winner winner : proof.winners()) {
      proven.add(winner.viewer() + " " + winner.prize());
    }
    if (!announced.equals(proven)) {
      all.add("the winners that were told are not those of the proof");
    }
    return all;
  }
}
