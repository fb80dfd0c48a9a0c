package barrage.pages;

import static barrage.pages.ServerSays.events;
import static barrage.pages.ServerSays.welcome;

import barrage.pages.PageServer.Connection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.openqa.selenium.Dimension;

/** The pages of one kind that lists its things among what is active; the test plays the server. */
abstract class KindPageTest extends PageTest {
  /** The narrowest phone that people still have. */
  static final Dimension SMALL_PHONE = new Dimension(360, 740);

  private final String kind;
  private int seq = 100;

  KindPageTest(String kind) {
    this.kind = kind;
  }

  /** The viewer page of Ann, who is of this tier, with these things. */
  final Connection join(Browser browser, String tier, List<?> active) throws InterruptedException {
    return join(browser, viewer("ann", "Ann", "viewer", tier), active);
  }

  final Connection join(Browser browser, Map<String, Object> viewer, List<?> active)
      throws InterruptedException {
    browser.open(server.url("/#token=a.b.c"));
    Connection room = server.awaitConnection();
    room.send(welcome(Map.of("viewer", viewer, "active", active)));
    browser.awaitText("#me .name", (String) viewer.get("name"));
    return room;
  }

  /** The studio of this room's streamer, with these things in its figures. */
  final Connection openStudio(Browser browser, List<?> active) throws InterruptedException {
    browser.expectConsoleErrors("webjars.*(404|MIME)"); // Charts are not what is tested.
    figures(active);
    browser.open(server.url("/studio#token=a.b.c"));
    Connection room = server.awaitConnection();
    Map<String, Object> streamer = viewer("boss", "Boss", "streamer", "regular");
    room.send(welcome(Map.of("viewer", streamer, "active", active)));
    browser.await("!document.getElementById('console').hidden");
    return room;
  }

  /** What the studio is told from now on. */
  final void figures(List<?> active) {
    Map<String, Object> figures = new HashMap<>();
    figures.put("at", System.currentTimeMillis());
    figures.put("danmaku", 12);
    figures.put("likes", 30);
    figures.put("points", Map.of("given", 40, "taken", 0));
    figures.put("takings", List.of());
    figures.put("node", Map.of("refusals", Map.of(), "p50Ms", 1, "p99Ms", 4));
    figures.put("sales", List.of());
    figures.put("lotteries", List.of());
    figures.put("active", active);
    server.answer("/api/rooms/demo/figures", figures);
  }

  static Map<String, Object> viewer(String id, String name, String role, String tier) {
    return Map.of(
        "id", id, "name", name, "role", role, "tier", tier, "points", 86, "growth", 2_120);
  }

  /** A numbered event of the kind; what it is of is an id, or the thing itself. */
  final Map<String, Object> event(String what, Object of, Map<String, ?> fields) {
    Map<String, Object> event = new HashMap<>(fields);
    event.put("type", kind + "." + what);
    event.put("seq", ++seq);
    event.put(kind, of);
    return events(seq, event);
  }

  /** A counter of the kind. */
  final Map<String, Object> counter(String what, String id, Map<String, ?> fields) {
    Map<String, Object> counter = new HashMap<>(fields);
    counter.put("type", kind + "." + what);
    counter.put(kind, id);
    return events(seq, counter);
  }

  /** A message to one viewer. */
  final Map<String, Object> toMe(String what, String id, Map<String, ?> fields) {
    Map<String, Object> message = new HashMap<>(fields);
    message.put("type", kind + "." + what);
    message.put(kind, id);
    return message;
  }

  /** A thing as it is among what is active. */
  static Map<String, Object> with(Map<String, Object> thing, Object... fields) {
    Map<String, Object> changed = new HashMap<>(thing);
    for (int i = 0; i < fields.length; i += 2) {
      changed.put((String) fields[i], fields[i + 1]);
    }
    return changed;
  }

  /** Nothing of the page lies beyond the side of the screen. */
  static void fits(Browser browser) {
    browser.await("document.scrollingElement.scrollWidth <= innerWidth");
  }

  /** The messages of a page's console that say that something is not labelled. */
  static List<String> unlabelled(Browser browser, String css) {
    List<?> found =
        (List<?>)
            browser.run(
                "return [...document.querySelectorAll(arguments[0] + ' :is(input, select, textarea,"
                    + " button, a)')].filter((e) => !e.closest('[hidden]') && !(e.labels?.length > 0"
                    + " && [...e.labels].some((l) => l.textContent.trim())) && !e.textContent.trim() &&"
                    + " !e.getAttribute('aria-label')).map((e) => e.outerHTML)",
                css);
    List<String> texts = new ArrayList<>();
    found.forEach(each -> texts.add(String.valueOf(each)));
    return texts;
  }
}
