package barrage.gateway;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one event loop does for all of its connections, so that none of them needs a timer or a task
 * of its own: one sweep a second for everything that is due, one flush a turn for everything that
 * was written. Confined to its event loop, but for {@link #run}, {@link #inLoop} and {@link
 * #nowMs}.
 */
final class Loop {
  private static final Logger LOG = LoggerFactory.getLogger(Loop.class);

  private final EventLoop eventLoop;
  private final int index;
  private final LongSupplier nowMs;
  private final List<Swept> swept = new ArrayList<>();
  private final List<WebSocketHandler> dirty = new ArrayList<>();
  private byte[] scratch = new byte[4096];

  Loop(EventLoop eventLoop, int index, LongSupplier nowMs) {
    this.eventLoop = eventLoop;
    this.index = index;
    this.nowMs = nowMs;
  }

  /** Something that has to be looked after as time passes. */
  interface Swept {
    /**
     * Called about once a second.
     *
     * @return {@code false} when it is gone and need not be called again
     */
    boolean sweep(long nowMs);

    /** Ends it at once. */
    void drop();
  }

  /** Its place among the loops of the node. */
  int index() {
    return index;
  }

  long nowMs() {
    return nowMs.getAsLong();
  }

  boolean inLoop() {
    return eventLoop.inEventLoop();
  }

  /**
   * Runs a task on this loop: at once when called on it, else after what was handed over before. So
   * what one thread does to a connection happens in the order in which it was done.
   *
   * @return {@code false} when the loop has ended and the task will never run
   */
  boolean run(Runnable task) {
    if (eventLoop.inEventLoop()) {
      task.run();
      return true;
    }
    return later(task);
  }

  /** Like {@link #run}, but never at once. */
  boolean later(Runnable task) {
    try {
      eventLoop.execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /** Like {@link #later}, after a while. */
  void after(Runnable task, long delayMs) {
    var unused = eventLoop.schedule(task, delayMs, TimeUnit.MILLISECONDS);
  }

  void lookAfter(Swept newcomer) {
    assert inLoop();
    swept.add(newcomer);
  }

  void sweep() {
    assert inLoop();
    long now = nowMs();
    int kept = 0;
    for (int i = 0; i < swept.size(); i++) {
      Swept each = swept.get(i);
      if (sweepSafely(each, now)) {
        swept.set(kept++, each);
      }
    }
    swept.subList(kept, swept.size()).clear();
  }

  /** A fault with one connection must not keep the others from being looked after. */
  private static boolean sweepSafely(Swept each, long nowMs) {
    try {
      return each.sweep(nowMs);
    } catch (RuntimeException e) {
      LOG.error("Sweeping {} failed", each.getClass().getSimpleName(), e);
      return true;
    }
  }

  void forEach(Consumer<Swept> action) {
    assert inLoop();
    List.copyOf(swept).forEach(action);
  }

  /**
   * Has what was written to a socket flushed at the end of this turn: behind the tasks that wait
   * already, which may write to it as well.
   */
  void flushSoon(WebSocketHandler socket) {
    assert inLoop();
    dirty.add(socket);
    if (dirty.size() == 1) {
      eventLoop.execute(this::flushDirty);
    }
  }

  private void flushDirty() {
    try {
      for (int i = 0; i < dirty.size(); i++) {
        dirty.get(i).flush();
      }
    } finally {
      dirty.clear();
    }
  }

  /** Bytes to decode a message from; good until the next call. */
  byte[] scratch(int length) {
    if (scratch.length < length) {
      scratch = new byte[length];
    }
    return scratch;
  }
}
