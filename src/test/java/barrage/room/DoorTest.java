package barrage.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import barrage.core.Role;
import barrage.core.RoomId;
import barrage.room.Watchers.Watcher;
import barrage.rules.RuleBook;
import barrage.rules.RulesFile;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** The line of those who join a room whose store does not answer. */
final class DoorTest {
  private static final RuleBook RULES = RulesFile.shipped(true);

  private final ManualLoop loop = new ManualLoop();
  private final Room room = roomOf(silentStore());

  private static Store silentStore() {
    return (Store)
        Proxy.newProxyInstance(
            Store.class.getClassLoader(),
            new Class<?>[] {Store.class},
            (proxy, method, arguments) ->
                method.getReturnType() == boolean.class
                    ? (Object) false
                    : method.getReturnType() == long.class
                        ? (Object) 0L
                        : method.getReturnType() == CompletionStage.class
                            ? new CompletableFuture<>()
                            : null);
  }

  private Room roomOf(Store store) {
    Room made =
        new Room(
            new RoomId("r"),
            loop,
            new Surroundings(
                store,
                () -> RULES,
                (id, lagging) -> new Watchers(lagging),
                "node",
                25_000,
                new RoomMeters(new SimpleMeterRegistry())));
    made.start();
    return made;
  }

  private Watcher arrive() {
    Watcher each = new Watcher(loop, "v", Role.VIEWER);
    room.offerJoin(each, null);
    loop.run();
    return each;
  }

  @Test
  void aFullLine_isClosedToTheNext_andWhoLeavesLeavesAPlace() {
    List<Watcher> line = new ArrayList<>();
    for (int i = 0; i < Door.MAX_WAITING; i++) {
      line.add(arrive());
    }
    assertEquals(CloseReason.SERVICE_RESTART, arrive().closed);
    room.offerLeave(line.get(Door.MAX_WAITING / 2));
    assertNull(arrive().closed);
    assertEquals(0, line.stream().filter(each -> each.closed != null).count());
  }

  @Test
  void whoHasWaitedTooLong_isToldToComeBack() {
    Watcher first = arrive();
    loop.advance(Door.PATIENCE_MS / 2);
    Watcher second = arrive();
    loop.advance(Door.PATIENCE_MS / 2 + 1_000);
    assertEquals(CloseReason.SERVICE_RESTART, first.closed);
    assertNull(second.closed);
  }
}
