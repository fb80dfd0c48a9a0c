package barrage.redis;

import barrage.room.StoreAwayException;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
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
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.RedisCommand;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections to Redis: one that all commands share, pipelined, and one for the feeds. It is
 * here that a Redis, one behind Sentinel, and a Cluster are different, and here that it is known
 * whether Redis is away. Safe for any thread.
 *
 * <p>A command is executed once or not at all, and never kept for later: Lettuce would by itself
 * queue without bound while disconnected and send again after a reconnect. Whatever fails but by an
 * answer makes Redis away; while it is, commands fail at once, and one probe at a time goes out
 * until it is answered.
 */
final class RedisLink implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RedisLink.class);

  private static final String CLUSTER = "redis-cluster://";

  /** What is left of the 2 s that the store promises is for a script that had to be sent again. */
  private static final Duration COMMAND_TIMEOUT = Duration.ofMillis(1_500);

  /** Between probes; soon at first, for a blip. */
  private static final long FIRST_PROBE_MS = 10;

  private static final long PROBE_EVERY_MS = 200;

  /** How Lettuce says that it has not sent a command. */
  private static final String NOT_SENT = "Currently not connected. Commands are rejected.";

  /** Long: a probe that waits for a frozen Redis is answered the moment it thaws. */
  private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(10);

  /** How long the network may keep silent about what was sent before the connection is given up. */
  private static final Duration NETWORK_TIMEOUT = Duration.ofSeconds(5);

  /** Commands that wait for an answer at one time. */
  private static final int QUEUE = 16_384;

  /** Errors by which Redis says that it does not execute anything, or not here, now. */
  private static final Set<String> NOT_NOW =
      Set.of(
          "LOADING",
          "READONLY",
          "MASTERDOWN",
          "CLUSTERDOWN",
          "TRYAGAIN",
          "MOVED",
          "BUSY",
          "OOM",
          "MISCONF",
          "NOREPLICAS");

  private final AbstractRedisClient client;
  private final ClientResources resources;
  private final RedisClusterAsyncCommands<byte[], byte[]> commands;
  private final StatefulRedisPubSubConnection<byte[], byte[]> feeds;
  private final AtomicBoolean away = new AtomicBoolean();
  private volatile boolean closed;

  private RedisLink(
      AbstractRedisClient client,
      StatefulConnection<byte[], byte[]> connection,
      RedisClusterAsyncCommands<byte[], byte[]> commands,
      StatefulRedisPubSubConnection<byte[], byte[]> feeds) {
    this.client = client;
    this.resources = client.getResources();
    this.commands = commands;
    this.feeds = feeds;
    client.addListener(
        new RedisConnectionStateListener() {
          @Override
          public void onRedisDisconnected(RedisChannelHandler<?, ?> lost) {
            // Of a cluster, connections to single nodes come and go; there, commands tell.
            if (lost == connection) {
              goAway(Keys.ANYWHERE, "disconnected");
            }
          }
        });
  }

  /**
   * Connects. Blocks.
   *
   * @param uri {@code redis://}, {@code rediss://}, {@code redis-sentinel://} or {@code
   *     redis-cluster://h1:p1,h2:p2}
   * @throws IllegalArgumentException when it is none of these
   * @throws io.lettuce.core.RedisException when Redis cannot be reached
   */
  static RedisLink open(String uri, String clientName) {
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
      return cluster ? openCluster(resources, uris) : openSingle(resources, uris.get(0));
    } catch (RuntimeException e) {
      resources.shutdown(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
      throw e;
    }
  }

  private static RedisLink openSingle(ClientResources resources, RedisURI uri) {
    ClientOptions.Builder options = ClientOptions.builder();
    restrain(options);
    RedisClient client = RedisClient.create(resources, uri);
    client.setOptions(options.build());
    StatefulRedisConnection<byte[], byte[]> shared = client.connect(ByteArrayCodec.INSTANCE);
    return new RedisLink(
        client, shared, shared.async(), client.connectPubSub(ByteArrayCodec.INSTANCE));
  }

  private static RedisLink openCluster(ClientResources resources, List<RedisURI> uris) {
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
    RedisClusterClient client = RedisClusterClient.create(resources, uris);
    client.setOptions(options.build());
    StatefulRedisClusterConnection<byte[], byte[]> shared = client.connect(ByteArrayCodec.INSTANCE);
    return new RedisLink(
        client, shared, shared.async(), client.connectPubSub(ByteArrayCodec.INSTANCE));
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
        .timeoutOptions(
            TimeoutOptions.builder()
                .timeoutSource(
                    new TimeoutOptions.TimeoutSource() {
                      @Override
                      public long getTimeout(RedisCommand<?, ?, ?> command) {
                        boolean probe = command.getType() == CommandType.EXISTS;
                        return (probe ? PROBE_TIMEOUT : COMMAND_TIMEOUT).toMillis();
                      }

                      @Override
                      public TimeUnit getTimeUnit() {
                        return TimeUnit.MILLISECONDS;
                      }
                    })
                .build());
  }

  boolean isAway() {
    return away.get();
  }

  /** The connection of the feeds. */
  StatefulRedisPubSubConnection<byte[], byte[]> feeds() {
    return feeds;
  }

  /**
   * Runs a script; the first of the keys says where.
   *
   * @return fails with nothing but {@link StoreAwayException}
   */
  <R> CompletionStage<R> run(
      Script script, byte[][] keys, byte[][] args, Function<List<Object>, R> reader) {
    CompletableFuture<R> result = new CompletableFuture<>();
    send(
        keys[0],
        redis -> redis.<List<Object>>evalsha(script.sha1(), ScriptOutputType.MULTI, keys, args),
        // After a flush or a fail-over, and at first. EVAL runs the script and leaves it there.
        redis -> redis.<List<Object>>eval(script.body(), ScriptOutputType.MULTI, keys, args),
        reader,
        result);
    return result;
  }

  /**
   * Sends one command.
   *
   * @param key says where, in a cluster
   * @return fails with nothing but {@link StoreAwayException}
   */
  <V, R> CompletionStage<R> send(
      byte[] key,
      Function<RedisClusterAsyncCommands<byte[], byte[]>, RedisFuture<V>> command,
      Function<V, R> reader) {
    CompletableFuture<R> result = new CompletableFuture<>();
    send(key, command, null, reader, result);
    return result;
  }

  private <V, R> void send(
      byte[] key,
      Function<RedisClusterAsyncCommands<byte[], byte[]>, RedisFuture<V>> command,
      @Nullable Function<RedisClusterAsyncCommands<byte[], byte[]>, RedisFuture<V>> ifNoScript,
      Function<V, R> reader,
      CompletableFuture<R> result) {
    if (away.get()) {
      result.completeExceptionally(new StoreAwayException("Redis is away", true));
      return;
    }
    issue(command)
        .whenComplete(
            (value, fault) -> {
              if (fault == null) {
                read(value, reader, result);
              } else if (ifNoScript != null && fault instanceof RedisNoScriptException) {
                send(key, ifNoScript, null, reader, result);
              } else {
                result.completeExceptionally(judge(key, fault));
              }
            });
  }

  private <V> CompletionStage<V> issue(
      Function<RedisClusterAsyncCommands<byte[], byte[]>, RedisFuture<V>> command) {
    try {
      return command.apply(commands);
    } catch (RedisException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static <V, R> void read(V value, Function<V, R> reader, CompletableFuture<R> result) {
    try {
      result.complete(reader.apply(value));
    } catch (RuntimeException e) {
      log.error("An answer of Redis cannot be read", e);
      result.completeExceptionally(new StoreAwayException("unreadable answer", false));
    }
  }

  private StoreAwayException judge(byte[] key, Throwable fault) {
    if (!(fault instanceof RedisCommandExecutionException)) {
      goAway(key, fault.toString());
      return new StoreAwayException("no answer from Redis", NOT_SENT.equals(fault.getMessage()));
    }
    String message = String.valueOf(fault.getMessage());
    String code = message.split(" ", 2)[0];
    if (NOT_NOW.contains(code)) {
      return new StoreAwayException("Redis answers " + code, true);
    }
    log.error("Redis failed a command: {}", message);
    return new StoreAwayException("Redis failed a command", false);
  }

  private void goAway(byte[] key, String why) {
    if (!closed && away.compareAndSet(false, true)) {
      log.warn("Redis is away: {}", why);
      probe(key, FIRST_PROBE_MS);
    }
  }

  private void probe(byte[] key, long pauseMs) {
    issue(redis -> redis.exists(key))
        .whenComplete(
            (any, fault) -> {
              if (fault == null) {
                away.set(false);
                log.info("Redis is back");
              } else if (!closed) {
                long next = Math.min(2 * pauseMs, PROBE_EVERY_MS);
                var unused =
                    resources
                        .eventExecutorGroup()
                        .schedule(() -> probe(key, next), pauseMs, TimeUnit.MILLISECONDS);
              }
            });
  }

  @Override
  public void close() {
    closed = true;
    client.shutdown(0, 1, TimeUnit.SECONDS);
    resources.shutdown(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
