package barrage;

import barrage.activity.Activities;
import barrage.config.ConfigException;
import barrage.core.Role;
import barrage.core.RoomId;
import barrage.core.Viewer;
import barrage.core.ViewerId;
import barrage.gateway.Authenticator;
import barrage.gateway.DevKey;
import barrage.gateway.DevTokens;
import barrage.gateway.EventLoops;
import barrage.gateway.Gateway;
import barrage.gateway.GatewayConfig;
import barrage.gateway.GatewayMetrics;
import barrage.gateway.SocketAudience;
import barrage.gateway.TokenClaims;
import barrage.gateway.TokenKeys;
import barrage.redis.EmbeddedRedis;
import barrage.redis.RedisStore;
import barrage.room.LiveRooms;
import barrage.room.RoomMeters;
import barrage.room.Surroundings;
import barrage.rules.LiveRules;
import io.lettuce.core.RedisException;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node. Everything is wired in {@link #wire}, and nowhere else; {@link #close} takes it apart
 * in the opposite order.
 */
public final class Server implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Server.class);
  private static final RoomId DEMO = new RoomId("demo");
  private static final int LOOK_EVERY_MS = 500;

  /** For what is in flight when the last client was told to go. */
  private static final int LAST_ANSWERS_MS = 1_500;

  private final Deque<Part> parts = new ArrayDeque<>();
  private String url = "";
  private List<String> invitations = List.of();

  /** Something that was opened and has to be closed. */
  private record Part(String name, AutoCloseable closing) {}

  private Server() {}

  /**
   * Starts a node. Blocks until it serves.
   *
   * @throws ConfigException when a setting turns out to be wrong
   * @throws StartException when something it needs is not there
   */
  public static Server start(Settings settings) throws StartException {
    Server server = new Server();
    try {
      server.wire(settings);
      return server;
    } catch (StartException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private void wire(Settings settings) throws StartException {
    String node = nodeName();

    // 1. The rules in force, which follow their files.
    Activities activities = Kinds.ALL;
    LiveRules rules =
        LiveRules.open(
            settings.rulesFile(), settings.limits().enabled(), activities.sectionReaders());
    LOG.info("node {}, {}, rules from {}", node, settings.redis(), settings.rulesFile());
    HeapKeeper heap = HeapKeeper.ofThisJvm();
    ScheduledExecutorService looking = Executors.newSingleThreadScheduledExecutor(Server::looker);
    opened("rules", looking::shutdownNow);
    look(looking, rules::reloadIfChanged);
    look(looking, () -> heap.look(TimeUnit.NANOSECONDS.toMillis(System.nanoTime())));

    // 2. Redis: another's, or our own.
    String redis =
        settings.redis().isEmbedded() ? ownRedis(settings, node) : settings.redis().uri();

    // 3. The store.
    RedisStore store = connect(redis, node, settings.redis(), activities);
    opened("store", store);

    // 4. What tokens are checked with and, where the secret is ours, can be made with.
    Settings.Key key = keyAtHand(settings.auth().key());
    TokenClaims claims = settings.auth().claims();
    Authenticator authenticator = new Authenticator(keys(key), claims, store::nowMs);
    DevTokens tokens =
        key instanceof Settings.Secret secret
            ? new DevTokens(secret.kid(), secret.bytes(), claims, store::nowMs)
            : null;
    DevTokens tokensForAll = settings.auth().devTokens() ? tokens : null;
    DevKey devKey = new DevKey(settings.auth().devKeyFile());
    String devKeyText = tokensForAll == null ? "" : newDevKey(devKey);
    warnOfOpenDoors(settings);

    // 5. What the server proves its name with, which follows its files too.
    Settings.Tls tls = settings.listen().tls();
    ServerCertificate certificate =
        tls == null ? null : ServerCertificate.open(tls.cert(), tls.key());
    if (certificate != null) {
      look(looking, certificate::reloadIfChanged);
    }

    // 6. The threads that carry connections and own rooms.
    EventLoops loops = loops(settings.listen());
    opened("event loops", loops);

    // 7. What is counted.
    PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    GatewayMetrics metrics = new GatewayMetrics(meters);
    FunctionCounter.builder("barrage.unreadable.records", store, RedisStore::unreadableRecords)
        .register(meters);

    // 8. The rooms.
    Surroundings around =
        new Surroundings(
            store,
            rules,
            activities,
            secretOf(key),
            (room, lagging) -> new SocketAudience(loops, metrics, lagging),
            node,
            settings.listen().heartbeatMs(),
            new RoomMeters(meters));
    LiveRooms rooms =
        new LiveRooms(
            around,
            loops::roomLoop,
            loops.roomLoop(DEMO),
            () -> rules.get().limits().enabled() ? settings.limits().rooms() : Integer.MAX_VALUE);
    opened("rooms", rooms);

    // 9. The port, when all behind it is there.
    GatewayConfig config =
        GatewayConfig.at(
                settings.listen().host(), settings.listen().port(), () -> rules.get().limits())
            .withOrigins(settings.auth().origins())
            .withAnonymous(settings.auth().anonymousMayWatch())
            .withTimes(drainingFor(settings.listen().drainMs()))
            .withCompression(settings.listen().compression())
            .withBeginning(
                new GatewayConfig.Beginning(
                    settings.rooms().begunByAnyone(), settings.limits().newRoomsPerAddress()))
            .withEntrance(
                new GatewayConfig.Entrance(
                    certificate == null ? null : certificate::get,
                    settings.listen().proxies(),
                    settings.listen().forwarded(),
                    settings.limits().connections(),
                    settings.limits().connectionsPerAddress(),
                    settings.limits().requestsPerAddress(),
                    settings.limits().httpRequests()))
            .build();
    Gateway gateway =
        new Gateway(
            config,
            loops,
            rooms,
            store,
            activities,
            kind -> rules.get().of(kind),
            authenticator,
            tokensForAll,
            devKey,
            metrics,
            meters);
    opened("gateway", () -> drain(gateway, settings.listen().drainMs()));
    url = settings.listen().url(listen(gateway).getPort());

    // 10. Company for those who have a look.
    if (tokensForAll != null) {
      invitations = invitations(tokensForAll, devKeyText);
    }
    if (tokens != null && settings.demoCrowd() > 0) {
      rooms.room(DEMO); // viewers alone might not bring it into being
      Function<Viewer, String> theirs = viewer -> tokens.issue(viewer, List.of(DEMO));
      opened("demo crowd", DemoCrowd.gather(URI.create(url), DEMO, settings.demoCrowd(), theirs));
    }
  }

  /** {@code http://HOST:PORT}, or {@code https}. */
  public String url() {
    return url;
  }

  /** Links for trying it out, when this server gives tokens to whoever asks; else none. */
  public List<String> invitations() {
    return invitations;
  }

  private List<String> invitations(DevTokens tokens, String devKey) {
    return List.of(
        "",
        "Barrage is running. Open these side by side; the tokens are good for the room \"demo\":",
        "",
        "  Studio, 主播   "
            + invitation(tokens, devKey, "/studio", "demo-streamer", "主播", Role.STREAMER),
        "  Viewer, 小明   " + invitation(tokens, devKey, "/", "demo-viewer-1", "小明", Role.VIEWER),
        "  Viewer, 小红   " + invitation(tokens, devKey, "/", "demo-viewer-2", "小红", Role.VIEWER),
        "  Overlay, OBS   " + url + "/overlay?room=" + DEMO + "&goal=likes:1000",
        "");
  }

  /**
   * With the key, so that the pages' own buttons for signing in work in the browser that opens it.
   */
  private String invitation(
      DevTokens tokens, String devKey, String page, String id, String name, Role role) {
    String token = tokens.issue(new Viewer(new ViewerId(id), name, role), List.of(DEMO));
    return url + page + "#room=" + DEMO + "&token=" + token + "&dev-key=" + devKey;
  }

  @Override
  public synchronized void close() {
    while (!parts.isEmpty()) {
      Part part = parts.pop();
      try {
        part.closing.close();
      } catch (Exception e) {
        LOG.warn("closing {} failed", part.name, e);
      }
    }
  }

  private synchronized void opened(String name, AutoCloseable closing) {
    parts.push(new Part(name, closing));
  }

  private static String nodeName() {
    byte[] random = new byte[8];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  private static void look(ScheduledExecutorService looking, Runnable look) {
    var unused =
        looking.scheduleWithFixedDelay(look, LOOK_EVERY_MS, LOOK_EVERY_MS, TimeUnit.MILLISECONDS);
  }

  private static Thread looker(Runnable task) {
    Thread thread = new Thread(task, "barrage-looks");
    thread.setDaemon(true);
    return thread;
  }

  private String ownRedis(Settings settings, String node) throws StartException {
    try {
      EmbeddedRedis redis = EmbeddedRedis.start(settings.redis().embeddedDir(), node);
      opened("Redis", redis);
      return redis.uri();
    } catch (IOException e) {
      throw new StartException("Redis: " + e.getMessage(), e);
    }
  }

  private static RedisStore connect(
      String uri, String node, Settings.Redis redis, Activities activities) throws StartException {
    try {
      return RedisStore.connect(uri, redis.tls(), node, redis.replication(), activities);
    } catch (RedisException e) {
      throw new StartException("redis.uri: " + e.getMessage(), e);
    }
  }

  /** A secret that is to be generated becomes one that is. */
  static Settings.Key keyAtHand(Settings.Key key) throws StartException {
    if (key instanceof Settings.GeneratedSecret generated) {
      try {
        return SecretFile.readOrMake(generated.file());
      } catch (IOException e) {
        throw new StartException("cannot keep a secret: " + e.getMessage(), e);
      }
    }
    return key;
  }

  private static String newDevKey(DevKey key) throws StartException {
    try {
      return SecretFile.makeAnew(key.file());
    } catch (IOException e) {
      throw new StartException("cannot keep the development key: " + e.getMessage(), e);
    }
  }

  private static void warnOfOpenDoors(Settings settings) {
    if (settings.auth().key() instanceof Settings.Jwks
        && settings.auth().claims().audience().isEmpty()) {
      LOG.warn(
          "auth.jwks-url without auth.audience: any token of this identity provider is a viewer of"
              + " every room");
    }
    if (settings.auth().origins().isEmpty() && !isLoopback(settings.listen().host())) {
      LOG.warn(
          "auth.origins is empty: pages may connect from http://{}:PORT alone, not by another name",
          settings.listen().host());
    }
  }

  private static boolean isLoopback(String host) {
    return host.startsWith("127.") || host.equals("localhost") || host.equals("::1");
  }

  static TokenKeys keys(Settings.Key key) {
    if (key instanceof Settings.Jwks jwks) {
      return TokenKeys.jwks(jwks.url());
    }
    if (key instanceof Settings.PublicKey publicKey) {
      try {
        return TokenKeys.publicKey(publicKey.pem());
      } catch (IllegalArgumentException e) {
        throw new ConfigException("auth.public-key-file", String.valueOf(e.getMessage()));
      }
    }
    return TokenKeys.hmac(((Settings.Secret) key).all());
  }

  /** Of tokens that somebody else signs nothing is secret here: one for as long as this runs. */
  private static byte[] secretOf(Settings.Key key) {
    if (key instanceof Settings.Secret secret) {
      return secret.bytes();
    }
    byte[] own = new byte[32];
    new SecureRandom().nextBytes(own);
    return own;
  }

  private static EventLoops loops(Settings.Listen listen) {
    EventLoops.Transport transport =
        switch (listen.transport()) {
          case AUTO -> EventLoops.Transport.best();
          case EPOLL -> EventLoops.Transport.EPOLL;
          case IO_URING -> EventLoops.Transport.IO_URING;
          case NIO -> EventLoops.Transport.NIO;
        };
    if (!transport.isAvailable()) {
      throw new ConfigException(
          "server.transport", listen.transport() + " is not available on this machine");
    }
    return EventLoops.start(transport, listen.threads());
  }

  private static GatewayConfig.Times drainingFor(int drainMs) {
    GatewayConfig.Times usual = GatewayConfig.Times.DEFAULT;
    return new GatewayConfig.Times(
        usual.handshakeMs(),
        usual.idleHttpMs(),
        usual.answerMs(),
        usual.pingEveryMs(),
        usual.silentMs(),
        usual.closeGraceMs(),
        drainMs);
  }

  private static InetSocketAddress listen(Gateway gateway) throws StartException {
    try {
      return gateway.start();
    } catch (IOException e) {
      Throwable why = e.getCause() == null ? e : e.getCause();
      String message = e.getMessage() + ": " + why.getMessage();
      boolean isTaken = message.contains("already in use");
      throw new StartException(
          isTaken ? message + "; --set server.port=N takes another" : message, e);
    }
  }

  private static void drain(Gateway gateway, int drainMs) throws InterruptedException {
    try {
      gateway.drain().toCompletableFuture().get(drainMs + LAST_ANSWERS_MS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      LOG.info("some clients have not left in time");
    } catch (ExecutionException e) {
      LOG.warn("draining failed", e);
    } finally {
      gateway.close();
    }
  }
}
