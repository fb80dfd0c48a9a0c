package barrage.redis;

import static barrage.redis.Batches.id;
import static barrage.redis.Batches.key;

import barrage.core.Entry;
import barrage.core.Offer;
import barrage.core.OfferOf;
import barrage.core.Role;
import barrage.core.RoomId;
import barrage.core.Viewer;
import barrage.room.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Measures clicks on a sale, each by another viewer: {@code main [clicks a batch] [seconds]}. First
 * they win, then the sale is sold out.
 */
final class Clicks {
  private Clicks() {}

  public static void main(String[] args) {
    int batch = Integer.parseInt(args[0]);
    long ns = Long.parseLong(args[1]) * 1_000_000_000L;
    try (Store store = RedisStore.connect(RedisFixture.uri(), "bench")) {
      for (int round = 0; round < 4; round++) {
        RoomId room = RedisFixture.freshRoom();
        schedule(store, room, "won", 100_000_000);
        schedule(store, room, "out", 1);
        Batches.await(store.commit(room, List.of(click(0, "out")), Batches.TERMS, 0, 0));
        run(store, room, "won", batch, ns);
        run(store, room, "out", batch, ns);
      }
    }
    System.exit(0);
  }

  private static void run(Store store, RoomId room, String sale, int batch, long ns) {
    int n = 1;
    long start = System.nanoTime();
    double cpu = Throughput.redisCpu();
    long done = 0;
    // One batch is on its way while the next one is made, as a room does.
    CompletionStage<Store.Receipt> underWay =
        store.commit(room, List.of(new Entry.Look(id("v"))), Batches.TERMS, 0, 0);
    while (System.nanoTime() - start < ns) {
      List<Entry> entries = new ArrayList<>(batch);
      for (int i = 0; i < batch; i++) {
        entries.add(click(n++, sale));
      }
      Batches.await(underWay);
      underWay = store.commit(room, entries, Batches.TERMS, 0, 0);
      done += batch;
    }
    Batches.await(underWay);
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf(
        "batch %d, %s: %,.0f clicks/s, %.1f us of Redis CPU each%n",
        batch, sale, done / seconds, (Throughput.redisCpu() - cpu) * 1e6 / done);
  }

  static void schedule(Store store, RoomId room, String sale, long stock) {
    Offer offer = OfferOf.stock(stock).priceCents(990).earlyUnits(1).payMs(300_000).build();
    Batches.outcome(store, room, new Entry.Schedule(key("host", sale), sale, offer));
  }

  static Entry click(int n, String sale) {
    String viewer = "viewer" + n;
    return new Entry.Buy(
        key(viewer, "request-" + n), new Viewer(id(viewer), viewer, Role.VIEWER), sale, 1);
  }
}
