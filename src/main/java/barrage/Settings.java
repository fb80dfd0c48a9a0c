package barrage;

import barrage.gateway.Networks;
import barrage.gateway.TokenClaims;
import barrage.redis.RedisTls;
import barrage.redis.Replication;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the server is told before it starts; {@code config/barrage.yaml} explains each key. One that
 * exists is valid.
 *
 * @param rulesFile need not exist when it is the default
 * @param demoCrowd synthetic viewers in the room "demo"
 */
public record Settings(
    Listen listen,
    Redis redis,
    Auth auth,
    Rooms rooms,
    Path rulesFile,
    Limits limits,
    int demoCrowd) {

  /**
   * {@code server.*}
   *
   * @param port 0 binds a free one
   * @param threads 0 for one a core
   * @param heartbeatMs after so long without a frame a client pings
   * @param drainMs over so long clients are told to reconnect elsewhere
   * @param compression whether clients that offer permessage-deflate get it
   * @param tls {@code null} for plain HTTP
   * @param proxies who tell whom they speak for
   * @param forwarded whether they tell by a header of each request, rather than by the PROXY
   *     protocol
   */
  public record Listen(
      String host,
      int port,
      int threads,
      Transport transport,
      int heartbeatMs,
      int drainMs,
      boolean compression,
      @Nullable Tls tls,
      Networks proxies,
      boolean forwarded) {

    /** {@code http://HOST:PORT}, or {@code https}, for the port that was bound. */
    public String url(int boundPort) {
      return (tls == null ? "http://" : "https://")
          + (host.contains(":") ? "[" + host + "]" : host)
          + ":"
          + boundPort;
    }
  }

  /**
   * {@code server.tls.*}
   *
   * @param cert the certificate and its chain, in PEM form
   * @param key its private key, in PEM form
   */
  public record Tls(Path cert, Path key) {}

  /** How bytes get in and out. */
  public enum Transport {
    /** epoll where there is one, else NIO. */
    AUTO,
    EPOLL,
    IO_URING,
    NIO
  }

  /**
   * {@code limits.*}
   *
   * @param enabled {@code false} for load tests; then the others do not count either
   * @param connections of all addresses together
   * @param connectionsPerAddress of one; of one network of 64 bits for IPv6
   * @param requestsPerAddress that wait at a time, over all its connections
   * @param httpRequests that wait at a time, of all addresses together
   * @param rooms that are open at a time
   * @param newRoomsPerAddress that one address brings into being in a minute
   */
  public record Limits(
      boolean enabled,
      int connections,
      int connectionsPerAddress,
      int requestsPerAddress,
      int httpRequests,
      int rooms,
      int newRoomsPerAddress) {}

  /**
   * {@code redis.*}
   *
   * @param uri empty for the server's own Redis
   * @param tls for {@code rediss://}
   * @param embeddedDir where that one runs
   * @param replication what orders, draws and grants wait for before they are answered
   */
  public record Redis(String uri, RedisTls tls, Path embeddedDir, Replication replication) {
    /** Whether the server runs its own. */
    public boolean isEmbedded() {
      return uri.isEmpty();
    }

    /** The URI may hold a password. */
    @Override
    public String toString() {
      return isEmbedded() ? "Redis in " + embeddedDir : "Redis at an address";
    }
  }

  /**
   * {@code auth.*}
   *
   * @param claims what a token must say beside who it is for
   * @param devTokens whether the server gives tokens to whoever has its development key
   * @param devKeyFile where it writes that key
   * @param origins browser origins that may connect; empty: the server's own
   */
  public record Auth(
      Key key,
      TokenClaims claims,
      boolean devTokens,
      Path devKeyFile,
      boolean anonymousMayWatch,
      Set<String> origins) {
    public Auth {
      origins = Set.copyOf(origins);
    }
  }

  /**
   * {@code rooms.*}
   *
   * @param begunByAnyone whether anyone who may enter a room brings it into being, not staff alone
   */
  public record Rooms(boolean begunByAnyone) {}

  /** What tokens are checked with. */
  public sealed interface Key {
    /** Whether tokens can be made with it. */
    default boolean signs() {
      return false;
    }
  }

  /**
   * HS256 secrets of 32 bytes or more.
   *
   * @param byKid the first is the one to sign with; a single one may have the empty name
   */
  public record Secret(Map<String, String> byKid) implements Key {
    public Secret {
      byKid = new LinkedHashMap<>(byKid);
    }

    /** A single one without a name. */
    public Secret(String text) {
      this(Map.of("", text));
    }

    /** All of them by their names. */
    public Map<String, byte[]> all() {
      Map<String, byte[]> all = new LinkedHashMap<>();
      byKid.forEach((kid, text) -> all.put(kid, text.getBytes(StandardCharsets.UTF_8)));
      return all;
    }

    /** The name of the one to sign with; empty when it has none. */
    public String kid() {
      return byKid.keySet().iterator().next();
    }

    /** The bytes of the one to sign with. */
    public byte[] bytes() {
      return byKid.values().iterator().next().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean signs() {
      return true;
    }

    @Override
    public String toString() {
      return "Secret";
    }
  }

  /** An HS256 secret that is made at the first start and kept in a file. */
  public record GeneratedSecret(Path file) implements Key {
    @Override
    public boolean signs() {
      return true;
    }
  }

  /** The keys at an address. */
  public record Jwks(URL url) implements Key {}

  /** One public key, in PEM form. */
  public record PublicKey(String pem) implements Key {}
}
