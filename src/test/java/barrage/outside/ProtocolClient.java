package barrage.outside;

import barrage.Patience;
import barrage.api.PublishedSchemas;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A viewer's connection, as protocol v1 describes it. Keeps all it was told; tests await what they
 * look for, however long ago it came. A frame that does not fit its published schema fails whatever
 * is asked of the connection from then on.
 */
final class ProtocolClient implements AutoCloseable {
  static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Patience.OF_TESTS)
          .build();

  private static final Duration PATIENCE = Patience.OF_TESTS;
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final AtomicInteger IDS = new AtomicInteger();

  private final Log log = new Log();
  private final WebSocket socket;

  private ProtocolClient(WebSocket.Builder builder, URI uri) {
    socket = builder.buildAsync(uri, log).join();
  }

  /** Joins as this token's viewer, without one when it is {@code null}. */
  static ProtocolClient join(ServerProcess server, String room, String jwt) {
    ProtocolClient client = connect(server, room, jwt);
    client.welcome();
    return client;
  }

  /** Joins and resumes. */
  static ProtocolClient resume(
      ServerProcess server, String room, String jwt, long epoch, long seq) {
    ProtocolClient client =
        new ProtocolClient(bearer(jwt), uri(server, room, "?since=" + epoch + ":" + seq));
    client.welcome();
    return client;
  }

  /** Connects and does not wait for a welcome. */
  static ProtocolClient connect(ServerProcess server, String room, String jwt) {
    return new ProtocolClient(bearer(jwt), uri(server, room, ""));
  }

  /** Connects the way browsers do. */
  static ProtocolClient connectAsBrowser(ServerProcess server, String room, String jwt) {
    return new ProtocolClient(
        HTTP.newWebSocketBuilder().subprotocols("barrage.v1", "bearer." + jwt),
        uri(server, room, ""));
  }

  /**
   * Connects from a page of this origin.
   *
   * @throws java.util.concurrent.CompletionException when the upgrade is refused
   */
  static ProtocolClient connectFrom(ServerProcess server, String room, String origin) {
    return new ProtocolClient(
        HTTP.newWebSocketBuilder().header("Origin", origin), uri(server, room, ""));
  }

  private static WebSocket.Builder bearer(String jwt) {
    WebSocket.Builder builder = HTTP.newWebSocketBuilder().connectTimeout(PATIENCE);
    return jwt == null ? builder : builder.header("Authorization", "Bearer " + jwt);
  }

  private static URI uri(ServerProcess server, String room, String query) {
    return URI.create("ws://" + server.uri().getAuthority() + "/rooms/" + room + "/ws" + query);
  }

  // ---- saying

  /** An id that no test has used. */
  static String newId() {
    return "t" + IDS.incrementAndGet();
  }

  ObjectNode message(String type) {
    return JSON.createObjectNode().put("type", type);
  }

  /** Sends a danmaku; returns its {@code ok} or {@code error}. */
  JsonNode say(String text) {
    return say(newId(), text);
  }

  JsonNode say(String id, String text) {
    return request(message("danmaku").put("id", id).put("text", text));
  }

  /** Sends a danmaku; returns its number. */
  long saySeq(String text) {
    JsonNode answer = say(text);
    if (!answer.path("seq").isNumber()) {
      throw new AssertionError("not accepted: " + answer);
    }
    return answer.path("seq").asLong();
  }

  JsonNode me() {
    return request(message("me").put("id", newId())).path("viewer");
  }

  /** Sends a request with an id; returns its answer. */
  JsonNode request(ObjectNode request) {
    int from = log.messages(all -> all.size());
    send(request.toString());
    return answer(request.path("id").asString(), from);
  }

  /** The first answer to this id that came, whenever that was. */
  JsonNode awaitAnswer(String id) {
    return answer(id, 0);
  }

  /** Clicks on a sale and does not wait; returns the id. */
  String click(String id, String sale, int quantity) {
    send(message("sale.buy").put("id", id).put("sale", sale).put("quantity", quantity).toString());
    return id;
  }

  /** Buys one unit; returns the {@code ok} or {@code error}. */
  JsonNode buy(String id, String sale) {
    return request(message("sale.buy").put("id", id).put("sale", sale));
  }

  /** Gives an order back. */
  JsonNode cancel(String order) {
    return request(message("order.cancel").put("id", newId()).put("order", order));
  }

  /** Enters a lottery by a click. */
  JsonNode enter(String id, String lottery) {
    return request(message("lottery.enter").put("id", id).put("lottery", lottery));
  }

  private JsonNode answer(String id, int from) {
    return log.await(
        "an answer to " + id,
        () ->
            log.messages.stream()
                .skip(from)
                .filter(message -> isAnswer(message, id))
                .findFirst()
                .orElse(null));
  }

  private static boolean isAnswer(JsonNode message, String id) {
    String type = message.path("type").asString("");
    return (type.equals("ok") || type.equals("error"))
        && id.equals(message.path("id").asString(""));
  }

  /** Sends a frame as it is. */
  void send(String frame) {
    socket.sendText(frame, true).join();
  }

  // ---- hearing

  /** The first frame. */
  JsonNode welcome() {
    JsonNode first =
        log.await("a welcome", () -> log.messages.isEmpty() ? null : log.messages.get(0));
    if (!first.path("type").asString("").equals("welcome")) {
      throw new AssertionError("not a welcome: " + first);
    }
    return first;
  }

  /** The first message of this type for which the predicate holds. */
  JsonNode awaitMessage(String type, Predicate<JsonNode> wanted) {
    return log.await(
        type,
        () ->
            log.messages.stream()
                .filter(message -> message.path("type").asString("").equals(type))
                .filter(wanted)
                .findFirst()
                .orElse(null));
  }

  /** The first event of this type for which the predicate holds. */
  JsonNode awaitEvent(String type, Predicate<JsonNode> wanted) {
    return log.await(
        type,
        () ->
            log.events().stream()
                .filter(event -> event.path("type").asString("").equals(type))
                .filter(wanted)
                .findFirst()
                .orElse(null));
  }

  /** The danmaku of this number. */
  JsonNode awaitDanmaku(long seq) {
    return awaitEvent("danmaku", event -> event.path("seq").asLong(-1) == seq);
  }

  /** All numbered events so far, in the order in which they came. */
  List<JsonNode> numbered() {
    return log.messages(all -> log.events()).stream()
        .filter(event -> event.path("seq").isNumber())
        .toList();
  }

  /** The numbers of {@link #numbered}. */
  List<Long> numbers() {
    return numbered().stream().map(event -> event.path("seq").asLong()).toList();
  }

  /** All events of this type so far. */
  List<JsonNode> events(String type) {
    return log.messages(all -> log.events()).stream()
        .filter(event -> event.path("type").asString("").equals(type))
        .toList();
  }

  /** How many danmaku the server says it has not sent. */
  long shed() {
    return log.messages(all -> log.events()).stream()
        .filter(event -> event.path("type").asString("").equals("shed"))
        .mapToLong(event -> event.path("count").asLong())
        .sum();
  }

  /** Waits until the newest count of connections is this one. */
  void awaitOnline(int count) {
    log.await(count + " online", () -> log.online == count ? count : null);
  }

  /** The newest count of connections it was told of; 0 before the first. */
  int online() {
    return log.messages(all -> log.online);
  }

  /** The danmaku answered {@code ok} so far: number to what {@code ofId} makes of the id. */
  Map<Long, String> acknowledged(Function<String, String> ofId) {
    Map<Long, String> acknowledged = new TreeMap<>();
    for (JsonNode message : log.messages(List::copyOf)) {
      if (message.path("type").asString("").equals("ok") && message.path("seq").isNumber()) {
        acknowledged.put(message.path("seq").asLong(), ofId.apply(message.path("id").asString()));
      }
    }
    return acknowledged;
  }

  /** Waits for so many {@code ok} and {@code error}. */
  void awaitAnswers(long count) {
    log.await(count + " answers", () -> log.answers >= count ? log.answers : null);
  }

  /** The code the server closed with; 1006 when it did not say. */
  int awaitClose() {
    return log.await("a close", () -> log.closeCode);
  }

  /**
   * Waits until the connection of a server that was killed has ended. The JDK's client sometimes
   * misses that when nothing is sent any more; a ping shows it.
   */
  void awaitEnd() {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(
            () -> {
              socket
                  .sendPing(ByteBuffer.allocate(0))
                  .whenComplete(
                      (sent, failure) -> {
                        if (failure != null) {
                          log.closed(1006);
                        }
                      });
              return log.isClosed();
            });
  }

  String subprotocol() {
    return socket.getSubprotocol();
  }

  /**
   * Leaves without a word.
   *
   * @throws AssertionError when a frame came that does not fit its schema
   */
  @Override
  public void close() {
    socket.abort();
    log.messages(List::size);
  }

  /** What came, in order. */
  private static final class Log implements WebSocket.Listener {
    final List<JsonNode> messages = new ArrayList<>();
    final List<JsonNode> events = new ArrayList<>();
    private final StringBuilder partial = new StringBuilder();
    long answers;
    int online;
    Integer closeCode;
    private String misfit;

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      partial.append(data);
      if (last) {
        JsonNode message = JSON.readTree(partial.toString());
        partial.setLength(0);
        String why = PublishedSchemas.misfitOfFrame(message).orElse(null);
        synchronized (this) {
          if (misfit == null) {
            misfit = why;
          }
          messages.add(message);
          if (message.has("online")) {
            online = message.path("online").asInt(); // welcome, resync
          }
          message.path("events").forEach(this::onEvent);
          if (message.path("type").asString("").matches("ok|error")) {
            answers++;
          }
          notifyAll();
        }
      }
      socket.request(1);
      return null;
    }

    private void onEvent(JsonNode event) {
      events.add(event);
      if (event.path("type").asString("").equals("online")) {
        online = event.path("count").asInt();
      }
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      closed(code);
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      closed(1006);
    }

    private synchronized void closed(int code) {
      if (closeCode == null) {
        closeCode = code;
      }
      notifyAll();
    }

    synchronized boolean isClosed() {
      return closeCode != null;
    }

    private void checkSchemas() {
      if (misfit != null) {
        throw new AssertionError("a frame does not fit its schema: " + misfit);
      }
    }

    synchronized List<JsonNode> events() {
      return List.copyOf(events);
    }

    synchronized <T> T messages(Function<List<JsonNode>, T> view) {
      checkSchemas();
      return view.apply(messages);
    }

    /** The first non-null value, looked for whenever something comes. */
    synchronized <T> T await(String what, Supplier<T> look) {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      for (T found = look.get(); ; found = look.get()) {
        checkSchemas();
        if (found != null) {
          return found;
        }
        long leftMs = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (leftMs <= 0 || closeCode != null) {
          throw new AssertionError(
              what + " did not come; closed: " + closeCode + "; last: " + last());
        }
        try {
          wait(leftMs);
        } catch (InterruptedException e) {
          throw new AssertionError("interrupted", e);
        }
      }
    }

    private List<JsonNode> last() {
      return messages.subList(Math.max(0, messages.size() - 5), messages.size());
    }
  }
}
