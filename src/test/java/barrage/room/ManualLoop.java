package barrage.room;

import static org.junit.jupiter.api.Assertions.fail;

import barrage.Patience;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A room's loop that the test steps by hand; the test's thread is the loop's. */
final class ManualLoop implements RoomLoop {
  private final Thread thread = Thread.currentThread();
  private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
  private final PriorityQueue<Scheduled> timers =
      new PriorityQueue<>(
          Comparator.comparingLong(Scheduled::atMs).thenComparingLong(Scheduled::order));
  private long nowMs = 1_000;
  private long order;

  private record Scheduled(long atMs, long order, Runnable task) {}

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public Timer schedule(Runnable task, long delayMs) {
    synchronized (timers) {
      Scheduled scheduled = new Scheduled(nowMs + delayMs, order++, task);
      timers.add(scheduled);
      return () -> {
        synchronized (timers) {
          timers.remove(scheduled);
        }
      };
    }
  }

  @Override
  public boolean inLoop() {
    return Thread.currentThread() == thread;
  }

  @Override
  public long nowMs() {
    return nowMs;
  }

  /** Does what is to be done now. */
  void run() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  /** Lets time pass. */
  void advance(long ms) {
    long until = nowMs + ms;
    run();
    while (true) {
      Scheduled next;
      synchronized (timers) {
        next = timers.peek();
        if (next == null || next.atMs() > until) {
          break;
        }
        timers.remove();
      }
      nowMs = next.atMs();
      next.task().run();
      run();
    }
    nowMs = until;
  }

  /** Runs what others hand over until something holds. The loop's clock stands still meanwhile. */
  void runUntil(BooleanSupplier holds) {
    long deadline = System.nanoTime() + Patience.OF_TESTS.toNanos();
    while (!holds.getAsBoolean()) {
      try {
        Runnable task = tasks.poll(5, TimeUnit.MILLISECONDS);
        if (task != null) {
          task.run();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        fail(e);
      }
      if (System.nanoTime() > deadline) {
        fail("still waiting after " + Patience.OF_TESTS);
      }
    }
  }
}
