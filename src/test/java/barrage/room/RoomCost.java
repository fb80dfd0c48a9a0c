package barrage.room;

import barrage.activity.Activities;
import barrage.core.RoomId;
import barrage.gateway.EventLoops;
import barrage.gateway.GatewayMetrics;
import barrage.gateway.SocketAudience;
import barrage.redis.RedisFixture;
import barrage.redis.RedisStore;
import barrage.rules.RuleBook;
import barrage.rules.RulesFile;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

/**
 * What an open room costs when nobody is in it, in bytes of heap: {@code java -Xmx1g -cp …
 * barrage.room.RoomCost 5000}. Not a test.
 */
final class RoomCost {
  private RoomCost() {}

  /** Opens so many rooms and tells. */
  public static void main(String[] args) throws Exception {
    int count = Integer.parseInt(args[0]);
    RuleBook rules = RulesFile.shipped(true);
    EventLoops loops = EventLoops.start(EventLoops.Transport.best(), 2);
    GatewayMetrics metrics = new GatewayMetrics(new SimpleMeterRegistry());
    try (RedisStore store = RedisStore.connect(RedisFixture.uri(), "cost")) {
      Surroundings around =
          new Surroundings(
              store,
              () -> rules,
              Activities.NONE,
              new byte[32],
              (room, lagging) -> new SocketAudience(loops, metrics, lagging),
              "cost",
              25_000,
              new RoomMeters(new SimpleMeterRegistry()));
      RoomId first = new RoomId("first");
      LiveRooms rooms =
          new LiveRooms(around, loops::roomLoop, loops.roomLoop(first), () -> Integer.MAX_VALUE);
      rooms.room(first).view().toCompletableFuture().join();
      long before = heap();
      for (int i = 0; i < count; i++) {
        RoomId id = RedisFixture.freshRoom();
        rooms.room(id).view().toCompletableFuture().join();
      }
      int open = rooms.open();
      long after = heap();
      System.out.println(
          open + " rooms open, " + (after - before) / open + " bytes of heap each; then");
      long until = System.nanoTime() + 15_000_000_000L;
      while (rooms.open() > 0 && System.nanoTime() < until) {
        Thread.sleep(500);
      }
      System.out.println(
          rooms.open() + " rooms open, " + (heap() - before) + " bytes of heap more than before");
      rooms.close();
    } finally {
      loops.close();
    }
  }

  private static long heap() throws InterruptedException {
    for (int i = 0; i < 4; i++) {
      System.gc();
      Thread.sleep(50);
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
