package barrage.redis;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.Patience;
import barrage.room.StoreAwayException;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandType;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.SocketAddress;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;

/** What becomes of commands that Lettuce does not take. */
final class RedisLinkTest {

  /** More calls than fit through the gate at a time: each has to leave it again. */
  @Test
  void replicatedCall_thatFailsOnItsWay_isAnswered_andMakesRoomForTheNext() {
    try (RedisLink link = new RedisLink(withoutTaking(open(100)))) {
      for (int i = 0; i < 9; i++) {
        CompletionStage<Integer> call = forgetNothing(link, () -> 1);
        StoreAwayException away =
            assertThrows(StoreAwayException.class, () -> Batches.await(call), "call " + i);
        assertEquals("no answer from Redis", away.getMessage());
      }
    }
  }

  @Test
  void readerThatFailsAsAProgramDoes_isAnswered_andMakesRoomForTheNext() {
    try (RedisLink link = new RedisLink(open(10))) {
      for (int i = 0; i < 9; i++) {
        CompletionStage<Integer> call =
            forgetNothing(
                link,
                () -> {
                  throw new AssertionError("on purpose");
                });
        StoreAwayException away =
            assertThrows(StoreAwayException.class, () -> Batches.await(call), "call " + i);
        assertEquals("unreadable answer", away.getMessage());
      }
    }
  }

  private static Connections open(int waitMs) {
    return Connections.open(
        RedisFixture.uri(), RedisTls.DEFAULT, "link-test", new Replication(1, waitMs));
  }

  private static CompletionStage<Integer> forgetNothing(RedisLink link, IntSupplier read) {
    return link.runReplicated(
        Script.FORGET_TIMED,
        new byte[][] {Keys.ANYWHERE},
        new byte[0][],
        (reply, enough) -> read.getAsInt());
  }

  @Test
  void blipOfTheSharedConnection_isOver_whileOthersWaitForReplicas() throws Exception {
    Connections sound = open(1_000);
    BlockingQueue<CompletableFuture<Long>> probes = new LinkedBlockingQueue<>();
    try (RedisLink link = new RedisLink(withProbes(sound, probes));
        RedisSocket socket = RedisFixture.socket()) {
      link.learnLineage();
      String waiting = "id=" + idOf(Objects.requireNonNull(sound.replicated())) + " ";
      for (int i = 0; i < 8; i++) { // a second each, one after the other
        var unused = forgetNothing(link, () -> 1);
      }
      await().until(() -> clientLine(socket, waiting).contains("cmd=wait"));
      kill(socket, sound.shared());
      next(probes).complete(0L);
      answer(probes, link);
      assertTrue(clientLine(socket, waiting).contains(" flags=b "), "it waits still");
    }
  }

  @Test
  void connectionLostDuringAProbe_isNotForgotten() throws Exception {
    Connections sound = open(10);
    BlockingQueue<CompletableFuture<Long>> probes = new LinkedBlockingQueue<>();
    try (RedisLink link = new RedisLink(withProbes(sound, probes));
        RedisSocket socket = RedisFixture.socket()) {
      link.learnLineage();
      StatefulConnection<byte[], byte[]> replicated = Objects.requireNonNull(sound.replicated());
      AtomicInteger returns = new AtomicInteger();
      replicated.addListener(
          new RedisConnectionStateListener() {
            @Override
            public void onRedisConnected(RedisChannelHandler<?, ?> back, SocketAddress at) {
              returns.incrementAndGet();
            }
          });
      Function<RedisClusterAsyncCommands<byte[], byte[]>, RedisFuture<Long>> broken =
          redis -> {
            throw new IllegalStateException("on purpose");
          };
      var unused = link.send(Keys.ANYWHERE, broken, any -> any);
      CompletableFuture<Long> during = next(probes);
      idOf(sound.shared()); // is told after what the probe asked for before
      kill(socket, replicated);
      await().until(() -> returns.get() > 0);
      during.complete(0L);
      CompletableFuture<Long> after = next(probes);
      assertTrue(link.isAway());
      after.complete(0L);
      answer(probes, link);
    }
  }

  private static CompletableFuture<Long> next(BlockingQueue<CompletableFuture<Long>> probes)
      throws InterruptedException {
    return Objects.requireNonNull(
        probes.poll(Patience.OF_TESTS.toSeconds(), TimeUnit.SECONDS), "no probe");
  }

  /** Until Redis is back. */
  private static void answer(BlockingQueue<CompletableFuture<Long>> probes, RedisLink link) {
    await()
        .until(
            () -> {
              for (var probe = probes.poll(); probe != null; probe = probes.poll()) {
                probe.complete(0L);
              }
              return !link.isAway();
            });
  }

  private static String clientLine(RedisSocket socket, String start) throws IOException {
    return socket
        .ask("CLIENT", "LIST")
        .lines()
        .filter(line -> line.startsWith(start))
        .findFirst()
        .orElse("");
  }

  private static long idOf(StatefulConnection<byte[], byte[]> connection) {
    return ((StatefulRedisConnection<byte[], byte[]>) connection).sync().clientId();
  }

  private static void kill(RedisSocket socket, StatefulConnection<byte[], byte[]> connection)
      throws IOException {
    assertEquals("1", socket.ask("CLIENT", "KILL", "ID", "" + idOf(connection)));
  }

  /** The same connections, but that a test answers what probes ask. */
  private static Connections withProbes(
      Connections sound, BlockingQueue<CompletableFuture<Long>> probes) {
    @SuppressWarnings("unchecked")
    RedisClusterAsyncCommands<byte[], byte[]> commands =
        (RedisClusterAsyncCommands<byte[], byte[]>)
            Proxy.newProxyInstance(
                RedisLinkTest.class.getClassLoader(),
                new Class<?>[] {RedisClusterAsyncCommands.class},
                (proxy, method, args) -> {
                  if (!method.getName().equals("exists")) {
                    return method.invoke(sound.commands(), args);
                  }
                  AsyncCommand<byte[], byte[], Long> probe =
                      new AsyncCommand<>(
                          new Command<>(
                              CommandType.EXISTS, new IntegerOutput<>(ByteArrayCodec.INSTANCE)));
                  probes.add(probe);
                  return probe;
                });
    return new Connections(
        sound.client(),
        sound.shared(),
        commands,
        sound.feeds(),
        sound.replicated(),
        sound.channels(),
        sound.quorum());
  }

  /** The same connections, but that for calls which wait for replicas fails as a bug would. */
  private static Connections withoutTaking(Connections sound) {
    StatefulRedisConnection<?, ?> broken =
        (StatefulRedisConnection<?, ?>)
            Proxy.newProxyInstance(
                RedisLinkTest.class.getClassLoader(),
                new Class<?>[] {StatefulRedisConnection.class},
                (proxy, method, args) -> {
                  throw new IllegalStateException("on purpose");
                });
    @SuppressWarnings("unchecked")
    StatefulRedisConnection<byte[], byte[]> replicated =
        (StatefulRedisConnection<byte[], byte[]>) broken;
    return new Connections(
        sound.client(),
        sound.shared(),
        sound.commands(),
        sound.feeds(),
        replicated,
        sound.channels(),
        sound.quorum());
  }
}
