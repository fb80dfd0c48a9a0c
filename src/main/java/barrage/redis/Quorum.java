package barrage.redis;

import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many replicas are waited for. A replica that is not connected any more counts as well: it may
 * have been cut off from this primary and promoted. It is left out when the Sentinels say that it
 * is down, enough of them for one to be promoted; without Sentinels when this process ends. Safe
 * for any thread.
 */
final class Quorum {
  private static final Logger log = LoggerFactory.getLogger(Quorum.class);

  /** For the Sentinels, at the start. */
  private static final int FIRST_ANSWER_MS = 1_500;

  private final Replication replication;
  private final @Nullable Sentinels sentinels;
  private volatile int found;
  private boolean told; // guarded by this

  Quorum(Replication replication, @Nullable Sentinels sentinels) {
    this.replication = replication;
    this.sentinels = sentinels;
  }

  boolean isAwaited() {
    return replication.isAwaited();
  }

  int withinMs() {
    return replication.withinMs();
  }

  int needed() {
    return replication.needed(found);
  }

  /** At the start, for those that are not connected. Blocks. */
  void askSentinels() {
    if (sentinels != null) {
      try {
        onFound(
            sentinels
                .replicas()
                .toCompletableFuture()
                .orTimeout(FIRST_ANSWER_MS, TimeUnit.MILLISECONDS)
                .join());
      } catch (CompletionException e) {
        log.warn("The Sentinels do not tell how many replicas there are", e.getCause());
      }
    }
  }

  /** So many replicas are connected now: there may be more. */
  synchronized void onFound(int replicas) {
    if (replicas > found || !told) {
      take(replicas);
    }
  }

  /** Whether fewer are connected than there are, and somebody may know why. */
  boolean lacks(int connected) {
    return connected < found && sentinels != null;
  }

  /**
   * Asks whether those that are not connected are down.
   *
   * @param runId of the primary that so many are connected to
   */
  void askWhy(int connected, String runId) {
    if (sentinels != null) {
      var unused = sentinels.replicasUp(runId).thenAccept(up -> onCounted(Math.max(up, connected)));
    }
  }

  /** There are so many and no more. */
  synchronized void onCounted(int replicas) {
    if (replicas != found) {
      take(replicas);
    }
  }

  private void take(int replicas) {
    found = replicas;
    if (!isAwaited()) {
      return;
    }
    told = true;
    int majority = Replication.majority(found);
    if (found == 0) {
      log.warn("Redis has no replica, and answers to orders, draws and grants wait for one");
    } else if (needed() < majority) {
      log.warn(
          "redis.wait-replicas is {} and Redis has {} replicas: one may take over that lacks what was"
              + " answered; at least {} are a majority",
          needed(),
          found,
          majority);
    } else if (needed() > found) {
      log.warn(
          "redis.wait-replicas is {} and Redis has {} replicas: orders, draws and grants are"
              + " unavailable",
          needed(),
          found);
    } else {
      log.info("Answers to orders, draws and grants wait for {} of {} replicas", needed(), found);
    }
  }
}
