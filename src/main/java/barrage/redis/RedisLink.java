package barrage.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import barrage.room.StoreAwayException;
import barrage.room.UnreadableException;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends commands, no more at a time than Redis does soon, and knows whether Redis is away. Whatever
 * fails but by an answer makes it away; while it is, commands fail at once, so that nothing piles
 * up, and one probe at a time goes out until it is answered. Safe for any thread.
 */
final class RedisLink implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RedisLink.class);

  /** Between probes; soon at first, for a blip. */
  private static final long FIRST_PROBE_MS = 10;

  private static final long PROBE_EVERY_MS = 200;

  /** A Redis that is slower at the start is none to start with. */
  private static final long FIRST_ANSWER_MS = 1_500;

  /** How Lettuce says that it has not sent a command. */
  private static final String NOT_SENT = "Currently not connected. Commands are rejected.";

  static final String DISCONNECTED = "disconnected";

  /** Reasons for one outage that are logged. */
  private static final int MAX_TOLD = 20;

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

  /**
   * What is on its way to Redis at a time, counted in arguments: a few dozen milliseconds of its
   * work, such as eight full batches or hundreds of small ones.
   */
  private static final int ON_THE_WAY = 32_768;

  /** What a command weighs, whatever its arguments. */
  private static final int A_COMMAND = 32;

  private static final int MAX_IN_LINE = 16_384;

  /** Together with a command's own time no more than the 2 s that the store promises. */
  private static final long IN_LINE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** Calls that wait for replicas follow each other on one connection: so many at a time. */
  private static final int AWAITING_REPLICAS = 8;

  /** How long to wait for replicas that were late the last time, so that nobody waits behind it. */
  private static final int LATE_REPLICAS_MS = 20;

  private final Gate gate = new Gate(ON_THE_WAY, MAX_IN_LINE);
  private final Gate replicatedGate = new Gate(AWAITING_REPLICAS, MAX_IN_LINE);
  private final Connections connections;
  private final Quorum quorum;
  private final Primary primary;
  private final AtomicBoolean away = new AtomicBoolean();
  private final AtomicInteger outages = new AtomicInteger();
  private volatile boolean replicasLate;
  private volatile boolean closed;

  RedisLink(Connections connections) {
    this.connections = connections;
    this.quorum = connections.quorum();
    this.primary = new Primary(connections);
    connections
        .client()
        .addListener(
            new RedisConnectionStateListener() {
              @Override
              public void onRedisDisconnected(RedisChannelHandler<?, ?> lost) {
                if (primary.onLost(lost)) {
                  goAway(Keys.ANYWHERE, DISCONNECTED);
                }
              }
            });
  }

  boolean isAway() {
    return away.get();
  }

  /**
   * As {@link Primary#lineage}. It is known again before anything is sent to a primary that was
   * lost.
   */
  String lineage() {
    return primary.lineage();
  }

  /**
   * At the start. Blocks.
   *
   * @throws CompletionException when Redis does not answer, or is not one to start with
   */
  void learnLineage() {
    primary
        .ask()
        .thenApply(primary::settle)
        .toCompletableFuture()
        .orTimeout(FIRST_ANSWER_MS, TimeUnit.MILLISECONDS)
        .join();
  }

  /** Looks, from time to time, how many replicas there are. */
  void countReplicas() {
    if (quorum.isAwaited() && !away.get()) {
      primary.countReplicas();
    }
  }

  /** The connection of the feeds. */
  StatefulRedisPubSubConnection<byte[], byte[]> feeds() {
    return connections.feeds();
  }

  /**
   * Runs a script; the first of the keys says where.
   *
   * @return fails with nothing but {@link StoreAwayException}
   */
  <R> CompletionStage<R> run(
      Script script, byte[][] keys, byte[][] args, Function<List<Object>, R> reader) {
    return send(
        new Call<>(
            keys[0],
            A_COMMAND + keys.length + args.length,
            redis -> redis.<List<Object>>evalsha(script.sha1(), ScriptOutputType.MULTI, keys, args),
            // After a flush or a fail-over, and at first. EVAL runs the script and leaves it there.
            redis -> redis.<List<Object>>eval(script.body(), ScriptOutputType.MULTI, keys, args),
            reader,
            new CompletableFuture<>()));
  }

  /**
   * Reads with a script what may be told: where replicas are waited for, what enough of them have.
   * A primary that was replaced, and does not know it, has not enough.
   *
   * @return fails with nothing but {@link StoreAwayException}
   */
  <R> CompletionStage<R> ask(
      Script script, byte[][] keys, byte[][] args, Function<List<Object>, R> reader) {
    if (!quorum.isAwaited()) {
      return run(script, keys, args, reader);
    }
    return runReplicated(
        script,
        keys,
        args,
        (reply, enough) -> {
          if (!enough) {
            throw new StoreAwayException("too few replicas answer", true);
          }
          return reader.apply(reply);
        });
  }

  /**
   * Runs a script and waits until enough replicas have what it wrote, and all before it. One that
   * is slow delays those after it on the same connection, and says nothing about Redis itself.
   *
   * @param reader is told whether enough have
   * @return fails with nothing but {@link StoreAwayException}
   */
  <R> CompletionStage<R> runReplicated(
      Script script, byte[][] keys, byte[][] args, BiFunction<List<Object>, Boolean, R> reader) {
    CompletableFuture<R> result = new CompletableFuture<>();
    passThrough(
        replicatedGate,
        1,
        result,
        () -> {
          runReplicated(CommandType.EVALSHA, script, keys, args, reader, result);
          var unused = result.whenComplete((done, fault) -> replicatedGate.leave(1));
        });
    return result;
  }

  private <R> void runReplicated(
      CommandType type,
      Script script,
      byte[][] keys,
      byte[][] args,
      BiFunction<List<Object>, Boolean, R> reader,
      CompletableFuture<R> result) {
    int needed = quorum.needed();
    int withinMs = replicasLate ? Math.min(LATE_REPLICAS_MS, quorum.withinMs()) : quorum.withinMs();
    boolean known = type == CommandType.EVALSHA;
    byte[] text = known ? script.sha1().getBytes(ISO_8859_1) : script.body();
    ReplicatedCall call;
    try {
      StatefulConnection<byte[], byte[]> connection =
          Objects.requireNonNull(connections.replicated(), "opened for this");
      call = ReplicatedCall.send(connection, type, text, keys, args, needed, withinMs);
    } catch (RuntimeException e) {
      result.completeExceptionally(judge(null, e));
      return;
    }
    call.reply()
        .whenComplete(
            (reply, fault) -> {
              if (known && fault instanceof RedisNoScriptException) {
                runReplicated(CommandType.EVAL, script, keys, args, reader, result);
              } else if (fault != null) {
                result.completeExceptionally(judge(null, fault));
              } else {
                call.replicas()
                    .whenComplete(
                        (reached, lost) -> {
                          boolean enough = lost == null && reached >= needed;
                          replicasLate = !enough;
                          read(reply, (List<Object> all) -> reader.apply(all, enough), result);
                        });
              }
            });
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
    return send(
        new Call<>(key, A_COMMAND, command::apply, null, reader, new CompletableFuture<>()));
  }

  /** Asks Lettuce for a command. */
  private interface Sending<V>
      extends Function<RedisClusterAsyncCommands<byte[], byte[]>, RedisFuture<V>> {}

  /**
   * A command and who waits for its answer.
   *
   * @param key where to, in a cluster
   * @param weight at the gate
   * @param ifNoScript sent in place of it when Redis does not know the script
   */
  private record Call<V, R>(
      byte[] key,
      int weight,
      Sending<V> command,
      @Nullable Sending<V> ifNoScript,
      Function<V, R> reader,
      CompletableFuture<R> result) {}

  private <V, R> CompletionStage<R> send(Call<V, R> call) {
    passThrough(gate, call.weight, call.result, () -> issue(call, call.command));
    return call.result;
  }

  /** Runs what leaves the gate again, unless it waits in line for too long. */
  private void passThrough(Gate through, int weight, CompletableFuture<?> result, Runnable task) {
    if (away.get()) {
      result.completeExceptionally(new StoreAwayException("Redis is away", true));
      return;
    }
    long sinceNanos = System.nanoTime();
    int outage = outages.get();
    boolean inLine =
        through.enter(
            weight,
            () -> {
              // Made for the primary that was there before an outage, it is not for the one after.
              boolean isStale = away.get() || outages.get() != outage;
              if (isStale || System.nanoTime() - sinceNanos > IN_LINE_NANOS) {
                through.leave(weight);
                result.completeExceptionally(new StoreAwayException("Redis is behind", true));
              } else {
                task.run();
              }
            });
    if (!inLine) {
      result.completeExceptionally(new StoreAwayException("Redis is far behind", true));
    }
  }

  private <V, R> void issue(Call<V, R> call, Sending<V> command) {
    issue(command)
        .whenComplete(
            (value, fault) -> {
              Sending<V> load = call.ifNoScript;
              if (load != null && load != command && fault instanceof RedisNoScriptException) {
                issue(call, load);
                return;
              }
              gate.leave(call.weight);
              if (fault == null) {
                read(value, call.reader, call.result);
              } else {
                call.result.completeExceptionally(judge(call.key, fault));
              }
            });
  }

  private <V> CompletionStage<V> issue(
      Function<RedisClusterAsyncCommands<byte[], byte[]>, RedisFuture<V>> command) {
    try {
      return command.apply(connections.commands());
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static <V, R> void read(V value, Function<V, R> reader, CompletableFuture<R> result) {
    try {
      result.complete(reader.apply(value));
    } catch (UnreadableException | StoreAwayException | NewerFormatException e) {
      result.completeExceptionally(e); // named already, or told by whoever asked
    } catch (RuntimeException | Error e) {
      log.error("An answer of Redis cannot be read", e);
      result.completeExceptionally(new StoreAwayException("unreadable answer", false));
    }
  }

  /**
   * @param key to ask for until Redis is back; {@code null} when the fault does not say that it is
   *     away
   */
  private StoreAwayException judge(byte @Nullable [] key, Throwable fault) {
    if (!(fault instanceof RedisCommandExecutionException)) {
      if (key != null) {
        goAway(key, fault.toString());
      }
      return new StoreAwayException("no answer from Redis", NOT_SENT.equals(fault.getMessage()));
    }
    String message = String.valueOf(fault.getMessage());
    if (says(message, "READONLY")) {
      goAway(key == null ? Keys.ANYWHERE : key, message);
    }
    if (NOT_NOW.stream().anyMatch(code -> says(message, code))) {
      return new StoreAwayException("Redis answers: " + message, true);
    }
    if (UnreadableRecords.namedIn(message) == null) {
      log.error("Redis failed a command: {}", message);
    }
    return new StoreAwayException("Redis failed a command: " + message, false);
  }

  /** Whether it is the error, or of a script that stopped at its first write, the reason for it. */
  private static boolean says(String message, String code) {
    return message.startsWith(code + " ") || message.contains("-" + code + " ");
  }

  private void goAway(byte[] key, String why) {
    if (!closed && away.compareAndSet(false, true)) {
      outages.incrementAndGet();
      log.warn("Redis is away: {}", why);
      Set<String> told = new HashSet<>();
      told.add(DISCONNECTED);
      told.add(why);
      probe(key, FIRST_PROBE_MS, told);
    }
  }

  /**
   * @param told why Redis is away, as far as it was logged in this outage; confined to its probes
   */
  private void probe(byte[] key, long pauseMs, Set<String> told) {
    primary
        .ask()
        .thenCombine(issue(redis -> redis.exists(key)), (found, any) -> primary.settle(found))
        .whenComplete(
            (found, fault) -> {
              if (fault == null) {
                away.set(false);
                log.info("Redis is back");
                if (!primary.holds(found)) {
                  goAway(key, DISCONNECTED); // who was told of it saw that Redis was away
                }
              } else if (!closed) {
                tell(reason(fault), told);
                long next = Math.min(2 * pauseMs, PROBE_EVERY_MS);
                var unused =
                    connections
                        .client()
                        .getResources()
                        .eventExecutorGroup()
                        .schedule(() -> probe(key, next, told), pauseMs, TimeUnit.MILLISECONDS);
              }
            });
  }

  /** Each reason once: some take turns at every probe. */
  private static void tell(String why, Set<String> told) {
    if (told.size() < MAX_TOLD && told.add(why)) {
      log.warn("Redis is still away: {}", why);
    }
  }

  /** In a few words. Lettuce names no passwords. */
  private static String reason(Throwable fault) {
    Throwable cause = fault instanceof CompletionException ? fault.getCause() : fault;
    String message = cause == null ? null : cause.getMessage();
    if (NOT_SENT.equals(message)) {
      return DISCONNECTED;
    }
    return message == null ? String.valueOf(cause) : message;
  }

  @Override
  public void close() {
    closed = true;
    connections.close();
  }
}
