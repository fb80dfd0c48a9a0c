package barrage.pages;

import static barrage.pages.ServerSays.error;
import static barrage.pages.ServerSays.events;
import static barrage.pages.ServerSays.me;
import static barrage.pages.ServerSays.ok;
import static barrage.pages.ServerSays.settings;
import static barrage.pages.ServerSays.welcome;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.Patience;
import barrage.pages.PageServer.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.ElementNotInteractableException;
import org.openqa.selenium.Keys;

/** The viewer page in a browser; the test plays the server. */
final class ViewerPageTest extends PageTest {
  private static final String ROWS = "#talk .row";
  private static final String SAID = "#talk .said";
  private static final String[] TIERS = {"regular", "silver", "gold", "diamond"};

  // Signing in

  @Test
  void token_leavesTheAddressAtOnce_andOutlivesAReload() throws Exception {
    try (Browser browser = open(Browser.PHONE, "#room=cats&token=a.b.c")) {
      Connection first = server.awaitConnection();
      assertEquals("/rooms/cats/ws", first.uri());
      assertEquals("barrage.v1, bearer.a.b.c", first.protocols());
      assertTrue(browser.url().endsWith("/#room=cats"), browser.url());
      browser.reload();
      assertEquals("barrage.v1, bearer.a.b.c", server.awaitConnection().protocols());
    }
  }

  @Test
  void noToken_watchesTheDemoRoom_andMayTakeADevelopmentToken() throws Exception {
    server.giveDevTokens("d.e.v");
    try (Browser browser = open(Browser.PHONE, "")) {
      Connection anonymous = server.awaitConnection();
      assertEquals("/rooms/demo/ws", anonymous.uri());
      assertEquals("barrage.v1", anonymous.protocols());
      anonymous.send(welcome(Map.of("recent", someDanmaku(1, 12))));
      browser.awaitText("#talk", "12");
      browser.screenshot("phone-anonymous");
      assertFalse(browser.find("#like .heart").isEnabled());
      browser.type("#composer .join .name", "Ann", Keys.ENTER);
      Connection signedIn = server.awaitConnection();
      assertEquals("barrage.v1, bearer.d.e.v", signedIn.protocols());
      signedIn.send(welcome(Map.of("viewer", me())));
      browser.await("!document.querySelector('#composer .say').hidden");
      assertTrue(browser.find("#like .heart").isEnabled());
    }
  }

  @Test
  void noDevelopmentTokens_saysThatSigningInIsNeeded() throws Exception {
    try (Browser browser = open(Browser.PHONE, "")) {
      browser.expectConsoleErrors("/api/dev/tokens.*404");
      server.awaitConnection().send(welcome(Map.of()));
      browser.type("#composer .join .name", "Ann", Keys.ENTER);
      browser.awaitText("#composer .note", "Sign in");
      assertFalse(browser.find("#composer .join").isDisplayed());
    }
  }

  @Test
  void expiredToken_goesOnAnonymously_andSaysSo() throws Exception {
    try (Browser browser = open(Browser.PHONE, "#token=a.b.c")) {
      Connection first = signIn(browser);
      first.close(4401);
      Connection second = server.awaitConnection();
      assertEquals("barrage.v1", second.protocols());
      second.send(welcome(Map.of()));
      browser.awaitText(".banner", "expired");
      browser.screenshot("phone-signed-out");
      assertNull(browser.run("return sessionStorage.getItem('barrage.token.demo')"));
    }
  }

  // Danmaku

  @Test
  void danmaku_isListed_andFlies() throws Exception {
    try (Browser browser = open(Browser.PHONE, "#token=a.b.c")) {
      Connection room = signIn(browser);
      assertTrue(browser.find(".stage-empty").isDisplayed());
      browser.screenshot("phone-empty");
      room.send(events(101, danmaku(101, "gold", "Bob", "hello")));
      browser.awaitText(SAID, "hello");
      browser.await("(" + INKED + ")() > 0");
      assertEquals(List.of("Gold"), browser.texts(ROWS + " .badge"));
      room.send(events(102, Map.of("type", "danmaku.deleted", "seq", 102, "target", 101)));
      browser.awaitText(ROWS + ".deleted", "Removed");
      browser.await("(" + INKED + ")() === 0");
    }
  }

