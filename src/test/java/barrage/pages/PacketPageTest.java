package barrage.pages;

import static barrage.pages.ServerSays.error;
import static barrage.pages.ServerSays.ok;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.pages.PageServer.Connection;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Dimension;

/** Red packets on every page in a browser. */
final class PacketPageTest extends KindPageTest {
  private static final String CARD = "#packet .show";
  private static final String WHO = "0123456789abcdef0123456789abcdef";
  private static final String IS_OFF = "document.querySelector('.open').ariaDisabled === '%s'";

  PacketPageTest() {
    super("packet");
  }

  @Test
  void aGrab_isCountedDown_opened_andEnds() throws Exception {
    for (Dimension size : List.of(SMALL_PHONE, Browser.DESKTOP)) {
      boolean isPhone = size.equals(SMALL_PHONE);
      String name = isPhone ? "phone" : "desktop";
      try (Browser browser = Browser.start(size, isPhone ? "zh-CN" : "en")) {
        Connection room = join(browser, "gold", List.of());
        room.send(event("scheduled", packet("grab", 40_000), Map.of()));
        browser.awaitText(CARD + " .title", "Good luck");
        browser.await(IS_OFF.formatted("true"));
        browser.screenshot("packet-" + name + "-scheduled");
        browser.passTime(Duration.ofSeconds(41));
        browser.await(IS_OFF.formatted("false"));
        room.send(event("opened", packet("grab", -1_000), Map.of()));
        room.send(counter("left", "p1", Map.of("left", 37, "entered", 63)));
        browser.awaitText(CARD + " .left-over", "37");
        browser.screenshot("packet-" + name + "-open");
        browser.click(CARD + " .open");
        Map<?, ?> open = room.awaitMessage("packet.open");
        assertEquals("p1", open.get("packet"));
        room.send(ok(open, Map.of("amount", 128, "rank", 64)));
        browser.awaitText(CARD + " .told", "128");
        assertFalse(browser.find(CARD + " .act").isDisplayed());
        browser.screenshot("packet-" + name + "-won");
        fits(browser);
        room.send(event("ended", "p1", end(10_000, 0)));
        browser.awaitText(CARD + " .best", "Zoe");
        browser.awaitText(CARD + " .told", "128");
        String link = browser.find(CARD + " .proof").getDomProperty("href");
        assertTrue(
            link.endsWith("#room=demo&packet=p1&commitment=c0ffee&terms=10000%2F100%2Flucky"),
            link);
        browser.screenshot("packet-" + name + "-ended");
        fits(browser);
      }
    }
  }

  @Test
  void aDraw_isEntered_drawn_andToldToWhoWon() throws Exception {
    try (Browser browser = Browser.start(SMALL_PHONE, "en")) {
      Connection room = join(browser, "gold", List.of());
      room.send(event("opened", packet("draw", -1_000), Map.of()));
      browser.awaitText(CARD + " .terms", "being fast brings nothing");
      browser.screenshot("packet-draw-open");
      browser.click(CARD + " .open");
      Map<?, ?> open = room.awaitMessage("packet.open");
      room.send(ok(open, Map.of("entered", true, "who", WHO)));
      browser.awaitText(CARD + " .told", "You are in.");
      room.send(counter("left", "p1", Map.of("left", 100, "entered", 412)));
      browser.awaitText(CARD + " .when", "412 in it");
      browser.screenshot("packet-draw-in");
      room.send(event("locked", "p1", Map.of("entries", 412, "entriesHash", "abba")));
      browser.awaitText(CARD + " .when", "Drawing from 412 entries");
      room.send(event("ended", "p1", end(9_000, 1_000)));
      browser.await("document.querySelector('.show.packet .best').textContent.includes('1,000')");
      assertEquals("", browser.text(CARD + " .told")); // It may still come.
      room.send(toMe("got", "p1", Map.of("amount", 77)));
      browser.awaitText(CARD + " .told", "+77 points");
      String link = browser.find(CARD + " .proof").getDomProperty("href");
      assertTrue(link.endsWith("&entriesHash=abba&viewer=" + WHO), link);
      browser.screenshot("packet-draw-won");
    }
  }

  @Test
  void whoIsNotDrawn_isToldAMomentAfterTheEnd() throws Exception {
    Map<String, Object> mine = Map.of("entered", true, "who", WHO);
    try (Browser browser = Browser.start(Browser.DESKTOP, "zh-CN")) {
      Connection room = join(browser, "gold", List.of(with(packet("draw", -1_000), "mine", mine)));
      browser.awaitText(CARD + " .told", "你已参加");
      room.send(event("ended", "p1", end(10_000, 0)));
      browser.awaitText(CARD + " .best", "Zoe");
      browser.passTime(Duration.ofSeconds(3));
      browser.awaitText(CARD + " .told", "没有抽中");
      browser.screenshot("packet-draw-lost");
    }
  }

