package barrage.pages;

import static barrage.pages.ServerSays.error;
import static barrage.pages.ServerSays.events;
import static barrage.pages.ServerSays.ok;
import static barrage.pages.ServerSays.welcome;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.pages.PageServer.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Dimension;

/** Sales and lotteries on the viewer page in a browser; the test plays the server. */
final class ShowsPageTest extends PageTest {
  private static final String SALE = "#sales .show";
  private static final String LOTTERY = "#lotteries .show";

  // Sales

  @Test
  void aSale_isCountedDown_bought_andCancelled() throws Exception {
    for (Dimension size : List.of(Browser.PHONE, Browser.DESKTOP)) {
      String name = size.equals(Browser.PHONE) ? "phone" : "desktop";
      try (Browser browser = Browser.start(size, name.equals("phone") ? "zh-CN" : "en")) {
        Connection room = join(browser, "gold", Map.of());
        long now = System.currentTimeMillis();
        room.send(events(101, scheduled(101, sale(now + 60_000))));
        browser.awaitText(SALE + " .title", "Blue mug");
        browser.awaitText(SALE + " .when", "0:5");
        assertFalse(browser.find(SALE + " .buy").isEnabled());
        browser.screenshot("sale-" + name + "-scheduled");

        room.send(events(102, scheduled(102, sale(now + 3_000))));
        browser.await("!document.querySelector('#sales .show:first-child .buy').disabled");
        browser.click(SALE + " .buy");
        Map<?, ?> buy = room.awaitMessage("sale.buy");
        assertEquals("s1", buy.get("sale"));
        assertEquals(1, buy.get("quantity"));
        assertFalse(browser.find(SALE + " .buy").isEnabled());
        room.send(ok(buy, Map.of("order", order("reserved"))));
        room.send(events(103, Map.of("type", "sale.opened", "seq", 103, "sale", "s1")));
        room.send(stock(37, 0));
        browser.awaitText(SALE + " .left-over", "37");
        browser.awaitText(SALE + " .orders li[data-status=reserved]", "4:5");
        assertFalse(browser.find(SALE + " .act").isDisplayed()); // One is all that one may have.
        browser.screenshot("sale-" + name + "-mine");
        browser.await("document.scrollingElement.scrollWidth <= innerWidth");

        browser.click(SALE + " .orders button");
        Map<?, ?> cancel = room.awaitMessage("order.cancel");
        assertEquals("s1-7", cancel.get("order"));
        room.send(ok(cancel, Map.of("order", order("cancelled"))));
        browser.await("document.querySelector('.orders li').dataset.status === 'cancelled'");
        assertFalse(browser.find(SALE + " .orders button").isDisplayed());
        assertTrue(browser.find(SALE + " .buy").isEnabled());
        room.send(
            events(
                104, Map.of("type", "sale.ended", "seq", 104, "sale", "s1", "reason", "sold_out")));
        browser.await("document.querySelector('#sales .act').hidden");
        browser.screenshot("sale-" + name + "-ended");
      }
    }
  }

  @Test
  void aMember_mayBuyEarlier_andIsToldWhenEarlyUnitsAreGone() throws Exception {
    try (Browser browser = Browser.start(Browser.PHONE, "en")) {
      Connection room = join(browser, "gold", Map.of());
      long opensAt = System.currentTimeMillis() + 60_000;
      Map<String, Object> sale = sale(opensAt);
      sale.put("earlyAccessMs", Map.of("regular", 0, "gold", 120_000));
      room.send(events(101, scheduled(101, sale)));
      browser.awaitText(SALE + " .when", "Open early for Gold");
      browser.click(SALE + " .buy");
      Map<String, Object> refusal = error(room.awaitMessage("sale.buy"), "not_open", null);
      refusal.put("opensAt", opensAt);
      room.send(refusal);
      browser.awaitText(SALE + " .told", "early units are gone");
      browser.awaitText(SALE + " .when", "Opens in ");
      assertFalse(browser.find(SALE + " .buy").isEnabled());
      browser.passTime(Duration.ofSeconds(60));
      browser.await("!document.querySelector('.buy').disabled");
      browser.click(SALE + " .buy");
      room.send(error(room.awaitMessage("sale.buy"), "limit_reached", null));
      browser.awaitText(SALE + " .told", "reached the limit");
    }
  }

  @Test
  void unitsKeptForMembers_areNotOfferedToOthers() throws Exception {
    try (Browser browser = Browser.start(Browser.PHONE, "en")) {
      Map<String, Object> sale = sale(System.currentTimeMillis() - 1_000);
      sale.put("state", "open");
      sale.put("available", 3);
      sale.put("heldForTier", 3);
      sale.put("reserve", Map.of("minTier", "gold", "units", 3, "forMs", 60_000));
      Connection room = join(browser, "regular", Map.of("sales", List.of(sale)));
      browser.awaitText(SALE + " .left-over", "3 kept for Gold and above");
      assertFalse(browser.find(SALE + " .buy").isEnabled());
      room.send(stock(3, 0));
      browser.await("!document.querySelector('.buy').disabled");
    }
  }