  /** Pixels of the stage that something was drawn on. */
  private static final String INKED =
      """
      () => {
        const canvas = document.querySelector('.stage canvas');
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        return data.filter((value, i) => i % 4 === 3 && value > 0).length;
      }""";

  /** Something flies to the left of the middle. */
  private static final String HALF_WAY =
      """
      (() => {
        const canvas = document.querySelector('.stage canvas');
        const { width, height } = canvas;
        const { data } = canvas.getContext('2d').getImageData(0, 0, width * 0.75, height / 2);
        return data.some((value, i) => i % 4 === 3 && value > 0);
      })()""";

  @Test
  void ownDanmaku_isConfirmedByItsOk_andNotDoubledByTheEvent() throws Exception {
    try (Browser browser = open(Browser.PHONE, "#token=a.b.c")) {
      Connection room = signIn(browser);
      browser.click("#composer .look-toggle");
      browser.click("#composer .modes label:nth-child(2)");
      browser.click("#composer .colors label:nth-child(3)");
      browser.screenshot("phone-look");
      browser.type("#composer .text", "first", Keys.ENTER);
      Map<?, ?> sent = room.awaitMessage("danmaku");
      assertEquals("first", sent.get("text"));
      assertEquals("top", sent.get("mode"));
      assertEquals("#ffb05c", sent.get("color"));
      browser.awaitText("#composer .send", "Sending");
      assertEquals(List.of(), browser.texts(SAID));
      room.send(ok(sent, Map.of("seq", 101)));
      browser.awaitText(ROWS + ".own", "first");
      assertEquals("", browser.find("#composer .text").getDomProperty("value"));
      room.send(events(102, ownDanmaku(101, "first"), danmaku(102, "gold", "Bob", "second")));
      browser.awaitText(SAID + ":last-child", "first");
      browser.await("document.querySelectorAll(arguments[0]).length === 2", ROWS);
      assertEquals(List.of("first", "second"), browser.texts(SAID));
    }
  }

  @Test
  void danmakuNotKept_isMarked() throws Exception {
    try (Browser browser = open(Browser.PHONE, "#token=a.b.c")) {
      Connection room = signIn(browser);
      room.send(events(100, danmaku(null, "silver", "Bob", "anyone?")));
      browser.awaitText(ROWS + " .unkept", "not kept");
      browser.type("#composer .text", "me", Keys.ENTER);
      Map<String, Object> seq = new HashMap<>();
      seq.put("seq", null);
      room.send(ok(room.awaitMessage("danmaku"), seq));
      browser.awaitText(ROWS + ".own .unkept", "not kept");
    }
  }

  @Test
  void hostileNamesAndTexts_areTextAndNothingElse() throws Exception {
    List<String> texts =
        List.of(
            "<img src=x onerror=\"window.hacked=1\">",
            "</script><script>window.hacked=1</script>",
            "\u202Eright to left\u202C مرحبا",
            "👩‍👩‍👧‍👦🎉🔥 e\u0301 Z\u0337\u0322\u0327a\u0338\u0321lgo",
            "x".repeat(100),
            "弹幕".repeat(50),
            "{{constructor}} ${alert(1)} %s \\u0000 javascript:alert(1)");
    for (Dimension size : List.of(Browser.PHONE, Browser.DESKTOP)) {
      try (Browser browser = open(size, "#token=a.b.c")) {
        Connection room = signIn(browser);
        List<Map<String, Object>> all = new ArrayList<>();
        for (String text : texts) {
          String name = text.substring(0, Math.min(32, text.length()));
          all.add(danmaku(101 + all.size(), TIERS[all.size() % 4], name, text));
        }
        room.send(events(100 + all.size(), all.toArray()));
        browser.await("document.querySelectorAll(arguments[0]).length === 7", ROWS);
        assertEquals(texts, browser.texts(SAID));
        assertEquals(
            0L, browser.run("return document.querySelectorAll('#talk img, #talk script').length"));
        assertNull(browser.run("return window.hacked"));
        assertNoSidewaysScroll(browser);
        browser.screenshot(name(size) + "-hostile");
      }
    }
  }

