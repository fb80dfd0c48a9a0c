package barrage;

import barrage.config.ConfigException;
import barrage.config.Folder;
import barrage.config.Section;
import barrage.config.Section.Located;
import barrage.gateway.DevKey;
import barrage.gateway.Networks;
import barrage.gateway.TokenClaims;
import barrage.redis.RedisTls;
import barrage.redis.Replication;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@link Settings} from where they may stand: defaults, then a file, the environment and the
 * command line, each winning over those before it. The file that is shipped, which is part of the
 * jar, says which keys there are and what their defaults are.
 */
final class SettingsReader {
  /** Used when it is there and no other is named. */
  private static final Path USUAL_FILE = Path.of("config", "barrage.yaml");

  private static final String SHIPPED = "barrage.yaml";
  private static final String PREFIX = "BARRAGE_";
  private static final String COMMAND_LINE = "--set";
  private static final int MIN_SECRET_BYTES = 32;
  private static final int DEMO_CROWD = 20;

  /** Variables that Kubernetes sets for services called {@code barrage-…}; none of ours. */
  private static final Pattern SERVICE_LINK =
      Pattern.compile(".*_(SERVICE_HOST|SERVICE_PORT.*|PORT|PORT_\\d.*)");

  private static final Pattern REDIS_URI =
      Pattern.compile("(rediss?|redis-sentinel|redis-cluster)://\\S+");

  /** {@code kid=secret}, with commas between; a secret may end in {@code =}, as base64 does. */
  private static final Pattern NAMED_SECRETS =
      Pattern.compile("[\\w.-]{1,64}=[^,=]{8}[^,]*(,[\\w.-]{1,64}=[^,=]{8}[^,]*)*");

  private static final Pattern ORIGIN = Pattern.compile("https?://[^/\\s,]+");

  private final Map<String, Located> defaults;
  private final Map<String, Located> values;

  private SettingsReader(Map<String, Located> defaults) {
    this.defaults = defaults;
    this.values = new LinkedHashMap<>(defaults);
  }

  /**
   * Reads all there is.
   *
   * @param file named on the command line; {@code null} for the usual one, if it is there
   * @param environment all variables
   * @param sets {@code key=value} from the command line
   * @throws ConfigException for a mistake in any of them
   */
  static Settings read(@Nullable Path file, Map<String, String> environment, List<String> sets) {
    SettingsReader reader = new SettingsReader(shipped());
    if (file != null || Files.exists(USUAL_FILE)) {
      reader.addFile(file == null ? USUAL_FILE : file);
    }
    reader.addEnvironment(environment);
    sets.forEach(reader::addSet);
    return reader.settings();
  }

