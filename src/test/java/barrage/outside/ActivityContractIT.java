package barrage.outside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.Kinds;
import barrage.Patience;
import barrage.redis.RedisProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What every kind of interaction owes, whatever it is about: two servers on one Redis are told the
 * same, a repeat changes nothing, a refusal leaves no trace, what was answered outlives kills, and
 * what falls due while nobody lives is settled by whoever comes.
 */
final class ActivityContractIT {
  private static final String ROOM = "contract";
  private static final int LONG_MS = 300_000;
  private static final int SHORT_MS = 2_000;

  @TempDir Path dir;

  static List<KindSample> samples() {
    return KindSample.ALL;
  }

  @Test
  void everyKind_isHeldToIt() {
    assertEquals(
        Kinds.ALL.kinds(), KindSample.ALL.stream().map(KindSample::kind).toList(), "a sample each");
  }

  /** The shipped rules, under which a thing may also last for seconds alone. */
  private String rules() throws Exception {
    Path rules = dir.resolve("rules.yaml");
    String shipped = Files.readString(Path.of("config/rules.yaml"));
    Files.writeString(rules, shipped.replaceAll("least-ms: \\d+", "least-ms: 1000"));
    Files.copy(Path.of("config/forbidden-words.txt"), dir.resolve("forbidden-words.txt"));
    return "rules.file=" + rules;
  }

  private static Map<String, Object> lasting(Map<String, ?> begin, KindSample kind, int ms) {
    Map<String, Object> body = new LinkedHashMap<>(begin);
    body.put(kind.duration(), ms);
    return body;
  }

  private static ObjectNode ask(
      ProtocolClient client, KindSample kind, String id, String thing, Map<String, ?> fields) {
    ObjectNode request = client.message(kind.request()).put("id", id).put(kind.field(), thing);
    fields.forEach(request::putPOJO);
    return request;
  }

  private static JsonNode mine(JsonNode welcome, String thing) {
    for (JsonNode active : welcome.path("active")) {
      if (active.path("id").asString("").equals(thing)) {
        return active.path("mine");
      }
    }
    throw new AssertionError(thing + " is not active in " + welcome);
  }

  @ParameterizedTest
  @MethodSource("samples")
  void aKind_keepsTheContract(KindSample kind) throws Exception {
    String rules = rules();
    try (RedisProcess redis = RedisProcess.start(dir)) {
      String uri = "redis.uri=" + redis.uri();
      String thing;
      JsonNode answer;
      try (ServerProcess a = ServerProcess.start(dir, uri, rules);
          ServerProcess b = ServerProcess.start(dir, uri, rules)) {
        thing = begin(kind, a, b);
        answer = takePart(kind, thing, a, b);
        cannotBeTracedWhenRefused(kind, thing, a, b);
        comesAsASnapshotAndIsResumed(kind, thing, a, b);
        a.kill();
        try (ProtocolClient ann = new Market(b, ROOM).join("ann")) {
          assertEquals(answer, ann.request(ask(ann, kind, "1", thing, kind.asked())));
        }
        Api.Answer brief =
            Api.of(b, "host", "streamer").post(path(kind), lasting(kind.begin(), kind, SHORT_MS));
        assertEquals(201, brief.status(), brief.body());
        thing = brief.json().path("id").asString();
        b.kill();
      }
      isSettledByWhoeverComes(kind, thing, uri, rules);
      ServerProcess.Ended audit =
          ServerProcess.run("audit", "--room", ROOM, "--redis", redis.uri());
      assertEquals(0, audit.status(), audit.said());
    }
  }

  private static String path(KindSample kind) {
    return "/api/rooms/" + ROOM + "/" + kind.path();
  }

  private static String begin(KindSample kind, ServerProcess a, ServerProcess b) {
    Map<String, Object> body = lasting(kind.begin(), kind, LONG_MS);
    try (ProtocolClient watcher = ProtocolClient.join(b, ROOM, null)) {
      Api.Answer made = Api.of(a, "host", "streamer").post(path(kind), "begin", body);
      assertEquals(201, made.status(), made.body());
      String id = made.json().path("id").asString();
      Api.Answer again = Api.of(b, "host", "streamer").post(path(kind), "begin", body);
      assertEquals(id, again.json().path("id").asString(), "the same key makes no second one");
      Map<String, Object> other = lasting(kind.other(), kind, LONG_MS);
      assertEquals(
          "conflict", Api.of(b, "host", "streamer").post(path(kind), "begin", other).code());
      assertEquals("forbidden", Api.of(a, "ann", "viewer").post(path(kind), body).code());
      assertEquals("unauthorized", Api.anonymous(a).post(path(kind), body).code());
      watcher.awaitEvent(
          kind.opened(), event -> event.path(kind.kind()).path("id").asString("").equals(id));
      assertEquals(1, Api.anonymous(b).get(path(kind)).json().path(kind.path()).size());
      return id;
    }
  }

