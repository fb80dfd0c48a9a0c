package barrage.pages;

import static barrage.pages.ServerSays.error;
import static barrage.pages.ServerSays.ok;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.pages.PageServer.Connection;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;

/** Ballots on every page in a browser. */
final class BallotPageTest extends KindPageTest {
  private static final String CARD = "#ballot .show";
  private static final String RECEIPT = "0123456789abcdef0123456789abcdef";
  private static final String OFF =
      "[...document.querySelectorAll('.option')].every((o) => o.ariaDisabled === '%s')";

  BallotPageTest() {
    super("ballot");
  }

  @Test
  void aPoll_isVotedInByOneTap_followed_andClosed() throws Exception {
    for (Dimension size : List.of(SMALL_PHONE, Browser.DESKTOP)) {
      boolean isPhone = size.equals(SMALL_PHONE);
      String name = isPhone ? "phone" : "desktop";
      try (Browser browser = Browser.start(size, isPhone ? "zh-CN" : "en")) {
        Connection room = join(browser, "gold", List.of());
        room.send(event("opened", poll(), Map.of()));
        browser.awaitText(CARD + " .title", "Next song?");
        browser.screenshot("ballot-" + name + "-open");
        browser.click(option(2));
        Map<?, ?> vote = room.awaitMessage("ballot.vote");
        assertEquals("b1", vote.get("ballot"));
        assertEquals(List.of(1), vote.get("options"));
        browser.await(OFF.formatted("true"));
        room.send(ok(vote, Map.of("receipt", RECEIPT, "changed", false)));
        browser.awaitText(CARD + " .told", "蓝莲花");
        assertEquals(RECEIPT, browser.text(CARD + " code"));
        room.send(counter("tally", "b1", Map.of("counts", List.of(3, 9, 0), "voters", 12)));
        browser.awaitText(option(2) + " .share", "75% · 9");
        browser.screenshot("ballot-" + name + "-voted");
        fits(browser);

        browser.click(option(1));
        Map<?, ?> again = room.awaitMessage("ballot.vote");
        assertEquals(List.of(0), again.get("options"));
        room.send(ok(again, Map.of("receipt", RECEIPT, "changed", true)));
        browser.await("document.querySelector('.option').ariaPressed === 'true'");
        room.send(event("closed", "b1", result(List.of(4, 8, 0), 12)));
        browser.awaitText(CARD + " .told", "67%");
        browser.await(OFF.formatted("true"));
        String link = browser.find(CARD + " .proof").getDomProperty("href");
        assertTrue(
            link.endsWith(
                "#room=demo&ballot=b1&receiptsHash=abba&counts=4%2C8%2C0&viewer=" + RECEIPT),
            link);
        browser.screenshot("ballot-" + name + "-closed");
        fits(browser);
      }
    }
  }

  @Test
  void several_areTicked_byKeyboard_thenGiven() throws Exception {
    try (Browser browser = Browser.start(SMALL_PHONE, "en")) {
      Map<String, Object> poll =
          with(
              poll(),
              "choices",
              2,
              "results",
              "after",
              "points",
              5,
              "weights",
              Map.of("gold", 3),
              "options",
              List.of("A", "B", "C", "D", "E"));
      Connection room = join(browser, "gold", List.of(poll));
      browser.awaitText(CARD + " .terms", "+5 points for voting · You count 3×");
      assertFalse(browser.find(CARD + " .vote").isEnabled());
      browser.find(option(1)).sendKeys(Keys.SPACE);
      browser.find(option(4)).sendKeys(Keys.ENTER);
      browser.await("document.querySelector('li:nth-child(2) .option').ariaDisabled === 'true'");
      browser.click(option(2)); // It is one too many.
      browser.screenshot("ballot-several");
      browser.click(CARD + " .vote");
      Map<?, ?> vote = room.awaitMessage("ballot.vote");
      assertEquals(List.of(0, 3), vote.get("options"));
      room.send(ok(vote, Map.of("receipt", RECEIPT, "changed", false)));
      browser.awaitText(CARD + " .told", "You voted: A, D");
      assertFalse(browser.find(CARD + " .vote").isEnabled());
      fits(browser);
    }
  }

