package barrage.room;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What other threads hand to a room, in order. The room takes it in turns, so that rooms of one
 * loop come round to each other however much is asked of one of them; what may be asked again is
 * not taken when too much waits.
 *
 * <p>Anything is put in from any thread; it is done on the room's loop.
 */
final class Inbox {
  private static final Logger LOG = LoggerFactory.getLogger(Inbox.class);

  /** What waits at most, a few microseconds of work and a hundred bytes or two each. */
  static final int MAX_WAITING = 16_384;

  /** From here on there is no time for those who come last. */
  private static final int CROWDED = MAX_WAITING / 2;

  /** Done before it is another room's turn: a millisecond or two. */
  static final int TURN = 512;

  private final RoomLoop loop;
  private final ConcurrentLinkedQueue<Runnable> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicLong in = new AtomicLong();
  private final AtomicBoolean scheduled = new AtomicBoolean();

  /** Written by the loop alone, once a turn: a counter that both sides write to costs both. */
  private volatile long out;

  private boolean crowded;

  Inbox(RoomLoop loop) {
    this.loop = loop;
  }

  /** What may be asked again; {@code false}: there is no room for it ({@code Refusal.FULL}). */
  boolean offer(Runnable request) {
    if (in.get() - out >= MAX_WAITING) {
      return false;
    }
    put(request);
    return true;
  }

  /** What happens once a connection, and cannot be left out. */
  void put(Runnable task) {
    in.incrementAndGet();
    waiting.add(task);
    schedule();
  }

  /** Whether so much waited when this turn began that who comes last is better told at once. */
  boolean isCrowded() {
    return crowded;
  }

  private void schedule() {
    if (!scheduled.get() && scheduled.compareAndSet(false, true)) {
      loop.execute(this::turn);
    }
  }

  private void turn() {
    long before = out;
    crowded = in.get() - before >= CROWDED;
    int done = 0;
    try {
      for (Runnable next = waiting.poll(); next != null; next = waiting.poll()) {
        done++;
        run(next);
        if (done == TURN) {
          break;
        }
      }
    } finally {
      out = before + done;
      scheduled.set(false);
      if (!waiting.isEmpty()) {
        schedule();
      }
    }
  }

  /** A fault ends one request, never the room. */
  private static void run(Runnable request) {
    try {
      request.run();
    } catch (RuntimeException e) {
      LOG.error("A request failed", e);
    }
  }
}