  @Test
  void anOutcomeUnknown_isAskedForAgainUnderTheSameId() throws Exception {
    try (Browser browser = Browser.start(Browser.DESKTOP, "en")) {
      browser.expectConsoleErrors("WebSocket connection to");
      Map<String, Object> sale = sale(System.currentTimeMillis() - 1_000);
      sale.put("state", "open");
      sale.put("perViewerLimit", 4);
      Connection room = join(browser, "regular", Map.of("sales", List.of(sale)));
      browser.await("document.querySelector('.quantity')");
      browser.run("document.querySelector('.quantity').value = '3'");
      browser.click(SALE + " .buy");
      Map<?, ?> first = room.awaitMessage("sale.buy");
      assertEquals(3, first.get("quantity"));
      room.drop();
      Connection again = server.awaitConnection();
      again.send(welcome(Map.of("viewer", viewer("regular"), "sales", List.of(sale))));
      assertEquals(first, again.awaitMessage("sale.buy"));
    }
  }

  // Lotteries

  @Test
  void aLottery_isEnteredByAClick_drawn_andLedToItsProof() throws Exception {
    for (Dimension size : List.of(Browser.PHONE, Browser.DESKTOP)) {
      String name = size.equals(Browser.PHONE) ? "phone" : "desktop";
      try (Browser browser = Browser.start(size, name.equals("phone") ? "zh-CN" : "en")) {
        Connection room = join(browser, "gold", Map.of());
        room.send(events(101, opened(101, lottery("click"))));
        browser.awaitText(LOTTERY + " .prizes", "手机 × 1");
        browser.screenshot("lottery-" + name + "-open");
        browser.click(LOTTERY + " .enter");
        Map<?, ?> enter = room.awaitMessage("lottery.enter");
        room.send(ok(enter, Map.of("weight", 3, "entries", 41)));
        browser.awaitText(LOTTERY + " .told", "3");
        assertFalse(browser.find(LOTTERY + " .act").isDisplayed());
        room.send(events(102, locked(102)));
        room.send(events(103, drawn(103, "ann")));
        browser.awaitText(LOTTERY + " .told", "手机");
        assertEquals(1, browser.texts(LOTTERY + " .winners .own").size());
        assertEquals(6, browser.texts(LOTTERY + " .winners li").size());
        String link = browser.find(LOTTERY + " .proof").getDomProperty("href");
        assertTrue(link.contains("diamond%3D5"), link);
        assertTrue(
            link.replaceFirst("&weights=[^&]*", "")
                .endsWith(
                    "/verify#room=demo&lottery=l1&commitment=c0ffee&entriesHash=abba&viewer=ann"),
            link);
        browser.screenshot("lottery-" + name + "-won");
        browser.await("document.scrollingElement.scrollWidth <= innerWidth");
      }
    }
  }

  @Test
  void aKeyword_isPutIntoTheComposer() throws Exception {
    try (Browser browser = Browser.start(Browser.PHONE, "en")) {
      Connection room = join(browser, "regular", Map.of());
      Map<String, Object> lottery = lottery("keyword");
      lottery.put("keyword", "冲呀");
      room.send(events(101, opened(101, lottery)));
      browser.awaitText(LOTTERY + " .told", "Say “冲呀” to enter");
      browser.click(LOTTERY + " .enter");
      assertEquals("冲呀", browser.find("#composer .text").getDomProperty("value"));
      room.send(Map.of("type", "lottery.entered", "lottery", "l1", "weight", 1));
      browser.awaitText(LOTTERY + " .told", "You are in, with weight 1.");
    }
  }

  @Test
  void likes_fillTheWayIntoALottery() throws Exception {
    try (Browser browser = Browser.start(Browser.PHONE, "en")) {
      Connection room = join(browser, "regular", Map.of());
      Map<String, Object> lottery = lottery("likes");
      lottery.put("minLikes", 4);
      room.send(events(101, opened(101, lottery)));
      browser.awaitText(LOTTERY + " .told", "Tap ♥ 4 times to enter: 0 tapped here");
      browser.click("#like .heart");
      browser.click("#like .heart");
      browser.awaitText(LOTTERY + " .told", "2 tapped here");
      browser.await("document.querySelector('.likes-so-far').value === 0.5");
      browser.await("document.querySelector('.likes-so-far').clientWidth > 200");
      browser.screenshot("lottery-likes");
      browser.click("#like .heart");
      browser.click("#like .heart");
      browser.awaitText(LOTTERY + " .told", "4 tapped: the server is still counting");
      room.send(Map.of("type", "lottery.entered", "lottery", "l1", "weight", 1));
      browser.awaitText(LOTTERY + " .told", "You are in");
    }
  }

