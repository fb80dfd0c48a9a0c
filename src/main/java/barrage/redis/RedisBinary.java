package barrage.redis;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Map;

/** Where there is a {@code redis-server} to run. */
final class RedisBinary {
  /** By system and architecture: the resources of com.github.codemonstur:embedded-redis. */
  private static final Map<String, String> EMBEDDED =
      Map.of(
          "linux amd64", "redis-server-6.2.6-v5-linux-amd64",
          "linux aarch64", "redis-server-6.2.7-linux-arm64",
          "mac os x x86_64", "redis-server-6.2.6-v5-darwin-amd64",
          "mac os x aarch64", "redis-server-6.2.6-v5-darwin-arm64");

  /** A system property, for tests: the path of a redis-server, or {@link #PACKED}. */
  private static final String NAMED = "barrage.redis-server";

  private static final String PACKED = "packed";

  private RedisBinary() {}

  /**
   * The {@code redis-server} that was named, else the one on the PATH, else the one we bring,
   * unpacked into {@code dir}.
   *
   * @throws IOException says what to install, when there is neither
   */
  static Path find(Path dir) throws IOException {
    String named = System.getProperty(NAMED);
    if (named != null) {
      return named.equals(PACKED) ? unpack(dir) : Path.of(named);
    }
    String path = System.getenv().getOrDefault("PATH", "");
    for (String place : path.split(File.pathSeparator, -1)) {
      Path candidate = Path.of(place, "redis-server");
      if (!place.isEmpty() && Files.isExecutable(candidate) && Files.isRegularFile(candidate)) {
        return candidate;
      }
    }
    return unpack(dir);
  }

  private static Path unpack(Path dir) throws IOException {
    String platform =
        (System.getProperty("os.name") + " " + System.getProperty("os.arch"))
            .toLowerCase(Locale.ROOT);
    String resource = EMBEDDED.get(platform);
    if (resource == null) {
      throw new IOException("no Redis for " + platform + ": install redis-server 6.2 or newer");
    }
    Path binary = dir.resolve(resource);
    if (Files.isExecutable(binary)) {
      return binary;
    }
    try (InputStream in = RedisBinary.class.getResourceAsStream("/" + resource)) {
      if (in == null) {
        throw new IOException("no Redis was packed: install redis-server 6.2 or newer");
      }
      // Moved when it is whole: a start that was killed must not leave half of it behind.
      Path part = dir.resolve(resource + ".part");
      Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
      Files.setPosixFilePermissions(part, PosixFilePermissions.fromString("rwx------"));
      return Files.move(part, binary, StandardCopyOption.ATOMIC_MOVE);
    }
  }
}
