package barrage.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.RedisClusterURIUtil;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode.NodeFlag;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.RedisCommand;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The connections to Redis: one that all commands share, pipelined, one for the feeds, and, where
 * replicas are waited for, one on which nothing else is done. It is here, and only here, that a
 * Redis, one behind Sentinel, and a Cluster are different.
 *
 * <p>A command is executed once or not at all, and never kept for later: Lettuce would by itself
 * queue without bound while disconnected and send again after a reconnect.
 */
record Connections(
    AbstractRedisClient client,
    StatefulConnection<byte[], byte[]> shared,
    RedisClusterAsyncCommands<byte[], byte[]> commands,
    StatefulRedisPubSubConnection<byte[], byte[]> feeds,
    @Nullable StatefulRedisConnection<byte[], byte[]> replicated)
    implements AutoCloseable {

  private static final String CLUSTER = "redis-cluster://";

  /** What is left of the 2 s that the store promises is for a script that had to be sent again. */
  private static final Duration COMMAND_TIMEOUT = Duration.ofMillis(1_500);

  /** Long: a probe that waits for a frozen Redis is answered the moment it thaws. */
  private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(10);

  /** Short: what waits for a node that was replaced is never answered, and never sent elsewhere. */
  private static final Duration CLUSTER_PROBE_TIMEOUT = Duration.ofMillis(500);

  /** How long the network may keep silent about what was sent before the connection is given up. */
  private static final Duration NETWORK_TIMEOUT = Duration.ofSeconds(5);

  /** Commands that wait for an answer at one time. */
  private static final int QUEUE = 16_384;

  /**
   * Connects. Blocks.
   *
   * @param uri {@code redis://}, {@code rediss://}, {@code redis-sentinel://} or {@code
   *     redis-cluster://h1:p1,h2:p2}
   * @param tls for {@code rediss://}
   * @param replication not of a cluster
   * @throws IllegalArgumentException when it is none of these
   * @throws io.lettuce.core.RedisException when Redis cannot be reached
   */
  static Connections open(String uri, RedisTls tls, String clientName, Replication replication) {
    boolean cluster = uri.startsWith(CLUSTER);
    List<RedisURI> uris = parse(uri, cluster);
    for (RedisURI each : uris) {
      each.setClientName(clientName);
      each.setTimeout(COMMAND_TIMEOUT);
    }
    ClientResources resources =
        ClientResources.builder()
            .ioThreadPoolSize(2)
            .computationThreadPoolSize(2)
            .reconnectDelay(
                Delay.fullJitter(
                    Duration.ofMillis(10), Duration.ofMillis(500), 10, TimeUnit.MILLISECONDS))
            .commandLatencyRecorder(CommandLatencyRecorder.disabled())
            .build();
    try {
      return cluster
          ? openCluster(resources, uris)
          : openSingle(resources, uris.get(0), tls, replication);
    } catch (RuntimeException e) {
      resources.shutdown(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
      throw named(e);
    }
  }

  /** Of TLS, what is wrong is known to the innermost cause alone. */
  private static RuntimeException named(RuntimeException fault) {
    for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
      if (cause instanceof GeneralSecurityException || cause instanceof SSLException) {
        Throwable innermost = cause;
        while (innermost.getCause() != null) {
          innermost = innermost.getCause();
        }
        return new RedisConnectionException("TLS: " + innermost.getMessage(), fault);
      }
    }
    return fault;
  }

  private static Connections openSingle(
      ClientResources resources, RedisURI uri, RedisTls tls, Replication replication) {
    ClientOptions.Builder options = ClientOptions.builder();
    restrain(options, PROBE_TIMEOUT);
    options.sslOptions(tls.options());
    RedisClient client = RedisClient.create(resources, uri);
    client.setOptions(options.build());
    StatefulRedisConnection<byte[], byte[]> shared = client.connect(ByteArrayCodec.INSTANCE);
    return new Connections(
        client,
        shared,
        shared.async(),
        client.connectPubSub(ByteArrayCodec.INSTANCE),
        replication.isAwaited() ? client.connect(ByteArrayCodec.INSTANCE) : null);
  }

  private static Connections openCluster(ClientResources resources, List<RedisURI> uris) {
    ClusterClientOptions.Builder options = ClusterClientOptions.builder();
    restrain(options, CLUSTER_PROBE_TIMEOUT);
    // A node is connected at its first command, which has to wait for that; at most for its
    // time-out.
    options.disconnectedBehavior(ClientOptions.DisconnectedBehavior.ACCEPT_COMMANDS);
    options.topologyRefreshOptions(
        ClusterTopologyRefreshOptions.builder()
            .adaptiveRefreshTriggersTimeout(Duration.ofSeconds(1))
            .enablePeriodicRefresh(Duration.ofSeconds(30))
            .build());
    // A primary that was replaced stays in the list, and a walk over all keys would ask it, too.
    options.nodeFilter(node -> !node.is(NodeFlag.FAIL) && !node.is(NodeFlag.NOADDR));
    RedisClusterClient client = RedisClusterClient.create(resources, uris);
    client.setOptions(options.build());
    StatefulRedisClusterConnection<byte[], byte[]> shared = client.connect(ByteArrayCodec.INSTANCE);
    return new Connections(
        client, shared, shared.async(), client.connectPubSub(ByteArrayCodec.INSTANCE), null);
  }

  private static List<RedisURI> parse(String uri, boolean cluster) {
    try {
      return cluster
          ? RedisClusterURIUtil.toRedisURIs(
              URI.create("redis://" + uri.substring(CLUSTER.length())))
          : List.of(RedisURI.create(uri));
    } catch (IllegalArgumentException e) {
      // Without the cause: its message holds the whole address, password included.
      throw new IllegalArgumentException("not a Redis address");
    }
  }

  private static void restrain(ClientOptions.Builder options, Duration probeTimeout) {
    options
        .autoReconnect(true)
        .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
        .replayFilter(command -> true)
        .requestQueueSize(QUEUE)
        .maintNotificationsConfig(MaintNotificationsConfig.disabled())
        .socketOptions(
            SocketOptions.builder()
                .connectTimeout(COMMAND_TIMEOUT)
                .keepAlive(
                    SocketOptions.KeepAliveOptions.builder()
                        .enable()
                        .idle(NETWORK_TIMEOUT)
                        .interval(Duration.ofSeconds(1))
                        .count(3)
                        .build())
                .tcpUserTimeout(
                    SocketOptions.TcpUserTimeoutOptions.builder()
                        .enable()
                        .tcpUserTimeout(NETWORK_TIMEOUT)
                        .build())
                .build())
        .timeoutOptions(
            TimeoutOptions.builder()
                .timeoutSource(
                    new TimeoutOptions.TimeoutSource() {
                      @Override
                      public long getTimeout(RedisCommand<?, ?, ?> command) {
                        boolean probe =
                            command.getType() == CommandType.EXISTS
                                || command.getType() == CommandType.INFO; // used for nothing else
                        return (probe ? probeTimeout : COMMAND_TIMEOUT).toMillis();
                      }

                      @Override
                      public TimeUnit getTimeUnit() {
                        return TimeUnit.MILLISECONDS;
                      }
                    })
                .build());
  }

  boolean isCluster() {
    return client instanceof RedisClusterClient;
  }

  @Override
  public void close() {
    client.shutdown(0, 1, TimeUnit.SECONDS);
    client.getResources().shutdown(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
