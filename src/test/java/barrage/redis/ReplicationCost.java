package barrage.redis;

import barrage.TemporaryFolder;
import barrage.core.Entry;
import barrage.core.RoomId;
import barrage.room.Store;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.awaitility.Awaitility;

/**
 * Measures what waiting for a replica costs: clicks that win, with and without, in turns on one
 * primary with one replica, both durable: {@code main [clicks a batch] [rooms] [seconds] [rounds]}.
 */
final class ReplicationCost {
  private ReplicationCost() {}

  public static void main(String[] args) throws IOException {
    int batch = Integer.parseInt(args[0]);
    int rooms = Integer.parseInt(args[1]);
    long ns = Long.parseLong(args[2]) * 1_000_000_000L;
    int rounds = Integer.parseInt(args[3]);
    try (TemporaryFolder folder = TemporaryFolder.create("barrage-replication");
        RedisProcess primary = RedisProcess.start(folder.path());
        RedisProcess replica =
            RedisProcess.start(folder.path(), "--appendfilename", "replica.aof")) {
      replica.ask("REPLICAOF", "127.0.0.1", "" + primary.port());
      Awaitility.await()
          .until(() -> replica.ask("INFO", "replication").contains("master_link_status:up"));
      double[] without = new double[rounds];
      double[] with = new double[rounds];
      for (int round = -1; round < rounds; round++) {
        double first = clicks(primary, Replication.NONE, batch, rooms, ns);
        double second = clicks(primary, new Replication(1, 1_000), batch, rooms, ns);
        if (round >= 0) { // the one before is to warm up
          without[round] = first;
          with[round] = second;
          System.out.printf(
              "%,.0f clicks/s without, %,.0f with: %.2f%n", first, second, second / first);
        }
      }
      Arrays.sort(without);
      Arrays.sort(with);
      System.out.printf(
          "batches of %d in %d rooms, medians of %d: %,.0f and %,.0f clicks/s, ratio %.2f%n",
          batch,
          rooms,
          rounds,
          without[rounds / 2],
          with[rounds / 2],
          with[rounds / 2] / without[rounds / 2]);
    }
    System.exit(0);
  }

  private static double clicks(
      RedisProcess redis, Replication replication, int batch, int rooms, long ns) {
    try (Store store = RedisStore.connect(redis.uri(), RedisTls.DEFAULT, "bench", replication)) {
      List<RoomId> ids = new ArrayList<>();
      List<CompletionStage<Store.Receipt>> underWay = new ArrayList<>();
      for (int i = 0; i < rooms; i++) {
        ids.add(RedisFixture.freshRoom());
        Clicks.schedule(store, ids.get(i), "won", 100_000_000);
        underWay.add(store.commit(ids.get(i), entries(0, batch), Batches.TERMS, 0, 0));
      }
      long done = 0;
      int n = batch;
      long start = System.nanoTime();
      while (System.nanoTime() - start < ns) {
        for (int i = 0; i < rooms; i++) {
          List<Entry> entries = entries(n, batch);
          n += batch;
          Batches.await(underWay.get(i));
          underWay.set(i, store.commit(ids.get(i), entries, Batches.TERMS, 0, 0));
          done += batch;
        }
      }
      underWay.forEach(Batches::await);
      return done * 1e9 / (System.nanoTime() - start);
    }
  }

  private static List<Entry> entries(int from, int count) {
    List<Entry> entries = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      entries.add(Clicks.click(from + i, "won"));
    }
    return entries;
  }
}