  @Test
  void whoMayNotVote_isToldWhy_andCannot() throws Exception {
    Map<String, Object> poll = with(poll(), "conditions", Map.of("minTier", "gold"));
    try (Browser browser = Browser.start(SMALL_PHONE, "en")) {
      Connection room = join(browser, "silver", List.of(poll));
      browser.awaitText(CARD + " .told", "Your tier is too low: Gold and above.");
      browser.await(OFF.formatted("true"));
      browser.screenshot("ballot-tier");
      Map<String, Object> poor = with(poll(), "id", "b2", "conditions", Map.of("minPoints", 500));
      room.send(event("opened", poor, Map.of()));
      browser.awaitText(CARD + ":first-child .told", "too few points");
      Map<String, Object> free = with(poll(), "id", "b3", "title", "Free");
      room.send(event("opened", free, Map.of()));
      browser.awaitText(CARD + ":first-child .title", "Free");
      browser.click(CARD + ":first-child .option");
      room.send(error(room.awaitMessage("ballot.vote"), "not_eligible", null));
      browser.awaitText(CARD + ":first-child .told", "You cannot vote in this one.");
      browser.click(CARD + ":first-child .option");
      room.send(error(room.awaitMessage("ballot.vote"), "ended", null));
      browser.awaitText(CARD + ":first-child .told", "came too late");
      browser.await(OFF.formatted("true"));
      room.send(event("cancelled", "b3", Map.of()));
      browser.awaitText(CARD + ":first-child .when", "cancelled");
    }
    try (Browser browser = Browser.start(SMALL_PHONE, "en")) {
      join(browser, viewer("m", "Mod", "moderator", "regular"), List.of(poll()));
      browser.awaitText(CARD + " .told", "moderators do not vote");
    }
  }

  @Test
  void aVoteThatStays_isNotOfferedAgain() throws Exception {
    Map<String, Object> mine = Map.of("receipt", RECEIPT, "options", List.of(2));
    try (Browser browser = Browser.start(Browser.DESKTOP, "en")) {
      join(browser, "gold", List.of(with(poll(), "change", false, "mine", mine)));
      browser.awaitText(CARD + " .told", "You voted: Yesterday");
      browser.await(OFF.formatted("true"));
    }
  }

  @Test
  void aQuiz_tellsTheAnswer_andWhoWasRight() throws Exception {
    Map<String, Object> quiz =
        with(poll(), "form", "quiz", "question", "Who wrote it?", "pool", 500);
    quiz.remove("change");
    try (Browser browser = Browser.start(SMALL_PHONE, "en")) {
      Connection room = join(browser, "gold", List.of(quiz));
      browser.awaitText(CARD + " .title", "Who wrote it?");
      browser.awaitText(CARD + " .terms", "500 points, shared by all who are right");
      browser.screenshot("ballot-quiz-open");
      browser.click(option(2));
      room.send(ok(room.awaitMessage("ballot.vote"), Map.of("receipt", RECEIPT, "changed", false)));
      browser.await(OFF.formatted("true"));
      Map<String, Object> closed = result(List.of(2, 5, 0), 7);
      closed.put("answer", 1);
      room.send(event("closed", "b1", closed));
      room.send(toMe("result", "b1", Map.of("right", true, "points", 100)));
      browser.awaitText(CARD + " .told", "You were right: +100 points");
      browser.await("document.querySelectorAll('[data-mark=right]').length === 1");
      browser.screenshot("ballot-quiz-right");
    }
  }

  @Test
  void aSurvey_andHostileTexts_doNoHarm() throws Exception {
    String hostile = "<img src=x onerror=window.hacked=1>";
    Map<String, Object> survey =
        Map.of("kind", "ballot", "id", "s", "form", "survey", "title", "S", "state", "open");
    Map<String, Object> poll =
        with(
            poll(),
            "title",
            hostile + "很长的标题".repeat(8),
            "options",
            List.of(hostile, "很长的选项".repeat(6), "x".repeat(30), "4", "5", "6"));
    try (Browser browser = Browser.start(SMALL_PHONE, "en")) {
      join(
          browser,
          "gold",
          List.of(survey, with(poll, "counts", List.of(1, 2, 3, 0, 0, 9), "voters", 15)));
      browser.awaitText(CARD + " .title", "<img");
      fits(browser);
      browser.screenshot("ballot-hostile");
      assertNull(browser.run("return window.hacked"));
    }
  }

  // The studio

  @Test
  void theStreamer_opensAPoll_followsIt_andCancelsIt() throws Exception {
    for (String language : List.of("zh-CN", "en")) {
      try (Browser browser = Browser.start(Browser.DESK, language)) {
        Map<String, Object> poll = with(poll(), "counts", List.of(3, 9, 0), "voters", 12);
        openStudio(browser, List.of(poll));
        browser.click("#tab-ballot");
        browser.await("document.querySelector('#new-ballot')?.checkVisibility()");
        assertEquals(List.of(), unlabelled(browser, "#new-ballot"));
        browser.awaitText(".ballot-figures .options", "75% · 9");
        browser.screenshot("ballot-desk-" + language);
        browser.run("document.querySelector('#new-ballot').elements.options.value = 'one'");
        browser.click("#new-ballot .send");
        browser.await("document.querySelector('#new-ballot .problem').textContent.includes('10')");
        server.answer("/api/rooms/demo/ballots", Map.of("id", "b2"));
        browser.run(
            "document.querySelector('#new-ballot').elements.options.value = ' A \\n\\nB\\n'");
        browser.click("#new-ballot .send");
        Map<?, ?> terms = server.awaitPost().body();
        assertEquals("poll", terms.get("form"));
        assertEquals(List.of("A", "B"), terms.get("options"));
        assertEquals(60_000, terms.get("durationMs"));

        server.answer("/api/rooms/demo/ballots/b1/cancel", Map.of());
        browser.click(".ballot-figures .cancel");
        browser.await("document.getElementById('confirm').open");
        browser.click("#confirm-yes");
        assertEquals("/api/rooms/demo/ballots/b1/cancel", server.awaitPost().path());
        figures(List.of(with(poll, "state", "closed", "receiptsHash", "abba")));
        browser.await("document.querySelector('.ballot-figures').classList.contains('over')");
        browser.awaitText(".ballot-figures .when", "蓝莲花");
        browser.screenshot("ballot-desk-closed-" + language);
      }
    }
  }