  /** The server counted on; this page was not there. */
  @Test
  void whoComesLater_isNotToldThatEarlierTapsAreLost() throws Exception {
    try (Browser browser = Browser.start(Browser.PHONE, "en")) {
      Map<String, Object> lottery = lottery("likes");
      lottery.put("minLikes", 4);
      lottery.put("state", "open");
      lottery.put("entered", false);
      join(browser, "regular", Map.of("lotteries", List.of(lottery)));
      browser.awaitText(LOTTERY + " .told", "0 tapped since you came back, earlier ones count too");
    }
  }

  @Test
  void whatOneMayNot_isSaid() throws Exception {
    try (Browser browser = Browser.start(Browser.PHONE, "en")) {
      Connection room = join(browser, "regular", Map.of());
      Map<String, Object> lottery = lottery("click");
      lottery.put("conditions", Map.of("minTier", "silver", "minPoints", 10, "costPoints", 5));
      room.send(events(101, opened(101, lottery)));
      browser.awaitText(LOTTERY + " .terms", "Silver and above · 10 points or more · Costs 5");
      browser.click(LOTTERY + " .enter");
      room.send(error(room.awaitMessage("lottery.enter"), "tier_required", null));
      browser.awaitText(LOTTERY + " .told", "Your tier is too low: Silver and above.");
      room.send(
          events(
              102, Map.of("type", "lottery.cancelled", "seq", 102, "lottery", "l1", "seed", "")));
      browser.awaitText(LOTTERY + " .when", "cancelled");

      // What one may still take part in comes first.
      room.send(events(103, scheduled(103, sale(System.currentTimeMillis() + 60_000))));
      browser.awaitText(SALE + " .title", "Blue mug");
      String left = "document.querySelector('%s').getBoundingClientRect().left";
      browser.await(left.formatted(SALE) + " < " + left.formatted(LOTTERY));
    }
  }

  @Test
  void both_fitOneScreen_withHostileTitles() throws Exception {
    String hostile = "<img src=x onerror=window.hacked=1> " + "很长的标题".repeat(12);
    try (Browser browser = Browser.start(Browser.PHONE, "en")) {
      Map<String, Object> sale = sale(System.currentTimeMillis() - 1_000);
      sale.put("title", hostile);
      sale.put("state", "open");
      Map<String, Object> lottery = lottery("click");
      lottery.put("title", hostile);
      lottery.put("state", "open");
      lottery.put("entered", false);
      join(browser, "gold", Map.of("sales", List.of(sale), "lotteries", List.of(lottery)));
      browser.awaitText(SALE + " .title", "<img");
      for (Dimension size :
          List.of(
              Browser.PHONE, Browser.DESKTOP, new Dimension(320, 568), new Dimension(667, 375))) {
        browser.resize(size);
        browser.await("document.scrollingElement.scrollWidth <= innerWidth");
        browser.await(
            "document.querySelector('#composer .text').getBoundingClientRect().bottom <= innerHeight");
        browser.screenshot("shows-" + size.width);
      }
      assertNull(browser.run("return window.hacked"));
    }
  }

  /** Whatever comes beside it, the button under the mouse or the finger stays there. */
  @Test
  void aNewCard_doesNotMoveTheButtonThatOneIsAboutToTap() throws Exception {
    for (Dimension size : List.of(Browser.PHONE, Browser.DESKTOP)) {
      boolean isPhone = size.equals(Browser.PHONE);
      try (Browser browser = Browser.start(size, "en")) {
        Map<String, Object> sale = sale(System.currentTimeMillis() - 1_000);
        sale.put("state", "open");
        sale.put("perViewerLimit", 9);
        Connection room = join(browser, "regular", Map.of("sales", List.of(sale)));
        browser.await("document.querySelector('.buy')");
        if (isPhone) {
          browser.run(
              "document.querySelector('.buy')"
                  + ".dispatchEvent(new PointerEvent('pointerdown', {bubbles: true}))");
        } else {
          browser.hover(SALE + " .buy");
        }
        Object before = placeOf(browser, SALE + " .buy");
        Map<String, Object> lottery = lottery("click");
        lottery.put("conditions", Map.of("minTier", "regular", "minPoints", 10));
        room.send(events(101, opened(101, lottery)));
        browser.await("document.querySelector('.enter')?.offsetHeight > 0");
        assertEquals(before, placeOf(browser, SALE + " .buy"));
        browser.screenshot("shows-steady-" + (isPhone ? "phone" : "desktop"));
        if (!isPhone) {
          browser.hover("#composer");
        }
        browser.await("!document.querySelector('.show[data-later]')");
        browser.await("document.getElementById('shows').style.maxHeight === ''");
      }
    }
  }

