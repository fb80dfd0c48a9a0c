package barrage.load;

import barrage.core.Danmaku;
import barrage.core.RoomId;
import barrage.wire.Messages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.EventLoop;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One viewer's place in a room, over protocol v1: joins, sends requests, hears events, keeps the
 * connection alive and, when it breaks, comes back and resumes where it was.
 *
 * <pre>{@code
 * try (RoomClients clients = new RoomClients(1)) {
 *   var target = new Target(URI.create("http://127.0.0.1:8080"), new RoomId("demo"),
 *       TokenSource.of(jwt), 60_000);
 *   RoomClient viewer = clients.open(target, new Listener() {
 *     public void onEvents(long seq, JsonNode events) { … }
 *   });
 *   viewer.joined().join();
 *   JsonNode answer = viewer.say("1", new Danmaku("666", Mode.SCROLL, 0xffffff)).join();
 * }
 * }</pre>
 *
 * <p>Public methods may be called from any thread and never block. Everything else, the listener
 * included, runs on the connection's event loop, which it shares with others.
 */
public final class RoomClient implements AutoCloseable {
  private static final long DEFAULT_HEARTBEAT_MS = 25_000;

  private static final JsonMapper TREES = JsonMapper.shared();

  /**
   * Where to go.
   *
   * @param server {@code http://host:port} or {@code https://…}
   * @param reconnectForMs how long to try to come back after a loss, and to get in at first; 0: one
   *     try, and no coming back
   * @param since where to resume from; {@code null}: from now on
   */
  public record Target(
      URI server, RoomId room, TokenSource tokens, long reconnectForMs, @Nullable Position since) {
    /**
     * @throws IllegalArgumentException when {@code server} is no http or https URL with a host
     */
    public Target {
      if (!isServer(server)) {
        throw new IllegalArgumentException("not an http or https URL: " + server);
      }
    }

    /** From now on. */
    public Target(URI server, RoomId room, TokenSource tokens, long reconnectForMs) {
      this(server, room, tokens, reconnectForMs, null);
    }

    /** Whether this is an http or https URL with a host. */
    public static boolean isServer(URI server) {
      String scheme = server.getScheme();
      return ("http".equals(scheme) || "https".equals(scheme)) && server.getHost() != null;
    }
  }

  /** A place in a room's history: the last number covered. */
  public record Position(long epoch, long seq) {}

  /** Hears what the server says. Called on the connection's event loop; must not block. */
  public interface Listener {
    /** {@code false} spares the reading of events for one that only sends. */
    default boolean wantsEvents() {
      return true;
    }

    /** {@code welcome} or {@code resync}: where the room stands. */
    default void onWelcome(JsonNode welcome) {}

    /**
     * What happened.
     *
     * @param seq the last number covered, sent or shed
     * @param events in order
     */
    default void onEvents(long seq, JsonNode events) {}

    /**
     * Any other message that answers no request, such as {@code points} or {@code muted}; an {@code
     * ok} or {@code error} that nobody waits for, too.
     */
    default void onMessage(String type, JsonNode message) {}

    /**
     * The connection is gone.
     *
     * @param code of its closing; 1006 when there was none
     * @param again whether it comes back by itself
     */
    default void onDisconnected(int code, boolean again) {}
  }

  private final Target target;
  private final Listener listener;
  private final RoomClients clients;
  private final EventLoop loop;

  private final CompletableFuture<Position> joined = new CompletableFuture<>();
  private volatile @Nullable Position position;

  // Confined to the loop.
  private final Map<String, CompletableFuture<JsonNode>> unanswered = new HashMap<>(4);
  private final ReturnPolicy returnPolicy;
  private final boolean wantsTrees;
  private @Nullable RoomSocket socket;
  private boolean welcomed;
  private boolean closed;

  RoomClient(Target target, Listener listener, RoomClients clients, EventLoop loop) {
    this.target = target;
    this.listener = listener;
    this.clients = clients;
    this.loop = loop;
    returnPolicy = new ReturnPolicy(target.reconnectForMs(), System.nanoTime());
    position = target.since();
    wantsTrees = listener.wantsEvents() && !(listener instanceof FrameListener);
  }

  void start() {
    loop.execute(this::connect);
  }

  /**
   * Where in the room's history the first {@code welcome} put it.
   *
   * @return fails with {@link ConnectionLostException} when the server could not be reached or
   *     refused
   */
  public CompletableFuture<Position> joined() {
    return joined.copy();
  }

  /** The last number covered; as it was given before the first {@code welcome}. */
  public @Nullable Position position() {
    return position;
  }

  /** Says something. The answer is as of {@link #request}. */
  public CompletableFuture<JsonNode> say(String id, Danmaku danmaku) {
    return request(
        "danmaku",
        id,
        json -> {
          json.writeStringProperty("text", danmaku.text());
          json.writeStringProperty("mode", danmaku.mode().wire());
          json.writeStringProperty("color", Messages.color(danmaku.color()));
        });
  }

  /** All taps of the like button since this connection began. */
  public void like(long total) {
    byte[] message =
        Messages.object(
            json -> {
              json.writeStringProperty("type", "like");
              json.writeNumberProperty("total", total);
            });
    onLoop(() -> send(message));
  }

  /** Asks where the viewer stands. The answer is as of {@link #request}. */
  public CompletableFuture<JsonNode> me(String id) {
    return request("me", id, json -> {});
  }

