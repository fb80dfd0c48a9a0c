package barrage.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.config.Folder;
import barrage.core.Danmaku;
import barrage.core.Entry;
import barrage.core.Outcome;
import barrage.core.RequestKey;
import barrage.core.Role;
import barrage.core.RoomId;
import barrage.core.RoomSettings;
import barrage.core.Viewer;
import barrage.core.ViewerId;
import barrage.redis.RedisFixture;
import barrage.room.Watchers.Watcher;
import barrage.rules.RuleBook;
import barrage.rules.RulesFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A room against a real Redis, its loop stepped by hand. */
final class RoomTest {
  private static final RuleBook UNLIMITED = RulesFile.shipped(false);
  private static final RuleBook LIMITED = RulesFile.shipped(true);

  private static final ViewerId MO = new ViewerId("mo");
  private static final Viewer MODERATOR = new Viewer(MO, "Mo the moderator", Role.MODERATOR);
  private static final Viewer VIEWER = new Viewer(MO, "Mo", Role.VIEWER);

  private final RoomId id = RedisFixture.freshRoom();
  private final ManualLoop loop = new ManualLoop();
  private final List<Node> nodes = new ArrayList<>();
  private RuleBook rules = UNLIMITED;

  @TempDir private Path dir;
  private Node node;

  private Node node(String name) {
    Node made = new Node(id, loop, name, () -> rules);
    nodes.add(made);
    return made;
  }

  @BeforeEach
  void open() {
    node = node("a");
  }

  @AfterEach
  void close() {
    nodes.forEach(open -> open.store.close());
  }

  @Test
  void whatOneSays_reachesAll_andIsAnsweredWithItsNumber() {
    Watcher speaker = node.join("ann", null);
    Watcher watcher = node.join(null, null);
    node.say(speaker, "1", "hello");
    JsonNode ok = node.answerTo(speaker, "1");
    assertEquals("ok", ok.get("type").asString());
    long seq = ok.get("seq").asLong();
    loop.advance(Broadcaster.MAX_TICK_MS);
    for (Watcher each : List.of(speaker, watcher)) {
      JsonNode event = only(each, "danmaku");
      assertEquals(seq, event.get("seq").asLong());
      assertEquals("hello", event.get("text").asString());
      assertEquals("ann", event.get("viewer").get("id").asString());
      assertEquals("regular", event.get("viewer").get("tier").asString());
    }
  }

  @Test
  void whereManyWatch_whatOnlyFramesShow_isCommittedWithTheFrame() {
    Watcher speaker = aFullRoom();
    node.say(speaker, "0", "the first goes at once");
    assertEquals("ok", node.answerTo(speaker, "0").get("type").asString());
    loop.runUntil(() -> speaker.seqs().size() == 1);
    long before = node.room.revision();
    for (int i = 1; i <= 4; i++) {
      loop.advance(20);
      node.say(speaker, "" + i, "said in between");
    }
    loop.advance(Broadcaster.MAX_TICK_MS - 86);
    assertNull(speaker.answer("1"));
    loop.advance(1);
    for (int i = 1; i <= 4; i++) {
      assertEquals("ok", node.answerTo(speaker, "" + i).get("type").asString());
    }
    assertEquals(before + 1, node.room.revision(), "one call for all of them");
    loop.advance(5);
    assertEquals(List.of(1L, 2L, 3L, 4L, 5L), speaker.seqs());
  }

  @Test
  void whatDecidesSomething_waitsForNoFrame_andTakesAlongWhatDoes() {
    Watcher speaker = aFullRoom();
    node.say(speaker, "0", "the first goes at once");
    node.answerTo(speaker, "0");
    loop.runUntil(() -> speaker.seqs().size() == 1);
    node.say(speaker, "1", "waits");
    loop.advance(10);
    assertNull(speaker.answer("1"));
    node.room.offerLook(speaker, "me");
    assertEquals("ok", node.answerTo(speaker, "me").get("type").asString());
    assertEquals("ok", node.answerTo(speaker, "1").get("type").asString());
  }

