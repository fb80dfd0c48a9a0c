package barrage.faults;

import static java.nio.charset.StandardCharsets.US_ASCII;

import barrage.core.Draw;
import barrage.faults.History.Ask;
import barrage.faults.History.Attempt;
import barrage.faults.History.End;
import barrage.faults.History.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A poll that is in order, and every way in which it could be broken. */
final class BallotModelTest {
  private static final String ANN = "a".repeat(32);
  private static final String BOB = "b".repeat(32);

  private final ThingHistory history =
      new ThingHistory(
          "ballot",
          "{'id':'b','options':['yes','no'],'change':true,'points':3,'weights':{'regular':2}}");
  private final Map<String, List<Integer>> votes = new TreeMap<>();

  /** Ann votes and changes her vote, bob votes, cat is too late. */
  @BeforeEach
  void begin() {
    history.asked("ann", "1", vote(0), End.UNKNOWN, "");
    history.asked("ann", "1", vote(0), End.OK, ok(ANN, false));
    history.asked("ann", "2", vote(1), End.OK, ok(ANN, true));
    history.asked("bob", "1", vote(1), End.OK, ok(BOB, false));
    history.asked("cat", "1", vote(1), End.REFUSED, "ended");
    votes.put(ANN, List.of(1));
    votes.put(BOB, List.of(1));
    history.told(ThingHistory.json("{'type':'ballot.opened','seq':1,'ballot':{'id':'b'}}"));
    history.told(ThingHistory.json("{'type':'ballot.closed','seq':2,'ballot':'b'}"));
    history.ledgers.put("ann", List.of(new Line("ballot", "2026-11-22", 3)));
    history.ledgers.put("bob", List.of(new Line("ballot", "2026-11-22", 3)));
    count();
  }

  private static Ask vote(int option) {
    return new Ask("ballot", "ballot.vote", "b", Map.of("options", List.of(option)));
  }

  private static String ok(String receipt, boolean changed) {
    return "{'receipt':'%s','changed':%s}".formatted(receipt, changed);
  }

  /** Closes it: all that is told agrees with the votes. */
  private void count() {
    int[] counts = new int[2];
    StringBuilder lines = new StringBuilder();
    ArrayNode receipts = ThingHistory.json("{}").putArray("receipts");
    votes.forEach(
        (receipt, options) -> {
          options.forEach(option -> counts[option] += 2);
          lines.append(receipt).append('\t').append(options.get(0)).append("\t2\n");
          ArrayNode line = receipts.addArray().add(receipt);
          options.forEach(line.addArray()::add);
          line.add(2);
        });
    String hash = Draw.commitment(lines.toString().getBytes(US_ASCII));
    ObjectNode result = ThingHistory.json("{}");
    result.putArray("counts").add(counts[0]).add(counts[1]);
    result.put("voters", votes.size()).put("receiptsHash", hash);
    history.events.get(1).setAll(result);
    ObjectNode stands = history.begun.deepCopy();
    stands.setAll(result);
    history.stands(stands.put("state", "closed"));
    history.proof = result.deepCopy().put("ballot", "b");
    history.proof.set("options", history.begun.path("options"));
    history.proof.set("receipts", receipts);
  }

  @Test
  void pollInOrder_hasNoViolations() {
    history.assertInOrder();
  }

  @Test
  void lostVote_isFound() {
    votes.remove(BOB);
    count();
    history.assertFinds("acknowledged and not there: a vote");
    history.assertFinds("2 were granted a vote, and 1 voted");
  }

  @Test
  void voteNobodyWasGranted_isFound() {
    votes.put("c".repeat(32), List.of(0));
    count();
    history.assertFinds("nobody was granted this: the vote of receipt ccc");
    history.assertFinds("2 were granted a vote, and 3 voted");
  }

  @Test
  void voteThatWasChangedBack_isFound() {
    votes.put(ANN, List.of(0));
    count();
    history.assertFinds("another vote than the last one was counted");
  }

  @Test
  void votesOfWhichEitherMayBeTheLast_areNoViolation() {
    List<Attempt> before = new ArrayList<>(history.attempts);
    history.attempts.clear();
    Attempt second = before.remove(2);
    history.attempts.add(at(0, second)); // it was sent at once with the first
    history.attempts.addAll(before);
    votes.put(ANN, List.of(0));
    count();
    history.assertInOrder();
  }

