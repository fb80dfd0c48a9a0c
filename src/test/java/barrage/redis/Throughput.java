package barrage.redis;

import barrage.core.Entry;
import barrage.core.RoomId;
import barrage.room.Store;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures commits, danmaku of many viewers: {@code main [entries a batch] [viewers] [seconds]}.
 */
final class Throughput {
  private Throughput() {}

  public static void main(String[] args) {
    int batch = Integer.parseInt(args[0]);
    int viewers = Integer.parseInt(args[1]);
    long ns = Long.parseLong(args[2]) * 1_000_000_000L;
    try (Store store = RedisStore.connect(RedisFixture.uri(), "bench")) {
      RoomId room = RedisFixture.freshRoom();
      int n = 0;
      for (int round = 0; round < 3; round++) {
        long start = System.nanoTime();
        double cpu = redisCpu();
        long done = 0;
        while (System.nanoTime() - start < ns) {
          List<Entry> entries = new ArrayList<>(batch);
          for (int i = 0; i < batch; i++, n++) {
            entries.add(Batches.say("viewer" + n % viewers, "request-" + n, "主播好棒 " + n));
          }
          Batches.await(store.commit(room, entries, Batches.TERMS, 0, 0));
          done += batch;
        }
        System.out.printf(
            "batch %d viewers %d: %,d entries/s, %.1f us of Redis CPU each%n",
            batch,
            viewers,
            done * 1_000_000_000L / (System.nanoTime() - start),
            (redisCpu() - cpu) * 1e6 / done);
      }
    }
    System.exit(0);
  }

  /** Seconds of CPU, user and system, of the main thread. */
  static double redisCpu() {
    try (RedisSocket socket = RedisFixture.socket()) {
      return socket
          .ask("INFO", "cpu")
          .lines()
          .filter(line -> line.matches("used_cpu_(sys|user)_main_thread.*"))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(':') + 1)))
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