  @Test
  void busyRoom_staysSmooth_andSaysWhatWasLeftOut() throws Exception {
    for (Dimension size : List.of(Browser.PHONE, Browser.DESKTOP)) {
      try (Browser browser = open(size, "#token=a.b.c")) {
        Connection room = signIn(browser);
        browser.run(FRAME_METER);
        int seq = 100;
        for (int tick = 0; tick < 25; tick++) {
          List<Map<String, Object>> burst = someDanmaku(seq + 1, 20);
          seq += 20;
          room.send(events(seq, burst.toArray()));
          TimeUnit.MILLISECONDS.sleep(100); // Not a wait: this is the load, 200 a second.
          if (tick == 15) {
            room.send(
                events(
                    seq,
                    Map.of("type", "shed", "class", "regular", "count", 1234, "windowMs", 1000)));
            room.send(events(seq, Map.of("type", "likes", "total", 98_765)));
          }
        }
        browser.awaitText(".left-out", "1,234");
        browser.screenshot(name(size) + "-busy");
        assertEquals(100, browser.texts(ROWS).size());
        List<?> pace = (List<?>) browser.run("return window.framePace()");
        double frames = ((Number) pace.get(0)).doubleValue();
        System.out.printf(
            "%s, 200 danmaku a second: %.0f frames a second, a frame %.1f ms, p99 %.1f ms%n",
            name(size),
            frames,
            ((Number) pace.get(1)).doubleValue(),
            ((Number) pace.get(2)).doubleValue());
        assertTrue(frames > 15 / Patience.stretch(), "frames a second: " + frames);
        browser.run("document.querySelector('#talk .list').scrollTop = 0");
        room.send(events(seq + 1, danmaku(seq + 1, "gold", "Bob", "the newest")));
        browser.awaitText(".newest", "new");
        browser.click(".newest");
        browser.awaitText(ROWS + ":last-child", "the newest");
        browser.await("document.querySelector('.newest').hidden");
      }
    }
  }

  private static final String FRAME_METER =
      """
      const frames = [];
      const count = (nowMs) => { frames.push(nowMs); requestAnimationFrame(count); };
      requestAnimationFrame(count);
      window.framePace = () => {
        const took = frames.slice(1).map((nowMs, i) => nowMs - frames[i]).sort((a, b) => a - b);
        const at = (share) => took[Math.floor(took.length * share)];
        return [1000 * took.length / (frames.at(-1) - frames[0]), at(0.5), at(0.99)];
      };
      """;

  @Test
  void theStage_isFilledAndInkedAsTheViewerLikes_alsoNextTime() throws Exception {
    try (Browser browser = open(Browser.DESKTOP, "#token=a.b.c")) {
      Connection room = signIn(browser);
      browser.click(".stage-look-toggle");
      browser.type(".stage-look :checked", Keys.ARROW_LEFT, Keys.ARROW_LEFT);
      browser.type(".stage-look [name=opacity]", Keys.HOME, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT);
      browser.screenshot("desktop-stage-look");
      browser.type(".stage-look [name=opacity]", Keys.ESCAPE);
      assertFalse(browser.find(".stage-look").isDisplayed());
      room.send(events(140, someDanmaku(101, 40).toArray()));
      browser.await("(" + INKED + ")() > 0");
      assertInkedFaintlyAtTheTop(browser);
      browser.reload();
      Connection again = server.awaitConnection();
      again.send(welcome(Map.of("viewer", me())));
      browser.awaitText(".phase", "Live");
      again.send(events(180, someDanmaku(141, 40).toArray()));
      browser.await("(" + INKED + ")() > 0");
      assertInkedFaintlyAtTheTop(browser);
    }
  }

