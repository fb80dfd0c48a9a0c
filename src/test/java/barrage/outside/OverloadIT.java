package barrage.outside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.Patience;
import barrage.outside.Flock.Bird;
import barrage.outside.Flock.Ticket;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** More than can be served, of everything that can be asked for. */
final class OverloadIT {
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  /** A normal answer takes some milliseconds, on a machine that does nothing else. */
  private static final Duration SOON = Duration.ofSeconds(2);

  @TempDir private static Path dir;
  private static ServerProcess server;

  @BeforeAll
  static void start() throws Exception {
    server = ServerProcess.start(dir, "limits.enabled=false");
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  private static List<Ticket> tickets(String room, String viewers, int count) {
    List<Ticket> tickets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      tickets.add(new Ticket(server, room, Jwt.viewer(viewers + i)));
    }
    return tickets;
  }

  private static int say(List<Bird> speakers, String name, int each) throws IOException {
    for (int i = 0; i < each; i++) {
      for (int k = 0; k < speakers.size(); k++) {
        String text = name + k + "." + i;
        speakers
            .get(k)
            .send("{\"type\":\"danmaku\",\"id\":\"" + text + "\",\"text\":\"" + text + "\"}");
      }
    }
    return each * speakers.size();
  }

  /** While the store stands still all of it waits; a room holds 5,000, and a batch is under way. */
  @Test
  void whatIsTooMuchIsTurnedAway_membersLast_withWhenToComeBack_andHasNoEffect() throws Exception {
    Market market = new Market(server, "crowded");
    for (int i = 0; i < 3; i++) {
      market.make("gold" + i, "gold", 1);
    }
    try (Flock regulars = new Flock();
        Flock members = new Flock();
        ProtocolClient watcher = market.join("watcher")) {
      List<Bird> many = regulars.come(tickets("crowded", "regular", 60));
      List<Bird> few = members.come(tickets("crowded", "gold", 3));
      regulars.await("all", PATIENCE, () -> regulars.welcomed() == 60);
      members.await("all", PATIENCE, () -> members.welcomed() == 3);

      int said;
      int byMembers;
      server.redis().freeze();
      try {
        said = say(many, "r", 100);
        regulars.await("too much", PATIENCE, () -> regulars.answered() >= said - 5_500);
        byMembers = say(few, "g", 100);
        int turnedAway = regulars.answered();
        regulars.await("room for members", PATIENCE, () -> regulars.answered() > turnedAway + 200);
      } finally {
        server.redis().thaw();
      }
      regulars.await("answers", PATIENCE, () -> regulars.answered() == said);
      members.await("answers", PATIENCE, () -> members.answered() == byMembers);
      assertEquals(Map.of("ok", byMembers), members.answers);
      assertEquals(Set.of("ok", "busy"), regulars.answers.keySet());
      assertEquals(regulars.answers.get("busy"), regulars.retries.size());
      List<Long> waits = regulars.retries;
      assertTrue(waits.stream().allMatch(ms -> ms >= 50 && ms <= 10_000), waits.toString());

      // Service at once, and what was granted is there, once, and nothing else.
      long overNanos = System.nanoTime();
      long last = watcher.saySeq("over");
      Patience.assertInTime(SOON, overNanos);
      assertEquals(regulars.answers.get("ok") + byMembers + 1, last);
      watcher.awaitDanmaku(last);
      Set<String> heard = new HashSet<>();
      for (JsonNode event : watcher.events("danmaku")) {
        assertTrue(heard.add(event.path("text").asString()), event.toString());
      }
      assertEquals(last, heard.size());
      assertEquals(300, heard.stream().filter(text -> text.startsWith("g")).count());
    }
  }

  @Test
  void whoJoinsWhileTheStoreIsAway_waits() throws Exception {
    try (ProtocolClient first = ProtocolClient.join(server, "known", Jwt.viewer("first"));
        Flock flock = new Flock()) {
      first.saySeq("hello");
      server.redis().freeze();
      try {
        flock.come(tickets("known", "late", 300));
        for (int i = 0; i < 50; i++) {
          flock.come(tickets("unknown" + i, "late", 2));
        }
        flock.await(
            "the store's absence to be noticed",
            PATIENCE,
            () -> Api.anonymous(server).get("/readyz").status() == 503);
      } finally {
        server.redis().thaw();
      }
      flock.await("welcomes", PATIENCE, () -> flock.welcomed() == 400);
      assertEquals(Map.of(), flock.closes);
    }
  }

  @Test
  void aHotRoom_holdsUpNoOther() throws Exception {
    try (Flock flock = new Flock();
        ProtocolClient quiet = ProtocolClient.join(server, "quiet", Jwt.viewer("quiet"))) {
      List<Bird> crowd = flock.come(tickets("hot", "loud", 100));
      flock.await("all", PATIENCE, () -> flock.welcomed() == 100);
      int sent = 0;
      for (int i = 0; i < 5; i++) {
        sent += say(crowd, i + "-", 40);
        long askedNanos = System.nanoTime();
        quiet.saySeq("here nothing is going on " + i);
        Patience.assertInTime(SOON, askedNanos);
      }
      int all = sent;
      flock.await("answers", PATIENCE, () -> flock.answered() == all);
      assertTrue(Set.of("ok", "busy").containsAll(flock.answers.keySet()));
    }
  }
}