  @Test
  void whereAnotherNodeWritesToo_nothingWaitsForLong() {
    Watcher speaker = aFullRoom();
    Node other = node("b");
    Watcher there = other.join("bob", null);
    other.say(there, "0", "from elsewhere");
    other.answerTo(there, "0");
    loop.runUntil(
        () -> {
          loop.advance(Broadcaster.MAX_TICK_MS);
          return speaker.seqs().size() == 1;
        });
    loop.advance(Broadcaster.MAX_TICK_MS);
    node.say(speaker, "0", "the first goes at once, and shows that there is another node");
    node.answerTo(speaker, "0");
    loop.runUntil(() -> speaker.seqs().size() == 2);
    node.say(speaker, "1", "waits a little");
    loop.advance(24);
    assertNull(speaker.answer("1"));
    loop.advance(1);
    assertEquals("ok", node.answerTo(speaker, "1").get("type").asString());
  }

  /** So many watch that frames are as far apart as they may be; nothing else is going on. */
  private Watcher aFullRoom() {
    for (int i = 0; i < 10 * Broadcaster.MAX_TICK_MS; i++) {
      node.room.offerJoin(new Watcher(loop, null, Role.VIEWER), null);
    }
    Watcher speaker = node.join("ann", null);
    for (int second = 0; second < 3; second++) {
      loop.advance(1_000);
      node.room.offerLook(speaker, "settled" + second);
      node.answerTo(speaker, "settled" + second);
    }
    loop.advance(500);
    return speaker;
  }

  @Test
  void aRepeatedId_hasOneEffectAndTheSameAnswer() {
    Watcher speaker = node.join("ann", null);
    node.say(speaker, "1", "hello");
    JsonNode first = node.answerTo(speaker, "1");
    Watcher again = node.join("ann", null);
    node.say(again, "1", "hello");
    assertEquals(first, node.answerTo(again, "1"));
    node.say(again, "1", "something else");
    loop.runUntil(() -> !again.all("error").isEmpty());
    assertEquals("conflict", again.all("error").get(0).get("code").asString());
    loop.advance(Broadcaster.MAX_TICK_MS);
    assertEquals(List.of(1L), speaker.seqs());
  }

  @Test
  void twoNodes_tellTheSameInTheSameOrder() {
    Node other = node("b");
    Watcher here = node.join("ann", null);
    Watcher there = other.join("bob", null);
    int each = 300;
    for (int i = 0; i < each; i++) {
      node.say(here, "a" + i, "from here " + i);
      other.say(there, "b" + i, "from there " + i);
    }
    loop.runUntil(() -> here.all("ok").size() == each && there.all("ok").size() == each);
    loop.runUntil(
        () -> {
          loop.advance(Broadcaster.MAX_TICK_MS);
          return here.seqs().size() == 2 * each && there.seqs().size() == 2 * each;
        });
    assertEquals(LongStream.rangeClosed(1, 2 * each).boxed().toList(), here.seqs());
    assertEquals(danmakuOf(here), danmakuOf(there));
  }

  @Test
  void whoResumes_isToldAllThatWasMissed_andNothingTwice() {
    Watcher speaker = node.join("ann", null);
    List<Entry> past = new ArrayList<>();
    Viewer viewer = new Viewer(new ViewerId("ann"), "ann", Role.VIEWER);
    for (int batch = 0; batch < 5; batch++) {
      past.clear();
      for (int i = 0; i < 400; i++) {
        String text = "past " + batch + "." + i;
        past.add(
            new Entry.Say(
                new RequestKey(viewer.id(), text), viewer, new Danmaku(text, Danmaku.Mode.TOP, 0)));
      }
      await(node.store.commit(id, past, UNLIMITED.terms(), 0, 0).toCompletableFuture());
    }
    long epoch = speaker.all("welcome").get(0).get("epoch").asLong();
    // A node that has just opened the room remembers its tail alone: the rest comes from history.
    Node fresh = node("c");
    Watcher back = fresh.join("bob", new Position(epoch, 100));
    loop.runUntil(() -> back.seqs().size() == 1_900);
    JsonNode welcome = back.all("welcome").get(0);
    assertTrue(welcome.get("resumed").asBoolean());
    assertEquals(100, welcome.get("seq").asLong());
    assertEquals(0, welcome.get("recent").size());
    fresh.say(back, "n", "now");
    fresh.answerTo(back, "n");
    loop.advance(Broadcaster.MAX_TICK_MS);
    assertEquals(LongStream.rangeClosed(101, 2_001).boxed().toList(), back.seqs());
  }