  /**
   * Sends a request.
   *
   * @param id 1 to 64 printable ASCII characters, not used by another request under way
   * @param fields writes what the message has besides {@code type} and {@code id}
   * @return the {@code ok} or {@code error}; fails with {@link ConnectionLostException} when there
   *     is no connection or it breaks before the answer: the same id may then be sent again
   */
  public CompletableFuture<JsonNode> request(
      String type, String id, Consumer<JsonGenerator> fields) {
    byte[] message =
        Messages.object(
            json -> {
              json.writeStringProperty("type", type);
              json.writeStringProperty("id", id);
              fields.accept(json);
            });
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    boolean handed =
        onLoop(
            () -> {
              if (!welcomed) {
                answer.completeExceptionally(
                    new ConnectionLostException(ReturnPolicy.BROKEN, "not connected"));
              } else if (unanswered.putIfAbsent(id, answer) != null) {
                answer.completeExceptionally(new IllegalStateException("id is under way: " + id));
              } else {
                send(message);
              }
            });
    if (!handed) {
      answer.completeExceptionally(new ConnectionLostException(ReturnPolicy.BROKEN, "closed"));
    }
    return answer;
  }

  /**
   * Breaks the connection as a network does, without a word. It comes back by itself, after a pause
   * that differs for each, and resumes.
   */
  public void breakOff() {
    onLoop(
        () -> {
          RoomSocket open = socket;
          if (open != null) {
            open.breakOff();
          }
        });
  }

  /** Leaves for good. */
  @Override
  public void close() {
    onLoop(
        () -> {
          if (closed) {
            return;
          }
          closed = true;
          RoomSocket open = socket;
          if (open == null) {
            onLost(ReturnPolicy.NORMAL, "closed");
          } else {
            open.leave();
          }
        });
  }

  /** Whether the loop took it: one that is shutting down takes nothing. */
  private boolean onLoop(Runnable task) {
    if (loop.inEventLoop()) {
      task.run();
      return true;
    }
    try {
      loop.execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  private void send(byte[] message) {
    RoomSocket open = socket;
    if (open != null) {
      open.send(message);
    }
  }

  // ---- coming and going

  private void connect() {
    if (closed) {
      return;
    }
    target
        .tokens()
        .token(returnPolicy.tokenRefused())
        .whenComplete((token, failure) -> onLoop(() -> onToken(token, failure)));
  }

  private void onToken(Optional<String> token, @Nullable Throwable failure) {
    if (closed) {
      return;
    }
    if (failure != null) {
      onLost(ReturnPolicy.BROKEN, "no token: " + ConnectionLostException.why(failure));
      return;
    }
    socket =
        RoomSocket.dial(
            clients,
            loop,
            address(),
            token,
            new RoomSocket.Events() {
              @Override
              public void onText(ByteBuf frame) {
                RoomClient.this.onText(frame);
              }

              @Override
              public void onGone(int code, String why) {
                onLost(code, why);
              }
            });
  }

  private URI address() {
    URI server = target.server();
    String scheme = RoomClients.isSecure(server) ? "wss" : "ws";
    Position known = position;
    String since = known == null ? "" : "?since=" + known.epoch() + ":" + known.seq();
    return URI.create(
        scheme + "://" + server.getAuthority() + "/rooms/" + target.room() + "/ws" + since);
  }

  /** A connection, or an attempt at one, is over. */
  private void onLost(int code, String why) {
    OptionalLong returnMs =
        closed ? OptionalLong.empty() : returnPolicy.onLost(code, welcomed, System.nanoTime());
    socket = null;
    welcomed = false;
    listener.onDisconnected(code, returnMs.isPresent());
    ConnectionLostException lost = new ConnectionLostException(code, why);
    List<CompletableFuture<JsonNode>> orphans = List.copyOf(unanswered.values());
    unanswered.clear();
    orphans.forEach(answer -> answer.completeExceptionally(lost));
    if (returnMs.isPresent()) {
      var unused = loop.schedule(this::connect, returnMs.getAsLong(), TimeUnit.MILLISECONDS);
    } else {
      closed = true;
      joined.completeExceptionally(lost);
    }
  }

  // ---- hearing

  private void onText(ByteBuf frame) {
    try {
      EventsFrame events = wantsTrees ? null : clients.reader(loop).read(frame);
      if (events != null) {
        cover(events.covered());
        if (listener instanceof FrameListener checker) {
          checker.onFrame(events);
        }
        return;
      }
      onMessage(TREES.readTree(ByteBufUtil.getBytes(frame)));
    } catch (JacksonException e) {
      throw new IllegalStateException("the server sent what is not JSON", e);
    }
  }

  private void onMessage(JsonNode message) {
    String type = message.path("type").asString("");
    switch (type) {
      case "welcome", "resync" -> onWelcome(message);
      case "events" -> {
        long seq = message.path("seq").asLong();
        cover(seq);
        listener.onEvents(seq, message.path("events"));
      }
      case "ok", "error" -> {
        String id = message.path("id").asString("");
        CompletableFuture<JsonNode> answer = unanswered.remove(id);
        if (answer != null) {
          answer.complete(message);
        } else if (!id.startsWith(RoomSocket.HEARTBEAT)) {
          listener.onMessage(type, message);
        }
      }
      case "goaway" -> {
        returnPolicy.onGoaway(message.path("reconnectAfterMs").asLong(), System.nanoTime());
        listener.onMessage(type, message);
      }
      default -> listener.onMessage(type, message);
    }
  }

  private void onWelcome(JsonNode welcome) {
    Position at = new Position(welcome.path("epoch").asLong(), welcome.path("seq").asLong());
    position = at;
    RoomSocket open = socket;
    if (open != null) {
      open.heartbeatMs(Math.max(1_000, welcome.path("heartbeatMs").asLong(DEFAULT_HEARTBEAT_MS)));
    }
    welcomed = true;
    returnPolicy.onWelcome();
    listener.onWelcome(welcome);
    joined.complete(at);
  }

  private void cover(long seq) {
    Position known = position;
    if (known != null && known.seq() != seq) {
      position = new Position(known.epoch(), seq);
    }
  }
}
