package barrage.activity.packet;

import barrage.Patience;
import barrage.activity.Activities;
import barrage.activity.HttpCall;
import barrage.activity.Reads;
import barrage.activity.Reply;
import barrage.activity.Routes;
import barrage.activity.Settler;
import barrage.activity.StoreEntry;
import barrage.core.Entry;
import barrage.core.Outcome;
import barrage.core.Pseudonyms;
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
import barrage.room.Commit;
import barrage.room.Store;
import barrage.rules.RulesFile;
import barrage.wire.JsonBody;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A room with red packets on a real Redis, with as many nodes as a test asks for. */
final class PacketRoom implements AutoCloseable {
  static final Activities ACTIVITIES = new Activities(List.of(new Packets()));
  static final Terms TERMS = RulesFile.shipped(false).terms();
  static final JsonMapper JSON = JsonMapper.shared();

  /** As shipped, but viewers may make packets, which may be as short as a test likes. */
  static final Packets.Rules RULES =
      new Packets.Rules(true, true, 10_000_000, 2_000, 30, 1, 900_000, 60_000, 86_400_000, 20);

  final RoomId room = RedisFixture.freshRoom();
  private final List<RedisStore> stores = new ArrayList<>();
  private final List<Commit> commits = new CopyOnWriteArrayList<>();
  private final Map<String, Routes.Handler> handlers = new HashMap<>();
  private final Pseudonyms names = new Pseudonyms(new byte[32], room);
  private final Random random = new Random(7);
  private int ids;

  PacketRoom() {
    new Packets().routes(new Handlers());
    await(node().open(room));
    await(store().follow(room, new Follower()));
  }

  private final class Handlers implements Routes {
    @Override
    public Routes post(String path, Set<Role> roles, Handler handler) {
      handlers.put("POST " + path, handler);
      return this;
    }

    @Override
    public Routes get(String path, Handler handler) {
      handlers.put("GET " + path, handler);
      return this;
    }

    @Override
    public Routes get(String path, Set<Role> roles, Handler handler) {
      return get(path, handler);
    }
  }

  private final class Follower implements Store.Follower {
    @Override
    public void onCommit(Commit commit) {
      commits.add(commit);
    }

    @Override
    public void onRelinked() {}
  }

  /** One more process. */
  RedisStore node() {
    RedisStore store =
        RedisStore.connect(
            RedisFixture.uri(),
            RedisTls.DEFAULT,
            "n" + stores.size(),
            Replication.NONE,
            ACTIVITIES);
    stores.add(store);
    return store;
  }

  RedisStore store() {
    return stores.get(0);
  }

  @Override
  public void close() {
    stores.forEach(RedisStore::close);
  }

