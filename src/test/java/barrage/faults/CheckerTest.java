package barrage.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.faults.History.Account;
import barrage.faults.History.Act;
import barrage.faults.History.Attempt;
import barrage.faults.History.Books;
import barrage.faults.History.Buy;
import barrage.faults.History.Cancel;
import barrage.faults.History.End;
import barrage.faults.History.Enter;
import barrage.faults.History.Event;
import barrage.faults.History.Grant;
import barrage.faults.History.Line;
import barrage.faults.History.Lottery;
import barrage.faults.History.Order;
import barrage.faults.History.Pay;
import barrage.faults.History.Refund;
import barrage.faults.History.Sample;
import barrage.faults.History.Say;
import barrage.faults.History.Stream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A history that is in order, and every way in which it could be broken. */
final class CheckerTest {
  private static final long EPOCH = 5;

  private final List<Attempt> attempts = new ArrayList<>();
  private final List<Event> ann = new ArrayList<>();
  private final List<Event> bob = new ArrayList<>();
  private final List<Sample> samples = new ArrayList<>();
  private final Map<String, Books> sales = new HashMap<>();
  private final Map<String, Order> orders = new HashMap<>();
  private final Map<String, Lottery> lotteries = new HashMap<>();
  private final Map<String, Account> accounts = new HashMap<>();
  private final List<Event> story = new ArrayList<>();
  private final List<Stream> earlier = new ArrayList<>();
  private long annFrom;
  private long bobFrom = 1;
  private long seq = 3;
  private long shed;

  /** Ann says two things, buys two units, pays one, enters; bob buys, gives back, and was given. */
  CheckerTest() {
    sent("ann", "1", new Say("one"), End.UNKNOWN, "");
    sent("ann", "1", new Say("one"), End.OK, "1");
    sent("ann", "1", new Say("changed"), End.REFUSED, "conflict");
    sent("ann", "2", new Buy("s", 2), End.UNKNOWN, "unavailable");
    sent("ann", "2", new Buy("s", 2), End.OK, "s-1");
    sent("ann", "2", new Buy("s", 2), End.OK, "s-1");
    sent("ann", "3", new Buy("s", 9), End.REFUSED, "sold_out");
    sent("ann", "4", new Enter("l"), End.OK, "1 of 1");
    sent("ann", "5", new Say("five"), End.UNKNOWN, Attempt.NOT_KEPT);
    sent("ann", "6", new Say("six"), End.OK, "3");
    sent("bob", "1", new Buy("s", 1), End.OK, "s-2");
    sent("bob", "2", new Cancel("s-2"), End.OK, "s-2");
    sent("bob", "3", new Buy("s", 1), End.OK, "s-3");
    sent("shop", "1", new Pay("s-1", "p1"), End.OK, "s-1");
    sent("shop", "2", new Pay("s-3", "p3"), End.OK, "s-3");
    sent("shop", "3", new Refund("s-3", "r3"), End.OK, "s-3");
    sent("shop", "4", new Grant("bob", 7, "g1"), End.OK, "bob");
    sent("shop", "5", new Grant("bob", -900, "g2"), End.REFUSED, "insufficient_points");

    ann.add(new Event(1, EPOCH - 1, "ann", "one", "{one}"));
    ann.add(new Event(2, EPOCH, null, null, "{opened}"));
    ann.add(new Event(3, EPOCH, "ann", "six", "{six}"));
    bob.addAll(ann.subList(1, 3));
    story.addAll(ann);

    sample(new Books(5, 3, 2, 0));
    sales.put("s", new Books(5, 3, 0, 2));
    orders.put("s-1", new Order("s", "ann", 2, 2_400, "paid"));
    orders.put("s-2", new Order("s", "bob", 1, 1_200, "cancelled"));
    orders.put("s-3", new Order("s", "bob", 1, 1_200, "refunded"));
    lotteries.put("l", new Lottery(3, Set.of("ann")));
    account(
        "ann",
        new Line("danmaku", "2026-11-22", 2),
        new Line("order", "s-1", 24),
        new Line("lottery", "l", -3),
        new Line("watch", "2026-11-22", 10));
    account(
        "bob",
        new Line("gift", "g1", 7),
        new Line("order", "s-3", 12),
        new Line("refund", "s-3", -12));
  }

  private void sent(String sender, String id, Act act, End end, String answer) {
    long at = 10L * attempts.size();
    attempts.add(new Attempt(sender, id, act, "n0", at, at + 5, end, answer, EPOCH));
  }

  private void sample(Books books) {
    samples.add(new Sample(50, "n1", "s", books));
  }