  @Test
  void whoMayNot_isToldWhy() throws Exception {
    try (Browser browser = Browser.start(SMALL_PHONE, "en")) {
      Map<String, Object> packet =
          with(
              packet("grab", -1_000),
              "conditions",
              Map.of("minTier", "gold", "watchedMs", 600_000, "said", true));
      Connection room = join(browser, "silver", List.of(packet));
      browser.awaitText(CARD + " .told", "Your tier is too low: Gold and above.");
      browser.await(IS_OFF.formatted("true"));
      browser.awaitText(CARD + " .terms", "10 min watched · For those who said something");
      browser.screenshot("packet-tier");
      fits(browser);
      room.send(event("cancelled", "p1", Map.of()));
      browser.awaitText(CARD + " .when", "cancelled");
      Map<String, Object> poor =
          with(packet("grab", -1_000), "id", "p2", "conditions", Map.of("minPoints", 500));
      room.send(event("opened", poor, Map.of()));
      browser.awaitText(CARD + ":first-child .told", "too few points");
      room.send(event("opened", with(packet("grab", -1_000), "id", "p3"), Map.of()));
      browser.awaitText(CARD + ":first-child .pot", "10,000 points");
      browser.await(IS_OFF.formatted("false"));
      browser.click(CARD + ":first-child .open");
      room.send(error(room.awaitMessage("packet.open"), "not_eligible", null));
      browser.awaitText(CARD + ":first-child .told", "You cannot open this one");
      browser.click(CARD + ":first-child .open");
      room.send(error(room.awaitMessage("packet.open"), "sold_out", null));
      browser.awaitText(CARD + ":first-child .told", "All packets are gone.");
      browser.await(IS_OFF.formatted("true"));
      browser.screenshot("packet-sold-out");
    }
    try (Browser browser = Browser.start(SMALL_PHONE, "en")) {
      join(browser, viewer("m", "Mod", "moderator", "regular"), List.of(packet("draw", -1_000)));
      browser.awaitText(CARD + " .told", "moderators do not take part");
    }
  }

  @Test
  void hostileTexts_areTextAndNothingElse() throws Exception {
    String hostile = "<img src=x onerror=window.hacked=1>";
    try (Browser browser = Browser.start(SMALL_PHONE, "en")) {
      Map<String, Object> packet = with(packet("grab", -1_000), "title", hostile);
      Connection room = join(browser, "gold", List.of(packet));
      Map<String, Object> end = end(9, 0);
      end.put("best", Map.of("name", hostile, "amount", 9));
      room.send(event("ended", "p1", end));
      browser.awaitText(CARD + " .best", "<img");
      fits(browser);
      assertNull(browser.run("return window.hacked"));
    }
  }

  // The studio

  @Test
  void theStreamer_givesAPacket_followsIt_andCancelsIt() throws Exception {
    for (String language : List.of("zh-CN", "en")) {
      try (Browser browser = Browser.start(Browser.DESK, language)) {
        Map<String, Object> packet = packet("draw", -1_000);
        Map<String, Object> grab =
            with(packet("grab", -1_000), "id", "p2", "left", 37, "entered", 63, "title", "手快有");
        openStudio(browser, List.of(packet, grab));
        browser.click("#tab-packet");
        browser.await("document.querySelector('#new-packet')?.checkVisibility()");
        assertEquals(List.of(), unlabelled(browser, "#new-packet"));
        browser.await("document.querySelectorAll('.packet-figures').length === 2");
        browser.screenshot("packet-desk-" + language);
        String form = "document.querySelector('#new-packet').elements";
        browser.run(form + ".points.value = '50'");
        browser.click("#new-packet .second");
        browser.await("document.querySelector('#new-packet .problem').textContent !== ''");
        browser.run(form + ".points.value = '5000'; " + form + ".minWatched.value = '5'");
        server.answer("/api/rooms/demo/packets", Map.of("id", "p3"));
        browser.click("#new-packet .second");
        browser.await("document.getElementById('confirm').open");
        browser.screenshot("packet-desk-confirm-" + language);
        browser.click("#confirm-yes");
        Map<?, ?> terms = server.awaitPost().body();
        assertEquals(Map.of("points", 5_000), terms.get("reward"));
        assertEquals(0, terms.get("opensInMs"));
        assertEquals(60_000, terms.get("enterMs"));
        assertEquals(
            Map.of("minTier", "regular", "minPoints", 0, "watchedMs", 300_000),
            terms.get("conditions"));

        String cancel = ".packet-figures:not(:has(.bar:not([hidden]))) .cancel";
        server.answer("/api/rooms/demo/packets/p1/cancel", Map.of());
        browser.click(cancel);
        browser.await("document.getElementById('confirm').open");
        browser.click("#confirm-yes");
        assertEquals("/api/rooms/demo/packets/p1/cancel", server.awaitPost().path());
        Map<String, Object> ended = with(grab, "left", 0, "entered", 100, "state", "ended");
        ended.putAll(end(10_000, 0));
        figures(List.of(with(packet, "state", "cancelled"), ended));
        browser.await("document.querySelectorAll('.packet-figures.over').length === 2");
        browser.screenshot("packet-desk-over-" + language);
      }
    }
  }

