package barrage.faults;

import barrage.faults.Evidence.Granted;
import barrage.faults.History.Ask;
import barrage.faults.History.Attempt;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/**
 * Red packets. Each point is a viewer's who was told so, or went back; in a {@code grab} the shares
 * are given in the order in which they were split, in a {@code draw} to those who were drawn.
 */
final class PacketModel implements KindModel {
  @Override
  public String kind() {
    return "packet";
  }

  @Override
  public String rules() {
    return "packet: {enter-least-ms: 1000}";
  }

  @Override
  public Map<String, Object> begin(Random random, String title) {
    int count = 1 + random.nextInt(9);
    Map<String, Object> packet = new HashMap<>();
    packet.put("title", title);
    packet.put("count", count);
    packet.put("reward", Map.of("points", count * (1 + random.nextInt(9)) + random.nextInt(5)));
    packet.put("mode", random.nextInt(3) > 0 ? "grab" : "draw");
    packet.put("split", random.nextInt(4) > 0 ? "lucky" : "equal");
    packet.put("enterMs", 1_000 + random.nextInt(2_000));
    packet.put("opensInMs", random.nextBoolean() ? 0 : random.nextInt(1_000));
    return packet;
  }

  @Override
  public Ask ask(Random random, JsonNode begun) {
    return new Ask(kind(), "packet.open", begun.path("id").asString(), Map.of());
  }

  @Override
  public boolean isOver(JsonNode stands) {
    return stands.has("returned");
  }

  @Override
  public Set<String> ends() {
    return Set.of("ended", "cancelled");
  }

  @Override
  public OptionalLong number(JsonNode granted) {
    JsonNode rank = granted.path("rank");
    return rank.isNumber() ? OptionalLong.of(rank.asLong()) : OptionalLong.empty();
  }

  @Override
  public void due(Evidence evidence, Dues dues) {
    String packet = evidence.thing().id();
    shares(evidence).forEach((viewer, amount) -> dues.add(viewer, kind(), packet, amount));
  }

  private static boolean isGrab(Evidence evidence) {
    return evidence.stands().path("mode").asString("").equals("grab");
  }

  private static boolean isCancelled(Evidence evidence) {
    return evidence.stands().path("state").asString("").equals("cancelled");
  }

  /** What viewers were told that they got; of a draw, by its proof. */
  private static Map<String, Long> shares(Evidence evidence) {
    Map<String, Long> shares = new TreeMap<>();
    if (isGrab(evidence)) {
      evidence
          .granted()
          .forEach(ok -> shares.merge(ok.viewer(), ok.answer().path("amount").asLong(), Long::sum));
    } else if (evidence.thing().proof() != null) {
      Map<String, String> viewers = new HashMap<>();
      evidence.granted().forEach(ok -> viewers.put(who(ok), ok.viewer()));
      for (JsonNode winner : evidence.thing().proof().path("winners")) {
        String viewer = viewers.getOrDefault(winner.path("who").asString(""), "nobody");
        shares.merge(viewer, winner.path("amount").asLong(), Long::sum);
      }
    }
    return shares;
  }

  /** What a viewer is called in the proof of a draw. */
  private static String who(Granted ok) {
    return ok.answer().path("who").asString("");
  }

  @Override
  public void check(Evidence evidence, Findings found) {
    checkOneEach(evidence, found);
    checkSum(evidence, found);
    checkTold(evidence, found);
    if (evidence.thing().proof() == null) {
      found.found("what is over has no proof");
    } else {
      checkAmounts(evidence, found);
      if (isGrab(evidence)) {
        checkGrab(evidence, found);
      } else if (!isCancelled(evidence)) {
        checkDraw(evidence, found);
      }
    }
  }

  private static void checkOneEach(Evidence evidence, Findings found) {
    Map<String, Granted> byViewer = new HashMap<>();
    for (Granted ok : evidence.granted()) {
      Granted other = byViewer.put(ok.viewer(), ok);
      if (other != null) {
        found.found("opened twice by " + ok.viewer(), led(List.of(other, ok)));
      }
    }
    long entered = evidence.stands().path("entered").asLong(-1);
    if (entered != byViewer.size()) {
      found.found("%d were granted, and %d entered".formatted(byViewer.size(), entered));
    }
  }

  private static List<Attempt> led(Collection<Granted> granted) {
    return granted.stream().flatMap(ok -> ok.attempts().stream()).toList();
  }

