package barrage.activity.packet;

import static barrage.activity.packet.PacketRoom.JSON;
import static barrage.activity.packet.PacketRoom.RULES;
import static barrage.activity.packet.PacketRoom.await;
import static barrage.activity.packet.PacketRoom.body;
import static barrage.activity.packet.PacketRoom.code;
import static barrage.activity.packet.PacketRoom.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.activity.Notice;
import barrage.activity.Reply;
import barrage.core.Danmaku;
import barrage.core.Draw;
import barrage.core.Entry;
import barrage.core.Outcome;
import barrage.core.RequestKey;
import barrage.core.Role;
import barrage.core.Viewer;
import barrage.core.ViewerId;
import barrage.redis.RedisStore;
import barrage.room.Store;
import barrage.wire.BadRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Packets as the store decides them, on a real Redis; the audit agrees after each test. */
final class PacketStoreTest {
  private static final long LONG_MS = 60_000;
  private static final long SHORT_MS = 150;

  private final PacketRoom here = new PacketRoom();

  @AfterEach
  void close() {
    List<String> faults = here.faults();
    here.close();
    assertEquals(List.of(), faults);
  }

  private Outcome open(String viewer, String packet) {
    return here.commit(here.open(viewer, "1", packet));
  }

  // ---- grab

  @Test
  void grab_givesSharesToTheFirst_thenIsSoldOutAndOverAtOnce() {
    String packet = here.make("grab", 100, 3, LONG_MS);
    List<Long> amounts = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      JsonNode got = json(open("v" + i, packet));
      assertEquals(i, got.path("rank").asInt());
      amounts.add(got.path("amount").asLong());
      assertEquals(amounts.get(i - 1), here.points("v" + i));
    }
    assertEquals(100, amounts.stream().mapToLong(Long::longValue).sum());
    assertEquals("sold_out", code(open("v4", packet)));
    assertEquals("already_entered", code(here.commit(here.open("v1", "2", packet))));

