package barrage.room;

import barrage.activity.Activities;
import barrage.core.Action;
import barrage.core.Danmaku;
import barrage.core.Entry;
import barrage.core.Role;
import barrage.core.RoomId;
import barrage.core.Viewer;
import barrage.redis.RedisFixture;
import barrage.redis.RedisStore;
import barrage.redis.RedisTls;
import barrage.redis.Replication;
import barrage.room.Watchers.Watcher;
import barrage.rules.RuleBook;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A room on one node: a real store, and a loop that is stepped by hand. */
final class Node {
  final RedisStore store;
  final Room room;
  @Nullable Watchers audience;
  private final ManualLoop loop;
  private final Map<String, Integer> calls = new ConcurrentHashMap<>();

  Node(RoomId id, ManualLoop loop, String name, Supplier<RuleBook> rules) {
    this(id, loop, name, rules, Activities.NONE);
  }

  Node(RoomId id, ManualLoop loop, String name, Supplier<RuleBook> rules, Activities activities) {
    this.loop = loop;
    this.store =
        RedisStore.connect(
            RedisFixture.uri(), RedisTls.DEFAULT, name, Replication.NONE, activities);
    this.room =
        new Room(
            id,
            loop,
            new Surroundings(
                counted(),
                rules,
                activities,
                new byte[32],
                (roomId, lagging) -> audience = new Watchers(lagging),
                name,
                25_000,
                new RoomMeters(new SimpleMeterRegistry())));
    room.start();
  }

  /**
   * How many entries of activities the room has brought to the store; not those that take turns.
   */
  int asked() {
    return calls("asked");
  }

  /** How often the room has asked the store for this, by the method's name. */
  int calls(String method) {
    return calls.getOrDefault(method, 0);
  }

  private Store counted() {
    return (Store)
        Proxy.newProxyInstance(
            Store.class.getClassLoader(),
            new Class<?>[] {Store.class},
            (proxy, method, arguments) -> {
              calls.merge(method.getName(), 1, Integer::sum);
              if (method.getName().equals("commit")) {
                long asked =
                    ((List<?>) arguments[1])
                        .stream()
                            .filter(
                                entry -> entry instanceof Entry.OfActivity of && of.key() != null)
                            .count();
                calls.merge("asked", (int) asked, Integer::sum);
              }
              try {
                return method.invoke(store, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  Watcher join(@Nullable String viewer, @Nullable Position since) {
    return join(viewer, Role.VIEWER, since);
  }

  Watcher join(@Nullable String viewer, Role role, @Nullable Position since) {
    return join(new Watcher(loop, viewer, role), since);
  }

  /** By the name and in the role of this token. */
  Watcher join(Viewer viewer) {
    return join(new Watcher(loop, viewer), null);
  }

  private Watcher join(Watcher watcher, @Nullable Position since) {
    room.offerJoin(watcher, since);
    loop.runUntil(() -> !watcher.all("welcome").isEmpty());
    return watcher;
  }

  void say(Watcher watcher, String requestId, String text) {
    room.offerAction(
        watcher,
        requestId,
        new Action.Say(requestId, new Danmaku(text, Danmaku.Mode.SCROLL, 0xffffff)));
  }

  void buy(Watcher watcher, String requestId, String sale) {
    room.offerAction(watcher, requestId, new Action.Buy(requestId, sale, 1));
  }

  void ask(Watcher watcher, String requestId, String type, Action.Request request) {
    room.offerAction(watcher, requestId, new Action.Ask(requestId, new Action.Kind(type), request));
  }

  JsonNode answerTo(Watcher watcher, String requestId) {
    loop.runUntil(() -> watcher.answer(requestId) != null);
    return watcher.answer(requestId);
  }
}
