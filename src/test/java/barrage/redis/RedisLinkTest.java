package barrage.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import barrage.room.StoreAwayException;
import io.lettuce.core.api.StatefulRedisConnection;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletionStage;
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
        sound.client(), sound.shared(), sound.commands(), sound.feeds(), replicated);
  }
}