  private static void assertInkedFaintlyAtTheTop(Browser browser) {
    List<?> inked =
        (List<?>)
            browser.run(
                """
                const canvas = document.querySelector('.stage canvas');
                const { width, height } = canvas;
                const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
                let [strongest, lowest] = [0, 0];
                for (let i = 3; i < data.length; i += 4) {
                  strongest = Math.max(strongest, data[i]);
                  lowest = data[i] > 0 ? i / 4 / width : lowest;
                }
                return [strongest / 255, lowest / height];
                """);
    double strongest = ((Number) inked.get(0)).doubleValue();
    double lowest = ((Number) inked.get(1)).doubleValue();
    assertTrue(strongest > 0.3 && strongest < 0.5, "opacity: " + strongest);
    assertTrue(lowest < 0.3, "filled down to: " + lowest);
  }

  @Test
  void aDemoCrowd_isMarkedWhereverItSpeaks() throws Exception {
    try (Browser browser = open(Browser.PHONE, "#token=a.b.c")) {
      Connection room = signIn(browser);
      room.send(events(101, danmaku(101, "gold", "Bob", "a viewer")));
      browser.awaitText(SAID, "a viewer");
      assertFalse(browser.find(".top .synthetic").isDisplayed());
      assertEquals(List.of(), browser.texts(ROWS + " .synthetic"));
      Map<String, Object> demo =
          danmaku(102, "demo-crowd-3", "regular", "老王", "666", "scroll", "#ffffff");
      room.send(events(102, demo));
      browser.awaitText(ROWS + ":last-child .synthetic", "demo");
      browser.awaitText(".top .synthetic", "with a demo crowd");
      assertTrue(browser.find(".top .synthetic").isDisplayed());
      browser.screenshot("phone-crowd");
    }
  }

  @Test
  void everyText_isReadable() throws Exception {
    try (Browser browser = open(Browser.DESKTOP, "#token=a.b.c")) {
      Connection room = signIn(browser);
      List<Map<String, Object>> all = someDanmaku(101, 30);
      all.add(danmaku(131, "demo-crowd-3", "regular", "老王", "666", "scroll", "#000000"));
      all.add(danmaku(null, "silver", "Bob", "anyone?"));
      room.send(events(131, all.toArray()));
      browser.click(".stage-look-toggle");
      browser.type("#composer .text", "spam", Keys.ENTER);
      room.send(error(room.awaitMessage("danmaku"), "blocked_text", null));
      browser.awaitText("#composer .note.refusal", "not allowed");
      assertEquals(List.of(), browser.run(FAINT));
    }
  }

  /**
   * Texts whose contrast with what is behind them is below WCAG's 4.5:1; colours alone are seen.
   */
  private static final String FAINT =
      """
      const numbers = (color) => {
        const [r, g, b, a = 1] = color.match(/[\\d.]+/g).map(Number);
        return color.startsWith('color(') ? [r * 255, g * 255, b * 255, a] : [r, g, b, a];
      };
      const over = ([r, g, b, a], below) =>
        [r, g, b].map((value, i) => value * a + below[i] * (1 - a));
      const behind = (element) => {
        if (element === null) {
          return [0, 0, 0];
        }
        const color = numbers(getComputedStyle(element).backgroundColor);
        return color[3] === 1 ? color.slice(0, 3) : over(color, behind(element.parentElement));
      };
      const luminance = (rgb) =>
        rgb.map((value) => value / 255)
          .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
          .reduce((sum, value, i) => sum + value * [0.2126, 0.7152, 0.0722][i], 0);
      const isPainted = (element) =>
        element !== null &&
        (getComputedStyle(element).backgroundImage !== 'none' || isPainted(element.parentElement));
      return [...document.querySelectorAll('body *')]
        .filter((e) => e.checkVisibility() && !e.closest(':disabled') && !isPainted(e))
        .filter((e) => [...e.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
        .map((e) => {
          const ground = behind(e);
          const [a, b] = [luminance(over(numbers(getComputedStyle(e).color), ground)), luminance(ground)];
          return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), e.outerHTML];
        })
        .filter(([ratio]) => ratio < 4.5)
        .map(String);
      """;

