package barrage;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class HeapKeeperTest {
  private static final long MB = 1 << 20;

  private final List<Integer> intervals = new ArrayList<>();
  private long committed = 400 * MB;
  private final HeapKeeper keeper = new HeapKeeper(() -> committed, intervals::add);

  @Test
  void collectsOnce_whenARushIsOver() {
    for (int at = 0; at <= 5_000; at += 500) {
      keeper.onCollected(false, 40 * MB);
      keeper.look(at);
    }
    keeper.look(5_500);
    assertEquals(List.of(), intervals, "not before it is known to be over");
    keeper.look(6_000);
    keeper.look(6_500);
    assertEquals(List.of(1_000), intervals);
    keeper.onCollected(true, 40 * MB);
    keeper.look(7_000);
    assertEquals(List.of(1_000, 0), intervals);
    keeper.look(60_000);
    assertEquals(List.of(1_000, 0), intervals, "and then leaves the heap alone");
  }

  @Test
  void aRushThatGoesOn_isNotDisturbed() {
    keeper.onCollected(false, 40 * MB);
    keeper.look(0);
    keeper.look(1_000);
    assertEquals(List.of(1_000), intervals);
    keeper.onCollected(false, 40 * MB);
    keeper.look(1_500);
    assertEquals(List.of(1_000, 0), intervals);
    keeper.look(2_500);
    assertEquals(List.of(1_000, 0, 1_000), intervals, "but once it is over");
  }

  @Test
  void aHeapWithLittleToSpare_isLeftAlone() {
    committed = 100 * MB;
    keeper.onCollected(false, 40 * MB);
    keeper.look(0);
    keeper.look(10_000);
    assertEquals(List.of(), intervals);
  }

  @Test
  void thisJvm_isCollectedOnceItIsQuiet() {
    HeapKeeper real = HeapKeeper.ofThisJvm(() -> Long.MAX_VALUE);
    System.gc();
    long before = collections();
    await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(200))
        .until(
            () -> {
              real.look(TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
              return collections() > before;
            });
    real.onCollected(true, 0);
    real.look(Long.MAX_VALUE);
  }

  private static long collections() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionCount)
        .sum();
  }
}
