package barrage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.config.ConfigException;
import barrage.gateway.Networks;
import barrage.gateway.TokenClaims;
import barrage.redis.RedisTls;
import barrage.redis.Replication;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where settings may stand, which one wins, and how mistakes are told. */
final class SettingsReaderTest {
  private static final String SECRET = "a secret of thirty-two bytes, 123";

  @TempDir private Path directory;

  private static Settings sets(String... sets) {
    return SettingsReader.read(null, Map.of(), List.of(sets));
  }

  private Path file(String yaml) throws IOException {
    return Files.writeString(directory.resolve("my.yaml"), yaml);
  }

  private static String mistake(Executable executable) {
    String message = assertThrows(ConfigException.class, executable).getMessage();
    assertEquals(1, message.lines().count());
    return message;
  }

  @Test
  void nothing_isAsTheProtocolSays() {
    Settings settings = sets();
    assertEquals(
        new Settings.Listen(
            "127.0.0.1",
            8080,
            0,
            Settings.Transport.AUTO,
            25_000,
            4_000,
            false,
            null,
            Networks.NONE,
            false),
        settings.listen());
    assertEquals(
        new Settings.Redis("", RedisTls.DEFAULT, Path.of("data/redis"), new Replication(0, 1_000)),
        settings.redis());
    assertTrue(settings.redis().isEmbedded());
    assertEquals(
        new Settings.Auth(
            new Settings.GeneratedSecret(Path.of("data/redis/hmac-secret")),
            TokenClaims.NONE,
            true,
            Path.of("data/redis/dev-key"),
            true,
            Set.of()),
        settings.auth());
    assertEquals(Path.of("config/rules.yaml"), settings.rulesFile());
    assertTrue(settings.limits().enabled());
    assertEquals(20, settings.demoCrowd());
  }

  @Test
  void secrets_mayBeSeveral_orStandInFiles() throws IOException {
    String one = "one".repeat(11);
    String two = "two+".repeat(9) + "==";
    Settings.Secret both =
        (Settings.Secret) sets("auth.hmac-secret=new=" + one + ",old=" + two).auth().key();
    assertEquals(List.of("new", "old"), List.copyOf(both.all().keySet()));
    assertEquals("new", both.kid());
    assertArrayEquals(two.getBytes(UTF_8), both.all().get("old"));
    String padded = "YW55dGhpbmcgdGhhdCBpcyBsb25nIGVub3VnaCBmb3IgaXQ=";
    assertEquals(
        "", ((Settings.Secret) sets("auth.hmac-secret=" + padded).auth().key()).kid(), "base64");
    Path file = directory.resolve("secret");
    Files.writeString(file, one + "\n");
    assertArrayEquals(
        one.getBytes(UTF_8),
        ((Settings.Secret) sets("auth.hmac-secret-file=" + file).auth().key()).bytes());
    Files.writeString(file, "redis://:password@h:6379\n");
    assertEquals("redis://:password@h:6379", sets("redis.uri-file=" + file).redis().uri());
    assertTrue(
        mistake(() -> sets("redis.uri=redis://h", "redis.uri-file=" + file))
            .startsWith("--set: redis.uri-file: set together with redis.uri"));
    assertTrue(
        mistake(() -> sets("auth.hmac-secret=new=" + one + ",old=short-short"))
            .startsWith("--set: auth.hmac-secret: must be 32 bytes or more"));
    assertTrue(
        mistake(() -> sets("auth.jwks-url=http://keys.example/jwks"))
            .startsWith("--set: auth.jwks-url: must be an https address"));
    assertEquals(
        new TokenClaims(Set.of("a", "b"), Set.of("i"), 1_500, true),
        sets("auth.audience=a, b", "auth.issuer=i", "auth.leeway-ms=1500", "auth.require-room=true")
            .auth()
            .claims());
  }

  @Test
  void replicasAreWaitedFor_byShareOrNumber() {
    assertEquals(new Replication(Replication.Share.MAJORITY, 300), waitingFor("majority"));
    assertEquals(new Replication(Replication.Share.ALL, 300), waitingFor("all"));
    assertEquals(new Replication(2, 300), waitingFor("2"));
  }

  private static Replication waitingFor(String replicas) {
    return sets("redis.uri=redis://h:1", "redis.wait-ms=300", "redis.wait-replicas=" + replicas)
        .redis()
        .replication();
  }

  @Test
  void laterOnesWin() throws IOException {
    Path file = file("server: {port: 1, threads: 1, heartbeat-ms: 1001}\n");
    Map<String, String> environment =
        Map.of("BARRAGE_SERVER_PORT", "2", "BARRAGE_SERVER_THREADS", "2", "PATH", "/bin");
    Settings.Listen listen =
        SettingsReader.read(file, environment, List.of("server.port=3", "server.port=4")).listen();
    assertEquals(4, listen.port());
    assertEquals(2, listen.threads());
    assertEquals(1_001, listen.heartbeatMs());
    assertEquals("127.0.0.1", listen.host());
    assertTrue(sets("server.compression=true").listen().compression());
  }