  private void account(String viewer, Line... ledger) {
    long points = List.of(ledger).stream().mapToLong(Line::delta).sum();
    accounts.put(viewer, new Account(points, List.of(ledger)));
  }

  private List<Checker.Violation> check() {
    List<Stream> streams = new ArrayList<>(earlier);
    streams.add(new Stream("ann at n0", EPOCH, annFrom, ann, 0, true));
    streams.add(new Stream("bob at n1", EPOCH, bobFrom, bob, shed, true));
    return Checker.of(
            new History(
                attempts,
                streams,
                samples,
                new History.Outcome(
                    !earlier.isEmpty(),
                    EPOCH,
                    Set.of(),
                    seq,
                    story,
                    sales,
                    orders,
                    lotteries,
                    List.of(),
                    accounts)))
        .violations();
  }

  private void assertFinds(String what) {
    List<Checker.Violation> found = check();
    assertTrue(found.stream().anyMatch(each -> each.what().contains(what)), found::toString);
  }

  @Test
  void historyInOrder_hasNoViolations() {
    assertEquals(List.of(), check());
  }

  @Test
  void lostDanmaku_isFound() {
    sent("ann", "7", new Say("seven"), End.OK, "4");
    assertFinds("acknowledged and not there: danmaku 4");
  }

  @Test
  void lostOrder_isFound() {
    sent("ann", "7", new Buy("s", 1), End.OK, "s-9");
    assertFinds("acknowledged and not there: order s-9");
  }

  @Test
  void lostCancel_isFound() {
    orders.put("s-2", new Order("s", "bob", 1, 1_200, "reserved"));
    sales.put("s", new Books(5, 2, 1, 2));
    assertFinds("acknowledged and not there: order s-2 is reserved");
  }

  @Test
  void lostPayment_isFound() {
    orders.put("s-1", new Order("s", "ann", 2, 2_400, "expired"));
    assertFinds("acknowledged and not there: order s-1 is expired");
  }

  @Test
  void lostEntry_isFound() {
    lotteries.put("l", new Lottery(0, Set.of()));
    assertFinds("acknowledged and not there: an entry in l");
  }

  @Test
  void doubledOrder_isFound() {
    orders.put("s-4", orders.get("s-1"));
    assertFinds("an order nobody was granted: s-4");
  }

  @Test
  void doubledDanmaku_isFound() {
    seq = 4;
    ann.add(new Event(4, EPOCH, "ann", "six", "{six again}"));
    bob.add(ann.get(3));
    story.add(ann.get(3));
    assertFinds("said twice");
    assertFinds("ann is due 3 points for danmaku  and has 2");
  }

  @Test
  void refusedWithEffect_isFound() {
    orders.put("s-5", new Order("s", "ann", 9, 10_800, "reserved"));
    assertFinds("an order nobody was granted: s-5");
    account("bob", new Line("gift", "g1", 7), new Line("gift", "g2", -900));
    assertFinds("bob is due 0 points for gift g2 and has -900");
  }

  @Test
  void twoAnswersToOneRequest_areFound() {
    sent("ann", "2", new Buy("s", 2), End.OK, "s-2");
    assertFinds("one request, two answers");
  }

  @Test
  void oneOrderForTwoRequests_isFound() {
    sent("ann", "8", new Buy("s", 2), End.OK, "s-1");
    assertFinds("one order for two requests");
  }

  @Test
  void changedContentGranted_isFound() {
    sent("ann", "1", new Say("changed"), End.OK, "1");
    assertFinds("one id, two contents");
  }

  @Test
  void grantedThenRefused_isFound() {
    sent("ann", "2", new Buy("s", 2), End.REFUSED, "sold_out");
    assertFinds("granted, then refused");
  }

  @Test
  void danmakuRefusedWhereAnotherTextMayHaveBeenShown_isNoViolation() {
    sent("ann", "1", new Say("changed"), End.UNKNOWN, "");
    sent("ann", "1", new Say("one"), End.REFUSED, "conflict");
    assertEquals(List.of(), check());
  }

  @Test
  void danmakuGrantedThenRefused_isFound() {
    sent("ann", "1", new Say("one"), End.REFUSED, "conflict");
    assertFinds("granted, then refused");
  }

  @Test
  void neverAnswered_isFound() {
    sent("ann", "9", new Enter("l"), End.UNKNOWN, "");
    assertFinds("never answered");
  }