  // The overlay

  @Test
  void theOverlay_showsWhatIsLeft_andTheLuckiest() throws Exception {
    try (Browser browser = Browser.start(Browser.DESKTOP, "zh-CN")) {
      browser.open(server.url("/overlay"));
      Connection room = server.awaitConnection();
      room.send(ServerSays.welcome(Map.of()));
      room.send(event("opened", packet("grab", -1_000), Map.of()));
      room.send(counter("left", "p1", Map.of("left", 37, "entered", 63)));
      browser.awaitText("#packet .left", "37");
      browser.screenshot("packet-overlay-open");
      room.send(event("ended", "p1", end(10_000, 0)));
      browser.awaitText("#packet .when", "Zoe");
      browser.screenshot("packet-overlay-ended");
    }
  }

  // The page that checks

  @Test
  void anyoneSplitsAndDrawsAgain() throws Exception {
    Map<String, Object> proof = proof();
    server.answer("/api/rooms/demo/packets/p-1/proof", proof);
    String told =
        "/verify#room=demo&packet=p-1&viewer=ann&commitment="
            + proof.get("commitment")
            + "&entriesHash="
            + proof.get("entriesHash")
            + "&terms=";
    for (String language : List.of("zh-CN", "en")) {
      boolean isPhone = language.equals("zh-CN");
      try (Browser browser = Browser.start(isPhone ? SMALL_PHONE : Browser.DESKTOP, language)) {
        browser.open(server.url(told + "9/1/lucky"));
        browser.await("document.querySelector('.outcome').dataset.state === 'right'");
        browser.await("document.querySelectorAll('.step[data-state=right]').length === 5");
        browser.awaitText("#mine .won", "9");
        fits(browser);
        browser.run("document.querySelector('#verdict').scrollIntoView()");
        browser.screenshot("packet-verify-" + language);
        browser.open(server.url("/verify"));
        browser.open(server.url(told + "10/1/lucky"));
        browser.await("document.querySelector('.outcome').dataset.state === 'wrong'");
        browser.awaitText(".step[data-state=wrong]", "10/1/lucky");
      }
    }
  }

  // What the server says

  private static Map<String, Object> packet(String mode, long opensInMs) {
    long opensAt = System.currentTimeMillis() + opensInMs;
    Map<String, Object> packet = new HashMap<>();
    packet.put("kind", "packet");
    packet.put("id", "p1");
    packet.put("title", "Good luck, 恭喜发财");
    packet.put("reward", Map.of("points", 10_000));
    packet.put("count", 100);
    packet.put("mode", mode);
    packet.put("split", "lucky");
    packet.put("opensAt", opensAt);
    packet.put("endsAt", opensAt + 60_000);
    packet.put("commitment", "c0ffee");
    packet.put("state", opensInMs > 0 ? "scheduled" : "open");
    packet.put("left", 100);
    packet.put("entered", 0);
    return packet;
  }

  private static Map<String, Object> end(int claimed, int returned) {
    Map<String, Object> end = new HashMap<>();
    end.put("seed", "5eed");
    end.put("claimed", claimed);
    end.put("returned", returned);
    end.put("best", Map.of("viewer", "zoe", "name", "Zoe", "amount", 512));
    return end;
  }

  /** One packet of 9 points, which only one viewer wanted. */
  private static Map<String, Object> proof() {
    return Map.of(
        "packet", "p-1",
        "commitment", "630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd",
        "seed", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
        "split", "lucky",
        "amounts", List.of(9),
        "manifest", "p-1\nann\t1\n",
        "entriesHash", "969b036169f1582b06097872240f90a68fc211f48ec6c1f95889df02a82fd9b7",
        "winners", List.of(Map.of("who", "ann", "amount", 9)));
  }
}
