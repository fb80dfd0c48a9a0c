package barrage.load;

import java.util.ArrayDeque;
import java.util.Deque;

/** At most so many at a time; the others wait in line. Confined to one thread. */
final class Permits {
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private int left;

  Permits(int permits) {
    left = permits;
  }

  /** Runs {@code granted} now or when one is given back. */
  void acquire(Runnable granted) {
    if (left > 0) {
      left--;
      granted.run();
    } else {
      waiting.add(granted);
    }
  }

  /** Gives one back. */
  void release() {
    Runnable next = waiting.poll();
    if (next != null) {
      next.run();
    } else {
      left++;
    }
  }
}
