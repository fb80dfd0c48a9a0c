package barrage.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import barrage.Kinds;
import barrage.core.Draw;
import barrage.core.ViewerId;
import barrage.faults.History.Ask;
import barrage.faults.History.Attempt;
import barrage.faults.History.End;
import barrage.faults.History.Line;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Red packets that are in order, and every way in which they could be broken. */
final class PacketModelTest {
  private static final byte[] SEED = new byte[Draw.SEED_BYTES];

  private ThingHistory history;

  @Test
  void everyKind_hasAModel() {
    assertEquals(Kinds.ALL.kinds(), KindModel.ALL.stream().map(KindModel::kind).toList());
  }

  /** Three shares of four points; two are taken, and cat comes too late. */
  @BeforeEach
  void grab() {
    begin("grab");
    history.asked("ann", "1", open(), End.UNKNOWN, "");
    history.asked("ann", "1", open(), End.OK, "{'amount':4,'rank':1}");
    history.asked("ann", "2", open(), End.REFUSED, "already_entered");
    history.asked("bob", "1", open(), End.OK, "{'amount':4,'rank':2}");
    history.asked("cat", "1", open(), End.REFUSED, "ended");
    end("{'left':1,'entered':2,'claimed':8,'returned':4,'best':{'viewer':'ann','amount':4}}");
    paid("ann", 4);
    paid("bob", 4);
  }

  private void begin(String mode) {
    history =
        new ThingHistory(
            "packet",
            "{'id':'p','reward':{'points':12},'count':3,'mode':'%s','commitment':'%s'}"
                .formatted(mode, Draw.commitment(SEED)));
    history.told(ThingHistory.json("{'type':'packet.opened','seq':1,'packet':{'id':'p'}}"));
  }

  private static Ask open() {
    return new Ask("packet", "packet.open", "p", Map.of());
  }

  private void end(String result) {
    String seed = HexFormat.of().formatHex(SEED);
    ObjectNode came = ThingHistory.json(result).put("seed", seed);
    ObjectNode stands = history.begun.deepCopy().put("state", "ended");
    stands.setAll(came);
    history.stands(stands);
    ObjectNode told = ThingHistory.json("{'type':'packet.ended','packet':'p'}");
    told.setAll(came);
    history.told(told);
    history.proof = ThingHistory.json("{'packet':'p','split':'equal','amounts':[4,4,4]}");
    history.proof.put("seed", seed).set("commitment", history.begun.path("commitment"));
  }

  private void paid(String viewer, long points) {
    history.ledgers.put(viewer, List.of(new Line("packet", "p", points)));
  }

  /** Two enter and get a share each. */
  private void draw() {
    begin("draw");
    history.asked("ann", "1", open(), End.OK, "{'entered':true,'who':'x'}");
    history.asked("bob", "1", open(), End.OK, "{'entered':true,'who':'y'}");
    end("{'left':1,'entered':2,'claimed':8,'returned':4,'best':{'viewer':'ann','amount':4}}");
    paid("ann", 4);
    paid("bob", 4);
    drawFrom("x", "y");
  }

  private void drawFrom(String... names) {
    List<Draw.Ticket> tickets =
        List.of(names).stream().map(who -> new Draw.Ticket(new ViewerId(who), 1)).toList();
    String manifest = Draw.manifest("p", tickets);
    String hash = Draw.entriesHash(manifest);
    history.proof.put("manifest", manifest).put("entriesHash", hash);
    ArrayNode winners = history.proof.putArray("winners");
    Draw.winners(SEED, manifest, tickets, List.of(new Draw.Prize("share", 3)))
        .forEach(won -> winners.addObject().put("who", won.viewer().value()).put("amount", 4));
    history.stands(history.stands.put("entriesHash", hash));
    ObjectNode locked = ThingHistory.json("{'type':'packet.locked','packet':'p'}");
    history.told(locked.put("entriesHash", hash));
  }

  @Test
  void packetInOrder_hasNoViolations() {
    history.assertInOrder();
    draw();
    history.assertInOrder();
  }

  @Test
  void lostPoint_isFound() {
    history.stands(history.stands.put("returned", 3));
    history.assertFinds("12 funded, 8 claimed, 3 returned");
  }

  @Test
  void shareNobodyWasTold_isFound() {
    history.stands(history.stands.put("claimed", 12).put("returned", 0));
    history.assertFinds("12 claimed, and viewers were told of 8");
  }

  @Test
  void shareThatIsLeftAndWasGiven_isFound() {
    history.stands(history.stands.put("left", 2));
    history.assertFinds("1 shares are left, and it says 2");
  }

  @Test
  void anotherOneIsBest_isFound() {
    history.stands.putObject("best").put("viewer", "cat").put("amount", 4);
    history.assertFinds("is best, and the most is 4");
  }

  @Test
  void twoSharesForOneViewer_areFound() {
    history.attempts.clear();
    history.asked("ann", "1", open(), End.OK, "{'amount':4,'rank':1}");
    history.asked("ann", "2", open(), End.OK, "{'amount':4,'rank':2}");
    history.assertFinds("opened twice by ann");
    history.assertFinds("1 were granted, and 2 entered");
  }