  @Test
  void aPositionThatHistoryDoesNotHold_getsASnapshot() {
    Watcher speaker = node.join("ann", null);
    node.say(speaker, "1", "hello");
    node.answerTo(speaker, "1");
    loop.advance(Broadcaster.MAX_TICK_MS);
    long epoch = speaker.all("welcome").get(0).get("epoch").asLong();
    for (Position bad : List.of(new Position(epoch + 1, 0), new Position(epoch, 99))) {
      JsonNode welcome = node.join("bob", bad).all("welcome").get(0);
      assertFalse(welcome.get("resumed").asBoolean());
      assertEquals(1, welcome.get("recent").size());
    }
  }

  @Test
  void whoLags_getsTheMissedFramesMerged() {
    Watcher speaker = node.join("ann", null);
    Watcher slow = node.join(null, null);
    node.audience.stall(slow);
    for (int i = 0; i < 30; i++) {
      node.say(speaker, "s" + i, "text " + i);
      node.answerTo(speaker, "s" + i);
      loop.advance(Broadcaster.MAX_TICK_MS);
    }
    assertEquals(List.of(), slow.seqs());
    int frames = slow.received.size();
    node.room.onCanRead(slow, 0, false);
    loop.run();
    assertEquals(frames + 1, slow.received.size());
    assertEquals(LongStream.rangeClosed(1, 30).boxed().toList(), slow.seqs());
    node.say(speaker, "last", "after");
    node.answerTo(speaker, "last");
    loop.advance(Broadcaster.MAX_TICK_MS);
    assertEquals(31, slow.seqs().size());
  }