  @Test
  void oversoldUnit_isFound() {
    sample(new Books(5, -1, 6, 0));
    assertFinds("sale s at 50 ms on n1");
    samples.clear();
    orders.put("s-1", new Order("s", "ann", 3, 2_400, "paid"));
    assertFinds("its orders hold 0 reserved, 3 paid");
  }

  @Test
  void vanishedUnit_isFound() {
    sales.put("s", new Books(5, 2, 0, 2));
    assertFinds("sale s: Books");
  }

  @Test
  void gap_isFound_unlessItWasTold() {
    bob.remove(0);
    assertFinds("bob at n1 heard 3 after 1");
    shed = 1;
    assertEquals(List.of(), check());
  }

  @Test
  void missingEnd_isFound() {
    bob.remove(1);
    assertFinds("bob at n1 heard up to 2 of 3");
  }

  @Test
  void numberNobodyWasTold_isFound() {
    ann.remove(1);
    bob.remove(0);
    assertFinds("nobody was told 2");
  }

  @Test
  void anotherOrder_isFound() {
    bob.add(bob.remove(0));
    assertFinds("bob at n1 heard 2 after 3");
  }

  @Test
  void twoStories_areFound() {
    bob.set(0, new Event(2, EPOCH, null, null, "{something else}"));
    assertFinds("two stories of 2");
  }

  @Test
  void enteredTwice_isFound() {
    sent("ann", "7", new Enter("l"), End.OK, "1 of 2");
    assertFinds("entered twice");
  }

  @Test
  void entrantWhoNeverEntered_isFound() {
    lotteries.put("l", new Lottery(3, Set.of("ann", "bob")));
    assertFinds("nobody was granted this: bob in l");
  }

  @Test
  void costNotReturned_isFound() {
    lotteries.put("l", new Lottery(3, null));
    assertFinds("ann is due 3 points for lottery.refund l and has 0");
  }

  @Test
  void balanceThatIsNotTheSum_isFound() {
    accounts.put("bob", new Account(8, accounts.get("bob").ledger()));
    assertFinds("bob has 8 points, and their ledger says 7");
  }

  @Test
  void awardTwice_isFound() {
    account("bob", new Line("gift", "g1", 7), new Line("order", "s-3", 12));
    assertFinds("bob is due -12 points for refund s-3 and has 0");
  }

  @Test
  void eventThatHistoryLacks_isFound() {
    story.remove(1);
    assertFinds("whoever comes back from the beginning is not told 2");
    assertFinds("told in epoch 5 and not kept: {opened}");
  }

  // Where a replica may take over

  /** Ann hears of what came after the first danmaku in the epoch that a fail-over began. */
  private void failOver(Event... lost) {
    Event first = ann.remove(0);
    annFrom = 1;
    List<Event> told = new ArrayList<>(List.of(first));
    told.addAll(List.of(lost));
    earlier.add(new Stream("ann at n0", EPOCH - 1, 0, told, 0, false));
  }

  private void acknowledgedBefore(String id, String text, long number) {
    attempts.add(
        new Attempt(
            "ann", id, new Say(text), "n0", 5, 6, End.OK, Long.toString(number), EPOCH - 1));
  }

  @Test
  void danmakuLostAtAFailOver_isNoViolation() {
    acknowledgedBefore("7", "lost", 2);
    failOver(new Event(2, EPOCH - 1, "ann", "lost", "{lost}"));
    assertEquals(List.of(), check());
  }

  @Test
  void danmakuLostAtAFailOver_andSaidAgain_isNoViolation() {
    acknowledgedBefore("6", "six", 2);
    failOver(new Event(2, EPOCH - 1, "ann", "six", "{six, before}"));
    assertEquals(List.of(), check());
  }

  @Test
  void endOfAnEpoch_thatNobodyHeard_isNoViolation() {
    for (int i = 0; i < 50; i++) {
      acknowledgedBefore("1" + i, "lost " + i, 2 + i);
    }
    failOver();
    assertEquals(List.of(), check());
  }

  @Test
  void epochInWhichNothingWasSaidYet_isNoViolation() {
    failOver(ann.get(1), ann.get(2));
    ann.clear();
    bob.clear();
    annFrom = 3;
    bobFrom = 3;
    assertEquals(List.of(), check());
  }

  @Test
  void danmakuLostBeforeOneOfTheSameEpoch_thatNobodyHeard_isFound() {
    acknowledgedBefore("7", "lost", 2);
    failOver();
    Event six = new Event(3, EPOCH - 1, "ann", "six", "{six}");
    story.set(2, six);
    ann.clear();
    bob.clear();
    annFrom = 3;
    bobFrom = 3;
    assertFinds("acknowledged and not there: danmaku 2");
  }

