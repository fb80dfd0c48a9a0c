package barrage.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.core.Draw;
import barrage.core.Proof;
import barrage.core.ViewerId;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Histories that are sound, and such as must not be: each breach is found. */
final class LoadBooksTest {
  private static JsonNode json(String json) {
    return JsonMapper.shared().readTree(json.replace('\'', '"'));
  }

  private static void assertTold(List<String> broken, String... each) {
    assertEquals(each.length, broken.size(), broken.toString());
    for (int i = 0; i < each.length; i++) {
      assertTrue(broken.get(i).contains(each[i]), broken.toString());
    }
  }

  @Nested
  final class OfDanmaku {
    private final DanmakuLedger ledger = new DanmakuLedger("abc123", 20);

    private int say(int sender) {
      return ledger.add(sender, 1_000);
    }

    @Test
    void textCarriesTheNumber() {
      for (int i = 0; i < 20_000; i++) {
        int number = say(4);
        assertEquals(number, ledger.number(ledger.text(number)));
      }
      assertEquals(20, ledger.text(7).length());
      assertEquals(-1, ledger.number("#abc123x"));
      assertEquals(-1, ledger.number("#other1x5 哈"));
      assertEquals(-1, ledger.number("#abc123x99999999999"));
      assertEquals(-1, ledger.number("666"));
    }

    @Test
    void soundHistory_passes() {
      int first = say(1);
      int second = say(2);
      ledger.onOk(first, 10);
      ledger.onHeard(first, 1, 10);
      ledger.onHeard(first, 1, 10);
      ledger.onRefused(second);
      ledger.onOk(say(3), 0);
      assertTold(ledger.findings().broken());
      assertEquals(List.of(), ledger.findings().unheard());
      assertEquals(10, ledger.newest());
    }

    @Test
    void silence_isFound() {
      say(1);
      assertTold(ledger.findings().broken(), "1 danmaku were never answered");
    }

    @Test
    void acceptedAndNeverHeard_isFound() {
      ledger.onOk(say(1), 10);
      assertEquals(List.of(10L), ledger.findings().unheard());
    }

    @Test
    void refusedAndSaidAllTheSame_isFound() {
      int number = say(1);
      ledger.onRefused(number);
      ledger.onHeard(number, 1, 10);
      assertTold(ledger.findings().broken(), "1 danmaku were refused and said all the same");
    }

    @Test
    void openOutcome_mayBeHeardOrNot() {
      ledger.onUnknown(say(1));
      int heard = say(2);
      ledger.onUnknown(heard);
      ledger.onHeard(heard, 2, 10);
      assertTold(ledger.findings().broken());
    }

    @Test
    void otherNumberThanAnswered_isFound() {
      int number = say(1);
      ledger.onOk(number, 10);
      ledger.onHeard(number, 1, 11);
      assertTold(ledger.findings().broken(), "1 danmaku have another number or sender");
    }

    @Test
    void otherSender_isFound() {
      int number = say(1);
      ledger.onOk(number, 10);
      ledger.onHeard(number, 2, 10);
      assertTold(ledger.findings().broken(), "1 danmaku have another number or sender");
    }

    @Test
    void twoEffects_areFound() {
      int number = say(1);
      ledger.onOk(number, 10);
      ledger.onHeard(number, 1, 10);
      ledger.onHeard(number, 1, 12);
      ledger.onHeard(number, 1, 12);
      assertTold(ledger.findings().broken(), "1 danmaku took effect twice");
    }

    @Test
    void sharedNumber_isFound() {
      for (int i = 0; i < 2; i++) {
        int number = say(1);
        ledger.onOk(number, 10);
        ledger.onHeard(number, 1, 10);
      }
      assertTold(ledger.findings().broken(), "1 danmaku took effect twice, or share their number");
    }
  }

  @Nested
  final class OfASale {
    private final SaleBooks books = new SaleBooks(2, 1);
    private final List<JsonNode> shop = new ArrayList<>();

    private JsonNode order(String id, String viewer, String status) {
      return json(
          "{'id':'%s','viewer':'%s','quantity':1,'status':'%s'}".formatted(id, viewer, status));
    }

    private void sell(String id, String viewer) {
      books.onOk(viewer, order(id, viewer, "reserved"));
      shop.add(order(id, viewer, "reserved"));
    }

    private void says(long available, long reserved) {
      books.onSale(json("{'available':%d,'reserved':%d,'paid':0}".formatted(available, reserved)));
    }

    @Test
    void soundSale_passes() {
      says(2, 0);
      sell("s-1", "ann");
      says(1, 1);
      sell("s-2", "bob");
      says(0, 2);
      assertTold(books.close(shop));
      assertEquals(0, books.oversold());
    }

    @Test
    void moreThanTheStock_isOversold() {
      sell("s-1", "ann");
      sell("s-2", "bob");
      sell("s-3", "eve");
      assertTold(books.close(shop), "1 units were sold that were not there");
      assertEquals(1, books.oversold());
    }

    @Test
    void booksThatDoNotAddUp_areFoundWhileTheSaleGoesOn() {
      says(2, 1);
      assertTold(books.close(shop), "is not the stock of 2", "counts 1 units sold");
    }

