package barrage.room;

import barrage.activity.Activities;
import barrage.core.Action;
import barrage.core.Danmaku;
import barrage.core.Role;
import barrage.core.RoomId;
import barrage.core.Viewer;
import barrage.redis.RedisFixture;
import barrage.redis.RedisStore;
import barrage.room.Watchers.Watcher;
import barrage.rules.RuleBook;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A room on one node: a real store, and a loop that is stepped by hand. */
final class Node {
  final RedisStore store;
  final Room room;
  @Nullable Watchers audience;
  private final ManualLoop loop;

  Node(RoomId id, ManualLoop loop, String name, Supplier<RuleBook> rules) {
    this.loop = loop;
    this.store = RedisStore.connect(RedisFixture.uri(), name);
    this.room =
        new Room(
            id,
            loop,
            new Surroundings(
                store,
                rules,
                Activities.NONE,
                new byte[32],
                (roomId, lagging) -> audience = new Watchers(lagging),
                name,
                25_000,
                new RoomMeters(new SimpleMeterRegistry())));
    room.start();
  }

  Watcher join(@Nullable String viewer, Room.@Nullable Position since) {
    return join(viewer, Role.VIEWER, since);
  }

  Watcher join(@Nullable String viewer, Role role, Room.@Nullable Position since) {
    return join(new Watcher(loop, viewer, role), since);
  }

  /** By the name and in the role of this token. */
  Watcher join(Viewer viewer) {
    return join(new Watcher(loop, viewer), null);
  }

  private Watcher join(Watcher watcher, Room.@Nullable Position since) {
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

  JsonNode answerTo(Watcher watcher, String requestId) {
    loop.runUntil(() -> watcher.answer(requestId) != null);
    return watcher.answer(requestId);
  }
}
