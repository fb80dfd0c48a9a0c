package barrage.rules;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import barrage.config.ConfigException;
import barrage.config.Folder;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.NoSuchFileException;

/** Whatever is in rules.yaml, it is rules, or a mistake that is told. */
final class RulesFileFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void anyFile_isReadOrRefused(byte[] file) throws IOException {
    Folder folder =
        new Folder() {
          @Override
          public String read(String name) throws IOException {
            if (!name.equals("rules.yaml")) {
              throw new NoSuchFileException(name);
            }
            return new String(file, UTF_8);
          }

          @Override
          public String describe(String name) {
            return name;
          }
        };
    try {
      assertNotNull(RulesFile.read(folder, "rules.yaml", true));
    } catch (ConfigException e) {
      assertNotNull(e.getMessage());
    }
  }
}