    @Test
    void negativeStock_isFound() {
      says(-1, 3);
      List<String> broken = books.close(shop);
      assertTrue(broken.get(0).startsWith("a count is below zero"), broken.toString());
    }

    @Test
    void winningClickWithoutAnOrder_isFound() {
      sell("s-1", "ann");
      shop.clear();
      assertTold(books.close(shop), "1 orders were answered ok and are not in the books");
    }

    @Test
    void orderThatNobodyWasGiven_isFoundUnlessAnOutcomeIsOpen() {
      shop.add(order("s-1", "ann", "reserved"));
      assertTold(books.close(shop), "1 orders are in the books that no click was given");
      books.onUnknown();
      assertTold(books.close(shop));
    }

    @Test
    void moreThanTheLimit_isFound() {
      sell("s-1", "ann");
      sell("s-2", "ann");
      assertTold(books.close(shop), "1 viewers hold more than 1 units");
    }

    @Test
    void oneOrderForTwoClicks_isFound() {
      sell("s-1", "ann");
      books.onOk("ann", order("s-1", "ann", "reserved"));
      assertTold(books.close(shop), "two clicks were given the same order s-1");
    }

    @Test
    void anothersOrder_isFound() {
      books.onOk("bob", order("s-1", "ann", "reserved"));
      List<String> broken = books.close(shop);
      assertTrue(broken.get(0).contains("of another viewer was given to bob"), broken.toString());
    }
  }

  @Nested
  final class OfALottery {
    private final byte[] seed = HexFormat.of().parseHex("07".repeat(32));
    private final RaffleBooks books = new RaffleBooks("l1", Draw.commitment(seed));
    private final List<Draw.Ticket> tickets =
        List.of(
            new Draw.Ticket(new ViewerId("ann"), 1),
            new Draw.Ticket(new ViewerId("bob"), 5),
            new Draw.Ticket(new ViewerId("eve"), 2));

    private Proof proof(List<Draw.Ticket> tickets) {
      String manifest = Draw.manifest("l1", tickets);
      List<Draw.Prize> prizes = List.of(new Draw.Prize("prize", 2));
      return new Proof(
          "l1",
          Draw.commitment(seed),
          HexFormat.of().formatHex(seed),
          manifest,
          Draw.entriesHash(manifest),
          prizes,
          null,
          Draw.winners(seed, manifest, tickets, prizes));
    }

    private JsonNode told(Proof proof) {
      StringBuilder winners = new StringBuilder();
      for (Draw.Winner winner : proof.winners()) {
        winners
            .append(winners.isEmpty() ? "" : ",")
            .append("{'viewer':'%s','prize':'%s'}".formatted(winner.viewer(), winner.prize()));
      }
      return json("{'winners':[" + winners + "]}");
    }

    private void enterAll() {
      tickets.forEach(ticket -> books.onOk(ticket.viewer().value(), ticket.weight()));
    }

    @Test
    void honestDraw_passes() {
      enterAll();
      assertTold(books.close(proof(tickets), told(proof(tickets))));
    }

    @Test
    void entryLeftOut_isFound() {
      enterAll();
      Proof without = proof(tickets.subList(0, 2));
      assertTold(books.close(without, told(without)), "1 entries were answered ok and are not in");
    }

    @Test
    void otherWeight_isFound() {
      books.onOk("ann", 1);
      books.onOk("bob", 4);
      books.onOk("eve", 2);
      assertTold(books.close(proof(tickets), told(proof(tickets))), "or weigh otherwise");
    }

    @Test
    void strangersEntry_isFoundUnlessItsOutcomeIsOpen() {
      books.onOk("ann", 1);
      books.onOk("bob", 5);
      assertTold(
          books.close(proof(tickets), told(proof(tickets))),
          "1 entries are in the draw that nobody was granted");
      books.onUnknown("eve");
      assertTold(books.close(proof(tickets), told(proof(tickets))));
    }

    @Test
    void otherSeedThanCommittedTo_isFound() {
      RaffleBooks other = new RaffleBooks("l1", Draw.commitment(new byte[32]));
      assertTold(
          other.close(proof(tickets), told(proof(tickets))), "not the one that was announced");
    }

    @Test
    void winnersThatWereTold_mustBeThoseOfTheProof() {
      enterAll();
      assertTold(
          books.close(proof(tickets), json("{'winners':[]}")),
          "the winners that were told are not");
    }

    @Test
    void forgedWinners_areFound() {
      enterAll();
      Proof honest = proof(tickets);
      List<Draw.Winner> forged = new ArrayList<>(honest.winners());
      forged.set(0, new Draw.Winner(new ViewerId("mallory"), "prize"));
      Proof proof =
          new Proof(
              honest.lottery(),
              honest.commitment(),
              honest.seed(),
              honest.manifest(),
              honest.entriesHash(),
              honest.prizes(),
              honest.weights(),
              forged);
      assertTold(books.close(proof, told(proof)), "the draw does not hold");
    }

    @Test
    void secondEntry_isFound() {
      enterAll();
      books.onOk("ann", 1);
      assertTold(books.close(proof(tickets), told(proof(tickets))), "ann entered twice");
    }
  }
}
