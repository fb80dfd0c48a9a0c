package barrage.load;

import barrage.core.Tier;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What one event loop carries of a load: some of the viewers, and its part of every schedule. What
 * is due is done on the loop that the connection lives on, so nothing is handed between threads,
 * and a loop that is behind shows it as lateness. Confined to its loop, but for what says
 * otherwise.
 */
final class Shard {
  /** How often a loop looks whether it is late, when nothing is due. */
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** Done at one go before the loop reads again. */
  private static final int AT_ONCE = 128;

  private static final int MAX_HANDSHAKES = 128;

  private final EventLoop loop;
  private final Tally tally = new Tally();
  private final List<LoadViewer> viewers = new ArrayList<>();
  private final List<Plan> plans = new ArrayList<>();
  private final Permits handshakes = new Permits(MAX_HANDSHAKES);
  private final Function<LoadViewer, RoomClient> open;

  private final AtomicLong online = new AtomicLong();
  private final AtomicLong pending = new AtomicLong();
  private final AtomicLong joined = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong leastClockLagMs = new AtomicLong(Long.MAX_VALUE);
  private volatile @Nullable Throwable fault;
  private volatile int lastFailure;
  private boolean stopped;
  private int turn;

  /** A schedule, and what is done at each of its instants. */
  private record Plan(Schedule schedule, LongConsumer action) {}

  /**
   * @param open connects a viewer
   */
  Shard(EventLoop loop, Function<LoadViewer, RoomClient> open) {
    this.loop = loop;
    this.open = open;
  }

  /** Any thread, before it begins. */
  void add(LoadViewer viewer) {
    viewers.add(viewer);
  }

  EventLoop loop() {
    return loop;
  }

  Tally tally() {
    return tally;
  }

  /** Any thread, once nobody is added any more. */
  List<LoadViewer> viewers() {
    return viewers;
  }

  /** Any thread. */
  void execute(Runnable task) {
    loop.execute(
        () -> {
          try {
            task.run();
          } catch (RuntimeException | Error e) {
            fault = e;
          }
        });
  }

  // ---- figures, for any thread

  long online() {
    return online.get();
  }

  /** Requests without an answer. */
  long pending() {
    return pending.get();
  }

  long joined() {
    return joined.get();
  }

  /** Viewers that are gone for good, or never came in. */
  long failed() {
    return failed.get();
  }

  /** The close code of the last of {@link #failed}. */
  int lastFailure() {
    return lastFailure;
  }

  /** How far this clock is ahead of the server's, as the quickest welcome has it; milliseconds. */
  long leastClockLagMs() {
    return leastClockLagMs.get();
  }

  /** What went wrong in the load tester itself; {@code null} when all is well. */
  @Nullable Throwable fault() {
    return fault;
  }

  // ---- the schedule

  /** Begins to look at the schedules. */
  void begin() {
    look(System.nanoTime());
  }

  void plan(Schedule schedule, LongConsumer action) {
    if (schedule.hasNext()) {
      plans.add(new Plan(schedule, action));
    }
  }

  /** Forgets what is still to come. */
  void stop() {
    plans.clear();
  }

  void end() {
    stopped = true;
    viewers.forEach(LoadViewer::leave);
  }

  private void look(long dueNanos) {
    if (stopped) {
      return;
    }
    long lateNanos = System.nanoTime() - dueNanos;
    tally.time(Condition.Subject.LAG, lateNanos);
    boolean more = false;
    try {
      for (Plan plan : List.copyOf(plans)) {
        more |= doDue(plan);
      }
    } catch (RuntimeException | Error e) {
      fault = e;
      stopped = true;
      return;
    }
    plans.removeIf(plan -> !plan.schedule.hasNext());
    if (more) {
      long now = System.nanoTime();
      loop.execute(() -> look(now));
      return;
    }
    long now = System.nanoTime();
    long nextNanos = now + LOOK_NANOS;
    for (Plan plan : plans) {
      if (plan.schedule.nextNanos() - nextNanos < 0) {
        nextNanos = plan.schedule.nextNanos();
      }
    }
    long at = nextNanos;
    var unused = loop.schedule(() -> look(at), Math.max(0, at - now), TimeUnit.NANOSECONDS);
  }

  private static boolean doDue(Plan plan) {
    long now = System.nanoTime();
    for (int i = 0; i < AT_ONCE; i++) {
      if (!plan.schedule.hasNext() || plan.schedule.nextNanos() - now > 0) {
        return false;
      }
      plan.action.accept(plan.schedule.take());
    }
    return true;
  }

  /** Whose turn it is of those that fit; {@code null} when none does. */
  @Nullable LoadViewer next(Predicate<LoadViewer> fits) {
    for (int i = 0; i < viewers.size(); i++) {
      turn = (turn + 1) % viewers.size();
      LoadViewer viewer = viewers.get(turn);
      if (fits.test(viewer)) {
        return viewer;
      }
    }
    return null;
  }

  List<LoadViewer> of(Tier tier) {
    return viewers.stream().filter(viewer -> viewer.tier() == tier).toList();
  }

  // ---- what viewers tell

  void join(LoadViewer viewer, long dueNanos) {
    handshakes.acquire(() -> viewer.join(dueNanos, open));
  }

  void onIn(long serverTimeMs, boolean before) {
    online.incrementAndGet();
    leastClockLagMs.accumulateAndGet(System.currentTimeMillis() - serverTimeMs, Math::min);
    if (!before) {
      joined.incrementAndGet();
      handshakes.release();
    }
  }

  void onOut() {
    online.decrementAndGet();
  }

  void onClosed() {
    if (!stopped) {
      tally.closes.increment();
    }
  }

  void onGone(int code, boolean everIn) {
    if (stopped) {
      return;
    }
    lastFailure = code;
    failed.incrementAndGet();
    if (!everIn) {
      handshakes.release();
    }
  }

  void onAsked() {
    tally.requests.increment();
    pending.incrementAndGet();
  }

  void onAnswered() {
    pending.decrementAndGet();
  }
}
