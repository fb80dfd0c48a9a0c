package barrage.outside;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.Patience;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What viewers notice when the store is away, comes back, or comes back having lost everything. */
final class OutageIT {
  private static final String ROOM = "outage";
  private static final String POINTS = "/api/rooms/" + ROOM + "/points";
  private static final Map<String, ?> GRANT =
      Map.of("viewer", "ann", "delta", 5, "reason", "gift", "ref", "g1");

  @TempDir Path dir;
  private ServerProcess server;
  private ProtocolClient ann;
  private ProtocolClient watcher;

  @BeforeEach
  void start() throws Exception {
    server = ServerProcess.start(dir, "limits.enabled=false");
    ann = ProtocolClient.join(server, ROOM, Jwt.viewer("ann"));
    watcher = ProtocolClient.join(server, ROOM, null);
  }

  @AfterEach
  void stop() throws Exception {
    watcher.close();
    ann.close();
    server.close();
  }

  @Test
  void frozenRedis_keepsNoPromises_showsDanmakuHere_andGoesOnWhenItThaws() throws Exception {
    long first = ann.saySeq("before");
    Api service = Api.of(server, "shop", "service");
    server.redis().freeze();
    try {
      long askedNanos = System.nanoTime();
      Api.Answer refused = service.post(POINTS, "grant-1", GRANT);
      Patience.assertInTime(Duration.ofMillis(2_500), askedNanos);
      assertEquals(503, refused.status());
      assertEquals("unavailable", refused.code());

      assertNull(ann.say("away", "said while away"));
      JsonNode shown = watcher.awaitEvent("danmaku", event -> event.path("seq").isNull());
      assertEquals("said while away", shown.path("text").asString());
      assertNull(ann.say("away", "said while away"));
      assertEquals("conflict", ann.say("away", "something else").path("code").asString());
      assertEquals(503, Api.anonymous(server).get("/readyz").status());
      assertEquals(200, Api.anonymous(server).get("/healthz").status());
    } finally {
      server.redis().thaw();
    }
    await().until(() -> Api.anonymous(server).get("/readyz").status() == 200);
    assertNull(ann.say("away", "said while away"));
    assertEquals(200, service.post(POINTS, "grant-1", GRANT).status());
    long next = ann.saySeq("after");
    watcher.awaitDanmaku(next);
    assertEquals(List.of(first, next), watcher.numbers());
    assertEquals(
        1,
        watcher.events("danmaku").stream().filter(event -> event.path("seq").isNull()).count(),
        "a repeat is not shown again");
    assertEquals(7, ann.me().path("points").asLong());
  }

  private static void assertNull(JsonNode said) {
    assertEquals("ok", said.path("type").asString(), said.toString());
    assertTrue(said.path("seq").isNull(), said.toString());
  }

  @Test
  void killedRedis_isStartedAgain_andNobodyHasToComeBack() throws Exception {
    long last = 0;
    for (int i = 0; i < 20; i++) {
      last = ann.saySeq("before " + i);
    }
    server.redis().kill();
    Api service = Api.of(server, "shop", "service");
    await().until(() -> service.post(POINTS, "grant-1", GRANT).status() == 200);
    long next = ann.saySeq("after");
    assertEquals(last + 1, next);
    watcher.awaitDanmaku(next);
    assertEquals(LongStream.rangeClosed(1, next).boxed().toList(), watcher.numbers());
    assertEquals(26, ann.me().path("points").asLong());
  }

  @Test
  void flushedRedis_isANewEpoch_thatEverybodyIsToldOf_andHearsOn() throws Exception {
    ann.saySeq("before");
    long epoch = ann.welcome().path("epoch").asLong();
    assertEquals("+OK", server.redis().ask("FLUSHALL"));
    for (ProtocolClient each : List.of(ann, watcher)) {
      JsonNode resync = each.awaitMessage("resync", any -> true);
      assertTrue(resync.path("epoch").asLong() > epoch, resync.toString());
      assertEquals(0, resync.path("seq").asLong(-1));
      assertEquals(0, resync.path("recent").size());
    }
    assertEquals(1, ann.saySeq("after"));
    watcher.awaitEvent("danmaku", event -> event.path("text").asString("").equals("after"));
    watcher.awaitOnline(2);
    assertEquals(1, ann.me().path("points").asLong());
  }
}
