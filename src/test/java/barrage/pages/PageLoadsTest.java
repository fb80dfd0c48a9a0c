package barrage.pages;

import static barrage.pages.ServerSays.events;
import static barrage.pages.ServerSays.welcome;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.pages.PageServer.Connection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What pages load, and when: no page what it does not show. */
final class PageLoadsTest extends PageTest {
  private static final Map<String, Object> SALE =
      Map.ofEntries(
          Map.entry("id", "s1"),
          Map.entry("title", "Blue mug"),
          Map.entry("priceCents", 1_990),
          Map.entry("currency", "CNY"),
          Map.entry("stock", 100),
          Map.entry("opensAt", 4_000_000_000_000L),
          Map.entry("endsAt", 4_000_000_100_000L),
          Map.entry("perViewerLimit", 1),
          Map.entry("earlyAccessMs", Map.of()),
          Map.entry("earlyUnits", 0),
          Map.entry("payMs", 300_000));

  private static final Object SCHEDULED =
      events(101, Map.of("type", "sale.scheduled", "seq", 101, "sale", SALE));

  @Test
  void theViewerPage_loadsAKind_whenTheFirstOfItsThingsIsThere() throws Exception {
    try (Browser browser = Browser.start(Browser.PHONE, "en")) {
      browser.open(server.url("/"));
      Connection room = server.awaitConnection();
      room.send(welcome(Map.of()));
      browser.await("document.querySelector('#status').dataset.phase === 'live'");
      assertEquals(List.of("/activity/kinds.js"), loaded(browser, "/activity/"));
      room.send(SCHEDULED);
      browser.awaitText("#sales .title", "Blue mug");
      assertEquals(
          List.of(
              "/activity/kinds.js",
              "/activity/sale/card.js",
              "/activity/sale/sale.css",
              "/activity/sale/state.js",
              "/activity/sale/words.js",
              "/activity/things.js"),
          loaded(browser, "/activity/"));
    }
  }

  /** Tries again after a second; what was said in the meantime is not lost. */
  @Test
  void whatDidNotCome_isAskedForAgain() throws Exception {
    for (String part : List.of("card.js", "state.js", "sale.css")) {
      try (Browser browser = Browser.start(Browser.PHONE, "en")) {
        browser.expectConsoleErrors("activity/sale.*(404|MIME)");
        server.missOnce("/activity/sale/" + part);
        browser.open(server.url("/"));
        Connection room = server.awaitConnection();
        room.send(welcome(Map.of()));
        room.send(SCHEDULED);
        room.send(
            events(
                102,
                Map.of("type", "sale.ended", "seq", 102, "sale", "s1", "reason", "cancelled")));
        browser.awaitText("#sales .when", "The streamer cancelled the sale.");
      }
    }
  }

  @Test
  void theOverlay_loadsWhatItShows() throws Exception {
    try (Browser browser = Browser.start(Browser.DESKTOP, "en")) {
      browser.open(server.url("/overlay"));
      Connection room = server.awaitConnection();
      room.send(welcome(Map.of()));
      room.send(SCHEDULED);
      browser.awaitText("#sale .title", "Blue mug");
      assertEquals(List.of(), loaded(browser, "/app/i18n.js"));
      assertEquals(List.of(), loaded(browser, "/activity/sale/card.js"));
      assertEquals(List.of(), loaded(browser, "/activity/lottery/"));
    }
  }

  @Test
  void whoMayNotIntoTheStudio_loadsNeitherChartsNorKinds() throws Exception {
    try (Browser browser = Browser.start(Browser.DESK, "en")) {
      browser.open(server.url("/studio"));
      server.awaitConnection().send(welcome(Map.of()));
      browser.awaitText("#gate .why", "for the streamer");
      assertEquals(List.of("/activity/kinds.js"), loaded(browser, "/activity/"));
      assertEquals(List.of(), loaded(browser, "/webjars/"));
      for (String others : List.of("/app/i18n.js", "/app/stage.js", "/style/stage.css")) {
        assertEquals(List.of(), loaded(browser, others));
      }
    }
  }

  @Test
  void thePageThatChecks_loadsNothingOfTheStage() {
    try (Browser browser = Browser.start(Browser.DESKTOP, "en")) {
      browser.open(server.url("/verify"));
      browser.awaitText(".intro", "the server commits");
      for (String others : List.of("/app/", "/sdk/", "/style/")) {
        List<String> all = loaded(browser, others);
        assertTrue(
            List.of("/app/language.js", "/app/markup.js", "/style/base.css", "/style/tokens.css")
                .containsAll(all),
            all::toString);
      }
    }
  }

  /** The paths, from this one on, that the page has loaded. */
  private static List<String> loaded(Browser browser, String from) {
    return ((List<?>)
            browser.run(
                "return performance.getEntriesByType('resource')"
                    + ".map((each) => new URL(each.name).pathname).sort()"))
        .stream().map(String::valueOf).filter(path -> path.startsWith(from)).toList();
  }
}
