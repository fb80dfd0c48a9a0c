package barrage.outside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is in the jar, and what it says about it. */
final class JarIT {
  private static final long MAX_BYTES = 30_000_000;

  /** What no line of ours ever calls. */
  private static final Pattern UNUSED =
      Pattern.compile(
          ".*(quiche|com_google_protobuf|com/google/protobuf).*|.*(\\.dll|\\.exe|-386)"
              + "|.*/codec/(quic|http2|http3|memcache|mqtt|protobuf|smtp|socks|stomp)/.*"
              + "|(org/jline|redis/embedded)/.*"
              + "|META-INF/[^/]*\\.(SF|DSA|RSA)");

  private static final String NOTICES = "META-INF/THIRD-PARTY.txt";

  private final Path file = Path.of(System.getProperty("barrage.jar"));
  private JarFile jar;

  @BeforeEach
  void open() throws IOException {
    jar = new JarFile(file.toFile());
    assumeTrue(
        jar.getManifest().getMainAttributes().getValue("Class-Path") == null,
        "this jar was not made by Maven: its libraries are elsewhere");
  }

  @AfterEach
  void close() throws IOException {
    jar.close();
  }

  @Test
  void jar_isAsSmallAsWhatItNeeds() throws IOException {
    assertTrue(Files.size(file) <= MAX_BYTES, Files.size(file) + " bytes");
    assertEquals(
        List.of(),
        jar.stream().map(Object::toString).filter(UNUSED.asMatchPredicate()).sorted().toList());
  }

  @Test
  void everyRedisThatIsPacked_isOneForASystemWeKnow() {
    assertEquals(
        List.of("darwin-amd64", "darwin-arm64", "linux-amd64", "linux-arm64"),
        jar.stream()
            .map(Object::toString)
            .filter(name -> name.startsWith("redis-server-"))
            .map(name -> name.replaceFirst("^redis-server-.*-(\\w+-\\w+)$", "$1"))
            .sorted()
            .toList());
  }

  @Test
  void everyPackedWork_isNamedWithItsLicence() throws IOException {
    String notices = text(NOTICES);
    List<String> packed =
        jar.stream()
            .map(Object::toString)
            .filter(name -> name.endsWith("/pom.properties"))
            .filter(name -> !name.equals("META-INF/maven/barrage/barrage/pom.properties"))
            .toList();
    assertTrue(packed.size() > 30, packed::toString);
    for (String name : packed) {
      Properties made = new Properties();
      made.load(jar.getInputStream(jar.getEntry(name)));
      String work = made.getProperty("groupId") + ":" + made.getProperty("artifactId");
      assertNotNull(licenceOf(work, notices), work + " is not in " + NOTICES);
    }
  }

  @Test
  void billOfMaterials_namesEveryLibraryWithItsLicenceAsTheNoticesDo() throws IOException {
    String notices = text(NOTICES);
    Path bill = file.resolveSibling("barrage-sbom.json");
    JsonNode json = JsonMapper.shared().readTree(Files.readAllBytes(bill));
    assertEquals("CycloneDX", json.path("bomFormat").asString());
    assertEquals("barrage", json.path("metadata").path("component").path("name").asString());
    assertTrue(json.path("components").size() > 40, "components");
    for (JsonNode component : json.path("components")) {
      String work = component.path("group").asString() + ":" + component.path("name").asString();
      String version = component.path("version").asString();
      assertTrue(component.path("licenses").size() > 0, work);
      assertNotNull(licenceOf(work + " " + version, notices), work + " is not in " + NOTICES);
    }
  }

  @Test
  void licencesThatAskToBePassedOn_arePassedOn() throws IOException {
    assertTrue(text("META-INF/LICENSE").contains("Apache License"));
    assertTrue(text("META-INF/NOTICE").contains("Jackson JSON processor"));
    assertTrue(text("META-INF/NOTICE").contains("Micrometer"));
    String notices = text(NOTICES);
    for (String holder : List.of("Redis Ltd.", "QOS.ch", "Tongfei Chen", "Chart.js Contributors")) {
      assertTrue(notices.contains(holder), holder);
    }
    assertTrue(notices.contains("Redistributions in binary form must reproduce"));
  }

  /** The line after the one that names it; {@code null} when none does. */
  private static String licenceOf(String work, String notices) {
    List<String> lines = notices.lines().map(String::strip).toList();
    for (int i = 0; i + 1 < lines.size(); i++) {
      if ((lines.get(i) + " ").contains(work + " ") || (lines.get(i) + ",").contains(work + ",")) {
        String licence = lines.get(i + 1);
        return licence.matches("(Apache-2\\.0|BSD|CC0|EPL|LGPL|MIT).*") ? licence : null;
      }
    }
    return null;
  }

  private String text(String entry) throws IOException {
    try (InputStream in = jar.getInputStream(jar.getEntry(entry))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