  @Test
  void shareForTwoViewers_isFound() {
    history.attempts.clear();
    history.asked("ann", "1", open(), End.OK, "{'amount':4,'rank':1}");
    history.asked("bob", "1", open(), End.OK, "{'amount':4,'rank':1}");
    history.assertFinds("share 1 was given twice");
    history.assertFinds("share 2 was passed over");
  }

  @Test
  void shareThatWasPassedOver_isFound() {
    history.attempts.clear();
    history.asked("ann", "1", open(), End.OK, "{'amount':4,'rank':1}");
    history.asked("bob", "1", open(), End.OK, "{'amount':4,'rank':3}");
    history.assertFinds("share 2 was passed over");
  }

  @Test
  void anotherAmountThanTheShare_isFound() {
    history.attempts.remove(3);
    history.asked("bob", "1", open(), End.OK, "{'amount':5,'rank':2}");
    history.assertFinds("there is no such share");
  }

  @Test
  void amountsThatDoNotFollowFromTheSeed_areFound() {
    history.proof.putArray("amounts").add(3).add(5).add(4);
    history.assertFinds("its proof does not hold: share 1 must be 4, is 3");
  }

  @Test
  void anotherSplitThanWasFunded_isFound() {
    history.proof.putArray("amounts").add(4).add(4);
    history.assertFinds("is split into [4, 4]");
  }

  @Test
  void shareOfNothing_isFound() {
    history.proof.putArray("amounts").add(8).add(4).add(0);
    history.assertFinds("its proof does not hold: share 3 is no number of points");
    history.assertFinds("is split into [8, 4, 0]");
  }

  @Test
  void anotherSeedThanWasCommittedTo_isFound() {
    history.begun.put("commitment", "another");
    history.assertFinds("another seed than was committed to");
  }

  @Test
  void pointsThatWereNotPaid_areFound() {
    history.ledgers.put("ann", List.of());
    history.assertFinds("ann is due 4 points for packet p and has 0");
  }

  @Test
  void pointsPaidTwice_areFound() {
    history.ledgers.put("ann", List.of(new Line("packet", "p", 4), new Line("packet", "p", 4)));
    history.assertFinds("ann is due 4 points for packet p and has 8");
  }

  @Test
  void pointsForWhoHasNoShare_areFound() {
    paid("cat", 4);
    history.assertFinds("cat is due 0 points for packet p and has 4");
  }

  @Test
  void packetThatEndedTwice_isFound() {
    history.told(history.events.get(1));
    history.assertFinds("its end was told 2 times");
  }

  /** The seed was told; then a primary took over that went on with the packet. */
  @Test
  void endThatWasToldAndDidNotLast_isFound() {
    history.earlier.add(history.events.get(1).deepCopy().put("claimed", 4).put("returned", 8));
    history.assertFinds("'claimed':4,".replace('\'', '"'));
  }

  @Test
  void anotherResultAtAnotherNode_isFound() {
    history.elsewhere.put("claimed", 4);
    history.assertFinds("nodes tell it in two ways");
  }

  @Test
  void soldOutWhenThereWereShares_isFound() {
    history.asked("dan", "1", open(), End.REFUSED, "sold_out");
    history.assertFinds("sold out when there were shares");
  }

  @Test
  void refusedWhatTheyHeld_isFound() {
    history.attempts.add(at(11, "dan", End.UNKNOWN, "")); // a later share was told of by 35 ms
    history.attempts.add(at(40, "dan", End.REFUSED, "sold_out"));
    history.attempts.add(at(50, "dan", End.OK, "{\"amount\":4,\"rank\":1}"));
    history.assertFinds("refused what they held");
  }

  private static Attempt at(long ms, String viewer, End end, String answer) {
    return new Attempt(viewer, "1", open(), "n1", ms, ms + 5, end, answer, 5);
  }

  @Test
  void refusedForItsOwnEarlierTry_isFound() {
    history.asked("dan", "1", open(), End.REFUSED, "already_entered");
    history.assertFinds("refused for what nobody was granted");
  }

  @Test
  void shareAfterTheEnd_isFound() {
    history.asked("dan", "1", open(), End.OK, "{'amount':4,'rank':3}");
    history.assertFinds("granted when others were told that it is over");
  }

  @Test
  void lostEntry_isFound() {
    draw();
    drawFrom("x");
    history.assertFinds("acknowledged and not there: an entry");
  }

  @Test
  void entryNobodyWasGranted_isFound() {
    draw();
    drawFrom("x", "y", "z");
    history.assertFinds("nobody was granted this: the entry of z");
  }

  @Test
  void anotherWinnerThanIsDrawn_isFound() {
    draw();
    ArrayNode winners = (ArrayNode) history.proof.path("winners");
    winners.add(winners.remove(0));
    history.assertFinds("its proof does not hold: winner 1 must be");
  }

  @Test
  void anotherHashThanWasAnnounced_isFound() {
    draw();
    history.events.get(2).put("entriesHash", "another");
    history.assertFinds("told {\"type\":\"packet.locked\"");
    history.stands(history.stands.put("entriesHash", "another"));
    history.assertFinds("drawn from other entries than were announced");
  }

  @Test
  void entriesThatWereNotAnnounced_areFound() {
    draw();
    history.events.remove(2);
    history.assertFinds("its entries were announced 0 times");
  }

  @Test
  void winnerWhoWasNotPaid_isFound() {
    draw();
    history.ledgers.put("bob", List.of());
    history.assertFinds("bob is due 4 points for packet p and has 0");
  }
}