  private static Map<String, Located> shipped() {
    try {
      return Section.of(Folder.SHIPPED, SHIPPED, null).flat();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void addFile(Path file) {
    Folder folder = Folder.at(Objects.requireNonNullElse(file.getParent(), Path.of("")));
    try {
      Section.of(folder, String.valueOf(file.getFileName()), null).flat().forEach(this::add);
    } catch (IOException e) {
      throw new ConfigException(file.toString(), "cannot be read, or is not UTF-8 text");
    }
  }

  private void addEnvironment(Map<String, String> environment) {
    Map<String, String> keys =
        defaults.keySet().stream().collect(Collectors.toMap(SettingsReader::variable, k -> k));
    Set<String> sections =
        defaults.keySet().stream()
            .map(key -> variable(key.substring(0, key.indexOf('.') + 1)))
            .collect(Collectors.toSet());
    environment.forEach(
        (name, value) -> {
          String key = keys.get(name);
          if (key != null) {
            add(key, new Located(value, name));
          } else if (sections.stream().anyMatch(name::startsWith)
              && !SERVICE_LINK.matcher(name).matches()) {
            throw new ConfigException(name, "unknown key");
          }
        });
  }

  private static String variable(String key) {
    return PREFIX + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  private void addSet(String set) {
    int equals = set.indexOf('=');
    if (equals < 1) {
      throw new ConfigException(COMMAND_LINE, "must be key=value");
    }
    add(
        set.substring(0, equals).strip(),
        new Located(set.substring(equals + 1).strip(), COMMAND_LINE));
  }

  private void add(String key, Located value) {
    if (!defaults.containsKey(key)) {
      String section = key.substring(0, key.indexOf('.') + 1);
      String known =
          defaults.keySet().stream()
              .filter(each -> section.isEmpty() || each.startsWith(section))
              .collect(Collectors.joining(", "));
      throw new ConfigException(
          value.where(), key + ": unknown key" + (known.isEmpty() ? "" : "; known: " + known));
    }
    values.put(key, value);
  }

  private Settings settings() {
    Settings.Redis redis =
        new Settings.Redis(redisUri(), redisTls(), path("redis.embedded.dir"), replication());
    Settings.Auth auth = auth(redis.embeddedDir());
    return new Settings(
        new Settings.Listen(
            text("server.host"),
            integer("server.port", 0, 65_535),
            integer("server.threads", 0, 256),
            Settings.Transport.valueOf(
                choice("server.transport", "auto", "epoll", "io_uring", "nio")
                    .toUpperCase(Locale.ROOT)),
            integer("server.heartbeat-ms", 1_000, 50_000),
            integer("server.drain-ms", 100, 5_000),
            flag("server.compression"),
            tls(),
            proxies(),
            choice("server.proxy-mode", "proxy-protocol", "forwarded").equals("forwarded")),
        redis,
        auth,
        new Settings.Rooms(
            isAuto("rooms.begin-by")
                ? auth.devTokens()
                : choice("rooms.begin-by", "anyone", "staff").equals("anyone")),
        rulesFile(),
        new Settings.Limits(
            flag("limits.enabled"),
            integer("limits.connections", 1, 10_000_000),
            integer("limits.connections-per-address", 1, 10_000_000),
            integer("limits.requests-per-address", 1, 10_000_000),
            integer("limits.http-requests", 1, 1_000_000),
            integer("limits.rooms", 1, 10_000_000),
            integer("limits.new-rooms-per-address", 0, 1_000_000)),
        demoCrowd(auth.key()));
  }

  private Settings.@Nullable Tls tls() {
    if (!isSet("server.tls.cert") && !isSet("server.tls.key")) {
      return null;
    }
    return new Settings.Tls(readable("server.tls.cert"), readable("server.tls.key"));
  }

  private Path readable(String key) {
    Path file = path(key);
    if (!Files.isReadable(file)) {
      throw fault(key, "cannot read " + file);
    }
    return file;
  }

  private Networks proxies() {
    try {
      return Networks.parse(text("server.proxies"));
    } catch (IllegalArgumentException e) {
      throw misfit(
          "server.proxies", "addresses or networks such as 10.0.0.0/8, with commas between");
    }
  }

  private Settings.Auth auth(Path directory) {
    boolean loopback = address("server.host").isLoopbackAddress();
    Settings.Key key = key(directory);
    boolean devTokens =
        isAuto("auth.dev-tokens")
            ? loopback && key instanceof Settings.GeneratedSecret
            : flag("auth.dev-tokens");
    if (devTokens && !key.signs()) {
      throw fault("auth.dev-tokens", "needs a secret to sign with, not a public key");
    }
    return new Settings.Auth(
        key,
        claims(),
        devTokens,
        directory.resolve(DevKey.FILE),
        choice("auth.anonymous", "watch", "off").equals("watch"),
        origins());
  }

  private TokenClaims claims() {
    return new TokenClaims(
        listed("auth.audience"),
        listed("auth.issuer"),
        integer("auth.leeway-ms", 0, 600_000),
        flag("auth.require-room"));
  }

  private Set<String> listed(String key) {
    return Stream.of(text(key).split(",", -1))
        .map(String::strip)
        .filter(each -> !each.isEmpty())
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** A secret as it is set, or as the file says that is set in its place. */
  private String secretText(String key) {
    String fileKey = key + "-file";
    if (!isSet(fileKey)) {
      return text(key);
    }
    if (isSet(key)) {
      throw fault(fileKey, "set together with " + key + "; only one can be used");
    }
    Path file = path(fileKey);
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw fault(fileKey, "cannot read " + file + ", or it is not UTF-8 text");
    }
  }

  private Settings.Key key(Path directory) {
    List<Settings.Key> keys = new ArrayList<>();
    if (isSet("auth.hmac-secret") || isSet("auth.hmac-secret-file")) {
      keys.add(secret());
    }
    if (isSet("auth.jwks-url")) {
      keys.add(new Settings.Jwks(jwksUrl()));
    }
    if (isSet("auth.public-key-file")) {
      keys.add(new Settings.PublicKey(pem()));
    }
    if (keys.size() > 1) {
      String last = isSet("auth.public-key-file") ? "auth.public-key-file" : "auth.jwks-url";
      throw fault(last, "set together with another key; only one can be used");
    }
    return keys.isEmpty()
        ? new Settings.GeneratedSecret(directory.resolve("hmac-secret"))
        : keys.get(0);
  }

  private Settings.Secret secret() {
    String key = isSet("auth.hmac-secret-file") ? "auth.hmac-secret-file" : "auth.hmac-secret";
    String text = secretText("auth.hmac-secret");
    Settings.Secret secret =
        NAMED_SECRETS.matcher(text).matches()
            ? new Settings.Secret(namedSecrets(key, text))
            : new Settings.Secret(text);
    for (byte[] each : secret.all().values()) {
      if (each.length < MIN_SECRET_BYTES) {
        throw fault(key, "must be " + MIN_SECRET_BYTES + " bytes or more");
      }
    }
    return secret;
  }

  private Map<String, String> namedSecrets(String key, String text) {
    Map<String, String> secrets = new LinkedHashMap<>();
    for (String each : text.split(",", -1)) {
      int equals = each.indexOf('=');
      if (secrets.put(each.substring(0, equals), each.substring(equals + 1)) != null) {
        throw fault(key, "names a secret twice");
      }
    }
    return secrets;
  }

  private URL jwksUrl() {
    try {
      URL url = URI.create(text("auth.jwks-url")).toURL();
      boolean plain = url.getProtocol().equals("http") && isLoopback(url.getHost());
      if ((plain || url.getProtocol().equals("https")) && !url.getHost().isEmpty()) {
        return url;
      }
    } catch (IllegalArgumentException | MalformedURLException e) {
      // Told below.
    }
    throw misfit("auth.jwks-url", "an https address, or an http address of this machine");
  }

  private static boolean isLoopback(String host) {
    return host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d{1,3}){3}");
  }

  private String pem() {
    Path file = path("auth.public-key-file");
    try {
      return Files.readString(file, StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw fault("auth.public-key-file", "cannot read " + file + ", or it is not in PEM form");
    }
  }

  private Set<String> origins() {
    Set<String> origins = new LinkedHashSet<>();
    for (String origin : text("auth.origins").split(",", -1)) {
      String each = origin.strip();
      if (!each.isEmpty() && !ORIGIN.matcher(each).matches()) {
        throw misfit("auth.origins", "origins such as https://shop.example, with commas between");
      }
      if (!each.isEmpty()) {
        origins.add(each);
      }
    }
    return origins;
  }

  /** Its value may hold a password and is not told. */
  private String redisUri() {
    String uri = secretText("redis.uri");
    if (!uri.isEmpty() && !REDIS_URI.matcher(uri).matches()) {
      throw fault(
          "redis.uri",
          "must be empty, redis://, rediss://, redis-sentinel:// or redis-cluster:// and an address");
    }
    return uri;
  }

  private RedisTls redisTls() {
    List<String> set =
        Stream.of("redis.tls.ca", "redis.tls.cert", "redis.tls.key").filter(this::isSet).toList();
    if (set.isEmpty()) {
      return RedisTls.DEFAULT;
    }
    if (!secretText("redis.uri").startsWith("rediss:")) {
      throw fault(set.get(0), "needs redis.uri with a rediss:// address");
    }
    boolean known = isSet("redis.tls.cert") || isSet("redis.tls.key");
    return new RedisTls(
        isSet("redis.tls.ca") ? readable("redis.tls.ca") : null,
        known ? readable("redis.tls.cert") : null,
        known ? readable("redis.tls.key") : null);
  }

  private Replication replication() {
    int withinMs = integer("redis.wait-ms", 10, 1_000);
    String wanted = text("redis.wait-replicas");
    if (!wanted.matches("majority|all|[0-9]|10")) {
      throw misfit("redis.wait-replicas", "majority, all or a whole number from 0 to 10");
    }
    Replication replication =
        switch (wanted) {
          case "majority" -> new Replication(Replication.Share.MAJORITY, withinMs);
          case "all" -> new Replication(Replication.Share.ALL, withinMs);
          default -> new Replication(Integer.parseInt(wanted), withinMs);
        };
    String uri = secretText("redis.uri");
    if (!wanted.equals("0") && (uri.isEmpty() || uri.startsWith("redis-cluster:"))) {
      throw fault("redis.wait-replicas", "needs redis.uri with an address that is not a cluster's");
    }
    return replication;
  }

  private Path rulesFile() {
    Path file = path("rules.file");
    if (!isDefault("rules.file") && !Files.exists(file)) {
      throw fault("rules.file", "there is no " + file);
    }
    return file;
  }

  private int demoCrowd(Settings.Key key) {
    if (!isAuto("demo.crowd")) {
      int crowd = integer("demo.crowd", 0, 1_000);
      if (crowd > 0 && !key.signs()) {
        throw fault("demo.crowd", "needs a secret to sign its tokens with, not a public key");
      }
      if (crowd > 0 && isSet("server.tls.cert")) {
        throw fault("demo.crowd", "comes without TLS alone");
      }
      return crowd;
    }
    return defaults.keySet().stream().allMatch(this::isDefault) ? DEMO_CROWD : 0;
  }

  private boolean isSet(String key) {
    return !text(key).isEmpty();
  }

  private boolean isAuto(String key) {
    return text(key).equals("auto");
  }

  /** Also when it was set to what is the default anyway. */
  private boolean isDefault(String key) {
    return text(key).equals(at(defaults, key).text());
  }

  private int integer(String key, int least, int most) {
    try {
      int value = Integer.parseInt(text(key));
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw misfit(key, "a whole number from " + least + " to " + most);
  }

  private boolean flag(String key) {
    return choice(key, "true", "false").equals("true");
  }

  private String choice(String key, String... choices) {
    for (String choice : choices) {
      if (choice.equals(text(key))) {
        return choice;
      }
    }
    throw misfit(key, String.join(" or ", choices));
  }

  private Path path(String key) {
    try {
      if (isSet(key)) {
        return Path.of(text(key));
      }
    } catch (InvalidPathException e) {
      // Told below.
    }
    throw misfit(key, "a path");
  }

  private InetAddress address(String key) {
    try {
      if (isSet(key)) {
        return InetAddress.getByName(text(key));
      }
    } catch (UnknownHostException e) {
      // Told below.
    }
    throw misfit(key, "an address or name of this machine");
  }

  private String text(String key) {
    return at(values, key).text();
  }

  private static Located at(Map<String, Located> layer, String key) {
    return Objects.requireNonNull(layer.get(key), key);
  }

  private ConfigException misfit(String key, String what) {
    return fault(key, "must be " + what + ", is '" + text(key) + "'");
  }

  private ConfigException fault(String key, String message) {
    return new ConfigException(at(values, key).where(), key + ": " + message);
  }
}
