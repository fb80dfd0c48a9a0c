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
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
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
    @Nullable StatefulRedisConnection<byte[], byte[]> replicated,
    ChannelGroup channels,
    Quorum quorum)
    implements AutoCloseable {

  private static final String CLUSTER = "redis-cluster://";

  /** What is left of the 2 s that the store promises is for a script that had to be sent again. */
  private static final Duration COMMAND_TIMEOUT = Duration.ofMillis(1_500);

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
    ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    ClientResources resources =
        ClientResources.builder()
            .nettyCustomizer(
                new NettyCustomizer() {
                  @Override
                  public void afterChannelInitialized(Channel channel) {
                    channels.add(channel);
                  }
                })
            .ioThreadPoolSize(2)
            .computationThreadPoolSize(2)
            .reconnectDelay(
                Delay.fullJitter(
                    Duration.ofMillis(10), Duration.ofMillis(500), 10, TimeUnit.MILLISECONDS))
            .commandLatencyRecorder(CommandLatencyRecorder.disabled())
            .build();
    try {
      return cluster
          ? openCluster(resources, uris, channels)
          : openSingle(resources, uris.get(0), tls, replication, channels);
    } catch (RuntimeException e) {
      resources.shutdown(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
      throw named(e);
    }
  }

  /** What is wrong, such as a password or a certificate, is known to the innermost cause alone. */
  private static RuntimeException named(RuntimeException fault) {
    Throwable innermost = fault;
    boolean tls = false;
    while (innermost.getCause() != null) {
      innermost = innermost.getCause();
      tls |= innermost instanceof GeneralSecurityException || innermost instanceof SSLException;
    }
    if (innermost == fault) {
      return fault;
    }
    String what = tls ? "TLS" : fault.getMessage();
    return new RedisConnectionException(what + ": " + innermost.getMessage(), fault);
  }

  private static Connections openSingle(
      ClientResources resources,
      RedisURI uri,
      RedisTls tls,
      Replication replication,
      ChannelGroup channels) {
    ClientOptions.Builder options = ClientOptions.builder();
    restrain(options);
    options.sslOptions(tls.options());
    RedisClient client = RedisClient.create(resources, uri);
    client.setOptions(options.build());
    StatefulRedisConnection<byte[], byte[]> shared = client.connect(ByteArrayCodec.INSTANCE);
    return new Connections(
        client,
        shared,
        shared.async(),
        client.connectPubSub(ByteArrayCodec.INSTANCE),
        replication.isAwaited() ? client.connect(ByteArrayCodec.INSTANCE) : null,
        channels,
        quorum(client, uri, replication));
  }

  /** Sentinels know replicas that are cut off from their primary, too. */
  private static Quorum quorum(RedisClient client, RedisURI uri, Replication replication) {
    boolean known = replication.isAwaited() && uri.getSentinelMasterId() != null;
    Quorum quorum = new Quorum(replication, known ? new Sentinels(client, uri) : null);
    quorum.askSentinels();
    return quorum;
  }

  private static Connections openCluster(
      ClientResources resources, List<RedisURI> uris, ChannelGroup channels) {
    ClusterClientOptions.Builder options = ClusterClientOptions.builder();
    restrain(options);
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
        client,
        shared,
        shared.async(),
        client.connectPubSub(ByteArrayCodec.INSTANCE),
        null,
        channels,
        new Quorum(Replication.NONE, null));
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

  private static void restrain(ClientOptions.Builder options) {
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
        .timeoutOptions(TimeoutOptions.enabled(COMMAND_TIMEOUT));
  }

  /** Ends all of them; Lettuce connects each again, to where the address leads by then. */
  void dialAnew() {
    var unused = channels.close();
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
