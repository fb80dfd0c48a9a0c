package barrage.redis;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets so much through at a time that whoever is behind it is never idle, and keeps the rest in
 * line: who is let through is answered soon, so an answer that is late means a fault and not a
 * crowd. A room has one batch here at a time, so rooms take turns. Safe for any thread.
 */
final class Gate {
  private static final Logger LOG = LoggerFactory.getLogger(Gate.class);

  private final long capacity;
  private final int maxWaiting;
  private final Queue<Waiting> line = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong inside = new AtomicLong();
  private final AtomicInteger work = new AtomicInteger();

  private record Waiting(int weight, Runnable task) {}

  /**
   * @param capacity in the unit of the weights; what is heavier goes through alone
   * @param maxWaiting in line at most
   */
  Gate(long capacity, int maxWaiting) {
    this.capacity = capacity;
    this.maxWaiting = maxWaiting;
  }

  /**
   * Runs a task once it may go through, on this or another thread; it is followed by {@link
   * #leave}.
   *
   * @return {@code false}: the line is full, and the task will not run
   */
  boolean enter(int weight, Runnable task) {
    if (waiting.get() >= maxWaiting) {
      return false;
    }
    waiting.incrementAndGet();
    line.add(new Waiting(weight, task));
    letThrough();
    return true;
  }

  /** A task that went through is done. */
  void leave(int weight) {
    inside.addAndGet(-weight);
    letThrough();
  }

  /** One thread at a time; what others bring meanwhile it takes along. */
  private void letThrough() {
    if (work.getAndIncrement() > 0) {
      return;
    }
    int seen = 1;
    do {
      for (Waiting first = line.peek(); first != null && fits(first); first = line.peek()) {
        line.remove();
        waiting.decrementAndGet();
        inside.addAndGet(first.weight);
        run(first);
      }
      seen = work.addAndGet(-seen);
    } while (seen > 0);
  }

  /** A task that fails must not close the gate for good. */
  private void run(Waiting first) {
    try {
      first.task.run();
    } catch (RuntimeException | Error e) {
      LOG.error("A task failed on its way to Redis", e);
      inside.addAndGet(-first.weight);
    }
  }

  private boolean fits(Waiting first) {
    long now = inside.get();
    return now == 0 || now + first.weight <= capacity;
  }
}
