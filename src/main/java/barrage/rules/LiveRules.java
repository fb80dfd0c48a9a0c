package barrage.rules;

import barrage.config.ConfigException;
import barrage.config.FileVersion;
import barrage.config.Folder;
import barrage.config.Section;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rules in force, which follow {@code rules.yaml} and the lists it names while the server runs.
 * A change is taken over as a whole or, when there is a mistake in it, not at all: then the rules
 * before it stay in force and the mistake is logged, once, with file and line. A file that is just
 * being written may be well formed by accident, so a change is read once it has been still from one
 * look to the next.
 *
 * <p>{@link #get} may be called from any thread; {@link #reloadIfChanged} from one at a time, once
 * or twice a second. Files are watched by their attributes: unlike notifications, these work on
 * every file system, and with files that are replaced, linked or mounted.
 */
public final class LiveRules implements Supplier<RuleBook> {
  private static final Logger LOG = LoggerFactory.getLogger(LiveRules.class);

  private final Path file;
  private final boolean limitsEnabled;
  private final Map<String, Function<Section, Object>> activities;
  private volatile RuleBook current;
  private Map<Path, FileVersion> read;
  private Map<Path, FileVersion> lastLook;

  private LiveRules(
      Path file,
      boolean limitsEnabled,
      Map<String, Function<Section, Object>> activities,
      RuleBook current,
      Map<Path, FileVersion> read) {
    this.activities = activities;
    this.file = file;
    this.limitsEnabled = limitsEnabled;
    this.current = current;
    this.read = read;
    this.lastLook = read;
  }

  /**
   * The rules of a file, or the shipped ones while there is no such file.
   *
   * @param activities as {@link RulesFile#read} takes them
   * @throws ConfigException for a mistake in it
   */
  public static LiveRules open(
      Path file, boolean limitsEnabled, Map<String, Function<Section, Object>> activities) {
    Watching folder = new Watching(file);
    RuleBook rules =
        Files.exists(file)
            ? folder.read(limitsEnabled, activities)
            : RulesFile.shipped(limitsEnabled, activities);
    return new LiveRules(file, limitsEnabled, activities, rules, folder.stamps);
  }

  /** The same, without anything of activities. */
  public static LiveRules open(Path file, boolean limitsEnabled) {
    return open(file, limitsEnabled, Map.of());
  }

  @Override
  public RuleBook get() {
    return current;
  }

  /** Takes over what has changed in the files since. Never throws. */
  public void reloadIfChanged() {
    Map<Path, FileVersion> look = new HashMap<>(read);
    look.replaceAll((path, stamp) -> FileVersion.of(path));
    boolean still = look.equals(lastLook);
    lastLook = look;
    if (!still || look.equals(read)) {
      return;
    }
    Watching folder = new Watching(file);
    try {
      current = folder.read(limitsEnabled, activities);
      LOG.info("rules reloaded from {}", file);
    } catch (ConfigException e) {
      LOG.error("rules not reloaded, the old ones stay in force: {}", e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("rules not reloaded, the old ones stay in force", e);
    }
    read = folder.stamps;
    lastLook = read;
  }

  /** Notes which files are read, and their stamps from just before. */
  private static final class Watching implements Folder {
    private final Path file;
    private final Folder directory;
    private final Map<Path, FileVersion> stamps = new HashMap<>();

    Watching(Path file) {
      this.file = file;
      this.directory = Folder.at(Objects.requireNonNullElse(file.getParent(), Path.of("")));
      stamps.put(file, FileVersion.of(file));
    }

    RuleBook read(boolean limitsEnabled, Map<String, Function<Section, Object>> activities) {
      String name = Objects.requireNonNull(file.getFileName()).toString();
      try {
        return RulesFile.read(this, name, limitsEnabled, activities);
      } catch (IOException e) {
        throw new ConfigException(file.toString(), "cannot be read, or is not UTF-8 text");
      }
    }

    @Override
    public String read(String name) throws IOException {
      Path path = file.resolveSibling(name);
      stamps.putIfAbsent(path, FileVersion.of(path));
      return directory.read(name);
    }

    @Override
    public String describe(String name) {
      return directory.describe(name);
    }
  }
}
