package barrage;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * How long tests wait for what must come. That it came is what they assert, so on a machine that is
 * busy with other work they wait longer; what must come soon has a bound of its own.
 */
public final class Patience implements LauncherSessionListener {
  /** Far beyond what anything takes that comes at all. */
  public static final Duration OF_TESTS = Duration.ofSeconds(60);

  /** Work for as long as it takes to see how much of a core one gets. */
  private static final long SPIN_NANOS = 50_000_000;

  /** A core that is shared a little, as with our own collector, is a quiet one. */
  private static final double QUIET = 1.25;

  /**
   * A bound for what must come soon: the one that holds on a quiet machine, stretched by how much
   * less than a core this thread gets now. Threads that wait for each other wait more than once, so
   * what is shared counts twice.
   */
  public static Duration soon(Duration quiet) {
    return Duration.ofNanos((long) (quiet.toNanos() * stretch()));
  }

  /** By how much; 1 on a quiet machine. */
  public static double stretch() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long began = System.nanoTime();
    long cpu = threads.getCurrentThreadCpuTime();
    long worked = 0;
    while (worked < SPIN_NANOS) {
      worked = threads.getCurrentThreadCpuTime() - cpu;
    }
    double share = (double) (System.nanoTime() - began) / worked;
    return share <= QUIET ? 1 : 2 * share;
  }

  /**
   * Fails when it is too late for what had to come soon. How busy the machine is matters only to
   * what would have been late on a quiet one.
   */
  public static void assertInTime(Duration quiet, long sinceNanos) {
    Duration took = Duration.ofNanos(System.nanoTime() - sinceNanos);
    if (took.compareTo(quiet) > 0 && took.compareTo(soon(quiet)) > 0) {
      throw new AssertionError("it took " + took + ", and should take at most " + quiet);
    }
  }

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    Awaitility.setDefaultTimeout(OF_TESTS);
  }
}
