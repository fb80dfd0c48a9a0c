package barrage.outside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.redis.RedisProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Servers that are killed, and servers that share one Redis. */
final class RestartIT {
  private static final String ROOM = "restart";
  private static final int LINES = 400;

  @TempDir Path dir;

  /** It is Redis that keeps it, so what Redis writes to its disk, and when, is no matter here. */
  @Test
  void killedInMidStream_withARedisThatWritesEverySecond_losesNothingEither() throws Exception {
    try (RedisProcess redis = RedisProcess.start(dir)) {
      assertEquals("OK", redis.ask("CONFIG", "SET", "appendfsync", "everysec"));
      killInMidStream("redis.uri=" + redis.uri());
    }
  }

  @Test
  void killedInMidStream_keepsAllItAcknowledgedAndGoesOn() throws Exception {
    killInMidStream("redis.uri=");
  }

  private void killInMidStream(String redis) throws Exception {
    String jwt = Jwt.viewer("ann");
    Map<Long, String> acknowledged = new TreeMap<>();
    long epoch;
    long before;
    try (ServerProcess first = ServerProcess.start(dir, "limits.enabled=false", redis)) {
      try (ProtocolClient ann = ProtocolClient.join(first, ROOM, jwt)) {
        epoch = ann.welcome().path("epoch").asLong();
        before = ann.welcome().path("seq").asLong();
        for (int i = 0; i < LINES; i++) {
          ann.send(say(ann, i));
        }
        // Some are answered by now, some are under way, some not even read.
        ann.awaitAnswers(LINES / 4);
        first.kill();
        ann.awaitEnd();
        acknowledged.putAll(ann.acknowledged(id -> "line " + id));
      }
      assertTrue(acknowledged.size() >= LINES / 4);

      try (ServerProcess second = first.again();
          ProtocolClient back = ProtocolClient.resume(second, ROOM, jwt, epoch, before)) {
        assertTrue(back.welcome().path("resumed").asBoolean(), "the epoch goes on");
        // Every id again: those that were stored get their old answers, the others happen now.
        for (int i = 0; i < LINES; i++) {
          back.send(say(back, i));
        }
        back.awaitAnswers(LINES);
        Map<Long, String> all = back.acknowledged(id -> "line " + id);
        assertEquals(LINES, all.size());
        assertTrue(all.entrySet().containsAll(acknowledged.entrySet()), "same ids, same numbers");

        long last = before + LINES;
        back.awaitDanmaku(last);
        List<Long> numbers = new ArrayList<>();
        for (JsonNode event : back.numbered()) {
          numbers.add(event.path("seq").asLong());
          assertEquals(
              all.get(event.path("seq").asLong()),
              event.path("text").asString(),
              "one effect each");
        }
        List<Long> expected = new ArrayList<>();
        for (long seq = before + 1; seq <= last; seq++) {
          expected.add(seq);
        }
        assertEquals(expected, numbers);
        assertEquals(50, back.me().path("points").asLong(), "a day's cap, and nothing twice");
      }
    }
  }

  private static String say(ProtocolClient client, int number) {
    return client
        .message("danmaku")
        .put("id", String.valueOf(number))
        .put("text", "line " + number)
        .toString();
  }

  @Test
  void viewerWhoComesBack_hasEveryNumberOnceAcrossTheRestart() throws Exception {
    String jwt = Jwt.viewer("watcher");
    try (ServerProcess first = ServerProcess.start(dir, "limits.enabled=false")) {
      List<JsonNode> seen = new ArrayList<>();
      long epoch;
      try (ProtocolClient ann = ProtocolClient.join(first, ROOM, Jwt.viewer("ann"));
          ProtocolClient watcher = ProtocolClient.join(first, ROOM, jwt)) {
        epoch = watcher.welcome().path("epoch").asLong();
        for (int i = 0; i < 20; i++) {
          ann.saySeq("before " + i);
        }
        watcher.awaitDanmaku(10);
        first.kill();
        watcher.awaitEnd();
        seen.addAll(watcher.numbered());
      }
      long covered = seen.get(seen.size() - 1).path("seq").asLong();
      try (ServerProcess second = first.again();
          ProtocolClient ann = ProtocolClient.join(second, ROOM, Jwt.viewer("ann"));
          ProtocolClient watcher = ProtocolClient.resume(second, ROOM, jwt, epoch, covered)) {
        long last = ann.saySeq("after");
        assertEquals(21, last);
        watcher.awaitDanmaku(last);
        seen.addAll(watcher.numbered());
        List<Long> numbers = seen.stream().map(event -> event.path("seq").asLong()).toList();
        List<Long> expected = new ArrayList<>();
        for (long seq = 1; seq <= last; seq++) {
          expected.add(seq);
        }
        assertEquals(expected, numbers);
      }
    }
  }

  @Test
  void twoServersOnOneRedis_tellTheSameStoryInTheSameOrder() throws Exception {
    try (ServerProcess one = ServerProcess.start(dir, "limits.enabled=false");
        ServerProcess two = ServerProcess.start(dir, "limits.enabled=false");
        ProtocolClient ann = ProtocolClient.join(one, ROOM, Jwt.viewer("ann"));
        ProtocolClient bob = ProtocolClient.join(two, ROOM, Jwt.viewer("bob"))) {
      assertEquals(
          ann.welcome().path("epoch").asLong(), bob.welcome().path("epoch").asLong(), "one room");
      for (int i = 0; i < 50; i++) {
        ann.send(say(ann, i));
        bob.send(say(bob, i));
      }
      ann.awaitAnswers(50);
      bob.awaitAnswers(50);
      ann.awaitDanmaku(100);
      bob.awaitDanmaku(100);
      assertEquals(100, ann.numbered().size());
      assertEquals(ann.numbered(), bob.numbered());

      // One id, two servers, one effect.
      long seq = ann.say("shared", "only once").path("seq").asLong(-1);
      try (ProtocolClient annThere = ProtocolClient.join(two, ROOM, Jwt.viewer("ann"))) {
        assertEquals(seq, annThere.say("shared", "only once").path("seq").asLong(-2));
      }
      // A mute on one holds on the other.
      Api.of(two, "mod", "moderator")
          .post("/api/rooms/" + ROOM + "/mutes", Map.of("viewer", "ann", "durationMs", 60_000));
      ann.awaitMessage("muted", any -> true);
      assertEquals("muted", ann.say("mmm").path("code").asString());
    }
  }
}
