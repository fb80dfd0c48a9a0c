package barrage.room;

import barrage.core.Reason;
import barrage.core.Refusal;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
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

  /** Told to who finds no room: about as long as it takes to serve all that waits. */
  static final Refusal FULL = Refusal.retryAfter(Reason.BUSY, 500);

  /** From here on there is no time for those who come last. */
  private static final int CROWDED = MAX_WAITING / 2;

  /** Done before it is another room's turn: about a millisecond. */
  private static final int TURN = 256;

  private final RoomLoop loop;
  private final ConcurrentLinkedQueue<Runnable> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger size = new AtomicInteger();
  private final AtomicBoolean scheduled = new AtomicBoolean();

  Inbox(RoomLoop loop) {
    this.loop = loop;
  }

  /** What may be asked again; {@code false}: there is no room for it. */
  boolean offer(Runnable request) {
    if (size.get() >= MAX_WAITING) {
      return false;
    }
    put(request);
    return true;
  }

  /** What happens once a connection, and cannot be left out. */
  void put(Runnable task) {
    size.incrementAndGet();
    waiting.add(task);
    schedule();
  }

  /** Whether so much waits that who comes last is better told at once. */
  boolean isCrowded() {
    return size.get() >= CROWDED;
  }

  private void schedule() {
    if (scheduled.compareAndSet(false, true)) {
      loop.execute(this::turn);
    }
  }

  private void turn() {
    for (int i = 0; i < TURN; i++) {
      Runnable next = waiting.poll();
      if (next == null) {
        break;
      }
      size.decrementAndGet();
      try {
        next.run();
      } catch (RuntimeException e) {
        LOG.error("A request failed", e); // a fault ends one request, never the room
      }
    }
    scheduled.set(false);
    if (!waiting.isEmpty()) {
      schedule();
    }
  }
}
