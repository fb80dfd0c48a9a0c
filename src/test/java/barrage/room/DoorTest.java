package barrage.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.activity.Activities;
import barrage.core.Entry;
import barrage.core.Outcome;
import barrage.core.Role;
import barrage.core.RoomId;
import barrage.core.RoomSettings;
import barrage.core.Standing;
import barrage.room.Watchers.Watcher;
import barrage.rules.RuleBook;
import barrage.rules.RulesFile;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The line of those who join a room whose store does not answer. */
final class DoorTest {
  private static final RuleBook RULES = RulesFile.shipped(true);

  private static final Store.Snapshot EMPTY =
      new Store.Snapshot(
          1,
          0,
          0,
          0,
          RoomSettings.DEFAULT,
          0,
          0,
          0,
          100,
          0,
          List.of(),
          List.of(),
          List.of(),
          Store.Snapshot.NEVER);
  private final ManualLoop loop = new ManualLoop();
  private Audience.@Nullable Lagging insiders;
  private Room room = roomOf(silentStore());

  private static Store silentStore() {
    return store((method, arguments) -> null);
  }

  /** One that answers some calls, and is silent about all else. */
  private static Store store(BiFunction<String, Object[], @Nullable CompletionStage<?>> answers) {
    return (Store)
        Proxy.newProxyInstance(
            Store.class.getClassLoader(),
            new Class<?>[] {Store.class},
            (proxy, method, arguments) -> {
              CompletionStage<?> answer = answers.apply(method.getName(), arguments);
              return answer != null
                  ? answer
                  : method.getReturnType() == boolean.class
                      ? (Object) false
                      : method.getReturnType() == long.class
                          ? (Object) 0L
                          : method.getReturnType() == CompletionStage.class
                              ? new CompletableFuture<>()
                              : null;
            });
  }

  private Room roomOf(Store store) {
    Room made =
        new Room(
            new RoomId("r"),
            loop,
            new Surroundings(
                store,
                () -> RULES,
                Activities.NONE,
                new byte[32],
                (id, lagging) -> {
                  insiders = lagging;
                  return new Watchers(lagging);
                },
                "node",
                25_000,
                new RoomMeters(new SimpleMeterRegistry())));
    made.start();
    return made;
  }

  private static Store.Receipt receipt(List<?> entries) {
    Outcome newcomer = new Outcome.Stands("v", Role.VIEWER, Standing.NEWCOMER);
    List<Outcome> outcomes =
        entries.stream()
            .map(entry -> entry instanceof Entry.Join ? newcomer : Outcome.Done.DONE)
            .toList();
    return new Store.Receipt(1, 0, 0, Store.Snapshot.NEVER, outcomes);
  }

  private Watcher arrive() {
    Watcher each = new Watcher(loop, "v", Role.VIEWER);
    room.offerJoin(each, null);
    loop.run();
    return each;
  }

  /** Were it closed to those inside, most would be gone when a room of many begins anew. */
  @Test
  void aFullLine_isClosedToTheNext_andWhoLeavesLeavesAPlace_andOpenToWhoeverIsInside() {
    AtomicBoolean silent = new AtomicBoolean();
    room =
        roomOf(
            store(
                (method, arguments) ->
                    switch (silent.get() ? "" : method) {
                      case "follow" -> CompletableFuture.completedStage(null);
                      case "open" -> CompletableFuture.completedStage(EMPTY);
                      case "commit" ->
                          CompletableFuture.completedStage(receipt((List<?>) arguments[1]));
                      default -> null;
                    }));
    Watcher inside = arrive();
    loop.advance(100);
    assertEquals(1, inside.received.size());
    silent.set(true);
    List<Watcher> outside = new ArrayList<>();
    while (outside.isEmpty() || outside.get(outside.size() - 1).closed == null) {
      outside.add(arrive());
    }
    assertTrue(outside.size() > Door.MAX_WAITING);
    assertEquals(1, outside.stream().filter(each -> each.closed != null).count());
    room.offerLeave(outside.get(outside.size() / 2));
    assertNull(arrive().closed);
    assertEquals(CloseReason.SERVICE_RESTART, arrive().closed);
    insiders.onCanRead(inside, 1_000, false); // a number that the room does not know
    loop.run();
    assertNull(inside.closed);
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
