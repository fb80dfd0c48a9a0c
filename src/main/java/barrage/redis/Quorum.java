package barrage.redis;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many replicas are waited for. A replica that is not connected any more counts as well: where
 * it was cut off from its primary it may be the one that is promoted. So the most that were ever
 * found are those there are, until this process ends. Safe for any thread.
 */
final class Quorum {
  private static final Logger log = LoggerFactory.getLogger(Quorum.class);

  private final Replication replication;
  private volatile int found;
  private boolean told; // guarded by this

  Quorum(Replication replication) {
    this.replication = replication;
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

  /** So many replicas are there now. */
  synchronized void onFound(int replicas) {
    if (!isAwaited() || told && replicas <= found) {
      return;
    }
    told = true;
    found = Math.max(found, replicas);
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
