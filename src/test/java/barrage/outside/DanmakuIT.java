package barrage.outside;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** What is said in a room, and what is refused. */
@ExtendWith(SharedServer.class)
final class DanmakuIT {
  @TempDir Path dir;

  private final ServerProcess server;

  DanmakuIT(ServerProcess server) {
    this.server = server;
  }

  @Test
  void danmaku_reachesEveryViewerWithItsNumber() {
    try (ProtocolClient ann = join("say", "ann");
        ProtocolClient bob = join("say", "bob")) {
      JsonNode answer =
          ann.request(
              ann.message("danmaku")
                  .put("id", "first")
                  .put("text", " 前排 <b>&\"'\\ 👍🏽 ")
                  .put("mode", "top")
                  .put("color", "#Ff8800"));
      assertEquals("ok", answer.path("type").asString(), answer.toString());
      long seq = answer.path("seq").asLong();
      assertEquals(ann.welcome().path("seq").asLong() + 1, seq);

      for (ProtocolClient each : List.of(ann, bob)) {
        JsonNode event = each.awaitDanmaku(seq);
        assertEquals(" 前排 <b>&\"'\\ 👍🏽 ", event.path("text").asString());
        assertEquals("top", event.path("mode").asString());
        assertEquals("#ff8800", event.path("color").asString());
        assertEquals("ann", event.path("viewer").path("id").asString());
        assertEquals("regular", event.path("viewer").path("tier").asString());
        assertTrue(event.path("viewer").path("name").isString());
        assertTrue(Math.abs(event.path("at").asLong() - System.currentTimeMillis()) < 60_000);
      }
      long second = bob.saySeq("第二");
      assertEquals(seq + 1, second);
      JsonNode event = ann.awaitDanmaku(second);
      assertEquals("scroll", event.path("mode").asString());
      assertEquals("#ffffff", event.path("color").asString());
    }
  }

  @Test
  void newcomer_isToldOfRecentDanmaku() {
    try (ProtocolClient ann = join("recent", "ann")) {
      long seq = ann.saySeq("还有人吗");
      try (ProtocolClient bob = join("recent", "bob")) {
        JsonNode recent = bob.welcome().path("recent");
        assertEquals(1, recent.size());
        assertEquals(seq, recent.path(0).path("seq").asLong());
        assertEquals("还有人吗", recent.path(0).path("text").asString());
        assertEquals(seq, bob.welcome().path("seq").asLong());
      }
    }
  }

  @Test
  void sameRequestAgain_hasOneEffectAndTheSameAnswer() {
    try (ProtocolClient here = join("repeat", "ann");
        ProtocolClient there = join("repeat", "ann")) {
      long seq = here.say("once", "hello").path("seq").asLong(-1);
      assertEquals(seq, there.say("once", "hello").path("seq").asLong(-2));

      JsonNode other = there.say("once", "something else");
      assertEquals("conflict", other.path("code").asString());
      assertEquals("once", other.path("id").asString());
    }
    try (ProtocolClient bob = join("repeat", "bob")) {
      long marker = bob.saySeq("marker");
      bob.awaitDanmaku(marker);
      assertEquals(1, bob.welcome().path("recent").size());
      assertEquals(1, bob.numbered().size());
    }
  }

