package barrage.room;

/**
 * The one thread that owns a room, and its clock. What runs on it needs no lock. In production an
 * event loop; in tests something that is stepped by hand.
 */
public interface RoomLoop {
  /** Runs a task after those that were handed over before it. From any thread. */
  void execute(Runnable task);

  /** Runs a task on this loop once {@code delayMs} have passed. From any thread. */
  Timer schedule(Runnable task, long delayMs);

  /** Whether the calling thread is this loop's. */
  boolean inLoop();

  /**
   * Milliseconds since some fixed instant; never goes back. The same for all loops of a process.
   */
  long nowMs();

  /** Something scheduled. */
  interface Timer {
    /** Keeps it from running, if it has not run yet. */
    void cancel();
  }
}
