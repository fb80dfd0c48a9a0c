package barrage.faults;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** Does harm, one kind with each hand at a time, in an order that the seed gives; and undoes it. */
final class Nemesis {
  private final Recorder recorder;
  private final int longestMs;
  private final List<List<Harm>> kinds;
  private final CountDownLatch over = new CountDownLatch(1);
  private final List<Thread> hands = new ArrayList<>();
  private final List<String> done = new CopyOnWriteArrayList<>();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final ConcurrentHashMap<Object, ReentrantLock> busy = new ConcurrentHashMap<>();

  /**
   * @param longestMs of one harm; the pauses between two are up to twice that
   * @param kinds for each hand, those it does; it begins with the first of them
   */
  Nemesis(Recorder recorder, int longestMs, List<List<Harm>> kinds) {
    this.recorder = recorder;
    this.longestMs = longestMs;
    this.kinds = kinds;
  }

  void start(long seed) {
    for (int i = 0; i < kinds.size(); i++) {
      Random random = new Random(seed * kinds.size() + i);
      List<Harm> own = kinds.get(i);
      Thread hand = new Thread(() -> rage(own, random), "nemesis-" + i);
      hand.setDaemon(true);
      hands.add(hand);
      hand.start();
    }
  }

  /** Stops; all harm is undone. Returns what was done. */
  List<String> finish() throws InterruptedException {
    over.countDown();
    for (Thread hand : hands) {
      hand.join(200_000);
      if (hand.isAlive()) {
        AssertionError stuck = new AssertionError(hand.getName() + " does not come to an end");
        stuck.setStackTrace(hand.getStackTrace());
        throw stuck;
      }
    }
    for (Throwable failure : failures) {
      throw new AssertionError("a harm failed", failure);
    }
    return done;
  }

  /** Each kind in turn, in another order every time. */
  private void rage(List<Harm> own, Random random) {
    List<Harm> left = new ArrayList<>(own);
    Collections.shuffle(left.subList(1, left.size()), random);
    try {
      while (!over.await(random.nextInt(2 * longestMs), TimeUnit.MILLISECONDS)) {
        if (left.isEmpty()) {
          left.addAll(own);
          Collections.shuffle(left, random);
        }
        Harm harm = left.remove(0);
        Harm.Target target = harm.targets().get(random.nextInt(harm.targets().size()));
        int forMs = longestMs / 10 + random.nextInt(longestMs);
        ReentrantLock lock = busy.computeIfAbsent(target.victim(), any -> new ReentrantLock());
        lock.lock();
        try {
          done.add(
              "%,d ms %s %s for %,d ms"
                  .formatted(recorder.nowMs(), harm.kind(), target.name(), forMs));
          target.deed().run(forMs, ms -> over.await(ms, TimeUnit.MILLISECONDS));
        } finally {
          lock.unlock();
        }
      }
    } catch (Exception | AssertionError e) {
      failures.add(e);
    }
  }
}