  @Test
  void sameId_ofAnotherViewer_isAnotherRequest() {
    try (ProtocolClient ann = join("ids", "ann");
        ProtocolClient bob = join("ids", "bob")) {
      long first = ann.say("1", "from ann").path("seq").asLong(-1);
      long second = bob.say("1", "from bob").path("seq").asLong(-1);
      assertEquals(first + 1, second);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          no text       | {"type":"danmaku","id":"x"}
          text a number | {"type":"danmaku","id":"x","text":5}
          unknown mode  | {"type":"danmaku","id":"x","text":"a","mode":"left"}
          colour a name | {"type":"danmaku","id":"x","text":"a","color":"red"}
          full-width    | {"type":"danmaku","id":"x","text":"a","color":"#１２３４５６"}
          unknown type  | {"type":"dance","id":"x"}
          no type       | {"id":"x"}
          half a pair   | {"type":"danmaku","id":"x","text":"\\ud83d"}
          type an array | {"type":["danmaku"],"id":"x","text":"a"}
          """)
  void malformedRequest_isAnsweredBadRequestWithItsId(String what, String frame) {
    try (ProtocolClient ann = join("malformed", what.replace(' ', '-'))) {
      ann.send(frame);
      JsonNode error = ann.awaitMessage("error", any -> true);
      assertEquals("bad_request", error.path("code").asString(), what);
      assertEquals("x", error.path("id").asString(), what);
      assertTrue(error.path("message").isString());
      assertEquals("ok", ann.say("still here").path("type").asString());
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          not JSON         | {"type":
          an array         | [1,2]
          a word           | hello
          two objects      | {"type":"ping","id":"x"} {"type":"ping","id":"y"}
          no id            | {"type":"danmaku","text":"a"}
          id a number      | {"type":"danmaku","id":7,"text":"a"}
          id empty         | {"type":"danmaku","id":"","text":"a"}
          id not ASCII     | {"type":"danmaku","id":"é","text":"a"}
          likes negative   | {"type":"like","total":-1}
          likes a fraction | {"type":"like","total":1.5}
          likes too many   | {"type":"like","total":99999999999999999999}
          """)
  void frameWithoutReadableId_isAnsweredBadRequest(String what, String frame) {
    try (ProtocolClient ann = join("unreadable", "ann")) {
      ann.send(frame);
      JsonNode error = ann.awaitMessage("error", any -> true);
      assertEquals("bad_request", error.path("code").asString(), what);
      assertEquals("ok", ann.me().isObject() ? "ok" : "closed");
    }
  }

  @Test
  void frameAbove4KiB_closesWith1009() {
    try (ProtocolClient ann = join("large", "ann")) {
      ann.send("{\"type\":\"ping\",\"id\":\"x\",\"pad\":\"" + "a".repeat(4_096) + "\"}");
      assertEquals(1009, ann.awaitClose());
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"blank,'   ',blocked_text|bad_request", "too long,LONG,blocked_text|too_large"})
  void text_thatNobodyMaySay_isRefused(String what, String text, String codes) {
    try (ProtocolClient ann = join("texts", what.replace(' ', '-'))) {
      JsonNode answer = ann.say(text.equals("LONG") ? "很".repeat(101) : text);
      assertTrue(answer.path("code").asString("").matches(codes + "|bad_request"), what + answer);
    }
  }

  @Test
  void hundredCodePoints_areAccepted() {
    try (ProtocolClient ann = join("length", "ann")) {
      assertTrue(ann.saySeq("😀".repeat(100)) > 0);
    }
  }

  @Test
  void advertisement_isBlocked() {
    try (ProtocolClient ann = join("ads", "ann")) {
      assertEquals("blocked_text", ann.say("加我 13800138000").path("code").asString());
      assertEquals("blocked_text", ann.say("see https://x.example/a").path("code").asString());
    }
  }

  @Test
  void flood_isRateLimitedAndToldHowLongToWait() {
    try (ProtocolClient ann = join("flood", "ann")) {
      for (int i = 0; i < 6; i++) {
        ann.send(ann.message("danmaku").put("id", "f" + i).put("text", "line " + i).toString());
      }
      JsonNode error =
          ann.awaitMessage("error", m -> m.path("code").asString("").equals("rate_limited"));
      long retryAfterMs = error.path("retryAfterMs").asLong(-1);
      assertTrue(retryAfterMs > 0 && retryAfterMs <= 4_000, error.toString());
    }
  }

  @Test
  void sameTextWithAnotherId_isADuplicate() {
    try (ProtocolClient ann = join("duplicates", "ann")) {
      ann.saySeq("2333");
      assertEquals("duplicate_text", ann.say("2333").path("code").asString());
      try (ProtocolClient bob = join("duplicates", "bob")) {
        assertTrue(bob.saySeq("2333") > 0);
      }
    }
  }

  @Test
  void conflict_doesNotMakeTheServerForgetWhatWasSaidUnderThatId() {
    try (ProtocolClient ann = join("conflicts", "ann")) {
      assertEquals("ok", ann.say("spam-1", "2333").path("type").asString());
      assertEquals("conflict", ann.say("spam-1", "another text").path("code").asString());
      assertEquals("duplicate_text", ann.say("2333").path("code").asString());
    }
  }

  @Test
  void slowMode_isOneForAllNodesAndConnections() throws Exception {
    try (ServerProcess one = ServerProcess.start(dir);
        ServerProcess two = ServerProcess.start(dir)) {
      Market here = new Market(one, "slow-nodes");
      Market there = new Market(two, "slow-nodes");
      try (ProtocolClient ann = here.join("ann");
          ProtocolClient annThere = there.join("ann");
          ProtocolClient bobThere = there.join("bob")) {
        assertEquals(200, here.streamer.patch(path(here), Map.of("slowModeMs", 60_000)).status());
        annThere.awaitEvent("room.settings", any -> true);
        JsonNode said = ann.say("first", "one");
        assertTrue(said.path("seq").isNumber(), said.toString());
        assertSlowed(annThere.say("two"));
        assertEquals(said, annThere.say("first", "one"), "a repeat of what was granted");
        assertEquals(said, ann.say("first", "one"), "also where it was said");
        bobThere.saySeq("somebody else");
      }
      try (ProtocolClient back = here.join("ann");
          ProtocolClient backThere = there.join("ann")) {
        assertSlowed(back.say("three"));
        assertSlowed(backThere.say("four"));
        assertEquals(200, there.streamer.patch(path(there), Map.of("slowModeMs", 0)).status());
        backThere.awaitEvent("room.settings", e -> e.at("/settings/slowModeMs").asLong(-1) == 0);
        await().until(() -> backThere.say("five").path("seq").isNumber()); // past the flood rule
      }
    }
  }

  private static String path(Market market) {
    return "/api/rooms/" + market.room;
  }

  private static void assertSlowed(JsonNode answer) {
    assertEquals("slow_mode", answer.path("code").asString(""), answer.toString());
    long retryAfterMs = answer.path("retryAfterMs").asLong();
    assertTrue(retryAfterMs > 0 && retryAfterMs <= 60_000, answer.toString());
  }

  @Test
  void slowMode_holdsForViewersAndNotForStaff() {
    try (ProtocolClient ann = join("slow", "ann");
        ProtocolClient host = ProtocolClient.join(server, "slow", Jwt.of("host", "streamer"))) {
      Api api = Api.of(server, "host", "streamer");
      assertEquals(200, api.patch("/api/rooms/slow", Map.of("slowModeMs", 60_000)).status());
      JsonNode event = ann.awaitEvent("room.settings", any -> true);
      assertEquals(60_000, event.path("settings").path("slowModeMs").asLong());
      assertTrue(event.path("seq").isNumber());

      ann.saySeq("one");
      JsonNode refused = ann.say("two");
      assertEquals("slow_mode", refused.path("code").asString());
      long retryAfterMs = refused.path("retryAfterMs").asLong();
      assertTrue(retryAfterMs > 0 && retryAfterMs <= 60_000, refused.toString());

      host.saySeq("three");
      host.saySeq("four");
    }
  }

  @Test
  void silencedRoom_letsStaffAloneSpeak() {
    try (ProtocolClient ann = join("silenced", "ann");
        ProtocolClient host = ProtocolClient.join(server, "silenced", Jwt.of("host", "streamer"))) {
      Api.of(server, "host", "streamer").patch("/api/rooms/silenced", Map.of("silenced", true));
      ann.awaitEvent("room.settings", e -> e.path("settings").path("silenced").asBoolean());
      assertEquals("error", ann.say("psst").path("type").asString());
      host.saySeq("quiet please");
    }
  }

  @Test
  void membersOnlyRoom_letsMembersAloneSpeak() {
    try (ProtocolClient ann = join("members", "ann")) {
      Api.of(server, "host", "streamer").patch("/api/rooms/members", Map.of("membersOnly", true));
      ann.awaitEvent("room.settings", e -> e.path("settings").path("membersOnly").asBoolean());
      assertEquals("members_only", ann.say("let me in").path("code").asString());
    }
  }

  @Test
  void mutedViewer_isToldAndMayNotSpeakUntilItIsLifted() {
    try (ProtocolClient ann = join("mutes", "ann")) {
      Api moderator = Api.of(server, "mod", "moderator");
      Map<String, ?> mute = Map.of("viewer", "ann", "durationMs", 60_000);
      Api.Answer answer = moderator.post("/api/rooms/mutes/mutes", mute);
      assertEquals(200, answer.status(), answer.body());
      assertEquals("ann", answer.json().path("viewer").asString());
      long untilAt = answer.json().path("untilAt").asLong();
      assertTrue(untilAt > System.currentTimeMillis() + 30_000);

      assertEquals(untilAt, ann.awaitMessage("muted", m -> true).path("untilAt").asLong());
      assertEquals("muted", ann.say("mmm").path("code").asString());

      moderator.post("/api/rooms/mutes/mutes", Map.of("viewer", "ann", "durationMs", 0));
      ann.awaitMessage("muted", m -> m.path("untilAt").asLong(-1) == 0);
      ann.saySeq("free");
    }
  }

  @Test
  void deletedDanmaku_keepsItsNumberAndLosesItsText() {
    try (ProtocolClient ann = join("deletes", "ann")) {
      long epoch = ann.welcome().path("epoch").asLong();
      long before = ann.welcome().path("seq").asLong();
      long seq = ann.saySeq("oops");
      Api moderator = Api.of(server, "mod", "moderator");
      assertEquals(204, moderator.delete("/api/rooms/deletes/danmaku/" + seq).status());
      JsonNode deletion = ann.awaitEvent("danmaku.deleted", e -> e.path("target").asLong() == seq);
      assertEquals(seq + 1, deletion.path("seq").asLong());

      try (ProtocolClient back =
          ProtocolClient.resume(server, "deletes", Jwt.viewer("bob"), epoch, before)) {
        JsonNode event = back.awaitDanmaku(seq);
        assertTrue(event.path("deleted").asBoolean(false), event.toString());
        assertFalse(event.path("text").asString("").contains("oops"));
        back.awaitEvent("danmaku.deleted", e -> e.path("target").asLong() == seq);
      }
      assertFalse(
          Api.anonymous(server).get("/api/rooms/deletes/danmaku.xml").body().contains("oops"));
    }
  }

  @Test
  void likes_ofAllViewersAreAddedUpAndMerged() {
    try (ProtocolClient ann = join("likes", "ann");
        ProtocolClient bob = join("likes", "bob")) {
      ann.send("{\"type\":\"like\",\"total\":3}");
      ann.send("{\"type\":\"like\",\"total\":5}");
      ann.send("{\"type\":\"like\",\"total\":5}");
      bob.send("{\"type\":\"like\",\"total\":4}");
      JsonNode event = bob.awaitEvent("likes", e -> e.path("total").asLong() == 9);
      assertFalse(event.has("seq"));
      assertEquals(9, Api.anonymous(server).get("/api/rooms/likes").json().path("likes").asLong());
    }
  }

  private ProtocolClient join(String room, String viewer) {
    return ProtocolClient.join(server, room, Jwt.viewer(viewer));
  }
}
