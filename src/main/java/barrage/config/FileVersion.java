package barrage.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * What tells one version of a file from another.
 *
 * @param key the file's identity where the system has one; {@code null} for no file
 */
public record FileVersion(@Nullable FileTime modified, long size, @Nullable Object key) {
  /** That of the file that is there now, or of none. */
  public static FileVersion of(Path path) {
    try {
      BasicFileAttributes a = Files.readAttributes(path, BasicFileAttributes.class);
      return new FileVersion(a.lastModifiedTime(), a.size(), a.fileKey());
    } catch (IOException e) {
      return new FileVersion(null, -1, null);
    }
  }
}