  /** What was funded is what was claimed and what went back; the luckiest got the most. */
  private static void checkSum(Evidence evidence, Findings found) {
    JsonNode stands = evidence.stands();
    long funded = evidence.thing().begun().path("reward").path("points").asLong(-1);
    long claimed = stands.path("claimed").asLong(-1);
    long returned = stands.path("returned").asLong(-1);
    if (claimed < 0 || returned < 0 || claimed + returned != funded) {
      found.found("%d funded, %d claimed, %d returned".formatted(funded, claimed, returned));
    }
    Map<String, Long> shares = shares(evidence);
    long told = shares.values().stream().mapToLong(Long::longValue).sum();
    if (told != claimed) {
      found.found("%d claimed, and viewers were told of %d".formatted(claimed, told));
    }
    long left = stands.path("count").asLong() - shares.size();
    if (stands.path("left").asLong(-1) != left) {
      found.found("%d shares are left, and it says %s".formatted(left, stands.path("left")));
    }
    JsonNode best = stands.path("best");
    long most = shares.values().stream().mapToLong(Long::longValue).max().orElse(0);
    if (best.path("amount").asLong(0) != most
        || most > 0 && shares.getOrDefault(best.path("viewer").asString(""), 0L) != most) {
      found.found("%s is best, and the most is %d".formatted(best, most));
    }
  }

  /**
   * The end is told when it lasts, so in whatever epoch it was told, that is how it ended: nobody
   * who knows the seed can open the packet.
   */
  private void checkTold(Evidence evidence, Findings found) {
    for (String end : ends()) {
      for (JsonNode told : evidence.heard(end)) {
        for (String field : List.of("seed", "claimed", "returned", "best")) {
          if (!told.path(field).equals(evidence.stands().path(field))) {
            found.found("told %s, and it stands at %s".formatted(told, evidence.stands()));
          }
        }
      }
    }
    for (JsonNode locked : evidence.kept("locked")) {
      if (!locked.path("entriesHash").equals(evidence.stands().path("entriesHash"))) {
        found.found("told %s, and it stands at %s".formatted(locked, evidence.stands()));
      }
    }
  }

  /** That they follow from the seed, the proof's own check has seen. */
  private static void checkAmounts(Evidence evidence, Findings found) {
    long[] amounts = amounts(evidence);
    JsonNode begun = evidence.thing().begun();
    if (amounts.length != begun.path("count").asInt()
        || Arrays.stream(amounts).sum() != begun.path("reward").path("points").asLong()
        || Arrays.stream(amounts).anyMatch(amount -> amount < 1)) {
      found.found("%s is split into %s".formatted(begun, Arrays.toString(amounts)));
    }
    JsonNode proof = evidence.thing().proof();
    if (!proof.path("commitment").equals(begun.path("commitment"))
        || !proof.path("seed").equals(evidence.stands().path("seed"))) {
      found.found("another seed than was committed to: " + proof);
    }
  }

  private static long[] amounts(Evidence evidence) {
    return StreamSupport.stream(evidence.thing().proof().path("amounts").spliterator(), false)
        .mapToLong(amount -> amount.asLong(-1))
        .toArray();
  }

  /** The claims are the first of the shares, each of them once. */
  private void checkGrab(Evidence evidence, Findings found) {
    long[] amounts = amounts(evidence);
    Map<Long, Granted> byRank = new TreeMap<>();
    for (Granted ok : evidence.granted()) {
      long rank = number(ok.answer()).orElse(0);
      Granted other = byRank.put(rank, ok);
      if (other != null) {
        found.found("share %d was given twice".formatted(rank), led(List.of(other, ok)));
      }
      boolean isShare = rank >= 1 && rank <= amounts.length;
      if (!isShare || amounts[(int) rank - 1] != ok.answer().path("amount").asLong(-1)) {
        found.found("there is no such share: " + ok.answer(), ok.attempts());
      }
    }
    for (long rank = 1; rank <= evidence.granted().size(); rank++) {
      if (!byRank.containsKey(rank)) {
        found.found("share %d was passed over".formatted(rank), led(byRank.values()));
      }
    }
    long lastMs = byRank.values().stream().mapToLong(Granted::fromMs).max().orElse(0);
    for (Attempt refused : evidence.refused("sold_out")) {
      if (byRank.size() < amounts.length || refused.endedMs() < lastMs) {
        found.found("sold out when there were shares", List.of(refused));
      }
    }
  }

  /** Drawn from all who were granted an entry, and from nobody else. */
  private static void checkDraw(Evidence evidence, Findings found) {
    JsonNode proof = evidence.thing().proof();
    Set<String> drawnFrom = new HashSet<>();
    proof
        .path("manifest")
        .asString("")
        .lines()
        .skip(1)
        .forEach(line -> drawnFrom.add(line.split("\t")[0]));
    for (Granted ok : evidence.granted()) {
      if (!drawnFrom.remove(who(ok))) {
        found.found("acknowledged and not there: an entry", ok.attempts());
      }
    }
    drawnFrom.forEach(who -> found.found("nobody was granted this: the entry of " + who));
    if (!proof.path("entriesHash").equals(evidence.stands().path("entriesHash"))) {
      found.found("drawn from other entries than were announced: " + proof);
    }
    if (evidence.kept("locked").size() != 1) {
      found.found("its entries were announced %d times".formatted(evidence.kept("locked").size()));
    }
  }
}
