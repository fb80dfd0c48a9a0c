package barrage.faults;

import barrage.faults.History.Event;
import barrage.faults.History.Stream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A viewer's connection to one node, which comes back and resumes. Requests may come from any
 * thread; no two at one time have the same id.
 */
final class Device implements AutoCloseable {
  static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();

  static final int PATIENCE_MS = 3_000;

  private final Recorder recorder;
  private final Node node;
  private final String room;
  private final String viewer;
  private final String jwt;
  private final Map<String, CompletableFuture<Answer>> asked = new ConcurrentHashMap<>();
  private Connection connection;
  private Telling telling;

  Device(Recorder recorder, Node node, String room, String viewer, String jwt) {
    this.recorder = recorder;
    this.node = node;
    this.room = room;
    this.viewer = viewer;
    this.jwt = jwt;
  }

  /** What it is told from one snapshot on. */
  private record Telling(long epoch, long from, List<Event> events, long[] shed) {
    long at() {
      return events.isEmpty() ? from : events.get(events.size() - 1).seq();
    }
  }

  /**
   * An {@code ok} or {@code error}.
   *
   * @param epoch that this device knew of by then, 0 for none
   */
  record Answer(JsonNode message, long epoch) {}

  /** Sends a request; {@code null} when no answer comes in time. */
  CompletableFuture<Answer> ask(ObjectNode request) {
    WebSocket socket = socket();
    if (socket == null) {
      return CompletableFuture.completedFuture(null);
    }
    String id = request.path("id").asString();
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    asked.put(id, answer);
    socket.sendText(request.toString(), true);
    return answer
        .completeOnTimeout(null, PATIENCE_MS, TimeUnit.MILLISECONDS)
        .whenComplete((any, fault) -> asked.remove(id, answer));
  }

  /** Leaves without a word; the next request comes back and resumes. */
  synchronized void drop() {
    if (connection != null && connection.socket != null) {
      connection.socket.abort();
    }
    connection = null;
  }

  /** The connection, a new one if need be; {@code null} when the node lets nobody in. */
  private synchronized WebSocket socket() {
    if (connection == null || connection.closed) {
      connection = new Connection();
      String since = telling == null ? "" : "?since=" + telling.epoch() + ":" + telling.at();
      URI uri = URI.create("ws://" + node.uri().getAuthority() + "/rooms/" + room + "/ws" + since);
      CompletableFuture<WebSocket> opening =
          HTTP.newWebSocketBuilder()
              .header("Authorization", "Bearer " + jwt)
              .buildAsync(uri, connection);
      try {
        connection.socket = opening.get(PATIENCE_MS, TimeUnit.MILLISECONDS);
      } catch (ExecutionException | TimeoutException e) {
        opening.thenAccept(WebSocket::abort);
        connection = null;
        return null;
      } catch (InterruptedException e) {
        throw new AssertionError("interrupted", e);
      }
    }
    return connection.socket;
  }

  /** Whether it is connected and has heard of everything up to here. */
  boolean hasHeard(long seq) {
    return socket() != null && at() >= seq;
  }

  /** Everything that it hears from now on follows this. */
  synchronized void resumeAt(long epoch, long seq) {
    drop();
    telling = new Telling(epoch, seq, new ArrayList<>(), new long[1]);
  }

  /** What it was told since the last snapshot. */
  synchronized List<Event> told() {
    return List.copyOf(telling.events());
  }

  private synchronized long epoch() {
    return telling == null ? 0 : telling.epoch();
  }

  private synchronized long at() {
    return telling == null ? -1 : telling.at();
  }

  private synchronized void tell(Connection by, JsonNode message) {
    if (by != connection) {
      return; // an earlier one's: it will be told again
    }
    switch (message.path("type").asString("")) {
      case "welcome", "resync" -> {
        if (!message.path("resumed").asBoolean(false)) {
          end(false);
          long from = message.path("seq").asLong();
          long epoch = message.path("epoch").asLong();
          telling = new Telling(epoch, from, new ArrayList<>(), new long[1]);
        }
      }
      case "events" -> message.path("events").forEach(this::hear);
      default -> {
        // to this viewer alone
      }
    }
  }

  private void hear(JsonNode event) {
    if (event.path("type").asString("").equals("shed")) {
      telling.shed()[0] += event.path("count").asLong();
    } else if (event.path("seq").isNumber()) {
      boolean said = event.path("type").asString("").equals("danmaku");
      telling
          .events()
          .add(
              recorder.heard(
                  new Event(
                      event.path("seq").asLong(),
                      event.path("at").asLong(),
                      said ? event.path("viewer").path("id").asString() : null,
                      said ? event.path("text").asString() : null,
                      event.toString())));
    }
  }

  private void end(boolean isLive) {
    if (telling != null) {
      recorder.add(
          new Stream(
              viewer + " at " + node.name,
              telling.epoch(),
              telling.from(),
              telling.events(),
              telling.shed()[0],
              isLive));
      telling = null;
    }
  }

  @Override
  public synchronized void close() {
    end(true);
    drop();
  }

  private final class Connection implements WebSocket.Listener {
    private final StringBuilder partial = new StringBuilder();
    private WebSocket socket;
    private volatile boolean closed;

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      partial.append(data);
      if (last) {
        JsonNode message = JsonMapper.shared().readTree(partial.toString());
        partial.setLength(0);
        String type = message.path("type").asString("");
        if (type.equals("ok") || type.equals("error")) {
          CompletableFuture<Answer> answer = asked.get(message.path("id").asString(""));
          if (answer != null) {
            answer.complete(new Answer(message, epoch()));
          }
        } else {
          tell(this, message);
        }
      }
      from.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      closed();
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
      closed();
    }

    /** What was asked on it is answered no more. */
    private void closed() {
      closed = true;
      asked.values().forEach(answer -> answer.complete(null));
    }
  }
}
