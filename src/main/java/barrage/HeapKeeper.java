package barrage;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryUsage;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives memory back after a rush. Ten thousand viewers who join leave a heap behind that is mostly
 * garbage, and once it is quiet nothing makes the collector look at it again. G1 can collect by the
 * clock, beside the application, and return what it then has too much of (JEP 346), but would do so
 * for ever; here it does so once, when a rush is over.
 *
 * <p>Does nothing on a JVM with another collector. Safe for several threads.
 */
final class HeapKeeper {
  private static final Logger LOG = LoggerFactory.getLogger(HeapKeeper.class);

  /** A rush is over when nothing was collected for so long. */
  private static final int QUIET_MS = 1_000;

  /** A heap with less to spare is not worth a collection. */
  private static final long WORTH_BYTES = 32L << 20;

  /**
   * How much of the heap may be free after it was looked at, in percent: two thirds of what is
   * used, where the default would keep more than twice that.
   */
  private static final int MAX_FREE_PERCENT = 40;

  private static final int MIN_FREE_PERCENT = 20;

  /** What the JVM calls a collection by the clock. */
  private static final String BY_THE_CLOCK = "G1 Periodic Collection";

  private final LongSupplier committedBytes;
  private final IntConsumer collectEveryMs;
  private long usedBytes;
  private boolean collected;
  private boolean due;
  private boolean collecting;
  private long quietSinceMs;

  /**
   * @param committedBytes the heap's size now
   * @param collectEveryMs has the heap collected when it was not for so long; 0: never
   */
  HeapKeeper(LongSupplier committedBytes, IntConsumer collectEveryMs) {
    this.committedBytes = committedBytes;
    this.collectEveryMs = collectEveryMs;
  }

  static HeapKeeper ofThisJvm() {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    return ofThisJvm(() -> memory.getHeapMemoryUsage().getCommitted());
  }

  static HeapKeeper ofThisJvm(LongSupplier committedBytes) {
    try {
      HotSpotDiagnosticMXBean hotspot =
          ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
      if (Boolean.parseBoolean(hotspot.getVMOption("UseG1GC").getValue())) {
        hotspot.setVMOption("MinHeapFreeRatio", Integer.toString(MIN_FREE_PERCENT));
        hotspot.setVMOption("MaxHeapFreeRatio", Integer.toString(MAX_FREE_PERCENT));
        HeapKeeper keeper =
            new HeapKeeper(
                committedBytes,
                ms -> hotspot.setVMOption("G1PeriodicGCInterval", Integer.toString(ms)));
        keeper.listen();
        return keeper;
      }
    } catch (RuntimeException e) { // not HotSpot, or one without these options
      LOG.debug("The heap is left to itself", e);
    }
    return new HeapKeeper(() -> 0, ms -> {});
  }

  private void listen() {
    for (GarbageCollectorMXBean each : ManagementFactory.getGarbageCollectorMXBeans()) {
      ((NotificationEmitter) each)
          .addNotificationListener(
              (notification, unused) -> {
                if (notification.getUserData() instanceof CompositeData data) {
                  onCollected(GarbageCollectionNotificationInfo.from(data));
                }
              },
              null,
              null);
    }
  }

  private void onCollected(GarbageCollectionNotificationInfo info) {
    long used = 0;
    for (Map.Entry<String, MemoryUsage> pool :
        info.getGcInfo().getMemoryUsageAfterGc().entrySet()) {
      if (pool.getKey().startsWith("G1 ")) {
        used += pool.getValue().getUsed();
      }
    }
    onCollected(info.getGcCause().equals(BY_THE_CLOCK), used);
  }

  /** The heap was collected. */
  synchronized void onCollected(boolean byTheClock, long usedAfterBytes) {
    usedBytes = usedAfterBytes;
    collected = true;
    due = !byTheClock;
  }

  /** Has a look; to be called about twice a second. */
  synchronized void look(long nowMs) {
    if (collected) {
      collected = false;
      quietSinceMs = nowMs;
    }
    boolean wanted =
        due
            && nowMs - quietSinceMs >= QUIET_MS
            && committedBytes.getAsLong() > 2 * usedBytes + WORTH_BYTES;
    if (wanted != collecting) {
      collecting = wanted;
      collectEveryMs.accept(wanted ? QUIET_MS : 0);
    }
  }
}