  @Test
  void file_mayHaveListsAndFullKeys() throws IOException {
    Settings settings =
        SettingsReader.read(
            file("auth:\n  origins: [https://a.example, https://b.example]\nserver.port: 0\n"),
            Map.of(),
            List.of());
    assertEquals(Set.of("https://a.example", "https://b.example"), settings.auth().origins());
    assertEquals(0, settings.listen().port());
  }

  @Test
  void tls_needsBothFiles_andMakesTheAddressHttps() throws IOException {
    Path cert = Files.writeString(directory.resolve("cert.pem"), "");
    Settings.Listen listen = sets("server.tls.cert=" + cert, "server.tls.key=" + cert).listen();
    assertEquals(new Settings.Tls(cert, cert), listen.tls());
    assertEquals("https://127.0.0.1:8443", listen.url(8443));
    assertEquals("http://127.0.0.1:80", sets().listen().url(80));
    assertEquals(
        "--set: server.tls.key: must be a path, is ''",
        mistake(() -> sets("server.tls.cert=" + cert, "server.tls.key=")));
    assertEquals(
        "--set: server.tls.key: cannot read nowhere.pem",
        mistake(() -> sets("server.tls.cert=" + cert, "server.tls.key=nowhere.pem")));
  }

  @Test
  void proxies_areAddressesAndNetworks() throws IOException {
    assertEquals(
        Networks.parse("10.0.0.0/8,::1"),
        sets("server.proxies=10.0.0.0/8, ::1").listen().proxies());
    Settings.Listen listed =
        SettingsReader.read(file("server:\n  proxies: [10.0.0.0/8, '::1']\n"), Map.of(), List.of())
            .listen();
    assertEquals(Networks.parse("10.0.0.0/8,::1"), listed.proxies());
    assertEquals(
        directory.resolve("my.yaml")
            + ":2: server.proxies: must be addresses or networks such as 10.0.0.0/8, with commas"
            + " between, is 'proxy.local'",
        mistake(
            () ->
                SettingsReader.read(
                    file("server:\n  proxies: proxy.local\n"), Map.of(), List.of())));
  }

  @Test
  void limits_areWholeNumbers() {
    Settings.Limits limits = sets("limits.connections-per-address=7").limits();
    assertEquals(new Settings.Limits(true, 50_000, 7, 1_000, 2_048, 20_000, 20), limits);
    assertEquals(
        "--set: limits.connections: must be a whole number from 1 to 10000000, is '0'",
        mistake(() -> sets("limits.connections=0")));
  }

  @Test
  void devTokens_byDefaultOnlyOnLoopbackWithNoKeySet() {
    assertTrue(sets("server.host=localhost").auth().devTokens());
    assertFalse(sets("server.host=0.0.0.0").auth().devTokens());
    assertFalse(sets("auth.hmac-secret=" + SECRET).auth().devTokens());
    assertFalse(sets("auth.jwks-url=https://a.example/keys").auth().devTokens());
    assertTrue(sets("auth.hmac-secret=" + SECRET, "auth.dev-tokens=true").auth().devTokens());
    assertFalse(sets("auth.dev-tokens=false").auth().devTokens());
  }

