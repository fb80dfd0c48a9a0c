package barrage.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** What the rest of the machine does meanwhile: times taken beside much of it mean little. */
final class Others {
  /** In the first line of {@code /proc/stat}, see proc(5). */
  private static final int IDLE = 3;

  private static final int IOWAIT = 4;

  /** Up to steal; the guests after it are counted in user already. */
  private static final int COLUMNS = 8;

  private final Served[] ours;
  private final long[] ticksBefore = ticks();
  private final double usedBefore;

  /** Looks from now on; this process and {@code ours} are not others. */
  Others(Served... ours) throws IOException {
    this.ours = ours;
    this.usedBefore = used();
  }

  /** Of all the time of all cores, from 0 to 1. */
  double share() throws IOException {
    long[] ticks = ticks();
    for (int i = 0; i < COLUMNS; i++) {
      ticks[i] -= ticksBefore[i];
    }
    double all = Arrays.stream(ticks).sum() / Usage.TICKS_A_SECOND;
    double idle = (ticks[IDLE] + ticks[IOWAIT]) / Usage.TICKS_A_SECOND;
    return Math.max(0, (all - idle - (used() - usedBefore)) / all);
  }

  private double used() {
    double self = Usage.of(ProcessHandle.current().pid(), List.of()).cpu();
    return self + Arrays.stream(ours).mapToDouble(each -> each.usage().cpu()).sum();
  }

  private static long[] ticks() throws IOException {
    String cpu = Files.readAllLines(Path.of("/proc/stat")).get(0);
    return Arrays.stream(cpu.split("\\s+"))
        .skip(1)
        .limit(COLUMNS)
        .mapToLong(Long::parseLong)
        .toArray();
  }
}
