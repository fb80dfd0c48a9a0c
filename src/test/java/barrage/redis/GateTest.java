package barrage.redis;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class GateTest {
  private final List<String> through = new ArrayList<>();

  @Test
  void soMuchGoesThroughAtATime_inOrder() {
    Gate gate = new Gate(10, 100);
    for (int i = 0; i < 5; i++) {
      String name = "" + i;
      assertTrue(gate.enter(4, () -> through.add(name)));
    }
    assertEquals(List.of("0", "1"), through);
    gate.leave(4);
    assertEquals(List.of("0", "1", "2"), through);
  }

  @Test
  void whatIsTooHeavy_goesAlone() {
    Gate gate = new Gate(10, 100);
    gate.enter(4, () -> through.add("light"));
    gate.enter(50, () -> through.add("heavy"));
    assertEquals(List.of("light"), through);
    gate.leave(4);
    assertEquals(List.of("light", "heavy"), through);
    gate.enter(1, () -> through.add("after"));
    assertEquals(2, through.size());
    gate.leave(50);
    assertEquals(3, through.size());
  }

  @Test
  void aTaskThatFails_closesItForNobody() {
    Gate gate = new Gate(1, 10);
    gate.enter(
        1,
        () -> {
          throw new AssertionError("on purpose");
        });
    gate.enter(1, () -> through.add("next"));
    assertEquals(List.of("next"), through);
  }

  @Test
  void aFullLine_takesNoMore() {
    Gate gate = new Gate(1, 2);
    assertTrue(gate.enter(1, () -> through.add("inside")));
    assertTrue(gate.enter(1, () -> through.add("first")));
    assertTrue(gate.enter(1, () -> through.add("second")));
    assertFalse(gate.enter(1, () -> through.add("third")));
    gate.leave(1);
    assertTrue(gate.enter(1, () -> through.add("fourth")));
    gate.leave(1);
    gate.leave(1);
    assertEquals(List.of("inside", "first", "second", "fourth"), through);
  }

  /** As when Redis goes away with a long line before it: no deeper stack for a longer line. */
  @Test
  void aLongLineThatLeavesAtOnce_isNoTrouble() {
    Gate gate = new Gate(1, 100_000);
    gate.enter(1, () -> {});
    for (int i = 0; i < 100_000; i++) {
      gate.enter(
          1,
          () -> {
            through.add("");
            gate.leave(1);
          });
    }
    gate.leave(1);
    assertEquals(100_000, through.size());
  }

  @Test
  void manyThreads_areAllLetThrough_andNeverTooManyAtATime() throws Exception {
    Gate gate = new Gate(3, 1 << 20);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    ExecutorService inner = Executors.newFixedThreadPool(4);
    ExecutorService outer = Executors.newFixedThreadPool(4);
    IntStream.range(0, 20_000)
        .forEach(
            i ->
                outer.execute(
                    () ->
                        gate.enter(
                            1,
                            () -> {
                              most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                              inner.execute(
                                  () -> {
                                    done.incrementAndGet();
                                    inside.decrementAndGet();
                                    gate.leave(1);
                                  });
                            })));
    outer.shutdown();
    assertTrue(outer.awaitTermination(20, TimeUnit.SECONDS));
    await().until(() -> done.get() == 20_000);
    inner.shutdown();
    assertTrue(most.get() <= 3, most + " at a time");
  }
}
