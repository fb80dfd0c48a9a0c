package barrage.room;

import static org.junit.jupiter.api.Assertions.assertEquals;

import barrage.activity.Activities;
import barrage.core.Draw;
import barrage.core.Entry;
import barrage.core.Outcome;
import barrage.core.Reason;
import barrage.core.RoomId;
import barrage.core.ViewerId;
import barrage.rules.RulesFile;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** How far a draw goes while the store cannot say that a step of it lasts. */
final class AgendaTest {
  private static final RoomId ROOM = new RoomId("r");
  private static final String SEED = "00".repeat(32);

  private final ManualLoop loop = new ManualLoop();
  private final List<String> done = new ArrayList<>();

  /** The kind of entry that replicas do not have in time. */
  private Class<? extends Entry> unsure = Entry.class;

  private final Store store =
      (Store)
          Proxy.newProxyInstance(
              Store.class.getClassLoader(),
              new Class<?>[] {Store.class},
              (proxy, method, arguments) ->
                  switch (method.getName()) {
                    case "isAway" -> false;
                    case "nowMs" -> loop.nowMs();
                    case "due" ->
                        CompletableFuture.completedFuture(
                            done.contains("RecordDraw")
                                ? List.of()
                                : List.of(new Store.LotteryDue("l")));
                    case "sealed" ->
                        CompletableFuture.completedFuture(
                            Optional.of(
                                new Store.Sealed(
                                    "locked", SEED, List.of(new Draw.Prize("cup", 1)), 1, null)));
                    case "tickets" ->
                        CompletableFuture.completedFuture(
                            new Store.Page<>(List.of(new Draw.Ticket(new ViewerId("ann"), 1)), 0));
                    case "commit" -> commit((List<?>) arguments[1]);
                    default -> throw new UnsupportedOperationException(method.getName());
                  });

  private CompletableFuture<Store.Receipt> commit(List<?> entries) {
    List<Outcome> outcomes = new ArrayList<>();
    for (Object entry : entries) {
      done.add(entry.getClass().getSimpleName());
      outcomes.add(
          unsure.isInstance(entry) ? Outcome.Refused.of(Reason.UNAVAILABLE) : Outcome.Done.DONE);
    }
    return CompletableFuture.completedFuture(
        new Store.Receipt(0, 0, loop.nowMs(), loop.nowMs(), outcomes));
  }

  private void drawFor(int ms) {
    Feed feed = new Feed(ROOM, store, loop, commit -> {}, () -> {});
    feed.openAt(0, 0);
    Outbox outbox =
        new Outbox(
            ROOM,
            store,
            loop,
            feed,
            RulesFile.shipped(true)::terms,
            dueMs -> {},
            loop::nowMs,
            new RoomPulse());
    Agenda agenda = new Agenda(ROOM, store, loop, outbox, Runnable::run, Activities.NONE);
    agenda.onNextDue(loop.nowMs());
    loop.advance(ms);
    agenda.close();
  }

  @Test
  void lockThatMayNotLast_isRepeated_andNothingIsTold() {
    unsure = Entry.LockLottery.class;
    drawFor(1_400);
    assertEquals(List.of("LockLottery", "LockLottery", "LockLottery"), done);
  }

  @Test
  void announcementThatMayNotLast_isNotFollowedByTheDraw() {
    unsure = Entry.AnnounceEntries.class;
    drawFor(400);
    assertEquals(List.of("LockLottery", "AnnounceEntries"), done);
  }

  @Test
  void stepsThatLast_followEachOther() {
    unsure = Entry.Buy.class;
    drawFor(0);
    assertEquals(List.of("LockLottery", "AnnounceEntries", "RecordDraw"), done);
  }
}