  @Test
  void lessMotion_getsAPlainList() throws Exception {
    try (Browser browser = Browser.start(Browser.DESKTOP, "en")) {
      browser.reduceMotion();
      browser.open(server.url("/#token=a.b.c"));
      Connection room = signIn(browser);
      room.send(events(112, someDanmaku(101, 12).toArray()));
      browser.await("document.querySelectorAll('.still .row').length === 8");
      room.send(events(113, Map.of("type", "likes", "total", 9)));
      browser.awaitText("#like .likes", "9");
      assertEquals(0L, browser.run("return document.querySelectorAll('.floating').length"));
      assertEquals(0L, browser.run("return (" + INKED + ")()"));
      browser.screenshot("desktop-still");
      browser.click(".fly");
      room.send(events(114, danmaku(114, "gold", "Bob", "fly")));
      browser.await("(" + INKED + ")() > 0");
      assertFalse(browser.find(".still").isDisplayed());
    }
  }

  // Refusals

  @Test
  void refusal_saysWhy_countsDown_andKeepsTheText() throws Exception {
    try (Browser browser = open(Browser.PHONE, "#token=a.b.c")) {
      Connection room = signIn(browser);
      browser.type("#composer .text", "slow", Keys.ENTER);
      room.send(error(room.awaitMessage("danmaku"), "slow_mode", 60_000));
      browser.awaitText("#composer .note.refusal", "Slow mode");
      browser.awaitText("#composer .send", " s");
      browser.screenshot("phone-refused");
      assertFalse(browser.find("#composer .send").isEnabled());
      assertEquals("slow", browser.find("#composer .text").getDomProperty("value"));
      browser.passTime(Duration.ofSeconds(60));
      browser.await("!document.querySelector('#composer .send').disabled");
      assertEquals("", browser.text("#composer .note"));
      browser.click("#composer .send");
      room.send(error(room.awaitMessage("danmaku"), "blocked_text", null));
      browser.awaitText("#composer .note.refusal", "not allowed");
      browser.type("#composer .text", "er");
      assertEquals("", browser.text("#composer .note"));
    }
  }

  @Test
  void busyServer_isAskedAgainUnderTheSameId() throws Exception {
    try (Browser browser = open(Browser.PHONE, "#token=a.b.c")) {
      Connection room = signIn(browser);
      browser.type("#composer .text", "hi", Keys.ENTER);
      Map<?, ?> first = room.awaitMessage("danmaku");
      room.send(error(first, "unavailable", 100));
      Map<?, ?> second = room.awaitMessage("danmaku");
      assertEquals(first, second);
      room.send(ok(second, Map.of("seq", 101)));
      browser.awaitText(SAID, "hi");
    }
  }

  @Test
  void muted_isToldWithItsEnd() throws Exception {
    try (Browser browser = open(Browser.PHONE, "#token=a.b.c")) {
      Connection room = signIn(browser);
      room.send(Map.of("type", "muted", "untilAt", System.currentTimeMillis() + 90_000));
      browser.awaitText("#composer .note.refusal", "muted");
      browser.awaitText("#composer .send", " s");
      room.send(Map.of("type", "muted", "untilAt", System.currentTimeMillis() - 1));
      browser.await("!document.querySelector('#composer .send').disabled");
    }
  }

  @Test
  void roomSettings_areToldBeforeTyping() throws Exception {
    try (Browser browser = open(Browser.PHONE, "#token=a.b.c")) {
      Connection room = signIn(browser);
      room.send(
          events(
              101, Map.of("type", "room.settings", "seq", 101, "settings", settings(5_000, true))));
      browser.awaitText("#composer .note", "Members only · Slow mode: 5 s");
      Map<String, Object> forGold = new HashMap<>(settings(0, false));
      forGold.put("minTier", "gold");
      room.send(events(102, Map.of("type", "room.settings", "seq", 102, "settings", forGold)));
      browser.awaitText("#composer .note", "Gold and above may speak");
      browser.type("#composer .text", "hi", Keys.ENTER);
      room.send(error(room.awaitMessage("danmaku"), "tier_required", null));
      browser.awaitText("#composer .note.refusal", "Your tier is too low: Gold and above.");
    }
  }

