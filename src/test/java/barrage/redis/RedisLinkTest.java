package barrage.redis;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.room.StoreAwayException;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
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
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What becomes of commands that Lettuce does not take. */
final class RedisLinkTest {

  /** More calls than fit through the gate at a time: each has to leave it again. */
  @Test
  void replicatedCall_thatFailsOnItsWay_isAnswered_andMakesRoomForTheNext() {
    Connections sound =
        Connections.open(RedisFixture.uri(), RedisTls.DEFAULT, "test", new Replication(1, 100));
    try (RedisLink link = new RedisLink(withoutTaking(sound))) {
      byte[][] keys = {Keys.ANYWHERE};
      for (int i = 0; i < 20; i++) {
        CompletionStage<Integer> call =
            link.runReplicated(
                Script.FORGET_TIMED,
                keys,
                new byte[0][],
                new Replication(1, 100),
                (reply, enough) -> reply.size());
        StoreAwayException away =
            assertThrows(StoreAwayException.class, () -> Batches.await(call), "call " + i);
        assertEquals("no answer from Redis", away.getMessage());
      }
    }
  }

  @Test
  void readerThatFailsAsAProgramDoes_isAnswered_andMakesRoomForTheNext() {
    try (RedisLink link = new RedisLink(open(10))) {
      for (int i = 0; i < 20; i++) {
        CompletionStage<Integer> call =
            forgetNothing(
                link,
                10,
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

  private static CompletionStage<Integer> forgetNothing(
      RedisLink link, int waitMs, IntSupplier read) {
    return link.runReplicated(
        Script.FORGET_TIMED,
        new byte[][] {Keys.ANYWHERE},
        new byte[0][],
        new Replication(1, waitMs),
        (reply, enough) -> read.getAsInt());
  }

  @Test
  void blipOfTheSharedConnection_isOver_beforeThoseWhoWaitForReplicasAreAnswered()
      throws IOException {
    Connections connections = open(1_000);
    try (RedisLink link = new RedisLink(connections);
        RedisSocket socket = RedisFixture.socket()) {
      link.learnLineage();
      List<CompletionStage<Integer>> waiting =
          Stream.generate(() -> forgetNothing(link, 1_000, () -> 1)).limit(3).toList();
      await().until(() -> socket.ask("CLIENT", "LIST").contains("cmd=wait"));
      kill(socket, connections.shared());
      await().until(link::isAway);
      await().until(() -> !link.isAway());
      assertFalse(waiting.get(0).toCompletableFuture().isDone());
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
      kill(socket, replicated);
      await().until(link::isAway);
      await()
          .until(
              () -> {
                if (replicated.isOpen()) {
                  return true;
                }
                probes.take().complete(0L);
                return false;
              });
      AtomicInteger losses = new AtomicInteger();
      replicated.addListener(
          new RedisConnectionStateListener() {
            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> lost) {
              losses.incrementAndGet();
            }
          });
      kill(socket, replicated);
      await().until(() -> losses.get() > 0 && replicated.isOpen());
      CompletableFuture<Long> during = probes.take();
      assertTrue(link.isAway());
      during.complete(0L);
      CompletableFuture<Long> after = probes.take();
      assertTrue(link.isAway());
      after.complete(0L);
      await()
          .until(
              () -> {
                CompletableFuture<Long> more = probes.poll();
                if (more != null) {
                  more.complete(0L);
                }
                return !link.isAway();
              });
    }
  }

  private static void kill(RedisSocket socket, StatefulConnection<byte[], byte[]> connection)
      throws IOException {
    long id = ((StatefulRedisConnection<byte[], byte[]>) connection).sync().clientId();
    assertEquals("1", socket.ask("CLIENT", "KILL", "ID", "" + id));
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
        sound.channels());
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
        sound.channels());
  }
}