  @ParameterizedTest
  @ValueSource(strings = {"server.port=0", "demo.crowd=0", "auth.anonymous=off"})
  void demoCrowd_isOnlyThereWithNoConfiguration(String set) {
    assertEquals(0, sets(set).demoCrowd());
    assertEquals(7, sets(set, "demo.crowd=7").demoCrowd());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "server:;  prot: 1        | :2: server.prot: unknown key; known: server.host, server.port,",
        "sever:;  port: 1         | :2: sever.port: unknown key",
        "port: 1                  | :1: port: unknown key; known: server.host",
        "server:;;  port: x       | :3: server.port: must be a whole number from 0 to 65535, is 'x'",
        "server:;  port:          | :2: server.port: must be a whole number from 0 to 65535, is ''",
        "server:;  port: 65536    | :2: server.port: must be a whole number from 0 to 65535",
        "server:;  port: {a: 1}   | :2: server.port.a: unknown key",
        "server: 5                | :1: server: unknown key",
        "server:;  transport: x   | :2: server.transport: must be auto or epoll or io_uring or nio",
        "server:;  compression: gzip | :2: server.compression: must be true or false",
        "auth:;  hmac-secret: abc | :2: auth.hmac-secret: must be 32 bytes or more",
        "auth:;  origins: [a]     | :2: auth.origins: must be origins",
        "auth:;  jwks-url: file:///etc/passwd | :2: auth.jwks-url: must be an https address",
        "auth:;  public-key-file: /no/such    | :2: auth.public-key-file: cannot read /no/such",
        "auth:;  jwks-url: https://a/b;  dev-tokens: true | :3: auth.dev-tokens: needs a secret",
        "redis:;  uri: http://h   | :2: redis.uri: must be empty, redis://",
        "redis:;  wait-replicas: 1 | :2: redis.wait-replicas: needs redis.uri",
        "redis:;  wait-replicas: some | :2: redis.wait-replicas: must be majority, all or a whole",
        "redis:;  wait-replicas: 11   | :2: redis.wait-replicas: must be majority, all or a whole",
        "redis:;  uri: redis-cluster://h:1;  wait-replicas: all | :3: redis.wait-replicas: needs",
        "redis:;  tls: {ca: x}     | :2: redis.tls.ca: needs redis.uri with a rediss:// address",
        "redis:;  uri: rediss://h;  tls: {ca: x}  | :3: redis.tls.ca: cannot read x",
        "redis:;  wait-ms: 5       | :2: redis.wait-ms: must be a whole number from 10 to 1000",
        "rules:;  file: no.yaml   | :2: rules.file: there is no no.yaml",
        "limits:;  enabled: no    | :2: limits.enabled: must be true or false",
        "auth:;  jwks-url: https://a/b;demo:;  crowd: 5  | :4: demo.crowd: needs a secret",
        "demo:;  crowd: many      | :2: demo.crowd: must be a whole number",
        "- a                      | :1: must be keys with values",
        "server: {                | :"
      })
  void mistakeInTheFile_isToldWithItsLine(String yaml, String message) throws IOException {
    Path file = file(yaml.strip().replace(';', '\n') + "\n");
    String told = mistake(() -> SettingsReader.read(file, Map.of(), List.of()));
    assertTrue(told.startsWith(file + message.strip()), told);
  }

  @Test
  void mistakeElsewhere_isToldWithItsPlace() {
    assertEquals(
        "--set: server.port: must be a whole number from 0 to 65535, is 'x'",
        mistake(() -> sets("server.port=x")));
    assertEquals("--set: must be key=value", mistake(() -> sets("server.port")));
    assertTrue(mistake(() -> sets("a.b=1")).startsWith("--set: a.b: unknown key"));
    assertEquals(
        "BARRAGE_SERVER_PORT: server.port: must be a whole number from 0 to 65535, is ''",
        mistake(() -> SettingsReader.read(null, Map.of("BARRAGE_SERVER_PORT", ""), List.of())));
    assertEquals(
        "BARRAGE_SERVER_PROT: unknown key",
        mistake(() -> SettingsReader.read(null, Map.of("BARRAGE_SERVER_PROT", "1"), List.of())));
    assertTrue(
        mistake(() -> SettingsReader.read(directory.resolve("none"), Map.of(), List.of()))
            .startsWith(directory.resolve("none") + ": cannot be read"));
  }

  @Test
  void variablesOfOthers_areLeftAlone() {
    Map<String, String> environment =
        Map.of(
            "BARRAGE_JAVA_OPTS", "-Xmx1g",
            "BARRAGE_REDIS_SERVICE_HOST", "10.0.0.1",
            "BARRAGE_REDIS_PORT", "tcp://10.0.0.1:6379",
            "BARRAGE_REDIS_PORT_6379_TCP_ADDR", "10.0.0.1");
    assertEquals(8080, SettingsReader.read(null, environment, List.of()).listen().port());
  }

  @Test
  void secrets_areNeverTold() {
    assertFalse(mistake(() -> sets("auth.hmac-secret=hunter2")).contains("hunter2"));
    assertFalse(mistake(() -> sets("redis.uri=http://:hunter2@h")).contains("hunter2"));
    Settings settings = sets("auth.hmac-secret=" + SECRET, "redis.uri=redis://:hunter2@h");
    assertFalse(settings.toString().contains(SECRET));
    assertFalse(settings.toString().contains("hunter2"));
  }

  @Test
  void twoKeys_areRefused() {
    assertTrue(
        mistake(() -> sets("auth.hmac-secret=" + SECRET, "auth.jwks-url=https://a.example/keys"))
            .startsWith("--set: auth.jwks-url: set together with another key"));
  }

  @Test
  void generatedSecret_isMadeOnceAndForItsOwnerAlone() throws IOException {
    Path file =
        assertInstanceOf(
                Settings.GeneratedSecret.class,
                sets("redis.embedded.dir=" + directory.resolve("a/b")).auth().key())
            .file();
    Settings.Secret secret = SecretFile.readOrMake(file);
    assertTrue(secret.bytes().length >= 32);
    assertEquals(secret, SecretFile.readOrMake(file));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    Files.writeString(file, "");
    assertThrows(IOException.class, () -> SecretFile.readOrMake(file));
  }
}
