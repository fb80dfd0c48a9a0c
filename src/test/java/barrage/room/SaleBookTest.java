package barrage.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import barrage.core.Reason;
import barrage.core.Refusal;
import barrage.core.Tier;
import barrage.core.ViewerId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SaleBookTest {
  private static final long OPENS_AT = 100_000;
  private static final ViewerId ANN = new ViewerId("ann");
  private static final ViewerId BOB = new ViewerId("bob");

  private final SaleBook book = new SaleBook();

  @Test
  void aSaleThatIsUnknown_isTheStoresToDecide() {
    assertNull(book.refuse("x", ANN, Tier.REGULAR, 0));
  }

  @Test
  void tooEarly_namesTheInstantOfTheViewersTier() {
    book.onChanged("s", sale("scheduled", 10, 0, 0, ""), true);
    assertEquals(OPENS_AT, refused(ANN, Tier.REGULAR, 50_000).opensAtMs());
    assertEquals(OPENS_AT - 5_000, refused(ANN, Tier.GOLD, 50_000).opensAtMs());
    assertEquals(Reason.NOT_OPEN, refused(ANN, Tier.GOLD, 50_000).reason());
  }

  @Test
  void nearTheOpening_theStoreIsAsked() {
    book.onChanged("s", sale("scheduled", 10, 0, 0, ""), true);
    assertNull(book.refuse("s", ANN, Tier.GOLD, OPENS_AT - 5_100));
    assertNull(book.refuse("s", ANN, Tier.REGULAR, OPENS_AT - 100));
  }

  @Test
  void soldOut_refusesThoseWhoNeverHadAnOrder() {
    book.onChanged("s", sale("scheduled", 10, 0, 0, ""), true);
    book.onGiven("s", BOB);
    book.onStock(new Commit.Stock("s", 0, 0));
    assertEquals(Reason.SOLD_OUT, refused(ANN, Tier.REGULAR, OPENS_AT + 1_000).reason());
    assertNull(book.refuse("s", BOB, Tier.REGULAR, OPENS_AT + 1_000));
  }

  @Test
  void unitsThatReturn_openItAgain() {
    book.onChanged("s", sale("scheduled", 10, 0, 0, ""), true);
    book.onStock(new Commit.Stock("s", 0, 0));
    assertNotNull(book.refuse("s", ANN, Tier.REGULAR, OPENS_AT + 1_000));
    book.onStock(new Commit.Stock("s", 1, 0));
    assertNull(book.refuse("s", ANN, Tier.REGULAR, OPENS_AT + 1_000));
  }

  @Test
  void unitsHeldForMembers_areNothingForOthers_untilTheRelease() {
    book.onChanged("s", sale("scheduled", 10, 0, 3, "gold"), true);
    book.onStock(new Commit.Stock("s", 3, 3));
    assertEquals(Reason.SOLD_OUT, refused(ANN, Tier.SILVER, OPENS_AT + 1_000).reason());
    assertNull(book.refuse("s", ANN, Tier.GOLD, OPENS_AT + 1_000));
    assertNull(book.refuse("s", ANN, Tier.SILVER, OPENS_AT + 30_000));
  }

  @Test
  void whoeverIsNotKnownNotToHaveBought_isTheStoresToDecide() {
    book.learn(sale("ended", 0, 0, 0, ""));
    assertNull(book.refuse("s", ANN, Tier.REGULAR, OPENS_AT + 1_000));
    long question = book.wantsBuyers("s");
    assertNotEquals(0, question);
    assertEquals(0, book.wantsBuyers("s"), "asked once");
    book.onBuyers("s", question, List.of(BOB), false);
    assertNull(book.refuse("s", ANN, Tier.REGULAR, OPENS_AT + 1_000));
    book.onBuyers("s", question, List.of(), true);
    assertNotNull(book.refuse("s", ANN, Tier.REGULAR, OPENS_AT + 1_000));
    assertNull(book.refuse("s", BOB, Tier.REGULAR, OPENS_AT + 1_000));
    book.onDoubt();
    assertNull(book.refuse("s", ANN, Tier.REGULAR, OPENS_AT + 1_000));
  }

  @Test
  void aSaleThatWasForgotten_andChanges_isTheStoresToDecide() {
    book.onChanged("s", sale("scheduled", 10, 0, 0, ""), true);
    book.onGiven("s", BOB);
    book.openAt(List.of());
    book.onChanged("s", sale("open", 0, 10, 0, ""), false);
    assertNull(book.refuse("s", BOB, Tier.REGULAR, OPENS_AT + 1_000), "may hold an order");
    assertNull(book.refuse("s", ANN, Tier.REGULAR, OPENS_AT + 1_000));
  }

  @Test
  void buyersThatAnOlderQuestionBrings_areNotAllOfThem() {
    book.learn(sale("ended", 0, 0, 0, ""));
    long older = book.wantsBuyers("s");
    book.onDoubt();
    long newer = book.wantsBuyers("s");
    book.onBuyers("s", older, List.of(), true);
    assertNull(book.refuse("s", BOB, Tier.REGULAR, OPENS_AT + 1_000));
    book.onBuyersUnknown("s", older);
    book.onBuyers("s", newer, List.of(BOB), true);
    assertNotNull(book.refuse("s", ANN, Tier.REGULAR, OPENS_AT + 1_000));
    assertNull(book.refuse("s", BOB, Tier.REGULAR, OPENS_AT + 1_000));
  }

  @Test
  void overByTime_orCancelled_isEnded() {
    book.onChanged("s", sale("scheduled", 10, 0, 0, ""), true);
    assertEquals(Reason.ENDED, refused(ANN, Tier.REGULAR, OPENS_AT + 61_000).reason());
    book.onChanged("s", sale("ended\",\"reason\":\"cancelled", 10, 0, 0, ""), false);
    assertEquals(Reason.ENDED, refused(ANN, Tier.REGULAR, OPENS_AT + 1_000).reason());
  }

  private Refusal refused(ViewerId viewer, Tier tier, long nowMs) {
    Refusal refusal = book.refuse("s", viewer, tier, nowMs);
    assertNotNull(refusal);
    return refusal;
  }

  private static byte[] sale(String state, long available, long paid, long held, String minTier) {
    String reserve =
        minTier.isEmpty()
            ? ""
            : ",\"reserve\":{\"minTier\":\"" + minTier + "\",\"units\":3,\"forMs\":20000}";
    return ("{\"id\":\"s\",\"opensAt\":"
            + OPENS_AT
            + ",\"endsAt\":"
            + (OPENS_AT + 60_000)
            + ",\"earlyAccessMs\":{\"regular\":0,\"silver\":2000,\"gold\":5000,\"diamond\":10000}"
            + reserve
            + ",\"state\":\""
            + state
            + "\",\"available\":"
            + available
            + ",\"heldForTier\":"
            + held
            + ",\"reserved\":0,\"paid\":"
            + paid
            + "}")
        .getBytes(StandardCharsets.UTF_8);
  }
}
