package barrage.load;

import barrage.core.Danmaku;
import barrage.core.RoomId;
import barrage.wire.Messages;
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
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;
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

  private static final JsonFactory TOKENS = new JsonFactory();
  private static final JsonMapper TREES = JsonMapper.shared();

  /**
   * Where to go.
   *
   * @param server {@code http://host:port} or {@code https://…}
   * @param reconnectForMs how long to try to come back after a loss, and to get in at first; 0: one
   *     try, and no coming back
   */
  public record Target(URI server, RoomId room, TokenSource tokens, long reconnectForMs) {
    /**
     * @throws IllegalArgumentException when {@code server} is no http or https URL with a host
     */
    public Target {
      if (!isServer(server)) {
        throw new IllegalArgumentException("not an http or https URL: " + server);
      }
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

    /** Any other message that answers no request, such as {@code points} or {@code muted}. */
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

  private final CompletableFuture<JsonNode> joined = new CompletableFuture<>();
  private volatile @Nullable Position position;

  // Confined to the loop.
  private final Map<String, CompletableFuture<JsonNode>> unanswered = new HashMap<>();
  private final ReturnPolicy returnPolicy;
  private @Nullable RoomSocket socket;
  private boolean welcomed;
  private boolean closed;

  RoomClient(Target target, Listener listener, RoomClients clients, EventLoop loop) {
    this.target = target;
    this.listener = listener;
    this.clients = clients;
    this.loop = loop;
    returnPolicy = new ReturnPolicy(target.reconnectForMs(), System.nanoTime());
  }

  void start() {
    loop.execute(this::connect);
  }

  /**
   * The first {@code welcome}.
   *
   * @return fails with {@link ConnectionLostException} when the server could not be reached or
   *     refused
   */
  public CompletableFuture<JsonNode> joined() {
    return joined.copy();
  }

  /** The last number covered; {@code null} before the first {@code welcome}. */
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
              public void onText(byte[] frame) {
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

  private void onText(byte[] frame) {
    try {
      if (!listener.wantsEvents() && skipEvents(frame)) {
        return;
      }
      onMessage(TREES.readTree(frame));
    } catch (JacksonException e) {
      throw new IllegalStateException("the server sent what is not JSON", e);
    }
  }

  /** Reads no more of an {@code events} frame than its number, which stands before the events. */
  private boolean skipEvents(byte[] frame) {
    try (JsonParser json = TOKENS.createParser(ObjectReadContext.empty(), frame)) {
      boolean events = false;
      json.nextToken();
      for (String name = json.nextName(); name != null; name = json.nextName()) {
        JsonToken value = json.nextToken();
        if (name.equals("type")) {
          events = json.getString().equals("events");
          if (!events) {
            return false;
          }
        } else if (name.equals("seq") && events && value == JsonToken.VALUE_NUMBER_INT) {
          cover(json.getLongValue());
          return true;
        } else {
          json.skipChildren();
        }
      }
      return false;
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
        CompletableFuture<JsonNode> answer = unanswered.remove(message.path("id").asString(""));
        if (answer != null) {
          answer.complete(message);
        } else if (type.equals("error")) { // An ok without a request answers a heartbeat.
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
    position = new Position(welcome.path("epoch").asLong(), welcome.path("seq").asLong());
    RoomSocket open = socket;
    if (open != null) {
      open.heartbeatMs(Math.max(1_000, welcome.path("heartbeatMs").asLong(DEFAULT_HEARTBEAT_MS)));
    }
    welcomed = true;
    returnPolicy.onWelcome();
    listener.onWelcome(welcome);
    joined.complete(welcome);
  }

  private void cover(long seq) {
    Position known = position;
    if (known != null && known.seq() != seq) {
      position = new Position(known.epoch(), seq);
    }
  }
}
