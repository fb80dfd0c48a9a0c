package barrage;

import static barrage.api.Agreement.assertAgree;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;

import barrage.config.Folder;
import barrage.config.Section;
import barrage.core.Limits;
import barrage.gateway.GatewayConfig;
import barrage.rules.RulesFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The files under {@code config/} name every setting that the code reads, and no others. */
final class SettingsFileTest {
  private static final Path CONFIG = Path.of("config");
  private static final Path READER =
      Path.of("src", "main", "java", "barrage", "SettingsReader.java");

  /** A key in the code: a text such as {@code "server.tls.cert"}. */
  private static final Pattern KEY = Pattern.compile("\"([a-z]+(?:\\.[a-z]+(?:-[a-z]+)*)+)\"");

  /** A secret may come from a file, which another key names. */
  private static final Pattern SECRET = Pattern.compile("secretText\\(\"([^\"]+)\"\\)");

  private static Map<String, Section.Located> file(Folder folder) throws IOException {
    return Section.of(folder, "barrage.yaml", null).flat();
  }

  @Test
  void keys_areThoseThatAreRead() throws IOException {
    String source = Files.readString(READER);
    Set<String> read = new TreeSet<>();
    KEY.matcher(source).results().forEach(match -> read.add(match.group(1)));
    SECRET.matcher(source).results().forEach(match -> read.add(match.group(1) + "-file"));
    read.remove("barrage.yaml"); // the name of the file
    assertAgree(read, file(Folder.at(CONFIG)).keySet());
  }

  @Test
  void defaults_areThoseOfTheFile() throws IOException {
    assertEquals(texts(file(Folder.at(CONFIG))), texts(file(Folder.SHIPPED)));
    Settings none = SettingsReader.read(null, Map.of(), List.of());
    assertEquals(none, SettingsReader.read(CONFIG.resolve("barrage.yaml"), Map.of(), List.of()));
    Supplier<Limits> limits = () -> RulesFile.shipped(none.limits().enabled()).limits();
    GatewayConfig config =
        GatewayConfig.at(none.listen().host(), none.listen().port(), limits).build();
    assertEquals(none.auth().origins(), config.origins());
    assertEquals(none.auth().anonymousMayWatch(), config.anonymousMayWatch());
    assertEquals(none.listen().drainMs(), config.times().drainMs());
    assertEquals(none.listen().compression(), config.compression());
    assertEquals(
        new GatewayConfig.Entrance(
            null,
            none.listen().proxies(),
            none.listen().forwarded(),
            none.limits().connections(),
            none.limits().connectionsPerAddress(),
            none.limits().requestsPerAddress(),
            none.limits().httpRequests()),
        config.entrance());
    assertEquals(
        new GatewayConfig.Beginning(
            none.rooms().begunByAnyone(), none.limits().newRoomsPerAddress()),
        config.beginning());
  }

  private static Map<String, String> texts(Map<String, Section.Located> values) {
    return values.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, value -> value.getValue().text()));
  }

  /** Reading them refuses a key that nobody asks for, and misses one that is not there. */
  @Test
  void rules_areThoseThatAreRead() {
    assertDoesNotThrow(() -> RulesFile.shipped(true));
    assertDoesNotThrow(() -> RulesFile.read(Folder.at(CONFIG), "rules.yaml", true));
    assertEquals(Limits.DEFAULT, RulesFile.shipped(true).limits());
  }
}