  @Test
  void textOverTheLimit_cannotBeSent_countedInCodePoints() throws Exception {
    try (Browser browser = open(Browser.PHONE, "#token=a.b.c")) {
      signIn(browser);
      browser.run(
          """
          const text = document.querySelector('#composer .text');
          text.value = '🎉'.repeat(arguments[0]);
          text.dispatchEvent(new Event('input'));
          """,
          100);
      assertTrue(browser.find("#composer .send").isEnabled());
      browser.type("#composer .text", "x");
      browser.awaitText("#composer .left", "-1");
      assertFalse(browser.find("#composer .send").isEnabled());
    }
  }

  // Likes and points

  @Test
  void likes_areTappedAsATotal_andShownAsTheServerCounts() throws Exception {
    try (Browser browser = open(Browser.PHONE, "#token=a.b.c")) {
      Connection room = signIn(browser);
      for (int i = 0; i < 5; i++) {
        browser.click("#like .heart");
      }
      browser.await("document.querySelectorAll('.floating').length > 0");
      long total = 0;
      while (total < 5) {
        total = ((Number) room.awaitMessage("like").get("total")).longValue();
      }
      assertEquals(5, total);
      room.send(events(100, Map.of("type", "likes", "total", 12_345)));
      browser.awaitText("#like .likes", "12,345");
    }
  }

  @Test
  void points_growthAndTheWayToTheNextTier() throws Exception {
    try (Browser browser = open(Browser.DESKTOP, "#token=a.b.c")) {
      Connection room = signIn(browser);
      assertEquals("Ann", browser.text("#me .name"));
      browser.awaitText("#me .to-next", "380 growth to Silver");
      browser.awaitText("#me .gives", "Silver: points × 1.2, sales 2 s earlier, slow mode at 67%");
      room.send(
          Map.of(
              "type", "points", "delta", 10, "points", 1_240, "growth", 1_250, "tier", "silver",
              "reason", "watch"));
      browser.awaitText("#me .points", "1,240");
      browser.awaitText("#me .gain", "+10");
      browser.awaitText("#me .badge", "Silver");
      browser.awaitText("#me .to-next", "750 growth to Gold");
    }
  }

  // The connection

  @Test
  void droppedConnection_resumes_withoutLossOrDoubling() throws Exception {
    try (Browser browser = open(Browser.PHONE, "#token=a.b.c")) {
      Connection first = signIn(browser);
      first.send(events(102, someDanmaku(101, 2).toArray()));
      browser.await("document.querySelectorAll(arguments[0]).length === 2", ROWS);
      browser.type("#composer .text", "unanswered", Keys.ENTER);
      Map<?, ?> sent = first.awaitMessage("danmaku");
      first.drop();
      Connection second = server.awaitConnection();
      assertEquals("/rooms/demo/ws?since=7:102", second.uri());
      second.send(welcome(Map.of("viewer", me(), "resumed", true, "seq", 102)));
      List<Object> missed = new ArrayList<>(someDanmaku(103, 2));
      missed.add(ownDanmaku(105, "unanswered"));
      second.send(events(105, missed.toArray()));
      Map<?, ?> again = second.awaitMessage("danmaku");
      assertEquals(sent, again);
      second.send(ok(again, Map.of("seq", 105)));
      second.send(events(106, danmaku(106, "gold", "Bob", "last")));
      browser.awaitText(ROWS + ":last-child", "last");
      assertEquals(6, browser.texts(ROWS).size());
      assertEquals(1, browser.texts(ROWS + ".own").size());
    }
  }

