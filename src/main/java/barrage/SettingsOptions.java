package barrage;

import barrage.config.ConfigException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every command that needs the server's settings. */
final class SettingsOptions {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Settings (default: config/barrage.yaml if it is there).")
  private @Nullable Path file;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "One setting; repeats, and wins over the file and the environment.")
  private List<String> sets = new ArrayList<>();

  /**
   * Reads them all.
   *
   * @throws ConfigException for a mistake in any of them
   */
  Settings read() {
    return SettingsReader.read(file, System.getenv(), sets);
  }

  /** The same, with one more setting, which wins over all. */
  Settings readWith(String set) {
    return SettingsReader.read(
        file, System.getenv(), Stream.concat(sets.stream(), Stream.of(set)).toList());
  }
}
