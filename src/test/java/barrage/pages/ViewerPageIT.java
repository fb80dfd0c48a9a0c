package barrage.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import tools.jackson.databind.json.JsonMapper;

/** Viewers of the packaged server, each in a browser of their own. Each test has its room. */
final class ViewerPageIT {
  private static final String SALE = "#sales .show";
  private static final String LOTTERY = "#lotteries .show";
  private static final String SAID = "#talk .said";
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir private static Path data;
  private static HttpServer elsewhere;
  private static DevServer server;

  @BeforeAll
  static void startServers() throws Exception {
    elsewhere = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    elsewhere.start();
    int port = freePort();
    server =
        DevServer.start(
            data,
            "server.port=" + port,
            "auth.origins=http://127.0.0.1:" + port + "," + origin(elsewhere));
  }

  @AfterAll
  static void stopServers() throws IOException {
    elsewhere.stop(0);
    server.close();
  }

  /** Known before the server starts, which is told the origins of its pages. */
  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Test
  void whatOneSays_theOtherSees_andBothAreServedOn_afterTheServerWasKilled() throws Exception {
    try (Browser ann = Browser.start(Browser.PHONE, "en");
        Browser bob = Browser.start(Browser.DESKTOP, "zh-CN")) {
      ann.open(link("demo", "ann", "Ann"));
      bob.open(link("demo", "bob", "小博"));
      awaitLive(ann, bob);

      say(ann, "hello from Ann");
      bob.awaitText(SAID, "hello from Ann");
      ann.awaitText(".row.own .said", "hello from Ann");
      ann.await("Number(document.querySelector('.points-value').textContent) >= 1");
      bob.screenshot("it-desktop");

      for (int i = 0; i < 3; i++) {
        ann.click("#like .heart");
      }
      for (Browser viewer : List.of(ann, bob)) {
        viewer.await("Number(document.querySelector('#like .likes').textContent) >= 3");
      }

      setSlowMode(3_000);
      ann.awaitText("#composer .note", "Slow mode: 3 s");
      setSlowMode(0);
      ann.await("document.querySelector('#composer .note').textContent === ''");
      ann.screenshot("it-phone");

      for (Browser viewer : List.of(ann, bob)) {
        viewer.expectConsoleErrors("WebSocket connection to");
        viewer.run("window.neverReloaded = true");
      }
      server.kill();
      ann.await("document.querySelector('#status').dataset.phase === 'waiting'");
      ann.screenshot("it-phone-away");
      say(ann, "said while away");
      server.startAgain();
      awaitLive(ann, bob);
      ann.await("!document.querySelector('#composer .text').readOnly");
      say(bob, "back again");

      List<String> all = List.of("hello from Ann", "said while away", "back again");
      for (Browser viewer : List.of(ann, bob)) {
        viewer.await("[...document.querySelectorAll(arguments[0])].length >= 3", SAID);
        assertEquals(all, viewer.texts(SAID));
        assertEquals(true, viewer.run("return window.neverReloaded"));
      }
    }
  }

