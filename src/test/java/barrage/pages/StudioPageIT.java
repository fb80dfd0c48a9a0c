package barrage.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.core.Danmaku;
import barrage.core.RoomId;
import barrage.load.RoomClient;
import barrage.load.RoomClients;
import barrage.load.TokenSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The streamer's console and the overlay of the packaged server, in browsers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class StudioPageIT {
  private static final String HOSTILE = "<img src=x onerror=pwned=1>";
  private static final String SALE = "#shows .sale-figures";
  private static final String LOTTERY = "#shows .lottery-figures";
  private static final JsonMapper JSON = JsonMapper.shared();

  private DevServer server;

  @BeforeAll
  void startServer(@TempDir Path data) throws Exception {
    server = DevServer.start(data, "limits.enabled=false", "server.compression=true");
  }

  @AfterAll
  void stopServer() throws Exception {
    server.close();
  }

  @Test
  void aWholeShow_fromTheScheduledSale_toThePaidOrders_andTheDrawThatAnyoneChecks()
      throws Exception {
    String room = "show";
    try (Browser studio = Browser.start(Browser.DESK, "en");
        Browser ann = Browser.start(Browser.PHONE, "en");
        Browser bob = Browser.start(Browser.DESKTOP, "zh-CN")) {
      studio.open(server.link("/studio", room, "boss", "Boss", "streamer"));
      studio.await("!document.getElementById('console').hidden");
      assertFalse(studio.url().contains("token"), studio.url());
      studio.await("document.querySelector('[data-chart=audience]').ariaLabel"); // It is drawn.
      ann.open(server.link("/", room, "ann", HOSTILE, "viewer"));
      bob.open(server.link("/", room, "bob", "小博", "viewer"));
      for (Browser viewer : List.of(ann, bob)) {
        viewer.await("document.querySelector('#status').dataset.phase === 'live'");
      }
      studio.await("document.querySelector('[data-figure=online] .value').textContent === '3'");
      studio.screenshot("studio-empty");

      // A sale is scheduled; sooner than the page offers, so that nobody waits long.
      studio.run(
          "const { title, price, opensIn } = document.forms['new-sale'].elements;"
              + "title.value = arguments[0]; price.value = '108900.00';"
              + "opensIn.options[0].value = '4';"
              + "opensIn.selectedIndex = 0;",
          HOSTILE + " 杯子");
      studio.click("#new-sale [value=later]");
      studio.await("document.activeElement.value === 'no'");
      studio.screenshot("studio-confirm");
      studio.click("#confirm-yes");
      for (Browser viewer : List.of(ann, bob)) {
        viewer.await("document.querySelector('.sale').dataset.state === 'scheduled'");
        viewer.await("document.querySelector('.sale .when').textContent.includes('0:0')");
      }
      for (Browser viewer : List.of(ann, bob)) {
        viewer.await("!document.querySelector('.sale .buy').disabled");
        viewer.click(".sale .buy");
        viewer.await("document.querySelector('.sale .orders [data-status=reserved]')");
      }
      studio.awaitText(SALE + " .reserved-units", "2");

      // The shop pays one, then takes it back.
      List<String> orders = orders(room);
      for (String order : orders) {
        call("POST", room, "/orders/" + order + "/pay", "service", Map.of("paymentRef", order));
      }
      studio.awaitText(SALE + " .paid-units", "2");
      studio.awaitText("[data-figure=gmv] .value", "217,800.00");
      bob.await("document.querySelector('.sale .orders [data-status=paid]')");
      String refunded = orders.get(0);
      call("POST", room, "/orders/" + refunded + "/refund", "service", Map.of("refundRef", "r"));
      studio.awaitText("[data-figure=gmv] .more", "108,900.00 paid now");
      studio.awaitText(".orders-by-state [data-state=refunded]", "108,900.00");

      // A lottery by a click, drawn by the streamer, checked by a viewer.
      studio.click("#tab-lottery");
      studio.click("#new-lottery [type=submit]");
      for (Browser viewer : List.of(ann, bob)) {
        viewer.await("document.querySelector('.lottery .enter')");
        viewer.click(".lottery .enter");
      }
      studio.awaitText(LOTTERY + " .entries", "2");
      studio.screenshot("studio-show");
      bob.open(server.url("/overlay?room=" + room + "&goal=likes:10"));
      bob.awaitText("#sale .left", "99 / 100");
      bob.awaitText("#lottery .when", "后开奖");
      studio.click(LOTTERY + " .draw");
      studio.click("#confirm-yes");
      studio.await("document.querySelector(arguments[0]).dataset.state === 'drawn'", LOTTERY);
      ann.await("!document.querySelector('.lottery .proof').hidden");
      bob.await("document.querySelector('#lottery .winners li')");
      bob.screenshot("overlay");
      assertEquals(
          "rgba(0, 0, 0, 0)", bob.run("return getComputedStyle(document.body).backgroundColor"));
      ann.open((String) ann.run("return document.querySelector('.lottery .proof').href"));
      ann.await("document.querySelector('.outcome').dataset.state === 'right'");

      moderates(studio, bob, room);
      exports(studio, room);
      for (Browser each : List.of(studio, ann, bob)) {
        assertNull(each.run("return window.pwned"));
        assertNull(each.run("return document.querySelector('img[src=x]')"));
      }
      studio.resize(Browser.DESKTOP);
      studio.await(
          "innerWidth === arguments[0] && [...document.querySelectorAll('.tile p, .show-figures dl')]"
              + ".every((each) => each.scrollWidth <= each.clientWidth)",
          Browser.DESKTOP.width);
      studio.screenshot("studio-desktop");
      studio.resize(Browser.TABLET);
      studio.await("document.querySelector('.tile').getBoundingClientRect().width > 150");
      assertEquals(true, studio.run("return document.body.scrollWidth <= innerWidth"));
      studio.screenshot("studio-tablet");
      assertTrue(
          server
              .call("GET", "/metrics", null, null)
              .lines()
              .filter(line -> line.startsWith("barrage_deflate_bytes_total{side=\"in\"}"))
              .anyMatch(line -> !line.endsWith(" 0.0")),
          "browsers ask for compression by themselves");
    }
  }

  /** Deletes what is said, mutes who says it, slows the room down: a click each. */
  private void moderates(Browser studio, Browser viewer, String room) throws Exception {
    viewer.open(server.link("/", room, "cat", "Cat", "viewer"));
    viewer.click(".ask button[value=yes]"); // in the place of Bob
    viewer.await("!document.querySelector('#composer .say').hidden");
    viewer.type("#composer .text", "<b>shout</b>", Keys.ENTER);
    studio.awaitText("#talk .list", "<b>shout</b>");
    studio.click("#talk [data-viewer=cat] .delete");
    viewer.await("document.querySelector('#talk .row.deleted')");
    studio.click(".choice [value='0'] + span"); // Away from the list, which holds still till then.
    viewer.type("#composer .text", "again", Keys.ENTER);
    studio.awaitText("#talk .list", "again");
    studio.click("#talk [data-viewer=cat]:last-child .mute");
    studio.awaitText("#talk .toast", "Cat is muted");
    studio.click("#talk .toast button");
    studio.awaitText("#talk .toast", "Cat may speak");
    studio.click(".choice [value='3000'] + span");
    viewer.awaitText("#composer .note", "3");
    studio.click(".choice [value='0'] + span");
    viewer.await("document.querySelector('#composer .note').textContent === ''");
  }

  private void exports(Browser studio, String room) throws Exception {
    for (String file : List.of("orders.csv", "danmaku.csv", "danmaku.xml")) {
      String button = "#exports [data-file='" + file + "']";
      studio.click(button);
      studio.await("document.querySelector(arguments[0]).dataset.saved === 'true'", button);
    }
    String csv = call("GET", room, "/orders.csv", "streamer", null);
    assertTrue(csv.contains(",ann,1,108900.00,CNY,refunded,"), csv);
    assertTrue(csv.contains(",bob,1,108900.00,CNY,paid,"), csv);
  }

  @Test
  void whoMayNot_isTold_andADevelopmentServerOffersAWayIn() throws Exception {
    try (Browser browser = Browser.start(Browser.DESK, "en")) {
      browser.open(server.link("/studio", "gate", "ann", "Ann", "viewer"));
      browser.awaitText("#gate .why", "whose role is viewer");
      assertTrue((Boolean) browser.run("return document.getElementById('console').hidden"));
      browser.screenshot("studio-gate");
      browser.expectConsoleErrors("/api/dev/tokens.*401|WebSocket connection");
      browser.click("#dev-sign-in");
      browser.type(".ask input", server.devKey(), Keys.ENTER);
      browser.await("!document.getElementById('console').hidden");

      browser.open("about:blank");
      browser.open(
          server.url(
              "/studio#room=gate2&token=" + server.token("elsewhere", "x", "X", "streamer")));
      browser.awaitText("#gate .why", "not for the room");

      browser.open("about:blank");
      browser.open(server.link("/studio", "gate", "mod", "Mod", "moderator"));
      browser.click(".ask button[value=yes]");
      browser.await("!document.getElementById('console').hidden");
      assertTrue(browser.find("#new-sale [value=now]").getAttribute("disabled") != null);
    }
  }

  @Test
  void hundredsOfDanmakuASecond_keepTheListShort_andItHoldsStillForWhoReads() throws Exception {
    String room = "flood";
    try (Browser studio = Browser.start(Browser.DESK, "en");
        RoomClients clients = new RoomClients(1)) {
      studio.open(server.link("/studio", room, "boss", "Boss", "streamer"));
      studio.await("!document.getElementById('console').hidden");
      List<RoomClient> crowd = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        String name = i % 2 == 0 ? "Viewer " + i : "一位名字特别特别长的观众朋友第" + i + "号";
        TokenSource token = TokenSource.of(server.token(room, "v" + i, name, "viewer"));
        RoomClient.Target target = new RoomClient.Target(server.uri(), new RoomId(room), token, 0);
        crowd.add(clients.open(target, new RoomClient.Listener() {}));
      }
      for (RoomClient client : crowd) {
        client.joined().join();
      }
      List<CompletableFuture<JsonNode>> answers = new ArrayList<>();
      for (int i = 0; i < 600; i++) {
        Danmaku danmaku = new Danmaku("第 " + i + " 条弹幕", Danmaku.Mode.SCROLL, 0xffffff);
        answers.add(crowd.get(i % 20).say("d" + i, danmaku));
        if (i % 20 == 19) {
          answers.get(i).join(); // Wave by wave, as fast as they are answered.
        }
        if (i == 300) {
          studio.run("document.querySelector('#talk .list').focus()");
        } else if (i == 400) {
          studio.await("document.querySelector('#talk .held').textContent.includes('new')");
          studio.screenshot("studio-flood");
        }
      }
      answers.forEach(CompletableFuture::join);
      assertTrue(rows(studio) <= 120, "rows " + rows(studio));
      studio.run("document.activeElement.blur()");
      crowd.get(0).say("end", new Danmaku("散场", Danmaku.Mode.SCROLL, 0xffffff)).join();
      studio.awaitText("#talk .list", "散场");
      studio.awaitText("#talk .list", "第 599 条弹幕");
      assertEquals(120, rows(studio));
      studio.await(
          "document.querySelector('[data-figure=danmaku] .more').textContent === '601 in all'");
    }
  }

  private static long rows(Browser studio) {
    return (Long) studio.run("return document.querySelectorAll('#talk .list li').length");
  }

  private List<String> orders(String room) throws Exception {
    JsonNode page = JSON.readTree(call("GET", room, "/orders", "service", null));
    return page.path("orders").valueStream().map(order -> order.path("id").asString()).toList();
  }

  private String call(String method, String room, String path, String role, Object body)
      throws Exception {
    String token = server.token(room, role, role, role);
    return server.call(method, "/api/rooms/" + room + path, token, body);
  }
}