  /** Nobody is about to tap anything: the newest card is what one sees. */
  @Test
  void aNewCard_comesIntoSight() throws Exception {
    try (Browser browser = Browser.start(Browser.PHONE, "en")) {
      Connection room = join(browser, "regular", Map.of());
      for (int i = 1; i <= 3; i++) {
        Map<String, Object> sale = sale(System.currentTimeMillis() - 1_000);
        sale.put("id", "s" + i);
        sale.put("title", "Mug " + i);
        room.send(events(100 + i, scheduled(100 + i, sale)));
        browser.awaitText(SALE + ":first-child .title", "Mug " + i);
        browser.await(
            "document.querySelector('#sales .show:first-child').getBoundingClientRect().left === 0");
      }
    }
  }

  private static Object placeOf(Browser browser, String css) {
    return browser.run(
        "const at = document.querySelector(arguments[0]).getBoundingClientRect();"
            + " return [at.right, at.bottom].map(Math.round)",
        css);
  }

  // What the server says

  private Connection join(Browser browser, String tier, Map<String, ?> fields) throws Exception {
    browser.open(server.url("/#token=a.b.c"));
    Connection room = server.awaitConnection();
    Map<String, Object> all = new HashMap<>(fields);
    all.put("viewer", viewer(tier));
    room.send(welcome(all));
    browser.awaitText("#me .name", "Ann");
    return room;
  }

  private static Map<String, Object> viewer(String tier) {
    return Map.of(
        "id", "ann", "name", "Ann", "role", "viewer", "tier", tier, "points", 86, "growth", 2_120);
  }

  private static Map<String, Object> sale(long opensAt) {
    Map<String, Object> sale = new HashMap<>();
    sale.put("id", "s1");
    sale.put("title", "Blue mug, hand made");
    sale.put("priceCents", 1_990);
    sale.put("currency", "CNY");
    sale.put("stock", 100);
    sale.put("available", 100);
    sale.put("heldForTier", 0);
    sale.put("opensAt", opensAt);
    sale.put("endsAt", opensAt + 300_000);
    sale.put("perViewerLimit", 1);
    sale.put(
        "earlyAccessMs", Map.of("regular", 0, "silver", 2_000, "gold", 5_000, "diamond", 10_000));
    sale.put("earlyUnits", 50);
    sale.put("payMs", 300_000);
    return sale;
  }

  private static Map<String, Object> scheduled(long seq, Map<String, Object> sale) {
    return Map.of("type", "sale.scheduled", "seq", seq, "sale", sale);
  }

  private static Map<String, Object> stock(int available, int heldForTier) {
    return events(
        100,
        Map.of(
            "type",
            "sale.stock",
            "sale",
            "s1",
            "available",
            available,
            "heldForTier",
            heldForTier));
  }

  private static Map<String, Object> order(String status) {
    return Map.of(
        "id",
        "s1-7",
        "sale",
        "s1",
        "viewer",
        "ann",
        "quantity",
        1,
        "amountCents",
        1_990,
        "currency",
        "CNY",
        "status",
        status,
        "payBy",
        System.currentTimeMillis() + 300_000);
  }

  private static Map<String, Object> lottery(String entry) {
    Map<String, Object> lottery = new HashMap<>();
    lottery.put("id", "l1");
    lottery.put("title", "Friday draw");
    lottery.put(
        "prizes", List.of(Map.of("name", "手机", "count", 1), Map.of("name", "mug", "count", 6)));
    lottery.put("entry", entry);
    lottery.put("conditions", Map.of("minTier", "regular", "minPoints", 0, "costPoints", 0));
    lottery.put("weights", Map.of("regular", 1, "silver", 2, "gold", 3, "diamond", 5));
    lottery.put("commitment", "c0ffee");
    lottery.put("locksAt", System.currentTimeMillis() + 120_000);
    return lottery;
  }

  private static Map<String, Object> opened(long seq, Map<String, Object> lottery) {
    return Map.of("type", "lottery.opened", "seq", seq, "lottery", lottery);
  }

  private static Map<String, Object> locked(long seq) {
    return Map.of(
        "type",
        "lottery.locked",
        "seq",
        seq,
        "lottery",
        "l1",
        "entries",
        41,
        "entriesHash",
        "abba");
  }

  private static Map<String, Object> drawn(long seq, String first) {
    List<Map<String, String>> winners = new ArrayList<>();
    winners.add(Map.of("viewer", first, "name", "Ann", "prize", "手机"));
    for (int i = 0; i < 6; i++) {
      winners.add(Map.of("viewer", "w" + i, "name", "Winner " + i, "prize", "mug"));
    }
    return Map.of(
        "type", "lottery.drawn", "seq", seq, "lottery", "l1", "seed", "5eed", "winners", winners);
  }
}
