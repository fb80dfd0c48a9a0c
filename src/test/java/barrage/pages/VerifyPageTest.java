package barrage.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.core.Draw;
import barrage.core.ViewerId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Dimension;
import tools.jackson.databind.json.JsonMapper;

/** The page that checks a draw, in a browser. */
final class VerifyPageTest extends PageTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String OUTCOME = "#verdict .outcome";
  private static final String API = "/api/rooms/demo/lotteries/lot-1/proof";

  @TempDir Path directory;

  @Test
  void aLotteryOfARoom_isFetchedAndDrawnAgain() {
    server.answer(API, proof(40, prizes("手机", 1, "a mug", 5)));
    for (Dimension size : List.of(Browser.PHONE, Browser.DESKTOP)) {
      String language = size.equals(Browser.PHONE) ? "zh-CN" : "en";
      try (Browser browser = Browser.start(size, language)) {
        browser.open(server.url("/verify"));
        browser.screenshot("verify-" + language + "-empty");
        assertFalse(browser.find("#verdict").isDisplayed());
        assertFalse(browser.find(".plain-http").isDisplayed());
        browser.type("#from-room [name=room]", "demo");
        browser.type("#from-room [name=lottery]", "lot-1");
        browser.click("#from-room button");
        browser.await("document.querySelector('.outcome').dataset.state === 'right'");
        assertEquals(Collections.nCopies(6, "right"), states(browser));
        assertEquals(6, browser.texts("#draws tbody tr").size());
        assertTrue(browser.url().endsWith("#room=demo&lottery=lot-1"), browser.url());
        browser.await("document.scrollingElement.scrollWidth <= innerWidth");
        browser.type("#mine input", "viewer-0000");
        browser.screenshot("verify-" + language + "-right");
        browser.run("document.querySelector('#mine').scrollIntoView()");
        browser.screenshot("verify-" + language + "-mine");
      }
    }
  }

  @Test
  void oneFindsOnesOwnLine_amongAHundredThousand() throws Exception {
    Map<String, Object> proof = proof(100_000, prizes("cup", 100));
    Path file = Files.writeString(directory.resolve("proof.json"), JSON.writeValueAsString(proof));
    try (Browser browser = open("")) {
      browser.find("#from-file input").sendKeys(file.toString());
      browser.await("document.querySelector('.outcome').dataset.state === 'right'");
      browser.type("#mine input", "viewer-012345");
      browser.awaitText(".lines", "viewer-012345");
      assertEquals(1, browser.texts(".lines bdi").size());
      browser.awaitText(".lines p", "Line 12,347 of the list: weight 2 of 375,000, ");
      String winner = (String) ((Map<?, ?>) ((List<?>) proof.get("winners")).get(0)).get("viewer");
      browser.find("#mine input").clear();
      browser.type("#mine input", winner);
      browser.awaitText(".lines .won", "Won: cup");
      browser.find("#mine input").clear();
      browser.type("#mine input", "viewer-0");
      browser.awaitText(".lines", "and 99,992 more");
      browser.find("#mine input").clear();
      browser.type("#mine input", "nobody");
      browser.awaitText(".lines", "No such viewer");
    }
  }

  @Test
  void aChangedProof_isShownStepByStep() {
    Map<String, Object> proof = proof(9, prizes("cup", 2));
    proof.put("manifest", ((String) proof.get("manifest")).replace("000003\t", "000003x\t"));
    server.answer(API, proof);
    try (Browser browser = open("#room=demo&lottery=lot-1")) {
      browser.await("document.querySelector('.outcome').dataset.state === 'wrong'");
      assertEquals(List.of("right", "right", "right", "right", "wrong", "open"), states(browser));
      browser.awaitText(".step[data-state=wrong]", "not the SHA-256 of the list");
      assertFalse(browser.find("#draws").isDisplayed());
      browser.screenshot("verify-wrong");
    }
  }

  /** A server may make up a whole proof afterwards; what it said before tells. */
  @Test
  void anotherCommitmentThanTheOneSeen_isShown() {
    Map<String, Object> proof = proof(9, prizes("cup", 2));
    server.answer(API, proof);
    String same =
        "#room=demo&lottery=lot-1&viewer=viewer-000003&weights=silver=2,gold=4,diamond=8&entriesHash="
            + proof.get("entriesHash");
    try (Browser browser = open(same + "&commitment=" + proof.get("commitment"))) {
      browser.await("document.querySelector('.outcome').dataset.state === 'right'");
      browser.awaitText(".step:nth-child(2)", "the commitment that was noted at the opening");
      browser.awaitText(".step:nth-child(4)", "the weights that were noted at the opening");
      browser.awaitText(".step:nth-child(5)", "the hash that was noted before the draw");
      browser.awaitText(".lines bdi", "viewer-000003");
    }
    try (Browser browser = open(same + "&commitment=" + "0".repeat(64))) {
      browser.await("document.querySelector('.outcome').dataset.state === 'wrong'");
      assertEquals(List.of("right", "wrong", "right", "right", "right", "right"), states(browser));
      browser.awaitText(".step:nth-child(2)", "another commitment was noted");
      // What the address says is about the lottery that it names.
      paste(browser, JSON.writeValueAsString(proof));
      browser.await("document.querySelector('.outcome').dataset.state === 'right'");
    }
  }

  @Test
  void whatOneNoted_isComparedAsItIsTyped() {
    Map<String, Object> proof = proof(9, prizes("cup", 2));
    try (Browser browser = open("")) {
      paste(browser, JSON.writeValueAsString(proof));
      browser.await("document.querySelector('.outcome').dataset.state === 'right'");
      browser.type("#noted [name=entriesHash]", " " + proof.get("entriesHash").toString());
      browser.awaitText(".step:nth-child(5)", "the hash that was noted before the draw");
      browser.type("#noted [name=weights]", "diamond=9");
      browser.await("document.querySelector('.outcome').dataset.state === 'wrong'");
      browser.awaitText(".step:nth-child(4)", "other weights were noted: regular=1, silver=1");
      browser.find("#noted [name=weights]").clear();
      browser.type("#noted [name=commitment]", "F".repeat(64));
      browser.awaitText(".step:nth-child(2)", "another commitment was noted: ffff");
      browser.screenshot("verify-noted");
      // It stays for the next proof.
      paste(browser, JSON.writeValueAsString(proof));
      browser.await("document.querySelector('.outcome').dataset.state === 'wrong'");
    }
  }

  @Test
  void weightsThatWereNotAnnounced_areShown_andProofsThatDoNotTellThem_holdAsBefore() {
    Map<String, Object> proof = proof(9, prizes("cup", 2));
    try (Browser browser = open("")) {
      proof.put("weights", Map.of("silver", 2, "gold", 4));
      paste(browser, JSON.writeValueAsString(proof));
      browser.awaitText(".step[data-state=wrong]", "viewer-000003 has weight 8");
      assertEquals(List.of("right", "right", "right", "wrong", "open", "open"), states(browser));
      proof.put("weights", Map.of("platinum", 2));
      paste(browser, JSON.writeValueAsString(proof));
      browser.awaitText(".step[data-state=wrong]", "of no tier");
      proof.remove("weights");
      paste(browser, JSON.writeValueAsString(proof));
      browser.await("document.querySelector('.outcome').dataset.state === 'right'");
      assertEquals(List.of("right", "right", "right", "open", "right", "right"), states(browser));
    }
  }

  @Test
  void whatIsNoProof_isSaid() {
    try (Browser browser = open("")) {
      browser.expectConsoleErrors("lotteries/none/proof.*404");
      paste(browser, "hello");
      browser.awaitText(OUTCOME, "not JSON");
      paste(browser, "{}");
      browser.awaitText(".step[data-state=wrong]", "missing");
      browser.type("#from-room [name=room]", "demo");
      browser.type("#from-room [name=lottery]", "none");
      browser.click("#from-room button");
      browser.awaitText(OUTCOME, "no proof");
      paste(browser, JSON.writeValueAsString(proof(3, prizes("cup", 1))));
      browser.awaitText(OUTCOME, "The draw was right");
    }
  }

  @Test
  void hostileNames_areTextAndNothingElse() {
    String hostile = "<img src=x onerror=window.hacked=1>\u202E " + "x".repeat(80);
    try (Browser browser = open("")) {
      browser.resize(Browser.PHONE);
      paste(browser, JSON.writeValueAsString(proof(3, prizes(hostile, 1))));
      browser.awaitText("#draws tbody", "<img src=x");
      browser.await("document.scrollingElement.scrollWidth <= innerWidth");
      assertNull(browser.run("return window.hacked"));
      browser.run("document.querySelector('#draws').scrollIntoView()");
      browser.screenshot("verify-hostile");
    }
  }

  @Test
  void aFileCanBeDropped() {
    try (Browser browser = open("")) {
      browser.run(
          """
          const data = new DataTransfer();
          data.items.add(new File([arguments[0]], 'proof.json'));
          document.body.dispatchEvent(new DragEvent('drop', {dataTransfer: data, bubbles: true}));
          """,
          JSON.writeValueAsString(proof(3, prizes("cup", 1))));
      browser.awaitText(OUTCOME, "The draw was right");
    }
  }

  private Browser open(String hash) {
    Browser browser = Browser.start(Browser.DESKTOP, "en");
    browser.open(server.url("/verify" + hash));
    return browser;
  }

  private static void paste(Browser browser, String text) {
    browser.run(
        """
        const data = new DataTransfer();
        data.setData('text/plain', arguments[0]);
        document.querySelector('textarea').dispatchEvent(
          new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
        """,
        text);
  }

  private static List<String> states(Browser browser) {
    return ((List<?>)
            browser.run(
                "return [...document.querySelectorAll('.step')].map((s) => s.dataset.state)"))
        .stream().map(String::valueOf).toList();
  }

  private static List<Draw.Prize> prizes(Object... namesAndCounts) {
    List<Draw.Prize> prizes = new ArrayList<>();
    for (int i = 0; i < namesAndCounts.length; i += 2) {
      prizes.add(new Draw.Prize((String) namesAndCounts[i], (Integer) namesAndCounts[i + 1]));
    }
    return prizes;
  }

  /** As the server makes it; the page shares no code with it. */
  private static Map<String, Object> proof(int entries, List<Draw.Prize> prizes) {
    List<Draw.Ticket> tickets =
        Stream.iterate(0, i -> i + 1)
            .limit(entries)
            .map(i -> new Draw.Ticket(new ViewerId("viewer-%06d".formatted(i)), 1 << i % 4))
            .toList();
    String manifest = Draw.manifest("lot-1", tickets);
    byte[] seed = new byte[Draw.SEED_BYTES];
    List<Map<String, Object>> winners = new ArrayList<>();
    for (Draw.Winner winner : Draw.winners(seed, manifest, tickets, prizes)) {
      winners.add(
          Map.of("viewer", winner.viewer().value(), "name", "Name", "prize", winner.prize()));
    }
    Map<String, Object> proof = new HashMap<>();
    proof.put("lottery", "lot-1");
    proof.put("seed", HexFormat.of().formatHex(seed));
    proof.put("commitment", Draw.commitment(seed));
    proof.put("manifest", manifest);
    proof.put("entriesHash", Draw.entriesHash(manifest));
    proof.put(
        "prizes", prizes.stream().map(p -> Map.of("name", p.name(), "count", p.count())).toList());
    proof.put("weights", Map.of("silver", 2, "gold", 4, "diamond", 8));
    proof.put("winners", winners);
    return proof;
  }
}
