package barrage.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.activity.Activities;
import barrage.core.Action;
import barrage.core.Danmaku;
import barrage.core.Role;
import barrage.core.RoomId;
import barrage.core.Viewer;
import barrage.core.ViewerId;
import barrage.room.Watchers.Watcher;
import barrage.rules.RuleBook;
import barrage.rules.RulesFile;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What is said while the store is away: a stepped loop, a store that goes when it is told to. */
final class SpeechTest {
  private static final RuleBook RULES = RulesFile.shipped(false);
  private static final ViewerId MO = new ViewerId("mo");

  private static final RoomId ROOM = new RoomId("r");

  private final ManualLoop loop = new ManualLoop();
  private final SimulatedStore store =
      new SimulatedStore(loop, new Random(1), Map.of(ROOM, new ModelRoom()), new ArrayList<>());
  private final Room room =
      new Room(
          ROOM,
          loop,
          new Surroundings(
              store,
              () -> RULES,
              Activities.NONE,
              new byte[32],
              (id, lagging) -> new Watchers(lagging),
              "node",
              25_000,
              new RoomMeters(new SimpleMeterRegistry())));

  private Watcher join(String name, Role role) {
    Watcher watcher = new Watcher(loop, new Viewer(MO, name, role));
    room.offerJoin(watcher, null);
    loop.advance(1_000);
    assertEquals(1, watcher.all("welcome").size());
    return watcher;
  }

  private JsonNode say(Watcher watcher, String id, String text) {
    int before = watcher.received.size();
    room.offerAction(
        watcher, id, new Action.Say(id, new Danmaku(text, Danmaku.Mode.SCROLL, 0xffffff)));
    loop.advance(1_000);
    return watcher.received.stream()
        .skip(before)
        .filter(message -> message.path("id").asString("").equals(id))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whatIsShownHereAlone_isByTheNameOfItsConnection_andOnceOverAllOfThem() {
    room.start();
    Watcher desk = join("Moderator Mo", Role.MODERATOR);
    Watcher tab = join("Mo", Role.VIEWER);
    store.goAway();
    assertTrue(say(tab, "1", "hello?").get("seq").isNull());
    assertTrue(say(desk, "2", "patience").get("seq").isNull());
    assertTrue(say(desk, "1", "hello?").get("seq").isNull(), "a repeat");
    assertEquals("conflict", say(desk, "1", "something else").get("code").asString());
    List<String> shown =
        tab.events().stream()
            .filter(event -> event.get("type").asString().equals("danmaku"))
            .map(event -> event.at("/viewer/name").asString() + ": " + event.get("text").asString())
            .toList();
    assertEquals(List.of("Mo: hello?", "Moderator Mo: patience"), shown);
  }
}
