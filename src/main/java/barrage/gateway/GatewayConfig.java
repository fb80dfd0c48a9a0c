package barrage.gateway;

import barrage.core.Limits;
import io.netty.handler.ssl.SslContext;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a gateway is told before it starts.
 *
 * @param port 0 binds a free one
 * @param origins browser origins such as {@code https://shop.example} that may connect, and call
 *     from other sites; empty: the server's own alone. A missing {@code Origin} is always allowed
 * @param anonymousMayWatch whether somebody without a token may connect and read
 * @param limits in force now, asked for with every message
 * @param maxFrameBytes the longest message from a client, its fragments together
 * @param maxBodyBytes the longest body of an HTTP request
 * @param compression whether clients that offer permessage-deflate get it
 */
public record GatewayConfig(
    String host,
    int port,
    Set<String> origins,
    boolean anonymousMayWatch,
    Supplier<Limits> limits,
    int maxFrameBytes,
    int maxBodyBytes,
    Times times,
    SlowConsumers slowConsumers,
    Entrance entrance,
    Beginning beginning,
    boolean compression) {

  public GatewayConfig {
    origins = Set.copyOf(origins);
  }

  /** How many there may be at a time where {@code most} may: any number without limits in force. */
  int bound(int most) {
    return limits.get().enabled() ? most : Integer.MAX_VALUE;
  }

  /** Everything but the address as shipped, until the builder is told otherwise. */
  public static Builder at(String host, int port, Supplier<Limits> limits) {
    return new Builder(host, port, limits);
  }

  /** A config in the making. For one thread. */
  public static final class Builder {
    private static final int MAX_FRAME_BYTES = 4096;
    private static final int MAX_BODY_BYTES = 65_536;

    private final String host;
    private final int port;
    private final Supplier<Limits> limits;
    private Set<String> origins = Set.of();
    private boolean anonymousMayWatch = true;
    private Times times = Times.DEFAULT;
    private SlowConsumers slowConsumers = SlowConsumers.DEFAULT;
    private Entrance entrance = Entrance.DEFAULT;
    private Beginning beginning = Beginning.DEFAULT;
    private boolean compression;

    private Builder(String host, int port, Supplier<Limits> limits) {
      this.host = host;
      this.port = port;
      this.limits = limits;
    }

    /** Lets pages of these origins in, beside the server's own. */
    public Builder withOrigins(Set<String> allowed) {
      origins = allowed;
      return this;
    }

    /** Says whether somebody without a token may watch. */
    public Builder withAnonymous(boolean mayWatch) {
      anonymousMayWatch = mayWatch;
      return this;
    }

    /** Other times. */
    public Builder withTimes(Times other) {
      times = other;
      return this;
    }

    /** Other bounds for slow consumers. */
    public Builder withSlowConsumers(SlowConsumers bounds) {
      slowConsumers = bounds;
      return this;
    }

    /** Another entrance. */
    public Builder withEntrance(Entrance other) {
      entrance = other;
      return this;
    }

    /** Says otherwise who brings rooms into being. */
    public Builder withBeginning(Beginning other) {
      beginning = other;
      return this;
    }

    /** Says whether clients that offer compression get it. */
    public Builder withCompression(boolean on) {
      compression = on;
      return this;
    }

    /** What was told so far. */
    public GatewayConfig build() {
      return new GatewayConfig(
          host,
          port,
          origins,
          anonymousMayWatch,
          limits,
          MAX_FRAME_BYTES,
          MAX_BODY_BYTES,
          times,
          slowConsumers,
          entrance,
          beginning,
          compression);
    }
  }

  /**
   * How long what may take, in milliseconds, to the second: one sweep a loop looks after them all.
   *
   * @param handshakeMs from the accept to the end of the handshake, or of one HTTP request
   * @param idleHttpMs how long an HTTP connection is kept between two requests
   * @param answerMs how long an HTTP client may take to read an answer, or the next page of it
   * @param pingEveryMs between two pings to a client
   * @param silentMs how long a client may send no frame, pongs included
   * @param closeGraceMs how long a client has to read and answer a close frame
   * @param drainMs over which a draining node lets its viewers go
   */
  public record Times(
      long handshakeMs,
      long idleHttpMs,
      long answerMs,
      long pingEveryMs,
      long silentMs,
      long closeGraceMs,
      long drainMs) {
    /** The protocol's, and what goes with them. */
    public static final Times DEFAULT =
        new Times(10_000, 30_000, 30_000, 20_000, 60_000, 5_000, 4_000);
  }

  /**
   * When a socket that does not take what it is sent is slow, and when it is too slow (4413).
   *
   * @param lowWaterBytes below so much waiting for the socket, it can take more
   * @param highWaterBytes above so much waiting, it gets no broadcast
   * @param maxPendingBytes above so much waiting, messages to it alone among that, it is closed
   * @param maxStallMs so long above the marks, it is closed
   */
  public record SlowConsumers(
      int lowWaterBytes, int highWaterBytes, int maxPendingBytes, long maxStallMs) {
    /** For a few thousand viewers a loop. */
    public static final SlowConsumers DEFAULT =
        new SlowConsumers(64 << 10, 256 << 10, 1 << 20, 10_000);
  }

  /**
   * Who brings a room into being.
   *
   * @param byAnyone whether anyone who may enter a room does; else a streamer, moderator, service
   *     or admin of it
   * @param newRoomsPerAddress in a minute, unless limits are not in force
   */
  public record Beginning(boolean byAnyone, int newRoomsPerAddress) {
    /** Of a server that gives out development tokens. */
    public static final Beginning DEFAULT = new Beginning(true, 20);
  }

  /**
   * How sockets get in, how many, and how much they may ask at a time. Without limits in force
   * ({@link Limits#enabled}) there is no bound to these numbers.
   *
   * @param tls what connections that begin now are secured with; {@code null} for plain HTTP
   * @param proxies who tell whom they speak for
   * @param forwarded whether they tell by the headers of each request; else each of their
   *     connections has to begin with it, by the PROXY protocol
   * @param maxConnections of all addresses together
   * @param maxConnectionsPerAddress of one address; one network of 64 bits for IPv6
   * @param maxRequestsPerAddress that wait at a time, over all of its connections
   * @param maxHttpRequests that wait at a time, of all addresses together
   */
  public record Entrance(
      @Nullable Supplier<SslContext> tls,
      Networks proxies,
      boolean forwarded,
      int maxConnections,
      int maxConnectionsPerAddress,
      int maxRequestsPerAddress,
      int maxHttpRequests) {
    /** As in the shipped configuration. */
    public static final Entrance DEFAULT =
        new Entrance(null, Networks.NONE, false, 50_000, 1_000, 1_000, 2_048);

    /** Whether what is said on the way cannot be read. */
    public boolean isSecure() {
      return tls != null;
    }
  }
}
