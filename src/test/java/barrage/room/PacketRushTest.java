package barrage.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.Kinds;
import barrage.activity.Activities;
import barrage.activity.StoreEntry;
import barrage.activity.packet.Packets;
import barrage.core.Action;
import barrage.core.Outcome;
import barrage.core.RequestKey;
import barrage.core.Role;
import barrage.core.RoomId;
import barrage.core.ViewerId;
import barrage.redis.RedisFixture;
import barrage.room.Watchers.Watcher;
import barrage.rules.RuleBook;
import barrage.rules.RulesFile;
import barrage.wire.JsonBody;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A rush on a packet in a room against a real Redis, its loop stepped by hand. */
final class PacketRushTest {
  private static final Activities ACTIVITIES = new Activities(List.of(new Packets()));
  private static final String PACKET = "packet1";

  private final RoomId id = RedisFixture.freshRoom();
  private final ManualLoop loop = new ManualLoop();
  private final List<Node> nodes = new ArrayList<>();
  private final Node node = node("a");
  private RuleBook rules = RulesFile.shipped(false, Kinds.ALL.sectionReaders());
  private int keys;

  private Node node(String name) {
    Node made = new Node(id, loop, name, () -> rules, ACTIVITIES);
    nodes.add(made);
    return made;
  }

  @AfterEach
  void close() {
    nodes.forEach(open -> open.store.close());
  }

  /** A grab of two shares, 3 and 4 points. */
  private void make(long enterMs, long opensInMs) {
    StoreEntry make =
        StoreEntry.of("packet", "make")
            .text("{\"title\":\"t\",\"mode\":\"grab\",\"conditions\":{}}")
            .text("grab")
            .text("lucky")
            .number(7)
            .number(2)
            .number(enterMs)
            .number(opensInMs)
            .number(0)
            .number(0)
            .number(0)
            .flag(false)
            .text("")
            .text(PACKET)
            .text("seed")
            .text("commitment")
            .bytes(ByteBuffer.allocate(8).putInt(3).putInt(4).array())
            .number(9)
            .keyed(new RequestKey(new ViewerId("boss"), "make"));
    CompletableFuture<Outcome> made = node.room.offer(make).toCompletableFuture();
    loop.runUntil(made::isDone);
    assertTrue(made.join() instanceof Outcome.Told, () -> made.join().toString());
  }

  private static Action.Request request() {
    byte[] body = ("{\"packet\":\"" + PACKET + "\"}").getBytes(StandardCharsets.UTF_8);
    return new Packets().requests().get("packet.open").apply(JsonBody.read(body));
  }

  private JsonNode open(Node at, Watcher watcher, String key) {
    at.ask(watcher, key, "packet.open", request());
    return at.answerTo(watcher, key);
  }

  private String code(Node at, Watcher watcher, String key) {
    return open(at, watcher, key).path("code").asString("ok");
  }

  /** Asks until the node knows whom it must not refuse, as it asked the store after the first. */
  private void untilKnown(Node at, Watcher watcher, String code) {
    loop.runUntil(
        () -> {
          int before = at.asked();
          assertEquals(code, code(at, watcher, "try" + keys++));
          boolean fromMemory = at.asked() == before;
          loop.advance(5);
          return fromMemory;
        });
  }

  @Test
  void afterTheLastShare_nobodyElseAsksTheStore_andWhoGotOneHasTheSameAnswer() {
    make(600_000, 0);
    Watcher ann = node.join("ann", null);
    Watcher bob = node.join("bob", null);
    JsonNode got = open(node, ann, "1");
    assertEquals(3, got.path("amount").asInt());
    assertEquals("ok", code(node, bob, "1"));
    List<Watcher> late = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      late.add(node.join("late" + i, null));
    }
    int commits = node.asked();
    int questions = node.calls("head") + node.calls("ask");
    for (Watcher each : late) {
      node.ask(each, "1", "packet.open", request());
    }
    for (Watcher each : late) {
      assertEquals("sold_out", node.answerTo(each, "1").path("code").asString());
    }
    assertEquals(commits, node.asked());
    assertEquals(
        1, node.calls("head") + node.calls("ask") - questions, "one question for all of them");
    Watcher again = node.join("ann", null);
    assertEquals(got, open(node, again, "1"));
    assertEquals("already_entered", code(node, ann, "2"));
  }

  @Test
  void nodeThatComesLater_asksWhoGotOne_andRefusesNoRepeat() {
    make(600_000, 0);
    Watcher ann = node.join("ann", null);
    Watcher bob = node.join("bob", null);
    JsonNode got = open(node, ann, "1");
    open(node, bob, "1");
    Node other = node("b");
    Watcher late = other.join("late", null);
    untilKnown(other, late, "sold_out");
    Watcher later = other.join("later", null);
    int commits = other.asked();
    assertEquals("sold_out", code(other, later, "1"));
    assertEquals(commits, other.asked());
    assertEquals(got, open(other, other.join("ann", null), "1"));
  }

  @Test
  void tooEarly_isNotOpen_withoutAskingTheStore_andCostsNothing() {
    make(600_000, 60_000);
    rules = RulesFile.shipped(true, Kinds.ALL.sectionReaders());
    Watcher ann = node.join("ann", null);
    int commits = node.asked();
    for (int i = 0; i < 20; i++) {
      JsonNode refused = open(node, ann, "k" + i);
      assertEquals("not_open", refused.path("code").asString());
      assertTrue(refused.path("opensAt").asLong() > node.store.nowMs());
      loop.advance(3);
    }
    assertEquals(commits, node.asked());
    assertEquals(
        "forbidden", code(node, node.join("mod", Role.MODERATOR, null), "1"), "never theirs");
  }

  @Test
  void whoWatches_isToldWhatIsLeft_andNewcomersFindIt() {
    make(600_000, 0);
    Watcher ann = node.join("ann", null);
    open(node, ann, "1");
    loop.runUntil(
        () -> {
          loop.advance(100);
          return ann.events().stream()
              .anyMatch(e -> e.path("type").asString().equals("packet.left"));
        });
    JsonNode active = node.join("bob", null).all("welcome").get(0).path("active").path(0);
    assertEquals("packet", active.path("kind").asString());
    assertEquals(1, active.path("left").asInt());
    assertFalse(active.has("mine"));
    JsonNode mine =
        node.join("ann", null).all("welcome").get(0).path("active").path(0).path("mine");
    assertEquals(3, mine.path("amount").asInt());
    assertNull(ann.closed);
  }

  @Test
  void lastShare_endsThePacketAtOnce_byTheRoomsOwnAgenda() {
    make(600_000, 0);
    Watcher ann = node.join("ann", null);
    open(node, ann, "1");
    open(node, node.join("bob", null), "1");
    loop.runUntil(
        () -> {
          loop.advance(10);
          return ann.events().stream()
              .anyMatch(e -> e.path("type").asString().equals("packet.ended"));
        });
  }
}
