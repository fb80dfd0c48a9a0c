package barrage.activity.ballot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.Patience;
import barrage.activity.Activities;
import barrage.activity.Reply;
import barrage.activity.Settler;
import barrage.activity.StoreEntry;
import barrage.core.Action;
import barrage.core.Entry;
import barrage.core.Outcome;
import barrage.core.Pseudonyms;
import barrage.core.Reason;
import barrage.core.RequestKey;
import barrage.core.Role;
import barrage.core.RoomId;
import barrage.core.Terms;
import barrage.core.Viewer;
import barrage.core.ViewerId;
import barrage.redis.Audit;
import barrage.redis.RedisFixture;
import barrage.redis.RedisStore;
import barrage.redis.RedisTls;
import barrage.redis.Replication;
import barrage.room.Store;
import barrage.rules.RulesFile;
import barrage.wire.JsonBody;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is promised of ballots, of two stores on one Redis. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BallotsTest {
  private static final Ballots KIND = new Ballots();
  private static final Activities ALL = new Activities(List.of(KIND));
  private static final BallotTerms.Rules RULES =
      new BallotTerms.Rules(true, 3, 50, 1_000, 86_400_000);

  private static final Terms TERMS = RulesFile.shipped(false).terms();

  private final RoomId room = RedisFixture.freshRoom();
  private final Pseudonyms names = new Pseudonyms(new byte[32], room);
  private RedisStore store;
  private RedisStore other;
  private int made;

  @BeforeAll
  void connect() {
    store = connect("a");
    other = connect("b");
  }

  private static RedisStore connect(String node) {
    return RedisStore.connect(RedisFixture.uri(), RedisTls.DEFAULT, node, Replication.NONE, ALL);
  }

  @AfterAll
  void close() {
    store.close();
    other.close();
  }

  private static <T> T await(CompletionStage<T> stage) {
    return stage
        .toCompletableFuture()
        .orTimeout(Patience.OF_TESTS.toSeconds(), TimeUnit.SECONDS)
        .join();
  }

  private static List<Outcome> commit(Store store, RoomId room, List<Entry> entries) {
    return await(store.commit(room, entries, TERMS, 0, 0)).outcomes();
  }

  private Outcome outcome(Entry entry) {
    return commit(store, room, List.of(entry)).get(0);
  }

  private static JsonNode told(Outcome outcome) {
    return JsonMapper.shared().readTree(assertInstanceOf(Outcome.Told.class, outcome).json());
  }

  private static Reason refused(Outcome outcome) {
    return assertInstanceOf(Outcome.Refused.class, outcome).refusal().reason();
  }

  /** Opens one; {@code more} are its fields beside title and options. */
  private String open(String more, long durationMs) {
    String body = "{\"form\":\"poll\",\"title\":\"t\",\"options\":[\"a\",\"b\",\"c\"]%s}";
    BallotTerms terms =
        BallotTerms.read(JsonBody.read(body.formatted(more).getBytes(UTF_8)), RULES);
    String json = terms.json(RULES).replace("\"durationMs\":60000", "\"durationMs\":" + durationMs);
    String id = "ballot" + ++made;
    Entry entry =
        StoreEntry.of("ballot", "open")
            .text(json)
            .number(100)
            .fresh()
            .text(id)
            .keyed(new RequestKey(new ViewerId("host"), "open-" + id));
    assertEquals(id, told(outcome(entry)).path("id").asString());
    return id;
  }

  private Entry vote(String viewer, String id, String ballot, String options) {
    return vote(new Viewer(new ViewerId(viewer), viewer, Role.VIEWER), id, ballot, options);
  }

  private Entry vote(Viewer viewer, String id, String ballot, String options) {
    String body = "{\"ballot\":\"%s\",\"options\":%s}".formatted(ballot, options);
    Action.Request request =
        KIND.requests().get("ballot.vote").apply(JsonBody.read(body.getBytes(UTF_8)));
    return request.entry(new RequestKey(viewer.id(), id + ballot), viewer, names);
  }

  private JsonNode shown(String ballot, boolean whole) {
    return JsonMapper.shared()
        .readTree(await(other.thing(room, "ballot", ballot, whole)).orElseThrow());
  }

  private String counts(String ballot) {
    return shown(ballot, true).path("counts").toString();
  }

  private void grow(String viewer, long growth, long points) {
    outcome(
        new Entry.Grant(
            new RequestKey(new ViewerId("shop"), "grow-" + viewer),
            new ViewerId(viewer),
            points,
            growth,
            "grant",
            "grow-" + viewer));
  }

  /** Settles what is due, as a node does, until the ballot is closed. */
  private void awaitClosed(Store by, String ballot) {
    Awaitility.await()
        .atMost(Patience.OF_TESTS)
        .until(
            () -> {
              await(KIND.settler().settle("ballot", ballot, new Around(by)));
              return shown(ballot, false).path("state").asString().equals("closed");
            });
  }

  private final class Around implements Settler.Room {
    private final Store by;

    Around(Store by) {
      this.by = by;
    }

    @Override
    public RoomId id() {
      return room;
    }

    @Override
    public CompletionStage<Boolean> enter(Entry entry) {
      return offer(entry).thenApply(outcome -> !(outcome instanceof Outcome.Refused));
    }

    @Override
    public CompletionStage<Outcome> offer(Entry entry) {
      return by.commit(room, List.of(entry), TERMS, 0, 0)
          .thenApply(receipt -> receipt.outcomes().get(0));
    }

    @Override
    public CompletionStage<List<byte[]>> ask(StoreEntry question) {
      return by.ask(room, question);
    }

    @Override
    public Executor worker() {
      return Runnable::run;
    }
  }

  private List<String> faults() {
    return Audit.of(RedisFixture.uri(), RedisTls.DEFAULT, room, ALL).faults();
  }

  @Test
  void vote_isReplacedByTheNext_andCountedOnce() {
    String ballot = open("", 600_000);
    JsonNode first = told(outcome(vote("ann", "1", ballot, "[0]")));
    assertFalse(first.path("changed").asBoolean());
    JsonNode second = told(outcome(vote("ann", "2", ballot, "[2]")));
    assertTrue(second.path("changed").asBoolean());
    assertEquals(first.path("receipt"), second.path("receipt"));
    assertEquals("[0,0,1]", counts(ballot));
    assertEquals(1, shown(ballot, false).path("voters").asInt());
    assertEquals(List.of(), faults());
  }

  @Test
  void vote_thatMayNotChange_isRefusedTheSecondTime() {
    String ballot = open(",\"change\":false", 600_000);
    outcome(vote("ann", "1", ballot, "[0]"));
    assertEquals(Reason.ALREADY_ENTERED, refused(outcome(vote("ann", "2", ballot, "[1]"))));
    assertEquals("[1,0,0]", counts(ballot));
  }

  @Test
  void votes_weighByTier_andSayWhatIsRequired() {
    String ballot =
        open(
            ",\"weights\":{\"gold\":5},\"conditions\":{\"minTier\":\"silver\",\"minPoints\":10}",
            600_000);
    grow("gold", 2_000, 10);
    grow("poor", 2_000, 9);
    outcome(vote("gold", "1", ballot, "[1]"));
    assertEquals("[0,5,0]", counts(ballot));
    assertEquals(Reason.TIER_REQUIRED, refused(outcome(vote("new", "1", ballot, "[1]"))));
    assertEquals(Reason.INSUFFICIENT_POINTS, refused(outcome(vote("poor", "1", ballot, "[1]"))));
    Viewer staff = new Viewer(new ViewerId("gold"), "g", Role.MODERATOR);
    assertEquals(Reason.FORBIDDEN, refused(outcome(vote(staff, "9", ballot, "[1]"))));
  }

  @Test
  void options_areSoManyAtMost_andExist() {
    String ballot = open(",\"choices\":2", 600_000);
    assertEquals(Reason.BAD_REQUEST, refused(outcome(vote("ann", "1", ballot, "[0,1,2]"))));
    assertEquals(Reason.BAD_REQUEST, refused(outcome(vote("ann", "2", ballot, "[3]"))));
    outcome(vote("ann", "3", ballot, "[2,0]"));
    assertEquals("[1,0,1]", counts(ballot));
  }

  @Test
  void points_areForTheFirstVote_andCappedADay() {
    for (int i = 0; i < 3; i++) {
      String ballot = open(",\"points\":20", 600_000);
      outcome(vote("eve", "p" + i, ballot, "[0]"));
      outcome(vote("eve", "q" + i, ballot, "[1]"));
    }
    Outcome.Stands stands =
        assertInstanceOf(Outcome.Stands.class, outcome(new Entry.Look(new ViewerId("eve"))));
    assertEquals(40, stands.standing().points(), "a third 20 would be above 50");
    assertEquals(List.of(), faults());
  }

  @Test
  void resultsAfter_areForStaffAlone_untilItCloses() {
    String ballot = open(",\"results\":\"after\"", 600_000);
    outcome(vote("ann", "1", ballot, "[0]"));
    assertTrue(shown(ballot, false).path("counts").isMissingNode());
    assertEquals("[1,0,0]", counts(ballot));
  }

  @Test
  void cancelled_forgetsAllVotes() {
    String ballot = open("", 600_000);
    outcome(vote("ann", "1", ballot, "[0]"));
    Entry cancel =
        StoreEntry.of("ballot", "cancel")
            .text(ballot)
            .keyed(new RequestKey(new ViewerId("host"), "cancel-" + ballot));
    assertEquals("cancelled", told(outcome(cancel)).path("state").asString());
    assertEquals(Reason.ENDED, refused(outcome(vote("bob", "1", ballot, "[0]"))));
    assertEquals(List.of(), faults());
  }

  @Test
  void atMostSoMany_areOpenAtOnce() {
    open("", 600_000);
    Entry more =
        StoreEntry.of("ballot", "open")
            .text("{\"options\":[]}")
            .number(1)
            .fresh()
            .text("more")
            .keyed(new RequestKey(new ViewerId("host"), "more"));
    assertEquals(Reason.WRONG_STATE, refused(outcome(more)));
  }

  @Test
  void whatTwoNodesWereGranted_isWhatTheReceiptsSumTo() {
    String ballot = open(",\"choices\":2", 3_000);
    long closesAt = shown(ballot, false).path("closesAt").asLong();
    Map<String, String> granted = new HashMap<>();
    for (int batch = 0; batch < 10; batch++) {
      List<Entry> votes = new ArrayList<>();
      List<String> options = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        // Some vote again, at the other store.
        options.add(i % 7 == 0 ? "[0,2]" : "[" + i % 3 + "]");
        votes.add(vote("v" + (batch * 40 + i), "b" + batch + "-" + i, ballot, options.get(i)));
      }
      List<Outcome> outcomes = commit(batch % 2 == 0 ? store : other, room, votes);
      for (int i = 0; i < votes.size(); i++) {
        granted.put(told(outcomes.get(i)).path("receipt").asString(), options.get(i));
      }
    }
    assertEquals(410, granted.size());
    awaitClosed(other, ballot);
    assertTrue(store.nowMs() >= closesAt);
    JsonNode proof = proof(ballot);
    assertEquals(granted.size(), proof.path("voters").asInt());
    proof
        .path("receipts")
        .forEach(
            receipt ->
                assertEquals(granted.get(receipt.path(0).asString()), receipt.path(1).toString()));
    assertTrue(new BallotProof().check(proof, Map.of()).fault().isEmpty());
    assertEquals(List.of(), faults());
  }

  /** As {@code GET …/proof} answers. */
  private JsonNode proof(String ballot) {
    return JsonMapper.shared()
        .readTree(
            assertInstanceOf(Reply.Json.class, await(Ballots.proof(other, room, ballot))).json());
  }

  @Test
  void afterItClosed_nobodyKnowsWhoVotedWhat_andARepeatIsToldTheSame() {
    String ballot = open("", 1_000);
    JsonNode first = told(outcome(vote("ann", "once", ballot, "[0]")));
    awaitClosed(store, ballot);
    // Somebody settles it once more: nothing comes of it.
    await(KIND.settler().settle("ballot", ballot, new Around(other)));
    assertEquals(first, told(outcome(vote("ann", "once", ballot, "[0]"))));
    assertEquals(Reason.ENDED, refused(outcome(vote("ann", "twice", ballot, "[0]"))));
    String receipt = first.path("receipt").asString();
    assertEquals(
        List.of("{" + room + "}:ballot:receipts:" + ballot), RedisFixture.keysWith(room, receipt));
  }

  @Test
  void proofThatWasTamperedWith_doesNotHold() {
    String ballot = open("", 1_000);
    outcome(vote("ann", "t1", ballot, "[0]"));
    outcome(vote("bob", "t2", ballot, "[1]"));
    awaitClosed(store, ballot);
    String proof = proof(ballot).toString();
    for (String[] change :
        List.of(
            new String[] {"\"counts\":[1,1,0]", "\"counts\":[2,0,0]"},
            new String[] {",[0]]", ",[1]]"},
            new String[] {"\"voters\":2", "\"voters\":3"},
            new String[] {",[0]]", ",[9]]"})) {
      String tampered = proof.replace(change[0], change[1]);
      assertNotEquals(proof, tampered);
      assertTrue(
          new BallotProof()
              .check(JsonMapper.shared().readTree(tampered), Map.of())
              .fault()
              .isPresent(),
          tampered);
    }
    Map<String, String> noted = Map.of("entries-hash", "0".repeat(64));
    assertTrue(
        new BallotProof().check(proof(ballot), noted).fault().isPresent(), "not what was noted");
  }
}
