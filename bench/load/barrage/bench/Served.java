package barrage.bench;

import barrage.TemporaryFolder;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/** A server under load: a process of its own, and its Redis. */
final class Served implements AutoCloseable {
  private static final String SECRET = "of-benchmarks-and-nothing-else-at-all";
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin/java").toString();

  private final Process process;
  private final TemporaryFolder folder;
  private final URI uri;
  private final boolean barrage;
  private final List<Long> redis;

  private Served(List<String> command, TemporaryFolder folder, boolean barrage) throws IOException {
    this.folder = folder;
    this.barrage = barrage;
    process =
        new ProcessBuilder(command)
            .redirectError(folder.path().resolve("stderr").toFile())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .start();
    try {
      uri = awaitReady();
    } catch (IOException e) {
      close();
      throw e;
    }
    redis = barrage ? List.of(redisPid()) : List.of();
  }

  /** Redis is no child of the server: it runs in a session of its own. */
  private long redisPid() throws IOException {
    return Long.parseLong(Files.readString(redisDir(folder).resolve("redis.pid")).strip());
  }

  private static Path redisDir(TemporaryFolder folder) {
    return folder.path().resolve("redis");
  }

  /**
   * Barrage with its own Redis, limits off.
   *
   * @param javaOptions before {@code -jar}
   * @param more settings
   */
  static Served barrage(Path jar, List<String> javaOptions, String... more) throws IOException {
    TemporaryFolder folder = TemporaryFolder.create("barrage-bench");
    List<String> command = new ArrayList<>();
    command.add(JAVA);
    command.addAll(javaOptions);
    command.addAll(List.of("-jar", jar.toString(), "serve"));
    List<String> settings =
        new ArrayList<>(
            List.of(
                "server.port=0",
                "auth.hmac-secret=" + SECRET,
                "redis.embedded.dir=" + redisDir(folder),
                "limits.enabled=false",
                "rooms.begin-by=anyone",
                "demo.crowd=0"));
    settings.addAll(List.of(more));
    for (String setting : settings) {
      command.addAll(List.of("--set", setting));
    }
    return new Served(command, folder, true);
  }

  /** {@link Floor}. */
  static Served floor() throws IOException {
    return new Served(
        List.of(JAVA, "-cp", System.getProperty("java.class.path"), Floor.class.getName()),
        TemporaryFolder.create("barrage-floor"),
        false);
  }

  private URI awaitReady() throws IOException {
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith("READY ")) {
        return URI.create(line.substring("READY ".length()).strip());
      }
    }
    throw new IOException("not ready: " + Files.readString(folder.path().resolve("stderr")));
  }

  int port() {
    return uri.getPort();
  }

  /** Whether a connection is there only once it was sent a welcome. */
  boolean greets() {
    return barrage;
  }

  Usage usage() {
    return Usage.of(process.pid(), redis);
  }

  /** What a viewer asks for: to be let into a room. */
  byte[] upgrade(String room, int viewer) {
    return upgrade(room, viewer, "");
  }

  /** The same with more headers, each with its end of line. */
  byte[] upgrade(String room, int viewer, String headers) {
    return Frames.ascii(
        "GET /rooms/"
            + room
            + "/ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            + headers
            + (barrage ? "Authorization: Bearer " + token("v" + viewer, "viewer") + "\r\n" : "")
            + "\r\n");
  }

  /** Puts a sale on that lasts longer than any measurement, and gives its id. */
  String openSale(String room, int stock) throws IOException, InterruptedException {
    if (!barrage) {
      return "k3v9x0qm41az";
    }
    HttpRequest request =
        HttpRequest.newBuilder(uri.resolve("/api/rooms/" + room + "/sales"))
            .header("Authorization", "Bearer " + token("boss", "streamer"))
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", "sale-" + System.nanoTime())
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"title\":\"bench\",\"priceCents\":100,\"opensInMs\":0,\"payMs\":3600000,"
                        + "\"durationMs\":3600000,\"perViewerLimit\":100000,\"stock\":"
                        + stock
                        + "}"))
            .build();
    HttpResponse<String> answer =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 201) {
      throw new IOException("no sale: " + answer.statusCode() + " " + answer.body());
    }
    return JsonMapper.shared().readTree(answer.body()).path("id").asString();
  }

  /** Plays a danmaku file into a room, in a process of its own. */
  Process replay(Path jar, Path file, String room, double speed) throws IOException {
    return new ProcessBuilder(
            JAVA,
            "-jar",
            jar.toString(),
            "replay",
            file.toString(),
            "--url",
            uri.toString(),
            "--token-secret",
            SECRET,
            "--room",
            room,
            "--speed",
            Double.toString(speed),
            "--no-progress")
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static String token(String viewer, String role) {
    SignedJWT token =
        new SignedJWT(
            new JWSHeader(JWSAlgorithm.HS256),
            new JWTClaimsSet.Builder()
                .subject(viewer)
                .claim("role", role)
                .claim("room", "*")
                .expirationTime(Date.from(Instant.now().plusSeconds(7_200)))
                .build());
    try {
      token.sign(new MACSigner(SECRET.getBytes(StandardCharsets.US_ASCII)));
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
    return token.serialize();
  }

  /** It writes to its folder until it is gone. */
  private static void end(ProcessHandle redis) {
    redis.destroy();
    redis.onExit().join();
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(15, TimeUnit.SECONDS)) {
        process.destroyForcibly(); // Redis is told to end below.
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    if (barrage && Files.exists(redisDir(folder).resolve("redis.pid"))) {
      ProcessHandle.of(redisPid()).ifPresent(Served::end);
    }
    folder.close();
  }
}
