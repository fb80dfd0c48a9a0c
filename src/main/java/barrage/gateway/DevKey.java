package barrage.gateway;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * Who may have development tokens: whoever can read a file of the server's. Without it a reverse
 * proxy on this machine would hand them to the world. Safe for any thread.
 *
 * @param file one line; read whenever it is asked for, as every server of this folder writes it
 *     anew when it starts
 */
public record DevKey(Path file) {
  /** The header that bears it. */
  public static final String HEADER = "X-Barrage-Dev-Key";

  /** The name of the file in the data folder. */
  public static final String FILE = "dev-key";

  boolean is(@Nullable String given) {
    if (given == null) {
      return false;
    }
    try {
      byte[] key = Files.readString(file).strip().getBytes(StandardCharsets.UTF_8);
      return key.length > 0 && MessageDigest.isEqual(key, given.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      return false;
    }
  }
}
