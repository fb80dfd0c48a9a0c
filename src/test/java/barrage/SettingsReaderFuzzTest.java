package barrage;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import barrage.config.ConfigException;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Whatever is in barrage.yaml, it is settings, or a mistake that is told. */
final class SettingsReaderFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void anyFile_isReadOrRefused(byte[] bytes) throws IOException {
    Path file = Files.createTempFile("barrage", ".yaml");
    try {
      Files.write(file, bytes);
      assertNotNull(SettingsReader.read(file, Map.of(), List.of()));
    } catch (ConfigException e) {
      assertNotNull(e.getMessage());
    } finally {
      Files.delete(file);
    }
  }
}
