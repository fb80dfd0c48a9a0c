package barrage.room;

import static org.junit.jupiter.api.Assertions.assertEquals;

import barrage.core.RoomId;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** When a room may refuse by what it remembers. */
final class CertaintyTest {
  private static final RoomId ROOM = new RoomId("r");

  private final ManualLoop loop = new ManualLoop();
  private final List<CompletableFuture<Optional<Store.Head>>> questions = new ArrayList<>();
  private final List<String> told = new ArrayList<>();
  private final Store store =
      (Store)
          Proxy.newProxyInstance(
              Store.class.getClassLoader(),
              new Class<?>[] {Store.class},
              (proxy, method, arguments) ->
                  switch (method.getName()) {
                    case "head" -> {
                      CompletableFuture<Optional<Store.Head>> asked = new CompletableFuture<>();
                      questions.add(asked);
                      yield asked;
                    }
                    case "commitsAfter" ->
                        CompletableFuture.completedFuture(new Store.Repair(true, List.of()));
                    default -> throw new UnsupportedOperationException(method.getName());
                  });
  private final Feed feed = new Feed(ROOM, store, loop, commit -> {}, () -> {});
  private final Certainty certainty = new Certainty(ROOM, store, loop, feed);

  CertaintyTest() {
    feed.openAt(7, 10);
  }

  private void await(String name) {
    certainty.await(certain -> told.add(name + " " + certain));
    loop.run();
  }

  private void answer(int question, long revision) {
    questions.get(question).complete(Optional.of(new Store.Head(7, revision)));
    loop.run();
  }

  private void commit(long revision) {
    feed.onCommit(new Commit(7, revision, 0, 0, List.of(), List.of()));
    loop.run();
  }

  @Test
  void whoAsks_waitsUntilTheRoomKnowsWhatTheStoreKnew() {
    await("ann");
    answer(0, 12);
    commit(11);
    assertEquals(List.of(), told);
    commit(12);
    assertEquals(List.of("ann true"), told);
  }

  @Test
  void whoAsksWhileAQuestionIsOpen_isAnsweredByTheNextOne_withAllOthers() {
    await("ann");
    await("bob");
    await("cat");
    answer(0, 10);
    assertEquals(List.of("ann true"), told, "what bob's first try did may be newer");
    assertEquals(1, questions.size());
    loop.advance(2);
    assertEquals(2, questions.size());
    answer(1, 10);
    assertEquals(List.of("ann true", "bob true", "cat true"), told);
  }

  @Test
  void storeThatIsAway_leavesItUncertain() {
    await("ann");
    questions.get(0).completeExceptionally(new StoreAwayException("away", true));
    loop.run();
    assertEquals(List.of("ann false"), told);
  }

  @Test
  void roomThatDoesNotComeToKnow_isUncertain() {
    await("ann");
    answer(0, 12);
    loop.advance(600);
    assertEquals(List.of("ann false"), told);
  }
}