  @Test
  void serverAway_isSaid_andMayBeRetriedByHand() throws Exception {
    try (Browser browser = open(Browser.PHONE, "#token=a.b.c")) {
      Connection room = signIn(browser);
      browser.run("Math.random = () => 1"); // The longest pauses, to look at them.
      room.send(events(130, someDanmaku(101, 30).toArray()));
      for (int i = 0; i < 4; i++) {
        room.drop();
        browser.awaitText(".banner", "Connection lost");
        try {
          browser.click(".banner .retry");
        } catch (ElementNotInteractableException e) {
          // On a busy machine the pause is over first, and the page tries by itself.
        }
        room = server.awaitConnection();
      }
      room.drop();
      browser.awaitText(".banner", "Trying again in");
      browser.awaitText(".phase", "Offline");
      browser.screenshot("phone-lost");
    }
  }

  @Test
  void resync_replacesWhatIsShown() throws Exception {
    try (Browser browser = open(Browser.PHONE, "#token=a.b.c")) {
      Connection room = signIn(browser);
      room.send(events(105, someDanmaku(101, 5).toArray()));
      browser.await("document.querySelectorAll(arguments[0]).length === 5", ROWS);
      Map<String, Object> resync =
          welcome(Map.of("viewer", me(), "epoch", 8, "seq", 3, "recent", someDanmaku(1, 3)));
      resync.put("type", "resync");
      room.send(resync);
      browser.await("document.querySelectorAll(arguments[0]).length === 3", ROWS);
      room.send(events(4, danmaku(4, "gold", "Bob", "after")));
      browser.awaitText(ROWS + ":last-child", "after");
      assertEquals(4, browser.texts(ROWS).size());
    }
  }

  @Test
  void finalCloseCodes_areSaid_andNothingIsTriedAgain() throws Exception {
    for (int code : new int[] {4400, 4403, 1009}) {
      try (Browser browser = open(Browser.PHONE, "#token=a.b.c")) {
        signIn(browser).close(code);
        browser.await("document.querySelector('#status').dataset.phase === 'stopped'");
        assertNotEquals("", browser.text(".banner-text"));
        assertFalse(browser.find(".banner .retry").isDisplayed());
        browser.screenshot("phone-stopped-" + code);
      }
    }
  }

  // Language, keyboard, sizes

  @Test
  void chineseBrowser_getsChinese() throws Exception {
    for (Dimension size : List.of(Browser.PHONE, Browser.DESKTOP)) {
      try (Browser browser = Browser.start(size, "zh-CN")) {
        browser.open(server.url("/#token=a.b.c"));
        Connection room = server.awaitConnection();
        room.send(welcome(Map.of("viewer", me(), "recent", someDanmaku(80, 20))));
        browser.awaitText("#me .to-next", "距银卡还差 380 成长值");
        room.send(events(112, someDanmaku(101, 12).toArray()));
        room.send(
            Map.of(
                "type", "points", "delta", 10, "points", 96, "growth", 130, "tier", "regular",
                "reason", "watch"));
        browser.await(HALF_WAY); // For the picture.
        browser.screenshot(name(size) + "-zh");
        assertEquals("zh-CN", browser.run("return document.documentElement.lang"));
      }
    }
  }

  @Test
  void keyboard_reachesEverything_andNothingIsNameless() throws Exception {
    try (Browser browser = open(Browser.DESKTOP, "#token=a.b.c")) {
      Connection room = signIn(browser);
      room.send(events(112, someDanmaku(101, 12).toArray()));
      browser.awaitText(ROWS, "1");
      List<String> reached = new ArrayList<>();
      for (int i = 0; i < 7; i++) {
        browser.type(":focus, body:not(:has(:focus))", Keys.TAB);
        reached.add((String) browser.run("return document.activeElement.classList[0]"));
      }
      assertEquals(
          List.of("fly", "stage-look-toggle", "list", "look-toggle", "text", "send", "heart"),
          reached);
      assertEquals(
          List.of(),
          browser.run(
              """
              return [...document.querySelectorAll('button:not([hidden]), input, section')]
                .filter((e) => !e.ariaLabel && !e.textContent.trim() && !e.labels?.length)
                .map((e) => e.outerHTML);
              """));
    }
  }