    JsonNode over = here.over(packet);
    assertEquals("ended", over.path("state").asString());
    assertEquals(100, over.path("claimed").asInt());
    assertEquals(0, over.path("returned").asInt());
    assertEquals("sold_out", code(open("v4", packet)));
    long best = amounts.stream().mapToLong(Long::longValue).max().orElseThrow();
    assertEquals(best, over.path("best").path("amount").asLong());
    assertEquals("v" + (amounts.indexOf(best) + 1), over.path("best").path("viewer").asString());
    JsonNode proof = json(here.proof(packet));
    for (int i = 0; i < 3; i++) {
      assertEquals(amounts.get(i), proof.path("amounts").path(i).asLong());
    }
    assertFalse(proof.has("manifest"));
    assertFalse(proof.has("winners"));
    assertEquals("", new PacketProof().check(proof, Map.of()).fault().orElse(""));
  }

  @Test
  void everyMessage_hasTheFieldsOfTheProtocol() {
    String packet = here.make("grab", 10, 2, LONG_MS, ",\"conditions\":{\"minPoints\":0}");
    JsonNode opened = here.events("packet.opened").get(0).path("packet");
    assertEquals(
        Set.of(
            "id",
            "title",
            "reward",
            "count",
            "mode",
            "split",
            "opensAt",
            "endsAt",
            "conditions",
            "commitment"),
        Set.copyOf(opened.propertyNames()));
    assertEquals(packet, opened.path("id").asString());
    assertEquals("红包", opened.path("title").asString());
    assertEquals("{\"points\":10}", opened.path("reward").toString());
    assertEquals("{}", opened.path("conditions").toString());
    assertEquals("lucky", opened.path("split").asString());
    assertEquals(LONG_MS, opened.path("endsAt").asLong() - opened.path("opensAt").asLong());
    assertFalse(here.thing(packet).has("seed"));

    Viewer ann = new Viewer(new ViewerId("ann"), "安", Role.VIEWER);
    here.commit(new Entry.Join(ann, Set.of("packet")));
    long got = json(open("ann", packet)).path("amount").asLong();
    String told = "{\"type\":\"packet.got\",\"packet\":\"%s\",\"amount\":%d}";
    assertEquals(List.of(JSON.readTree(told.formatted(packet, got))), here.messages("ann"));
    String count = "{\"type\":\"packet.left\",\"packet\":\"%s\",\"left\":1,\"entered\":1}";
    assertEquals(
        List.of(JSON.readTree(count.formatted(packet))),
        here.notices().stream()
            .filter(notice -> notice.what() == Notice.What.COUNT)
            .map(notice -> JSON.readTree(notice.json()))
            .toList());
    open("bob", packet);
    JsonNode over = here.over(packet);
    JsonNode ended = here.events("packet.ended").get(0);
    assertEquals(packet, ended.path("packet").asString());
    assertEquals(over.path("seed"), ended.path("seed"));
    assertEquals(10, ended.path("claimed").asInt());
    assertEquals(0, ended.path("returned").asInt());
    assertEquals(got >= 5 ? "安" : "bob", ended.path("best").path("name").asString());
    assertEquals(1, here.events("packet.ended").size());
    assertEquals(
        Draw.commitment(HexFormat.of().parseHex(over.path("seed").asString())),
        opened.path("commitment").asString());
  }

  @Test
  void sharesAreGivenOnce_howeverManyNodesAskAtOnce() {
    RedisStore other = here.node();
    String packet = here.make("grab", 1_000, 150, LONG_MS);
    List<CompletionStage<Store.Receipt>> receipts = new ArrayList<>();
    List<String> viewers = new ArrayList<>();
    for (int batch = 0; batch < 20; batch++) {
      List<Entry> entries = new ArrayList<>();
      for (int i = 0; i < 25; i++) {
        // Each viewer asks on both nodes, under ids of their own.
        String viewer = "v" + (batch / 2 * 25 + i);
        viewers.add(viewer);
        entries.add(here.open(viewer, "b" + batch, packet));
      }
      receipts.add(here.send(batch % 2 == 0 ? here.store() : other, entries));
    }
    Map<Integer, String> byRank = new HashMap<>();
    Set<String> refusals = new HashSet<>();
    int at = 0;
    for (CompletionStage<Store.Receipt> receipt : receipts) {
      for (Outcome outcome : await(receipt).outcomes()) {
        String viewer = viewers.get(at++);
        if (outcome instanceof Outcome.Told) {
          assertNull(byRank.put(json(outcome).path("rank").asInt(), viewer));
        } else {
          refusals.add(code(outcome));
        }
      }
    }
    assertEquals(150, byRank.size());
    assertEquals(150, Set.copyOf(byRank.values()).size());
    assertEquals(Set.of("already_entered", "sold_out"), refusals);
    here.over(packet);
    JsonNode amounts = json(here.proof(packet)).path("amounts");
    long paid = 0;
    for (Map.Entry<Integer, String> each : byRank.entrySet()) {
      long points = here.points(each.getValue());
      assertEquals(amounts.path(each.getKey() - 1).asLong(), points);
      paid += points;
    }
    assertEquals(1_000, paid);
  }

  @Test
  void twiceInOneBatch_isGivenOnce() {
    String packet = here.make("grab", 10, 5, LONG_MS);
    List<Outcome> outcomes =
        here.commit(
            here.store(),
            List.of(
                here.open("ann", "1", packet),
                here.open("ann", "2", packet),
                here.open("ann", "1", packet)));
    assertEquals("already_entered", code(outcomes.get(1)));
    assertEquals(json(outcomes.get(0)), json(outcomes.get(2)));
    assertEquals(json(outcomes.get(0)).path("amount").asLong(), here.points("ann"));
  }

  @Test
  void sameId_sameAnswer_onAnotherNodeAndAfterTheEnd_otherContent_conflict() {
    String packet = here.make("grab", 10, 2, LONG_MS);
    JsonNode first = json(open("ann", packet));
    RedisStore other = here.node();
    assertEquals(first, json(here.commit(other, List.of(here.open("ann", "1", packet))).get(0)));
    open("bob", packet);
    here.over(packet);
    assertEquals(first, json(open("ann", packet)));
    String another = here.make("grab", 10, 2, LONG_MS);
    assertEquals("conflict", code(open("ann", another)));
    assertEquals(first.path("amount").asLong(), here.points("ann"));
    assertEquals(1, here.messages("ann").size());
  }

  @Test
  void refusals_leaveNoTrace() {
    String packet = here.make("grab", 10, 2, LONG_MS, ",\"conditions\":{\"minTier\":\"gold\"}");
    JsonNode before = here.thing(packet);
    assertEquals("tier_required", code(open("ann", packet)));
    assertEquals("not_found", code(open("ann", "nothing")));
    for (Role role : List.of(Role.MODERATOR, Role.STREAMER, Role.ADMIN)) {
      assertEquals("forbidden", code(here.commit(here.open("mod", "1", packet, role))));
    }
    assertEquals(before, here.thing(packet));
    here.grant("ann", 0, 2_000);
    assertEquals("ok", code(open("ann", packet)), "the id was not remembered");
  }

  @Test
  void balanceThatCannotHoldAShare_isRefused_andTheShareGoesToTheNext() {
    String packet = here.make("grab", 10, 1, LONG_MS);
    here.grant("rich", (1L << 53) - 1, 0);
    assertEquals("limit_reached", code(open("rich", packet)));
    assertEquals(1, json(open("ann", packet)).path("rank").asInt());
  }

  @Test
  void conditions_areThoseOfTheViewerNow() {
    String rich = here.make("draw", 10, 2, LONG_MS, ",\"conditions\":{\"minPoints\":50}");
    assertEquals("insufficient_points", code(open("ann", rich)));
    here.grant("ann", 50, 0);
    assertEquals("ok", code(open("ann", rich)));

    String spoken = here.make("draw", 10, 2, LONG_MS, ",\"conditions\":{\"said\":true}");
    assertEquals("not_eligible", code(here.commit(here.open("ann", "2", spoken))));
    Viewer ann = new Viewer(new ViewerId("ann"), "ann", Role.VIEWER);
    Danmaku hi = new Danmaku("hi", Danmaku.Mode.SCROLL, 0xffffff);
    here.commit(new Entry.Say(new RequestKey(ann.id(), "s"), ann, hi));
    assertEquals("ok", code(here.commit(here.open("ann", "3", spoken))));

    String watched = here.make("draw", 10, 2, LONG_MS, ",\"conditions\":{\"watchedMs\":90000}");
    here.commit(new Entry.Watched(ann.id(), 200_000, 140_000));
    assertEquals("not_eligible", code(here.commit(here.open("ann", "4", watched))));
    here.commit(new Entry.Watched(ann.id(), 140_000, 100_000));
    assertEquals("ok", code(here.commit(here.open("ann", "5", watched))));
  }

  // ---- time

  @Test
  void beforeItOpens_isNotOpen_afterItsTime_isEnded_andTheRestGoesBack() {
    String packet = here.make("grab", 100, 10, 1_000, ",\"opensInMs\":200");
    assertEquals("scheduled", here.thing(packet).path("state").asString());
    Outcome.Refused early = (Outcome.Refused) open("ann", packet);
    assertEquals("not_open", early.refusal().reason().wire());
    assertEquals(here.thing(packet).path("opensAt").asLong(), early.refusal().opensAtMs());
    Awaitility.await().until(() -> code(open("ann", packet)).equals("ok"));
    assertEquals(1, here.events("packet.opened").size(), "whoever came first opened it");
    long got = here.points("ann");
    here.awaitEnd(packet);
    assertEquals("ended", code(open("bob", packet)), "before anybody saw to it");
    JsonNode over = here.over(packet);
    assertEquals(1, here.events("packet.scheduled").size());
    assertEquals(1, here.events("packet.opened").size());
    assertEquals(got, over.path("claimed").asLong());
    assertEquals(100 - got, over.path("returned").asLong());
    assertEquals("ended", code(open("bob", packet)));
  }

  @Test
  void dueWhileNobodyLived_isSettledByTheNextWhoLooks() {
    String grab = here.make("grab", 100, 10, SHORT_MS, ",\"opensInMs\":50");
    String draw = here.make("draw", 100, 10, SHORT_MS, ",\"opensInMs\":50");
    RedisStore late = here.node();
    here.awaitEnd(draw);
    assertEquals(2, await(late.due(here.room, 10)).size());
    for (String packet : List.of(grab, draw)) {
      assertTrue(here.settle(late, packet));
      JsonNode over = here.thing(packet);
      assertEquals("ended", over.path("state").asString());
      assertEquals(100, over.path("returned").asInt());
      assertTrue(over.path("best").isNull());
    }
    assertEquals(0, await(late.due(here.room, 10)).size());
    assertEquals(2, here.events("packet.ended").size());
  }

  // ---- who makes it and pays

  @Test
  void aViewersPacket_isPaidByTheViewer_andTheRestGoesBackToThem() {
    String shortly = body("grab", 60, 2, 400, "");
    assertEquals("insufficient_points", code(here.call("POST ", Role.VIEWER, "ann", "", shortly)));
    here.grant("ann", 100, 0);
    String packet = here.made(Role.VIEWER, "ann", shortly);
    assertEquals(40, here.points("ann"));
    assertEquals("insufficient_points", code(here.call("POST ", Role.VIEWER, "ann", "", shortly)));
    open("bob", packet);
    long taken = here.points("bob");
    here.awaitEnd(packet);
    JsonNode over = here.over(packet);
    assertEquals(60 - taken, over.path("returned").asLong());
    assertEquals(100 - taken, here.points("ann"));

    String cancelled = here.made(Role.VIEWER, "ann", body("grab", 20, 2, LONG_MS, ""));
    assertEquals(80 - taken, here.points("ann"));
    assertEquals("cancelled", json(here.cancel(cancelled)).path("state").asString());
    assertEquals(100 - taken, here.points("ann"));

    String drawn = here.made(Role.VIEWER, "ann", body("draw", 20, 2, SHORT_MS, ""));
    here.awaitEnd(drawn);
    here.over(drawn);
    assertEquals(100 - taken, here.points("ann"));
  }

  @Test
  void makers_areWhoTheRulesSay() {
    String body = "{\"title\":\"t\",\"reward\":{\"points\":20},\"count\":2}";
    Packets.Rules rules =
        new Packets.Rules(true, false, 1_000, 100, 30, 10_000, 900_000, 60_000, 86_400_000, 2);
    Packets.Rules off =
        new Packets.Rules(false, true, 1_000, 100, 30, 10_000, 900_000, 60_000, 86_400_000, 2);
    assertEquals("forbidden", makeBy(rules, Role.VIEWER, "k1", "no body is read"));
    assertEquals("not_found", makeBy(off, Role.STREAMER, "k1", body));
    assertEquals("ok", makeBy(rules, Role.STREAMER, "k1", body));
    assertEquals("ok", makeBy(rules, Role.STREAMER, "k1", body), "a repeat");
    assertEquals("conflict", makeBy(rules, Role.STREAMER, "k1", body.replace("20", "21")));
    assertEquals("ok", makeBy(rules, Role.SERVICE, "k2", body));
    assertEquals("limit_reached", makeBy(rules, Role.SERVICE, "k3", body));
    assertEquals(2, await(here.store().things(here.room, "packet", null, false)).size());
  }

  private String makeBy(Packets.Rules rules, Role role, String key, String body) {
    return code(here.call(rules, "POST ", role, "boss", key, "", body));
  }

  @Test
  void malformedBodies_areRefused() {
    String good = "{\"title\":\"t\",\"reward\":{\"points\":20},\"count\":2";
    for (String body :
        List.of(
            "{}",
            "{\"title\":\"t\",\"count\":2,\"reward\":{\"coupon\":\"c\"}}",
            "{\"title\":\"t\",\"count\":21,\"reward\":{\"points\":20}}",
            "{\"title\":\"t\",\"count\":0,\"reward\":{\"points\":20}}",
            "{\"title\":\"t\",\"count\":2001,\"reward\":{\"points\":20000}}",
            "{\"title\":\"t\",\"count\":2,\"reward\":{\"points\":10000001}}",
            "{\"title\":\"" + "长".repeat(31) + "\",\"count\":2,\"reward\":{\"points\":20}}",
            good + ",\"mode\":\"rain\"}",
            good + ",\"split\":\"fair\"}",
            good + ",\"enterMs\":900001}",
            good + ",\"opensInMs\":86400001}",
            good + ",\"conditions\":{\"minTier\":\"wood\"}}")) {
      assertThrows(
          BadRequest.class, () -> here.call("POST ", Role.STREAMER, "boss", "", body), body);
    }
    Reply made = here.call("POST ", Role.STREAMER, "boss", "", good + "}");
    assertEquals(201, ((Reply.Json) made).status());
    assertEquals("draw", json(made).path("mode").asString());
    assertEquals(
        RULES.usualMs(), json(made).path("endsAt").asLong() - json(made).path("opensAt").asLong());
  }

  // ---- cancel

  @Test
  void cancel_beforeTheFirstClaim_returnsAll_afterIt_isWrongState() {
    assertEquals("not_found", code(here.cancel("nothing")));
    String packet = here.make("grab", 100, 2, LONG_MS);
    JsonNode cancelled = json(here.cancel(packet));
    assertEquals("cancelled", cancelled.path("state").asString());
    assertFalse(cancelled.has("seed"), "not before it lasts");
    assertEquals("wrong_state", code(here.proof(packet)));
    assertEquals("ended", code(open("ann", packet)));
    assertEquals("wrong_state", code(here.cancel(packet)));
    assertTrue(here.settle(here.store(), packet));
    assertTrue(here.settle(here.store(), packet));
    assertEquals(1, here.events("packet.cancelled").size());
    assertEquals(100, here.thing(packet).path("returned").asInt());
    assertEquals("ok", code(here.proof(packet)));

    String grabbed = here.make("grab", 100, 2, LONG_MS);
    assertEquals("ok", code(open("bob", grabbed)));
    assertEquals("wrong_state", code(here.cancel(grabbed)));
  }

  @Test
  void cancel_ofADraw_isPossibleUntilItsEntriesAreClosed() {
    String packet = here.make("draw", 100, 2, LONG_MS);
    open("ann", packet);
    assertEquals("ok", code(here.cancel(packet)));
    here.over(packet);
    assertEquals(0, here.points("ann"));
    String closed = here.make("draw", 100, 2, SHORT_MS);
    here.awaitEnd(closed);
    assertEquals("wrong_state", code(here.cancel(closed)));
    here.over(closed);
  }

  // ---- draw

  @Test
  void draw_canBeRecomputedByAnybody() {
    String packet = here.make("draw", 1_000, 7, 1_500);
    Map<String, String> viewers = new HashMap<>();
    for (int i = 0; i < 30; i++) {
      JsonNode entered = json(open("v" + i, packet));
      assertTrue(entered.path("entered").asBoolean());
      assertEquals(here.who(packet, "v" + i), entered.path("who").asString());
      viewers.put(entered.path("who").asString(), "v" + i);
    }
    assertEquals("already_entered", code(here.commit(here.open("v3", "2", packet))));
    assertEquals(30, here.thing(packet).path("entered").asInt());
    JsonNode over = here.over(packet);
    JsonNode proof = json(here.proof(packet));
    assertEquals("", new PacketProof().check(proof, Map.of()).fault().orElse(""));
    assertEquals(1_000, over.path("claimed").asInt());
    JsonNode locked = here.events("packet.locked").get(0);
    assertEquals(locked.path("entriesHash"), proof.path("entriesHash"));
    assertEquals(30, locked.path("entries").asInt());

    byte[] seed = HexFormat.of().parseHex(over.path("seed").asString());
    List<Integer> amounts = Again.amounts(seed, packet, 1_000, 7, "lucky");
    List<String> drawn = Again.drawn(seed, packet, viewers.keySet(), 7);
    assertEquals(7, proof.path("winners").size());
    for (int i = 0; i < 7; i++) {
      JsonNode winner = proof.path("winners").path(i);
      assertEquals(drawn.get(i), winner.path("who").asString());
      assertEquals(amounts.get(i), winner.path("amount").asInt());
      String viewer = viewers.remove(drawn.get(i));
      assertEquals(amounts.get(i), (int) here.points(viewer));
      assertEquals(1, here.messages(viewer).size());
    }
    for (String loser : viewers.values()) {
      assertEquals(0, here.points(loser));
    }
  }

  @Test
  void draw_withFewerEntriesThanShares_givesEachOne_andReturnsTheRest() {
    String packet = here.make("draw", 1_000, 7, 300);
    open("ann", packet);
    open("bob", packet);
    JsonNode over = here.over(packet);
    assertTrue(here.points("ann") >= 1 && here.points("bob") >= 1);
    assertEquals(here.points("ann") + here.points("bob"), over.path("claimed").asLong());
    assertEquals(1_000 - over.path("claimed").asLong(), over.path("returned").asLong());
  }

  @Test
  void draw_winnerWhoseBalanceCannotHoldIt_isPassedOver_andTheirShareReturned() {
    String packet = here.make("draw", 100, 2, 400);
    here.grant("rich", (1L << 53) - 1, 0);
    open("rich", packet);
    open("ann", packet);
    JsonNode over = here.over(packet);
    assertEquals(here.points("ann"), over.path("claimed").asLong());
    assertEquals(
        "", new PacketProof().check(json(here.proof(packet)), Map.of()).fault().orElse(""));
  }

  @Test
  void draw_settledByTwoNodesAtOnce_paysOnce() {
    RedisStore other = here.node();
    String packet = here.make("draw", 1_000, 5, 1_000);
    for (int i = 0; i < 20; i++) {
      open("v" + i, packet);
    }
    here.awaitEnd(packet);
    List<CompletionStage<Boolean>> settled = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      settled.add(here.settle(here.settling(i % 2 == 0 ? here.store() : other), packet));
    }
    settled.forEach(PacketRoom::await);
    here.over(packet);
    long paid = 0;
    for (int i = 0; i < 20; i++) {
      paid += here.points("v" + i);
      assertTrue(here.messages("v" + i).size() <= 1);
    }
    assertEquals(1_000, paid);
    assertEquals(1, here.events("packet.locked").size());
    assertEquals(1, here.events("packet.ended").size());
  }

  @Test
  void nodeThatDiesBetweenTwoSteps_leavesTheRestToAnother() {
    RedisStore other = here.node();
    int deaths = 0;
    for (int steps = 1; steps <= 9; steps++) {
      String packet = here.make("draw", 1_000, 3, 300);
      for (int i = 0; i < 5; i++) {
        here.commit(here.open("v" + i, packet, packet));
      }
      long before = total();
      here.awaitEnd(packet);
      MortalRoom mortal = new MortalRoom(here.settling(here.store()), steps);
      try {
        await(here.settle(mortal, packet));
      } catch (MortalRoom.Killed e) {
        deaths++;
      }
      assertTrue(here.settle(other, packet));
      assertEquals("ended", here.thing(packet).path("state").asString());
      assertEquals(1_000, total() - before);
    }
    assertTrue(deaths >= 7, deaths + " deaths");
    assertEquals(9, here.events("packet.ended").size());
  }

  private long total() {
    long total = 0;
    for (int i = 0; i < 5; i++) {
      total += here.points("v" + i);
    }
    return total;
  }

  // ---- who comes

  @Test
  void whoJoins_isToldWhatIsTheirs() {
    String grab = here.make("grab", 100, 2, LONG_MS);
    String draw = here.make("draw", 100, 2, LONG_MS);
    JsonNode got = json(open("ann", grab));
    here.commit(here.open("ann", "2", draw));
    Map<String, byte[]> mine = join("ann");
    assertEquals(got, JSON.readTree(mine.get("packet " + grab)));
    JsonNode entered = JSON.readTree(mine.get("packet " + draw));
    assertEquals(here.who(draw, "ann"), entered.path("who").asString());
    assertTrue(entered.path("entered").asBoolean());
    assertEquals(Map.of(), join("bob"));
  }

  private Map<String, byte[]> join(String viewer) {
    Viewer who = new Viewer(new ViewerId(viewer), viewer, Role.VIEWER);
    return ((Outcome.Stands) here.commit(new Entry.Join(who, Set.of("packet")))).mine();
  }

  @Test
  void whoOpensTheRoom_findsWhatIsActive() {
    String packet = here.make("grab", 100, 2, LONG_MS);
    Store.Snapshot snapshot = await(here.node().open(here.room));
    assertEquals(packet, snapshot.things().get(0).id());
    assertEquals(here.thing(packet), JSON.readTree(snapshot.things().get(0).json()));
  }

  // ---- many

  @Test
  void twoThousandShares_goToTwoThousandOfFiveThousandAtOnce() {
    String packet = here.make("grab", 100_000, 2_000, LONG_MS);
    long given = 0;
    for (int batch = 0; batch < 10; batch++) {
      List<Entry> entries = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        entries.add(here.open("v" + (batch * 500 + i), "1", packet));
      }
      given +=
          here.commit(here.store(), entries).stream()
              .filter(Outcome.Told.class::isInstance)
              .count();
    }
    assertEquals(2_000, given);
    JsonNode over = here.over(packet);
    assertEquals(100_000, over.path("claimed").asInt());
    assertEquals(0, over.path("returned").asInt());
  }
}