  @Test
  void whatAViewerMisses_isWhatShedSays() {
    rules = LIMITED;
    Watcher watcher = node.join(null, null);
    for (int burst = 0; burst < 20; burst++) {
      List<Watcher> crowd = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        crowd.add(node.join("viewer" + burst + "." + i, null));
      }
      for (Watcher each : crowd) {
        node.say(each, "1", "from " + each.viewer().id());
      }
      for (Watcher each : crowd) {
        assertEquals("ok", node.answerTo(each, "1").get("type").asString());
      }
      loop.advance(50);
    }
    loop.advance(Broadcaster.MAX_TICK_MS);
    long shed =
        watcher.events().stream()
            .filter(e -> e.get("type").asString().equals("shed"))
            .mapToLong(e -> e.get("count").asLong())
            .sum();
    assertTrue(shed > 0);
    assertEquals(400, watcher.seqs().size() + shed);
    assertEquals(watcher.seqs().stream().sorted().distinct().toList(), watcher.seqs());
    List<JsonNode> frames = watcher.all("events");
    assertEquals(400, frames.get(frames.size() - 1).get("seq").asLong());
  }

  @Test
  void aServiceGivesPoints_theTierFollowsAtOnce_andTheViewerIsTold() {
    Watcher ann = node.join("ann", null);
    Outcome outcome =
        await(
            node.room
                .offer(
                    new Entry.Grant(
                        new RequestKey(new ViewerId("shop"), "g1"),
                        new ViewerId("ann"),
                        100,
                        2_000,
                        "gift",
                        "ref-1"))
                .toCompletableFuture());
    assertTrue(outcome instanceof Outcome.Stands);
    loop.advance(10);
    JsonNode told = ann.all("points").get(0);
    assertEquals(100, told.get("delta").asLong());
    assertEquals("gold", told.get("tier").asString());
    node.say(ann, "1", "hello");
    node.answerTo(ann, "1");
    loop.advance(Broadcaster.MAX_TICK_MS);
    assertEquals("gold", only(ann, "danmaku").get("viewer").get("tier").asString());
  }

  @Test
  void pointsAreToldOnceASecond() {
    Watcher ann = node.join("ann", null);
    for (int i = 0; i < 10; i++) {
      node.say(ann, "p" + i, "text " + i);
      node.answerTo(ann, "p" + i);
      loop.advance(10);
    }
    assertEquals(1, ann.all("points").size());
    loop.advance(1_100);
    List<JsonNode> told = ann.all("points");
    assertEquals(2, told.size());
    assertEquals(10, told.stream().mapToLong(p -> p.get("delta").asLong()).sum());
    assertEquals(10, told.get(1).get("points").asLong());
  }

  @Test
  void whoOnlyWatchesIsAskedForSignsOfLife_asOftenAsWatchingIsPaidFor() throws IOException {
    rules = watchPaidEvery(5_000);
    Watcher ann = node.join("ann", null);
    ann.silent = true;
    loop.runUntil(
        () -> {
          loop.advance(1_000);
          return !ann.all("points").isEmpty();
        });
    assertEquals("watch", ann.all("points").get(0).get("reason").asString());
  }

  @Test
  void likesAreCountedAndMergedToOneNumberASecond() {
    Watcher ann = node.join("ann", null);
    for (int total = 1; total <= 40; total++) {
      node.room.offerLikes(ann, total);
      loop.advance(50);
    }
    loop.runUntil(
        () -> {
          loop.advance(200);
          List<JsonNode> likes = events(ann, "likes");
          return !likes.isEmpty() && likes.get(likes.size() - 1).get("total").asLong() == 40;
        });
    assertTrue(events(ann, "likes").size() <= 6, "at most one a second");
  }

  @Test
  void settingsAndMutesHoldAtOnce() {
    Watcher ann = node.join("ann", null);
    configure(new RoomSettings.Patch(null, true, null, null));
    node.say(ann, "1", "hello");
    assertEquals("members_only", node.answerTo(ann, "1").get("code").asString());
    configure(new RoomSettings.Patch(null, false, null, null));
    await(
        node.room
            .offer(
                new Entry.Mute(
                    new RequestKey(new ViewerId("mod"), "m1"), new ViewerId("ann"), 60_000))
            .toCompletableFuture());
    node.say(ann, "2", "hello");
    assertEquals("muted", node.answerTo(ann, "2").get("code").asString());
    assertEquals(1, ann.all("muted").size());
  }

  @Test
  void nameAndRole_areThoseOfEachConnectionsOwnToken_whicheverCameFirst() {
    Watcher first = node.join(MODERATOR);
    Watcher tab = node.join(VIEWER);
    Watcher last = node.join(MODERATOR);
    assertIs(MODERATOR, first.all("welcome").get(0));
    assertIs(VIEWER, tab.all("welcome").get(0));
    assertIs(MODERATOR, last.all("welcome").get(0));
    configure(new RoomSettings.Patch(null, null, null, true));
    node.say(tab, "1", "may I?");
    assertEquals("muted", node.answerTo(tab, "1").get("code").asString());
    node.room.offerLeave(first);
    node.say(tab, "2", "and now?");
    assertEquals("muted", node.answerTo(tab, "2").get("code").asString());
    node.say(last, "3", "silence!");
    assertEquals("ok", node.answerTo(last, "3").get("type").asString());
    configure(new RoomSettings.Patch(null, null, null, false));
    node.say(tab, "4", "at last");
    node.answerTo(tab, "4");
    loop.advance(Broadcaster.MAX_TICK_MS);
    assertEquals(
        List.of(MODERATOR.name(), VIEWER.name()),
        danmakuOf(tab).stream().map(e -> e.get("viewer").get("name").asString()).toList());
    for (Watcher each : List.of(tab, last)) {
      node.room.offerLook(each, "me");
      assertIs(each.viewer(), node.answerTo(each, "me"));
    }
  }

  @Test
  void whatAViewerDidLately_isTheSameOnAllConnections_whoIsExemptIsNot() {
    rules = LIMITED;
    Watcher tab = node.join(VIEWER);
    Watcher moderator = node.join(MODERATOR);
    configure(new RoomSettings.Patch(60_000L, null, null, null));
    node.say(moderator, "1", "slowly, please");
    assertEquals("ok", node.answerTo(moderator, "1").get("type").asString());
    node.say(tab, "2", "me too");
    assertEquals("slow_mode", node.answerTo(tab, "2").get("code").asString());
    node.say(moderator, "3", "slowly, please");
    assertEquals("ok", node.answerTo(moderator, "3").get("type").asString());
    configure(new RoomSettings.Patch(0L, null, null, null));
    // The bucket of three is the viewer's: the one that was slowed down took a token as well.
    node.say(moderator, "4", "thank you");
    assertEquals("rate_limited", node.answerTo(moderator, "4").get("code").asString());
  }

  @Test
  void aRepeat_overAConnectionOfAnotherNameAndRole_isTheSameRequest() {
    Watcher moderator = node.join(MODERATOR);
    Watcher tab = node.join(VIEWER);
    node.say(moderator, "1", "once");
    JsonNode ok = node.answerTo(moderator, "1");
    node.say(tab, "1", "once");
    assertEquals(ok, node.answerTo(tab, "1"));
    node.say(tab, "1", "twice");
    loop.runUntil(() -> !tab.all("error").isEmpty());
    assertEquals("conflict", tab.all("error").get(0).get("code").asString());
    loop.advance(Broadcaster.MAX_TICK_MS);
    assertEquals(MODERATOR.name(), only(tab, "danmaku").get("viewer").get("name").asString());
  }

  private void configure(RoomSettings.Patch patch) {
    await(node.room.offer(new Entry.Configure(patch)).toCompletableFuture());
  }

  private static void assertIs(Viewer expected, JsonNode message) {
    JsonNode viewer = message.get("viewer");
    assertEquals(expected.id().value(), viewer.get("id").asString());
    assertEquals(expected.name(), viewer.get("name").asString());
    assertEquals(expected.role().wire(), viewer.get("role").asString());
  }

  @Test
  void aStoreThatLostEverything_beginsANewEpoch_andViewersAreResynced() {
    Watcher ann = node.join("ann", null);
    node.say(ann, "1", "hello");
    node.answerTo(ann, "1");
    long epoch = ann.all("welcome").get(0).get("epoch").asLong();
    RedisFixture.forget(id);
    node.say(ann, "2", "again");
    loop.runUntil(() -> !ann.all("resync").isEmpty());
    JsonNode resync = ann.all("resync").get(0);
    assertNotEquals(epoch, resync.get("epoch").asLong());
    assertEquals("ok", node.answerTo(ann, "2").get("type").asString());
    node.say(ann, "3", "and on");
    node.answerTo(ann, "3");
    loop.advance(Broadcaster.MAX_TICK_MS);
    assertEquals(
        "and on",
        events(ann, "danmaku").get(events(ann, "danmaku").size() - 1).get("text").asString());
    loop.runUntil(
        () -> {
          loop.advance(1_000);
          return !events(ann, "online").isEmpty();
        });
  }

  @Test
  void me_standsAfterEveryEarlierAnswer() {
    Watcher ann = node.join("ann", null);
    for (int i = 0; i < 20; i++) {
      node.say(ann, "t" + i, "text " + i);
    }
    node.room.offerLook(ann, "me");
    JsonNode me = node.answerTo(ann, "me");
    assertEquals(20, me.get("viewer").get("points").asLong());
    assertNotNull(ann.answer("t19"));
    assertNull(ann.closed);
  }

  @Test
  void aRushToTheDoor_leavesRoomForWhatIsSaid() {
    Watcher speaker = node.join("ann", null);
    List<Watcher> rush = new ArrayList<>();
    for (int i = 0; i < Outbox.MAX_WAITING + 1_000; i++) {
      Watcher each = new Watcher(loop, "v" + i, Role.VIEWER);
      rush.add(each);
      node.room.offerJoin(each, null);
    }
    node.say(speaker, "1", "hello");
    assertEquals("ok", node.answerTo(speaker, "1").get("type").asString());
    long in = rush.stream().filter(each -> !each.all("welcome").isEmpty()).count();
    assertTrue(in <= Store.MAX_BATCH, in + " were let in before");
    loop.runUntil(() -> rush.stream().noneMatch(each -> each.all("welcome").isEmpty()));
    assertTrue(rush.stream().allMatch(each -> each.closed == null));
  }

  private RuleBook watchPaidEvery(int ms) throws IOException {
    Files.writeString(dir.resolve("rules.yaml"), "points: {watch: {every-ms: " + ms + "}}");
    return RulesFile.read(Folder.at(dir), "rules.yaml", true);
  }

  private <T> T await(CompletableFuture<T> future) {
    loop.runUntil(future::isDone);
    return future.join();
  }

  private static List<JsonNode> events(Watcher watcher, String type) {
    return watcher.events().stream().filter(e -> e.get("type").asString().equals(type)).toList();
  }

  private static JsonNode only(Watcher watcher, String type) {
    List<JsonNode> found = events(watcher, type);
    assertEquals(1, found.size());
    return found.get(0);
  }

  private static List<JsonNode> danmakuOf(Watcher watcher) {
    return events(watcher, "danmaku");
  }
}
