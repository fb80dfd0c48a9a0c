package barrage.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What processes have used so far, or between two looks, from {@code /proc}.
 *
 * @param server the gateway or the floor
 * @param redis zero when there is none
 */
record Usage(Cpu server, Cpu redis, long serverRssKb, long redisRssKb) {
  /** USER_HZ, which is 100 on every Linux that Java runs on. */
  static final double TICKS_A_SECOND = 100;

  /** Seconds. */
  record Cpu(double user, double sys) {
    static final Cpu NONE = new Cpu(0, 0);

    double total() {
      return user + sys;
    }

    Cpu minus(Cpu before) {
      return new Cpu(user - before.user, sys - before.sys);
    }
  }

  /**
   * @param redis at most one
   */
  static Usage of(long server, List<Long> redis) {
    Cpu redisCpu = Cpu.NONE;
    long redisRssKb = 0;
    for (long pid : redis) {
      redisCpu = cpu(pid);
      redisRssKb = rssKb(pid);
    }
    return new Usage(cpu(server), redisCpu, rssKb(server), redisRssKb);
  }

  /** The time since; memory as it is now. */
  Usage since(Usage before) {
    return new Usage(
        server.minus(before.server), redis.minus(before.redis), serverRssKb, redisRssKb);
  }

  double cpu() {
    return server.total() + redis.total();
  }

  /** Fields 14 and 15 of proc(5)'s stat, counted from after the name, which may hold anything. */
  private static Cpu cpu(long pid) {
    String stat = read(pid, "stat");
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return new Cpu(
        Long.parseLong(fields[11]) / TICKS_A_SECOND, Long.parseLong(fields[12]) / TICKS_A_SECOND);
  }

  private static long rssKb(long pid) {
    return read(pid, "status")
        .lines()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }

  private static String read(long pid, String file) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(pid), file));
    } catch (IOException e) {
      throw new UncheckedIOException("process " + pid + " is gone, or this is no Linux", e);
    }
  }
}
