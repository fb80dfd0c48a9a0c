package barrage.faults;

import barrage.faults.Evidence.Granted;
import barrage.faults.History.Ask;
import barrage.faults.History.Attempt;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/**
 * Polls. What was counted is what was answered {@code ok}: one vote for each viewer who was granted
 * one, by the receipt that they were told, and the last one where it may be changed.
 */
final class BallotModel implements KindModel {
  @Override
  public String kind() {
    return "ballot";
  }

  @Override
  public String rules() {
    return "ballot: {least-ms: 1000, open-at-once: 100, points-cap: 0}";
  }

  @Override
  public Map<String, Object> begin(Random random, String title) {
    int options = 2 + random.nextInt(3);
    Map<String, Object> ballot = new HashMap<>();
    ballot.put("form", "poll");
    ballot.put("title", title);
    ballot.put("options", IntStream.range(0, options).mapToObj(i -> "option " + i).toList());
    ballot.put("durationMs", 1_000 + random.nextInt(2_000));
    ballot.put("choices", 1 + random.nextInt(2));
    ballot.put("change", random.nextInt(3) > 0);
    ballot.put("results", random.nextBoolean() ? "live" : "after");
    ballot.put("points", random.nextInt(4));
    if (random.nextInt(3) == 0) {
      ballot.put("weights", Map.of("regular", 3));
    }
    return ballot;
  }

  @Override
  public Ask ask(Random random, JsonNode begun) {
    int options = begun.path("options").size();
    int first = random.nextInt(options);
    int second = random.nextInt(options);
    boolean both = begun.path("choices").asInt() > 1 && first != second;
    List<Integer> ticked =
        both ? List.of(Math.min(first, second), Math.max(first, second)) : List.of(first);
    return new Ask(kind(), "ballot.vote", begun.path("id").asString(), Map.of("options", ticked));
  }

  @Override
  public boolean isOver(JsonNode stands) {
    return Set.of("closed", "cancelled").contains(stands.path("state").asString(""));
  }

  @Override
  public Set<String> ends() {
    return Set.of("closed", "cancelled");
  }

  @Override
  public void due(Evidence evidence, Dues dues) {
    long points = evidence.stands().path("points").asLong();
    byVoter(evidence).keySet().forEach(viewer -> dues.add(viewer, kind(), "", points));
  }

  private static Map<String, List<Granted>> byVoter(Evidence evidence) {
    return evidence.granted().stream()
        .collect(Collectors.groupingBy(Granted::viewer, TreeMap::new, Collectors.toList()));
  }

  @Override
  public void check(Evidence evidence, Findings found) {
    Map<String, List<Granted>> voters = byVoter(evidence);
    Map<String, List<Granted>> byReceipt = new HashMap<>();
    voters.forEach(
        (viewer, votes) -> {
          checkOne(evidence, viewer, votes, found);
          List<Granted> others = byReceipt.put(receipt(votes.get(0)), votes);
          if (others != null) {
            found.found("one receipt for two viewers", attempts(others, votes));
          }
        });
    long voted = evidence.stands().path("voters").asLong(-1);
    if (voted != voters.size()) {
      found.found("%d were granted a vote, and %d voted".formatted(voters.size(), voted));
    }
    if (evidence.thing().proof() != null) {
      checkReceipts(evidence, byReceipt, found);
      checkTold(evidence, found);
    }
  }

  private static String receipt(Granted vote) {
    return vote.answer().path("receipt").asString("");
  }

  private static boolean isFirst(Granted vote) {
    return !vote.answer().path("changed").asBoolean(true);
  }

  @SafeVarargs
  private static List<Attempt> attempts(List<Granted>... votes) {
    List<Attempt> all = new ArrayList<>();
    for (List<Granted> some : votes) {
      some.forEach(vote -> all.addAll(vote.attempts()));
    }
    return all;
  }

  /** Of one viewer: one vote, whatever was asked afterwards changed it. */
  private static void checkOne(
      Evidence evidence, String viewer, List<Granted> votes, Findings found) {
    if (votes.stream().map(BallotModel::receipt).distinct().count() > 1) {
      found.found("two receipts for " + viewer, attempts(votes));
    }
    List<Granted> first = votes.stream().filter(BallotModel::isFirst).toList();
    if (first.size() != 1) {
      found.found("%d first votes of %s".formatted(first.size(), viewer), attempts(votes));
    } else if (votes.stream().anyMatch(each -> each.byMs() < first.get(0).fromMs())) {
      found.found("a vote was changed before there was one", attempts(votes));
    }
    if (votes.size() > 1 && !evidence.stands().path("change").asBoolean()) {
      found.found("a vote that may not be changed was", attempts(votes));
    }
  }

  private static void checkReceipts(
      Evidence evidence, Map<String, List<Granted>> byReceipt, Findings found) {
    long weight = evidence.stands().path("weights").path("regular").asLong(1); // all are
    Set<String> published = new HashSet<>();
    for (JsonNode line : evidence.thing().proof().path("receipts")) {
      String receipt = line.path(0).asString("");
      published.add(receipt);
      List<Granted> votes = byReceipt.get(receipt);
      if (votes == null) {
        found.found("nobody was granted this: the vote of receipt " + receipt);
        continue;
      }
      if (votes.stream().noneMatch(vote -> mayBeLast(vote, votes) && ticks(vote, line.path(1)))) {
        found.found("another vote than the last one was counted: " + line, attempts(votes));
      }
      if (line.path(2).asLong(1) != weight) {
        found.found("a vote of weight %d has another: %s".formatted(weight, line));
      }
    }
    byReceipt.forEach(
        (receipt, votes) -> {
          if (!published.contains(receipt)) {
            found.found("acknowledged and not there: a vote", attempts(votes));
          }
        });
  }

  /** Whether none of the others came after it for certain. */
  private static boolean mayBeLast(Granted vote, List<Granted> votes) {
    return votes.stream().allMatch(other -> other.fromMs() <= vote.byMs());
  }

  private static boolean ticks(Granted vote, JsonNode options) {
    List<Integer> published =
        StreamSupport.stream(options.spliterator(), false).map(option -> option.asInt(-1)).toList();
    return published.equals(vote.ask().fields().get("options"));
  }

  /** What was told when it closed, what is shown of it and its proof are the same. */
  private static void checkTold(Evidence evidence, Findings found) {
    for (String field : List.of("counts", "voters", "receiptsHash")) {
      JsonNode proven = evidence.thing().proof().path(field);
      for (JsonNode closed : evidence.kept("closed")) {
        if (!closed.path(field).equals(proven)) {
          found.found("told %s, and its proof says %s".formatted(closed, proven));
        }
      }
      if (!evidence.stands().path(field).equals(proven)) {
        found.found("shown %s, and its proof says %s".formatted(evidence.stands(), proven));
      }
    }
  }
}