  // The overlay

  @Test
  void theOverlay_showsBarsAndTheFirst() throws Exception {
    try (Browser browser = Browser.start(Browser.DESKTOP, "en")) {
      browser.open(server.url("/overlay"));
      Connection room = server.awaitConnection();
      room.send(ServerSays.welcome(Map.of()));
      room.send(event("opened", poll(), Map.of()));
      room.send(counter("tally", "b1", Map.of("counts", List.of(3, 9, 0), "voters", 12)));
      browser.awaitText("#ballot .left", "Voted: 12");
      browser.screenshot("ballot-overlay-open");
      room.send(event("closed", "b1", result(List.of(3, 9, 0), 12)));
      browser.awaitText("#ballot .best .text", "蓝莲花");
      browser.screenshot("ballot-overlay-closed");
    }
  }

  // The page that checks

  @Test
  void anyoneCountsAgain_andFindsTheirOwnVote() throws Exception {
    String first = "0".repeat(31) + "1";
    String list = first + "\t0\n" + RECEIPT + "\t0\n" + "f".repeat(32) + "\t2\n";
    String hash = sha256(list);
    Map<String, Object> proof =
        Map.of(
            "ballot",
            "b1",
            "options",
            List.of("Hey Jude", "蓝莲花", "Yesterday", "<b>x</b>"),
            "counts",
            List.of(2, 0, 1, 0),
            "voters",
            3,
            "receiptsHash",
            hash,
            "receipts",
            List.of(
                List.of(first, List.of(0)),
                List.of(RECEIPT, List.of(0)),
                List.of("f".repeat(32), List.of(2))));
    server.answer("/api/rooms/demo/ballots/b1/proof", proof);
    String told = "/verify#room=demo&ballot=b1&viewer=" + RECEIPT + "&counts=2,0,1,0&receiptsHash=";
    for (String language : List.of("zh-CN", "en")) {
      boolean isPhone = language.equals("zh-CN");
      try (Browser browser = Browser.start(isPhone ? SMALL_PHONE : Browser.DESKTOP, language)) {
        browser.open(server.url(told + hash));
        browser.await("document.querySelector('.outcome').dataset.state === 'right'");
        browser.await("document.querySelectorAll('.step[data-state=right]').length === 4");
        assertEquals(List.of(RECEIPT), browser.texts("#mine .lines bdi"));
        browser.awaitText("#mine .lines p", "Hey Jude");
        browser.awaitText("#tally tbody tr:last-child", "<b>x</b>");
        fits(browser);
        browser.screenshot("ballot-verify-" + language);
        browser.run("document.querySelector('#mine').scrollIntoView()");
        browser.screenshot("ballot-verify-mine-" + language);
        browser.open(server.url("/verify"));
        browser.open(server.url(told.replace("2,0,1,0", "3,0,0") + hash));
        browser.await("document.querySelector('.outcome').dataset.state === 'wrong'");
        browser.awaitText(".step[data-state=wrong]", "3,0,0");
      }
    }
  }

  private static String sha256(String text) throws Exception {
    byte[] hash =
        MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(hash);
  }

  // What the server says

  private static String option(int nth) {
    return CARD + " li:nth-child(" + nth + ") .option";
  }

  private static Map<String, Object> poll() {
    Map<String, Object> poll = new HashMap<>();
    poll.put("kind", "ballot");
    poll.put("id", "b1");
    poll.put("form", "poll");
    poll.put("title", "Next song?");
    poll.put("options", List.of("Hey Jude", "蓝莲花", "Yesterday"));
    poll.put("opensAt", System.currentTimeMillis());
    poll.put("closesAt", System.currentTimeMillis() + 60_000);
    poll.put("choices", 1);
    poll.put("change", true);
    poll.put("results", "live");
    poll.put("points", 0);
    poll.put("state", "open");
    poll.put("voters", 0);
    return poll;
  }

  private static Map<String, Object> result(List<Integer> counts, int voters) {
    Map<String, Object> result = new HashMap<>();
    result.put("counts", counts);
    result.put("voters", voters);
    result.put("receiptsHash", "abba");
    return result;
  }
}
