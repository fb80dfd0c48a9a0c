package barrage.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What figures were measured on, without saying whose it is. */
final class Machine {
  private Machine() {}

  /** {@code 2 cores, 24 GiB, Linux 6.18, OpenJDK 17.0.15}. */
  static String describe() throws IOException {
    String[] kernel = System.getProperty("os.version").split("\\.");
    return String.format(
        Locale.ROOT,
        "%d cores, %d GiB, %s %s.%s, OpenJDK %s",
        Runtime.getRuntime().availableProcessors(),
        Math.round(proc("meminfo", "MemTotal:") / 1024.0 / 1024.0),
        System.getProperty("os.name"),
        kernel[0],
        kernel[1].replaceAll("\\D.*", ""),
        System.getProperty("java.version"));
  }

  /** How many files, and therefore sockets, a process may have open. */
  static int maxOpenFiles() throws IOException {
    return (int) Math.min(1 << 20, proc("self/limits", "Max open files"));
  }

  /** The first number in the line of a file in {@code /proc} that begins like this. */
  private static long proc(String file, String begins) throws IOException {
    String line =
        Files.readAllLines(Path.of("/proc", file.split("/"))).stream()
            .filter(each -> each.startsWith(begins))
            .findFirst()
            .orElseThrow();
    String number = line.substring(begins.length()).strip().split("\\D", 2)[0];
    return number.isEmpty() ? Long.MAX_VALUE : Long.parseLong(number);
  }
}