  @Test
  void whatOneBuys_isPaid_andWhoeverWins_canProveIt() throws Exception {
    try (Browser ann = Browser.start(Browser.PHONE, "en");
        Browser bob = Browser.start(Browser.DESKTOP, "zh-CN")) {
      ann.open(link("shop", "ann", "Ann"));
      bob.open(link("shop", "bob", "小博"));
      awaitLive(ann, bob);
      String streamer = server.token("shop", "streamer", "Streamer", "streamer");
      String merchant = server.token("shop", "till", "Till", "service");

      ann.run(NOTE_COUNTDOWN);
      post(
          streamer,
          "sales",
          Map.of(
              "title",
              "Blue mug",
              "priceCents",
              1_990,
              "stock",
              1,
              "opensInMs",
              1_500,
              "durationMs",
              60_000));
      for (Browser viewer : List.of(ann, bob)) {
        viewer.awaitText(SALE + " .title", "Blue mug");
        viewer.await("!document.querySelector('.buy').disabled");
      }
      ann.await("window.countdown.startsWith('Opens in 0:0')");
      ann.click(SALE + " .buy");
      ann.awaitText(SALE + " .orders li[data-status=reserved]", "Pay within 4:5");
      bob.awaitText(SALE + " .when", "抢完");
      String order = ann.texts(SALE + " .order-id").get(0);
      post(merchant, "orders/" + order + "/pay", Map.of("paymentRef", "wx-1"));
      ann.awaitText(SALE + " .orders li[data-status=paid]", "paid");
      ann.awaitText("#me .points-value", "19");
      ann.screenshot("it-phone-paid");

      Map<?, ?> lottery =
          post(
              streamer,
              "lotteries",
              Map.of(
                  "title",
                  "Friday draw",
                  "durationMs",
                  60_000,
                  "entry",
                  "click",
                  "prizes",
                  List.of(Map.of("name", "手机", "count", 1))));
      for (Browser viewer : List.of(ann, bob)) {
        viewer.awaitText(LOTTERY + " .title", "Friday draw");
        viewer.click(LOTTERY + " .enter");
        viewer.await("document.querySelector('.lottery').dataset.outcome === 'in'");
      }
      post(streamer, "lotteries/" + lottery.get("id") + "/draw", Map.of());
      int won = 0;
      for (Browser viewer : List.of(ann, bob)) {
        viewer.awaitText(LOTTERY + " .winners", "手机");
        won += viewer.texts(LOTTERY + "[data-outcome=won]").size();
      }
      assertEquals(1, won);
      bob.screenshot("it-desktop-drawn");
      ann.open(ann.find(LOTTERY + " .proof").getDomProperty("href"));
      ann.await("document.querySelector('.outcome')?.dataset.state === 'right'");
      ann.awaitText(".step:nth-child(2)", "that was noted at the opening");
      ann.screenshot("it-phone-proof");
    }
  }

  /**
   * What the sale's card says first: a slow machine may look at it when the sale is open already.
   */
  private static final String NOTE_COUNTDOWN =
      """
      new MutationObserver(() => {
        window.countdown ??= document.querySelector('#sales .when')?.textContent || undefined;
      }).observe(document.querySelector('#sales'), { childList: true, subtree: true });
      """;

  /** The page of viewer-clients.md, on another web server. */
  @Test
  void thePageOfTheDocuments_works() throws Exception {
    Matcher page =
        Pattern.compile("```html\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("src/site/markdown/viewer-clients.md")));
    assertTrue(page.find());
    assertTrue(page.group(1).lines().count() <= 30);
    byte[] html =
        page.group(1)
            .replace("http://127.0.0.1:8080", server.uri().toString())
            .replace("'demo'", "'readme'")
            .getBytes(StandardCharsets.UTF_8);
    elsewhere.createContext(
        "/",
        call -> {
          boolean isPage = call.getRequestURI().getPath().equals("/page.html");
          call.sendResponseHeaders(isPage ? 200 : 204, isPage ? html.length : -1);
          if (isPage) {
            call.getResponseBody().write(html);
          }
          call.close();
        });
    try (Browser ann = Browser.start(Browser.DESKTOP, "en")) {
      ann.open(
          origin(elsewhere) + "/page.html#token=" + server.token("readme", "ann", "Ann", "viewer"));
      ann.awaitText("#state", "live");
      ann.type("[name=text]", "<b>hi</b>", Keys.ENTER);
      ann.awaitText("#said li", "Ann: <b>hi</b>");
      ann.await("document.querySelector('[name=text]').value === ''");
      ann.type("[name=text]", "<b>hi</b>", Keys.ENTER);
      ann.awaitText("#state", "BarrageError: ");
      ann.screenshot("it-readme");
    }
  }

  private static String origin(HttpServer server) {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private String link(String room, String viewer, String name) throws Exception {
    return server.link("/", room, viewer, name, "viewer");
  }

  private static void awaitLive(Browser... viewers) {
    for (Browser viewer : viewers) {
      viewer.await("document.querySelector('#status').dataset.phase === 'live'");
      viewer.await("!document.querySelector('#composer .say').hidden");
    }
  }

  private static void say(Browser browser, String text) {
    browser.type("#composer .text", text, Keys.ENTER);
  }

  private void setSlowMode(long ms) throws Exception {
    String streamer = server.token("demo", "streamer", "Streamer", "streamer");
    server.call("PATCH", "/api/rooms/demo", streamer, Map.of("slowModeMs", ms));
  }

  private Map<?, ?> post(String token, String path, Map<String, ?> body) throws Exception {
    return JSON.readValue(server.call("POST", "/api/rooms/shop/" + path, token, body), Map.class);
  }
}