  static <T> T await(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(Patience.OF_TESTS.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException fault) {
        throw fault;
      }
      throw new AssertionError(e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  static JsonNode json(Outcome outcome) {
    if (outcome instanceof Outcome.Told told) {
      return JSON.readTree(told.json());
    }
    throw new AssertionError(outcome);
  }

  /** {@code ok}, or the code of the refusal. */
  static String code(Outcome outcome) {
    return outcome instanceof Outcome.Refused refused ? refused.refusal().reason().wire() : "ok";
  }

  Outcome commit(Entry entry) {
    return commit(store(), List.of(entry)).get(0);
  }

  List<Outcome> commit(Store store, List<Entry> entries) {
    return await(send(store, entries)).outcomes();
  }

  CompletionStage<Store.Receipt> send(Store store, List<Entry> entries) {
    return store.commit(room, entries, TERMS, 0, 0);
  }

  void grant(String viewer, long points, long growth) {
    String ref = "grant" + ids++;
    RequestKey key = new RequestKey(new ViewerId("shop"), ref);
    commit(new Entry.Grant(key, new ViewerId(viewer), points, growth, "gift", ref));
  }

  long points(String viewer) {
    Outcome.Stands stands = (Outcome.Stands) commit(new Entry.Look(new ViewerId(viewer)));
    return stands.standing().points();
  }

  // ---- calls

  Reply call(String what, Role role, String caller, String id, String body) {
    return call(RULES, what, role, caller, "key" + ids++, id, body);
  }

  Reply call(
      Packets.Rules rules,
      String what,
      Role role,
      String caller,
      String key,
      String id,
      String body) {
    Call call = new Call(rules, role, new ViewerId(caller), key, id, body, "packet" + ids++);
    return await(handlers.get(what).handle(call));
  }

  private final class Call implements HttpCall {
    private final Packets.Rules rules;
    private final Role role;
    private final ViewerId caller;
    private final String key;
    private final String id;
    private final String body;
    private final String newId;

    Call(
        Packets.Rules rules,
        Role role,
        ViewerId caller,
        String key,
        String id,
        String body,
        String newId) {
      this.rules = rules;
      this.role = role;
      this.caller = caller;
      this.key = key;
      this.id = id;
      this.body = body;
      this.newId = newId;
    }

    @Override
    public RoomId room() {
      return room;
    }

    @Override
    public String thing() {
      return id;
    }

    @Override
    public RequestKey key() {
      return new RequestKey(caller, key);
    }

    @Override
    public ViewerId caller() {
      return caller;
    }

    @Override
    public Role role() {
      return role;
    }

    @Override
    public JsonBody body() {
      return JsonBody.read(body.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public @Nullable String query(String name) {
      return null;
    }

    @Override
    public CompletionStage<Outcome> offer(Entry entry) {
      return send(store(), List.of(entry)).thenApply(receipt -> receipt.outcomes().get(0));
    }

    @Override
    public Reads reads() {
      return store();
    }

    @Override
    public String newId() {
      return newId;
    }

    @Override
    public byte[] secret(int bytes) {
      byte[] secret = new byte[bytes];
      random.nextBytes(secret);
      return secret;
    }

    @Override
    public Object rules() {
      return rules;
    }
  }

  static JsonNode json(Reply reply) {
    if (reply instanceof Reply.Json json) {
      return JSON.readTree(json.json());
    }
    throw new AssertionError(reply);
  }

  static String code(Reply reply) {
    return reply instanceof Reply.Refused refused ? refused.refusal().reason().wire() : "ok";
  }

  static String body(String mode, int points, int count, long enterMs, String more) {
    return "{\"title\":\"红包\",\"reward\":{\"points\":%d},\"count\":%d,\"mode\":\"%s\",\"enterMs\":%d%s}"
        .formatted(points, count, mode, enterMs, more);
  }

  /** A streamer's; its id. */
  String make(String mode, int points, int count, long enterMs, String more) {
    return made(Role.STREAMER, "boss", body(mode, points, count, enterMs, more));
  }

  String make(String mode, int points, int count, long enterMs) {
    return make(mode, points, count, enterMs, "");
  }

  String made(Role role, String caller, String body) {
    return json(call("POST ", role, caller, "", body)).path("id").asString();
  }

  Reply cancel(String packet) {
    return call("POST /{id}/cancel", Role.STREAMER, "boss", packet, "{}");
  }

  Reply proof(String packet) {
    return call("GET /{id}/proof", Role.VIEWER, "guest", packet, "{}");
  }

  JsonNode thing(String packet) {
    return JSON.readTree(await(store().thing(room, Packets.KIND, packet, false)).orElseThrow());
  }

  // ---- viewers

  Entry open(String viewer, String key, String packet) {
    return open(viewer, key, packet, Role.VIEWER);
  }

  Entry open(String viewer, String key, String packet, Role role) {
    ViewerId id = new ViewerId(viewer);
    return new Packets.Open(packet)
        .entry(new RequestKey(id, key), new Viewer(id, viewer, role), names);
  }

  String who(String packet, String viewer) {
    return names.who(packet, new ViewerId(viewer));
  }

  // ---- what is due

  CompletionStage<Boolean> settle(Settler.Room node, String packet) {
    return new Packets().settler().settle(Packets.KIND, packet, node);
  }

  boolean settle(Store store, String packet) {
    return await(settle(settling(store), packet));
  }

  /** What one node does about what is due. */
  Settler.Room settling(Store store) {
    return new Settling(store);
  }

  private final class Settling implements Settler.Room {
    private final Store store;

    Settling(Store store) {
      this.store = store;
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
      return send(store, List.of(entry)).thenApply(receipt -> receipt.outcomes().get(0));
    }

    @Override
    public CompletionStage<List<byte[]>> ask(StoreEntry question) {
      return store.ask(room, question);
    }

    @Override
    public Executor worker() {
      return ForkJoinPool.commonPool();
    }
  }

  /** Waits until the time of a packet is over. */
  void awaitEnd(String packet) {
    long endsAt = thing(packet).path("endsAt").asLong();
    Awaitility.await().atMost(Patience.OF_TESTS).until(() -> store().nowMs() > endsAt + 50);
  }

  /** Sees to it, as nodes do, until everybody was told that it is over. */
  JsonNode over(String packet) {
    Awaitility.await()
        .atMost(Patience.OF_TESTS)
        .until(
            () -> {
              settle(store(), packet);
              return thing(packet).has("seed");
            });
    return thing(packet);
  }

  // ---- what was told

  /** Numbered events of a type, oldest first. */
  List<JsonNode> events(String type) {
    List<JsonNode> events = new ArrayList<>();
    for (Commit commit : told()) {
      commit.events().forEach(event -> events.add(JSON.readTree(event.json())));
    }
    return events.stream().filter(event -> event.path("type").asString().equals(type)).toList();
  }

  /** Messages to one viewer alone. */
  List<JsonNode> messages(String viewer) {
    List<JsonNode> messages = new ArrayList<>();
    for (Commit commit : told()) {
      for (Commit.Notice notice : commit.notices()) {
        if (notice instanceof Commit.ToViewer to && to.viewer().value().equals(viewer)) {
          messages.add(JSON.readTree(to.json()));
        }
      }
    }
    return messages;
  }

  /** What is said of things beside events. */
  List<barrage.activity.Notice> notices() {
    List<barrage.activity.Notice> notices = new ArrayList<>();
    for (Commit commit : told()) {
      for (Commit.Notice notice : commit.notices()) {
        if (notice instanceof Commit.OfActivity of) {
          notices.add(of.notice());
        }
      }
    }
    return notices;
  }

  private List<Commit> told() {
    long revision = await(store().head(room)).orElseThrow().revision();
    Awaitility.await()
        .atMost(Patience.OF_TESTS)
        .until(() -> commits.stream().anyMatch(commit -> commit.revision() >= revision));
    return commits;
  }

  /** What the audit of the room finds. */
  List<String> faults() {
    return Audit.of(RedisFixture.uri(), RedisTls.DEFAULT, room, ACTIVITIES).faults();
  }
}
