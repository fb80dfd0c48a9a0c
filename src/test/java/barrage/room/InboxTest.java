package barrage.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class InboxTest {
  private final ManualLoop loop = new ManualLoop();
  private final Inbox hot = new Inbox(loop);
  private final List<String> done = new ArrayList<>();

  @Test
  void roomsOfOneLoop_takeTurns() {
    Inbox quiet = new Inbox(loop);
    for (int i = 0; i < 10_000; i++) {
      hot.offer(() -> done.add("hot"));
    }
    quiet.offer(() -> done.add("quiet"));
    loop.run();
    assertEquals(10_001, done.size());
    assertTrue(done.indexOf("quiet") <= Inbox.TURN, "after " + done.indexOf("quiet"));
  }

  @Test
  void whatIsHandedIn_isDoneInOrder() {
    for (int i = 0; i < 1_000; i++) {
      String name = "" + i;
      hot.offer(() -> done.add(name));
    }
    loop.run();
    assertEquals(IntStream.range(0, 1_000).mapToObj(i -> "" + i).toList(), done);
  }

  @Test
  void aFullInbox_takesNothingThatCanBeAskedAgain_andIsOpenWhenItIsEmpty() {
    for (int i = 0; i < Inbox.MAX_WAITING; i++) {
      assertTrue(hot.offer(() -> done.add("request")));
    }
    assertFalse(hot.offer(() -> done.add("too much")));
    hot.put(() -> done.add("left"));
    loop.run();
    assertEquals(Inbox.MAX_WAITING + 1, done.size());
    assertEquals("left", done.get(Inbox.MAX_WAITING));
    assertTrue(hot.offer(() -> done.add("again")));
  }

  @Test
  void itIsCrowded_whileHalfOfWhatItHoldsWaits() {
    List<Boolean> crowded = new ArrayList<>();
    for (int i = 0; i < Inbox.MAX_WAITING; i++) {
      hot.offer(() -> crowded.add(hot.isCrowded()));
    }
    loop.run();
    assertTrue(crowded.get(0));
    assertTrue(crowded.get(Inbox.MAX_WAITING / 2 - 1));
    assertFalse(crowded.get(Inbox.MAX_WAITING - 1));
  }

  @Test
  void aFault_endsOneRequestAlone() {
    hot.offer(
        () -> {
          throw new IllegalStateException("a fault");
        });
    hot.offer(() -> done.add("next"));
    loop.run();
    assertEquals(List.of("next"), done);
  }
}