  @Test
  void everySize_hasNoSidewaysScroll_andTheComposerInSight() throws Exception {
    try (Browser browser = open(Browser.PHONE, "#token=a.b.c")) {
      Connection room = signIn(browser);
      room.send(events(150, someDanmaku(101, 50).toArray()));
      browser.awaitText(ROWS, "1");
      for (int[] size :
          new int[][] {{320, 568}, {390, 844}, {667, 375}, {768, 1024}, {860, 600}, {1920, 1080}}) {
        browser.resize(new Dimension(size[0], size[1]));
        assertNoSidewaysScroll(browser);
        browser.await(
            "document.querySelector('#composer .text').getBoundingClientRect().bottom <= innerHeight");
        browser.screenshot("size-" + size[0]);
      }
    }
  }

  // What the server says

  private Browser open(Dimension size, String hash) {
    Browser browser = Browser.start(size, "en");
    browser.open(server.url("/" + hash));
    return browser;
  }

  private Connection signIn(Browser browser) throws InterruptedException {
    Connection connection = server.awaitConnection();
    connection.send(welcome(Map.of("viewer", me())));
    browser.awaitText(".phase", "Live");
    browser.awaitText("#me .name", "Ann");
    return connection;
  }

  private static Map<String, Object> danmaku(Integer seq, String tier, String name, String text) {
    return danmaku(seq, "id-" + name.hashCode(), tier, name, text, "scroll", "#ffffff");
  }

  private static Map<String, Object> ownDanmaku(Integer seq, String text) {
    return danmaku(seq, "ann", "regular", "Ann", text, "scroll", "#ffffff");
  }

  private static Map<String, Object> danmaku(
      Integer seq, String id, String tier, String name, String text, String mode, String color) {
    Map<String, Object> danmaku = new HashMap<>();
    danmaku.put("type", "danmaku");
    danmaku.put("seq", seq);
    danmaku.put("at", System.currentTimeMillis());
    danmaku.put("viewer", Map.of("id", id, "name", name, "tier", tier));
    danmaku.put("text", text);
    danmaku.put("mode", mode);
    danmaku.put("color", color);
    return danmaku;
  }

  /** What a crowd says, numbered from {@code firstSeq}; its texts name their numbers. */
  private static List<Map<String, Object>> someDanmaku(int firstSeq, int count) {
    String[] texts = {
      "前排",
      "666",
      "主播好厉害!",
      "so good",
      "哈哈哈哈哈哈",
      "第一次来,这是什么游戏?",
      "wow",
      "这个价格太划算了吧",
      "Hello from Berlin",
      "求抽奖",
      "gg"
    };
    String[] names = {"小鹿", "Bob", "夜航船", "a rather long viewer name, 32 ch.", "柠檬不酸", "K"};
    String[] colors = {"#ffffff", "#ffffff", "#ffe066", "#7cb8ff", "#ff7a90", "#111111"};
    Random random = new Random(firstSeq);
    List<Map<String, Object>> all = new ArrayList<>();
    for (int seq = firstSeq; seq < firstSeq + count; seq++) {
      int who = random.nextInt(names.length);
      String mode = random.nextInt(12) == 0 ? "top" : random.nextInt(12) == 0 ? "bottom" : "scroll";
      all.add(
          danmaku(
              seq,
              "crowd-" + who,
              TIERS[Math.min(3, random.nextInt(6) * random.nextInt(2))],
              names[who],
              texts[random.nextInt(texts.length)] + " " + seq,
              mode,
              colors[random.nextInt(colors.length)]));
    }
    return all;
  }

  private static String name(Dimension size) {
    return size.equals(Browser.PHONE) ? "phone" : "desktop";
  }

  private static void assertNoSidewaysScroll(Browser browser) {
    browser.await("document.scrollingElement.scrollWidth <= innerWidth");
    browser.await("document.querySelector('#talk .list').scrollWidth <= innerWidth");
  }
}