  @Test
  void lostDanmakuOfOneWhoKnowsNoEpoch_isFound() {
    failOver();
    attempts.add(new Attempt("ann", "7", new Say("lost"), "n0", 5, 6, End.OK, "2", 0));
    assertFinds("acknowledged and not there: danmaku 2");
  }

  /** Said with an id that was granted for what was lost. */
  private void saidAnew(long refusedIn) {
    acknowledgedBefore("7", "lost", 2);
    failOver();
    Say anew = new Say("anew");
    sent("ann", "7", anew, End.UNKNOWN, "");
    attempts.add(new Attempt("ann", "7", anew, "n1", 200, 205, End.REFUSED, "conflict", refusedIn));
    seq = 4;
    ann.add(new Event(4, EPOCH, "ann", "anew", "{anew}"));
    bob.add(ann.get(2));
    story.add(ann.get(2));
    account(
        "ann",
        new Line("danmaku", "2026-11-22", 3),
        new Line("order", "s-1", 24),
        new Line("lottery", "l", -3));
  }

  @Test
  void danmakuThatAPrimaryRefusedWhichWasNoneAnyMore_isFound() {
    saidAnew(EPOCH - 1);
    assertFinds("nobody was granted this: {anew}");
  }

  @Test
  void danmakuThatWasRefusedInItsOwnEpoch_isFound() {
    saidAnew(EPOCH);
    assertFinds("nobody was granted this: {anew}");
  }

  @Test
  void danmakuLostWithoutAFailOver_isFound() {
    acknowledgedBefore("7", "lost", 2);
    assertFinds("acknowledged and not there: danmaku 2");
  }

  @Test
  void danmakuLostAfterTheFailOver_isFound() {
    failOver();
    sent("ann", "7", new Say("lost"), End.OK, "4");
    assertFinds("acknowledged and not there: danmaku 4");
  }

  @Test
  void danmakuLostBeforeOneThatWasKept_isFound() {
    failOver(new Event(2, EPOCH - 1, "ann", "lost", "{lost}"), ann.get(2));
    assertFinds("told in epoch 4 and not kept: {lost}");
  }

  /**
   * Two primaries, each with an epoch of its own for a while, and the older one's story goes on.
   */
  @Test
  void danmakuLostOfAnEpochBesideWhichAnOlderOneWentOn_isNoViolation() {
    Event seven = new Event(2, EPOCH - 1, "ann", "seven", "{seven}");
    attempts.add(new Attempt("ann", "7", new Say("seven"), "n1", 5, 6, End.OK, "2", EPOCH - 1));
    earlier.add(new Stream("ann at n1", EPOCH - 1, 1, List.of(seven), 0, false));
    earlier.add(new Stream("ann at n0", EPOCH - 2, 0, List.copyOf(ann), 0, false));
    assertEquals(List.of(), check());
  }

  @Test
  void orderThatWasThereWhenItWasRefused_isFound() {
    attempts.add(new Attempt("cat", "8", new Buy("s", 1), "n1", 3, 4, End.UNKNOWN, "", EPOCH));
    attempts.add(
        new Attempt("cat", "8", new Buy("s", 1), "n0", 500, 501, End.REFUSED, "sold_out", EPOCH));
    attempts.add(new Attempt("cat", "8", new Buy("s", 1), "n1", 600, 601, End.OK, "s-0", EPOCH));
    assertFinds("refused what they held");
  }

  @Test
  void orderLostAtAFailOver_isFound() {
    failOver();
    sent("ann", "7", new Buy("s", 1), End.OK, "s-9");
    assertFinds("acknowledged and not there: order s-9");
  }

  @Test
  void viewerWhoIsNotToldOfTheFailOver_isFound() {
    failOver();
    earlier.add(new Stream("cat at n1", EPOCH - 1, 0, List.of(), 0, true));
    assertFinds("cat at n1 was never told of epoch 5");
  }

  @Test
  void anotherEpochWithoutAFailOver_isFound() {
    failOver();
    List<Stream> streams = List.copyOf(earlier);
    earlier.clear();
    ann.add(0, story.get(0));
    annFrom = 0;
    assertEquals(List.of(), check());
    List<Checker.Violation> found =
        Checker.of(
                new History(
                    attempts,
                    streams,
                    samples,
                    new History.Outcome(
                        false, EPOCH, Set.of(), seq, story, sales, orders, lotteries, List.of(),
                        accounts)))
            .violations();
    assertTrue(found.stream().anyMatch(each -> each.what().contains("in another epoch")));
  }
}