  private static Attempt at(long invokedMs, Attempt it) {
    return new Attempt(
        it.sender(),
        it.id(),
        it.act(),
        it.node(),
        invokedMs,
        it.endedMs(),
        it.end(),
        it.answer(),
        it.epoch());
  }

  @Test
  void countThatIsNotTheRecount_isFound() {
    for (ObjectNode told : List.of(history.stands, history.proof, history.events.get(1))) {
      told.putArray("counts").add(1).add(3);
    }
    history.assertFinds("its proof does not hold: the receipts sum to [0, 4]");
  }

  @Test
  void anotherCountThanTheEventTold_isFound() {
    history.events.get(1).putArray("counts").add(2).add(2);
    history.assertFinds("and its proof says [0,4]");
  }

  @Test
  void anotherCountThanIsShown_isFound() {
    history.stands.putArray("counts").add(2).add(2);
    history.assertFinds("shown {");
  }

  @Test
  void anotherCountAtAnotherNode_isFound() {
    history.elsewhere.putArray("counts").add(2).add(2);
    history.assertFinds("nodes tell it in two ways");
  }

  @Test
  void anotherCountInTheViewOfANode_isFound() {
    history.view.putArray("counts").add(2).add(2);
    history.assertFinds("nodes tell it in two ways");
  }

  @Test
  void anotherWeight_isFound() {
    ((ArrayNode) history.proof.path("receipts").get(0)).remove(2);
    history.begun.remove("weights");
    history.assertFinds("a vote of weight 2 has another");
  }

  @Test
  void twoVotesOfOneViewer_areFound() {
    history.asked("bob", "2", vote(0), End.OK, ok("c".repeat(32), false));
    votes.put("c".repeat(32), List.of(0));
    count();
    history.assertFinds("two receipts for bob");
    history.assertFinds("2 first votes of bob");
  }

  @Test
  void oneReceiptForTwoViewers_isFound() {
    history.asked("dan", "1", vote(1), End.OK, ok(BOB, false));
    history.assertFinds("one receipt for two viewers");
  }

  @Test
  void changeBeforeTheFirstVote_isFound() {
    history.attempts.clear();
    history.asked("ann", "2", vote(1), End.OK, ok(ANN, true));
    history.asked("ann", "1", vote(0), End.OK, ok(ANN, false));
    history.assertFinds("a vote was changed before there was one");
  }

  @Test
  void changeThatIsNotAllowed_isFound() {
    history.stands.put("change", false);
    history.assertFinds("a vote that may not be changed was");
  }

  @Test
  void pollThatWasClosedTwice_isFound() {
    history.told(history.events.get(1));
    history.assertFinds("its end was told 2 times");
  }

  @Test
  void pollThatWasNeverOpened_isFound() {
    history.events.set(0, ThingHistory.json("{'type':'ballot.tally','ballot':'b'}"));
    history.assertFinds("its opening was told 0 times");
  }

  @Test
  void pollThatNeverCloses_isFound() {
    history.stands.put("state", "open");
    history.assertFinds("never came to an end");
  }

  @Test
  void lostCancel_isFound() {
    history.isCancelled = true;
    history.assertFinds("acknowledged and not there: it was cancelled");
  }

  @Test
  void cancelNobodyWasGranted_isFound() {
    history.stands.put("state", "cancelled");
    history.assertFinds("nobody was granted this: it is cancelled");
  }

  @Test
  void pollWithoutAProof_isFound() {
    history.proof = null;
    history.assertFinds("it has no proof");
  }

  @Test
  void pointsTwiceForOneVote_areFound() {
    history.ledgers.put("ann", List.of(new Line("ballot", "2026-11-22", 6)));
    history.assertFinds("ann is due 3 points for ballot  and has 6");
  }

  @Test
  void refusedForItsOwnEarlierTry_isFound() {
    history.asked("cat", "2", vote(1), End.REFUSED, "already_entered");
    history.assertFinds("refused for what nobody was granted");
  }

  @Test
  void refusedAsIfItWereNotThere_isFound() {
    history.asked("cat", "2", vote(1), End.REFUSED, "not_found");
    history.assertFinds("refused as if it were not there");
  }

  @Test
  void voteAfterTheEnd_isFound() {
    history.asked("ann", "3", vote(1), End.OK, ok(ANN, true));
    history.assertFinds("granted when others were told that it is over");
  }
}
