package barrage.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which primary the connections have come to. Each finds its own way there, so while a replica
 * takes over, one may be where the other was; and one that nothing breaks stays where it is for as
 * long as a primary that was replaced lives. Safe for any thread.
 */
final class Primary {
  private static final Logger log = LoggerFactory.getLogger(Primary.class);

  /** Of INFO replication. */
  private static final String REPLICA = "role:slave";

  private static final String REPLICAS = "connected_slaves:";
  private static final String RUN_ID = "run_id:"; // of INFO server
  private static final String SECOND_ID = "master_replid2:";
  private static final String SECOND_OFFSET = "second_repl_offset:";

  private final Connections connections;
  private final Quorum quorum;

  /** How often a connection was lost: either of them, and the one that waits for replicas. */
  private final AtomicInteger losses = new AtomicInteger();

  private final AtomicInteger replicatedLosses = new AtomicInteger();
  private final AtomicBoolean untoldWarned = new AtomicBoolean();
  private volatile @Nullable Found settled;

  /** The lineage that was found last, and for which all connections dialed anew. */
  private volatile @Nullable String dialedFor;

  /** What was found, and how many connections had been lost before it was asked for. */
  record Found(String lineage, int losses, int replicatedLosses) {}

  Primary(Connections connections) {
    this.connections = connections;
    this.quorum = connections.quorum();
  }

  /** Looks how many replicas there are. */
  void countReplicas() {
    RedisClusterAsyncCommands<byte[], byte[]> redis = connections.commands();
    var unused =
        info(redis, "replication")
            .thenAccept(
                info -> {
                  int connected = number(info, REPLICAS);
                  quorum.onFound(connected);
                  if (quorum.lacks(connected)) {
                    var unusedAnswer =
                        info(redis, "server")
                            .thenAccept(server -> quorum.askWhy(connected, text(server, RUN_ID)));
                  }
                });
  }

  /**
   * A connection was lost.
   *
   * @return whether it is one on which commands go
   */
  boolean onLost(RedisChannelHandler<?, ?> connection) {
    boolean replicated = connection == connections.replicated();
    // Of a cluster, connections to single nodes come and go; there, commands tell.
    if (!replicated && connection != connections.shared()) {
      return false;
    }
    if (replicated) {
      replicatedLosses.incrementAndGet();
    }
    losses.incrementAndGet();
    return true;
  }

  /**
   * Another one once a replica has become the primary, which may lack what was answered last; empty
   * while it is the first, and in a cluster, which has many.
   */
  String lineage() {
    Found last = settled;
    return last == null ? "" : last.lineage;
  }

  /** Asks the connections where they are. Where that is no place to be, they dial anew. */
  CompletionStage<Found> ask() {
    int lost = losses.get();
    int replicatedLost = replicatedLosses.get();
    if (connections.isCluster()) {
      return CompletableFuture.completedFuture(new Found("", lost, replicatedLost));
    }
    Found last = settled;
    return lineageAt(connections.commands())
        .thenCompose(
            lineage -> {
              Found found = new Found(lineage, lost, replicatedLost);
              if (last == null) {
                return askReplicated(found);
              }
              if (!lineage.equals(last.lineage) && !lineage.equals(dialedFor)) {
                // Who listens at the one before it hears nothing of what is published here.
                dialedFor = lineage;
                throw elsewhere("a replica has taken over");
              }
              // One that is not lost is where it was, and would answer after all that waits for
              // replicas on it.
              return last.replicatedLosses == replicatedLost
                  ? CompletableFuture.completedFuture(found)
                  : askReplicated(found);
            })
        .whenComplete(
            (found, fault) -> {
              if (fault instanceof CompletionException wrapped
                  && wrapped.getCause() instanceof RedisCommandTimeoutException) {
                connections.dialAnew(); // frozen, perhaps for good, and replaced
              }
            });
  }

  private CompletionStage<Found> askReplicated(Found found) {
    StatefulRedisConnection<byte[], byte[]> replicated = connections.replicated();
    if (replicated == null) {
      return CompletableFuture.completedFuture(found);
    }
    return lineageAt(replicated.async())
        .thenApply(
            lineage -> {
              if (!lineage.equals(found.lineage)) {
                // Which of them is at the right one, only who is asked for the address can tell.
                throw elsewhere("there are two primaries");
              }
              return found;
            });
  }

  private CompletionStage<String> lineageAt(RedisClusterAsyncCommands<byte[], byte[]> connection) {
    return info(connection, "replication")
        .handle(
            (info, fault) -> {
              if (fault == null) {
                if (info.contains(REPLICA)) {
                  // The address was moved to it before it is the primary, or it is one no more.
                  throw elsewhere("it is a replica");
                }
                quorum.onFound(number(info, REPLICAS));
                return lineage(info);
              } else if (isUntold(fault)) {
                if (untoldWarned.compareAndSet(false, true)) {
                  log.warn(
                      "Redis does not allow INFO, so a fail-over goes unnoticed: {}",
                      fault.getMessage());
                }
                return "";
              }
              throw new CompletionException(fault);
            });
  }

  private CompletionException elsewhere(String why) {
    connections.dialAnew();
    return new CompletionException(new RedisException(why));
  }

  private static CompletionStage<String> info(
      RedisClusterAsyncCommands<byte[], byte[]> connection, String section) {
    try {
      return connection.info(section);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** For good; any other error, such as BUSY, is for now. */
  private static boolean isUntold(Throwable fault) {
    String message = String.valueOf(fault.getMessage());
    return fault instanceof RedisCommandExecutionException
        && (message.startsWith("NOPERM ") || message.startsWith("ERR unknown command"));
  }

  private static int number(String info, String field) {
    String found = text(info, field);
    return found.isEmpty() ? 0 : Integer.parseInt(found);
  }

  private static String text(String info, String field) {
    return info.lines()
        .filter(line -> line.startsWith(field))
        .map(line -> line.substring(field.length()).trim())
        .findFirst()
        .orElse("");
  }

  /** The second replication id is that of the primary whose replica this one was. */
  private static String lineage(String info) {
    String before = text(info, SECOND_ID);
    String since = text(info, SECOND_OFFSET);
    return before.matches("0*") ? "" : before + ":" + since;
  }

  /**
   * Takes what was found for what is.
   *
   * @throws RedisException when a connection was lost since it was asked for, and may have gone
   *     elsewhere
   */
  Found settle(Found found) {
    if (!holds(found)) {
      throw new RedisException(RedisLink.DISCONNECTED);
    }
    settled = found;
    dialedFor = null;
    return found;
  }

  /** Whether no connection was lost since it was asked for. */
  boolean holds(Found found) {
    return losses.get() == found.losses;
  }
}
