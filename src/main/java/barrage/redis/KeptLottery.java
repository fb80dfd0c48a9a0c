package barrage.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import barrage.core.Draw;
import barrage.core.Proof;
import barrage.core.Tier;
import barrage.core.ViewerId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an audit reads of a lottery as lottery.lua keeps it.
 *
 * @param weights that tickets are given, by the rank of their viewer's tier
 * @param announced the weights that viewers were told
 * @param hash of the entries; {@code null} until it was announced
 */
record KeptLottery(
    String seed,
    long cost,
    List<Integer> weights,
    Map<Tier, Integer> announced,
    String commitment,
    List<Draw.Prize> prizes,
    String state,
    long entries,
    @Nullable String hash,
    List<Draw.Winner> winners) {

  private static final Set<String> STATES = Set.of("open", "locked", "drawn", "cancelled");

  /** Empty when it is damaged, or a part of it is not there. */
  static Optional<KeptLottery> read(byte @Nullable [] terms, byte @Nullable [] standing) {
    if (terms == null || standing == null) {
      return Optional.empty();
    }
    try {
      String[] offered = new String(terms, UTF_8).split("\n", 2);
      String[] numbers = offered[0].split(" ", -1);
      String[] stands = new String(standing, UTF_8).split("\n", 2);
      String[] words = stands[0].split(" ", -1);
      if (numbers.length != 11 || words.length != 3 || !STATES.contains(words[0])) {
        return Optional.empty();
      }
      JsonNode json = JsonMapper.shared().readTree(offered[1]);
      return Optional.of(
          new KeptLottery(
              numbers[1],
              Long.parseLong(numbers[6]),
              Stream.of(numbers).skip(7).map(Integer::valueOf).toList(),
              weights(json.path("weights")),
              json.path("commitment").asString(),
              prizes(json.path("prizes")),
              words[0],
              Long.parseLong(words[1]),
              words[2].equals("-") ? null : words[2],
              stands[1].isEmpty() ? List.of() : winners(JsonMapper.shared().readTree(stands[1]))));
    } catch (IllegalArgumentException | IndexOutOfBoundsException | JacksonException e) {
      return Optional.empty();
    }
  }

  private static List<Draw.Prize> prizes(JsonNode json) {
    List<Draw.Prize> prizes = new ArrayList<>();
    for (JsonNode prize : json) {
      prizes.add(new Draw.Prize(prize.path("name").asString(), prize.path("count").asInt()));
    }
    return prizes;
  }

  private static Map<Tier, Integer> weights(JsonNode json) {
    Map<Tier, Integer> weights = new EnumMap<>(Tier.class);
    for (Tier tier : Tier.values()) {
      weights.put(tier, json.path(tier.wire()).asInt());
    }
    return weights;
  }

  private static List<Draw.Winner> winners(JsonNode json) {
    List<Draw.Winner> winners = new ArrayList<>();
    for (JsonNode winner : json) {
      winners.add(
          new Draw.Winner(
              new ViewerId(winner.path("viewer").asString()), winner.path("prize").asString()));
    }
    return winners;
  }

  boolean isOpen() {
    return state.equals("open");
  }

  boolean isCancelled() {
    return state.equals("cancelled");
  }

  /** Whether it is open or locked: one in which viewers are, of which they are told. */
  boolean isActive() {
    return isOpen() || state.equals("locked");
  }

  /** Whether tickets weigh what viewers were told. */
  boolean weighsAsAnnounced() {
    return List.copyOf(announced.values()).equals(weights);
  }

  /** What is wrong with what was announced of these tickets, which are all of them. */
  Optional<String> faultOf(String lottery, List<Draw.Ticket> tickets) {
    String manifest = Draw.manifest(lottery, tickets);
    if (state.equals("drawn")) {
      String entriesHash = hash == null ? "" : hash;
      return new Proof(lottery, commitment, seed, manifest, entriesHash, prizes, announced, winners)
          .check()
          .map(fault -> "its draw does not hold: " + fault);
    }
    return hash == null || hash.equals(Draw.entriesHash(manifest))
        ? Optional.empty()
        : Optional.of("the announced hash is not that of its tickets");
  }
}