  private static JsonNode takePart(
      KindSample kind, String thing, ServerProcess a, ServerProcess b) {
    try (ProtocolClient ann = new Market(a, ROOM).join("ann");
        ProtocolClient too = new Market(b, ROOM).join("ann");
        ProtocolClient host = ProtocolClient.join(b, ROOM, Jwt.of("host", "streamer"))) {
      JsonNode answer = ann.request(ask(ann, kind, "1", thing, kind.asked()));
      assertEquals("ok", answer.path("type").asString(), answer.toString());
      assertEquals(answer, ann.request(ask(ann, kind, "1", thing, kind.asked())), "a repeat");
      assertEquals(answer, too.request(ask(too, kind, "1", thing, kind.asked())), "another node");
      JsonNode other = too.request(ask(too, kind, "1", "another-thing", kind.asked()));
      assertEquals("conflict", Market.code(other));
      JsonNode staff = host.request(ask(host, kind, "1", thing, kind.asked()));
      assertEquals("forbidden", Market.code(staff));
      JsonNode nothing = ann.request(ask(ann, kind, "2", "no-such-thing", kind.asked()));
      assertEquals("not_found", Market.code(nothing));
      return answer;
    }
  }

  private static void cannotBeTracedWhenRefused(
      KindSample kind, String thing, ServerProcess a, ServerProcess b) {
    Api staff = Api.of(b, "host", "streamer");
    try (ProtocolClient refused = new Market(a, ROOM).join(kind.refusedTo());
        ProtocolClient bob = new Market(b, ROOM).join("bob")) {
      JsonNode before = staff.get(path(kind) + "/" + thing).json();
      JsonNode no = refused.request(ask(refused, kind, "3", thing, kind.refused()));
      assertEquals("error", no.path("type").asString(), no.toString());
      assertEquals(before, staff.get(path(kind) + "/" + thing).json());
      // An id that was refused is free, also for a request that is granted.
      JsonNode granted = bob.request(ask(bob, kind, "3", thing, kind.asked()));
      assertEquals("ok", granted.path("type").asString(), granted.toString());
    }
  }

  private static void comesAsASnapshotAndIsResumed(
      KindSample kind, String thing, ServerProcess a, ServerProcess b) {
    try (ProtocolClient ann = new Market(b, ROOM).join("ann");
        ProtocolClient cat = new Market(b, ROOM).join("cat")) {
      JsonNode welcome = ann.welcome();
      assertTrue(mine(welcome, thing).isObject(), "what is ann's: " + welcome);
      assertTrue(mine(cat.welcome(), thing).isMissingNode(), "nothing is cat's");
      long epoch = welcome.path("epoch").asLong();
      long seq = welcome.path("seq").asLong();
      try (ProtocolClient again = ProtocolClient.resume(a, ROOM, Jwt.viewer("dan"), epoch, 0)) {
        assertTrue(again.welcome().path("resumed").asBoolean());
        Awaitility.await().atMost(Patience.OF_TESTS).until(() -> again.numbers().size() >= seq);
        assertEquals(LongStream.rangeClosed(1, seq).boxed().toList(), again.numbers());
        assertFalse(again.events(kind.opened()).isEmpty());
      }
    }
    assertNotEquals(
        0, Api.anonymous(a).get("/api/rooms/" + ROOM).json().path("active").size(), "in the view");
  }

  private void isSettledByWhoeverComes(KindSample kind, String thing, String uri, String rules)
      throws Exception {
    // Nobody lives; it falls due by the store's clock, which is this machine's.
    Awaitility.await().pollDelay(Duration.ofMillis(SHORT_MS)).until(() -> true);
    try (ServerProcess late = ServerProcess.start(dir, uri, rules)) {
      Api anybody = Api.anonymous(late);
      Awaitility.await()
          .atMost(Patience.OF_TESTS)
          .until(() -> kind.isOver().test(anybody.get(path(kind) + "/" + thing).json()));
    }
  }
}
