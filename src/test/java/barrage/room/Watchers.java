package barrage.room;

import barrage.core.Role;
import barrage.core.Viewer;
import barrage.core.ViewerId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An audience without sockets: everybody reads at once. It keeps what each was told, and holds the
 * room to the rules of {@link Audience}.
 */
final class Watchers implements Audience {
  private final Lagging lagging;
  private final Map<Session, Watcher> following = new LinkedHashMap<>();
  private final Set<Session> gone = new HashSet<>();
  private long broadcastUpTo = -1;

  Watchers(Lagging lagging) {
    this.lagging = lagging;
  }

  @Override
  public void broadcast(byte[] json, long firstSeq, long lastSeq) {
    if (following.isEmpty()) {
      broadcastUpTo = -1; // what nobody follows may begin anew
      return;
    }
    if (broadcastUpTo >= 0 && firstSeq != broadcastUpTo + 1) {
      throw new AssertionError("a frame from " + firstSeq + " after " + broadcastUpTo);
    }
    broadcastUpTo = lastSeq;
    following.values().forEach(watcher -> watcher.receive(json));
  }

  @Override
  public void follow(Session session, byte[] welcome) {
    if (gone.contains(session)) {
      throw new AssertionError("greeted after it left");
    }
    Watcher watcher = (Watcher) session;
    watcher.receive(welcome);
    following.put(session, watcher);
    broadcastUpTo = -1;
  }

  @Override
  public void followFrom(Session session, byte[] welcome, long seq, boolean resuming) {
    ((Watcher) session).receive(welcome);
    lagging.onCanRead(session, seq, resuming);
  }

  @Override
  public void catchUp(Session session, byte[] json, long lastSeq, boolean caughtUp) {
    Watcher watcher = (Watcher) session;
    watcher.receive(json);
    if (caughtUp) {
      broadcastUpTo = following.isEmpty() ? lastSeq : broadcastUpTo;
      following.put(session, watcher);
    } else {
      lagging.onCanRead(session, lastSeq, true);
    }
  }

  @Override
  public void pause(Session session) {
    following.remove(session);
  }

  @Override
  public void leave(Session session) {
    following.remove(session);
    gone.add(session);
  }

  /** Makes a follower lag, as if its socket took no more. */
  void stall(Watcher watcher) {
    following.remove(watcher);
  }

  /** One who watches, and remembers everything. */
  static final class Watcher implements Session {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static int count;

    private final @Nullable Viewer viewer;
    private final String id = "s" + count++;
    private final RoomLoop loop;
    final List<JsonNode> received = new ArrayList<>();
    @Nullable CloseReason closed;

    /** Whether it says nothing by itself and only answers pings. */
    boolean silent;

    /** Whether it does not even answer those. */
    boolean dead;

    private long answeredMs;

    Watcher(RoomLoop loop, @Nullable String name, Role role) {
      this(loop, name == null ? null : new Viewer(new ViewerId(name), name, role));
    }

    Watcher(RoomLoop loop, @Nullable Viewer viewer) {
      this.loop = loop;
      this.viewer = viewer;
    }

    void receive(byte[] json) {
      received.add(JSON.readTree(json));
    }

    @Override
    public @Nullable Viewer viewer() {
      return viewer;
    }

    @Override
    public String id() {
      return id;
    }

    @Override
    public void send(byte[] json) {
      receive(json);
    }

    @Override
    public void answer(byte[] json) {
      receive(json);
    }

    @Override
    public long lastSeenMs() {
      return silent ? answeredMs : loop.nowMs();
    }

    @Override
    public void ping() {
      answeredMs = dead ? answeredMs : loop.nowMs();
    }

    @Override
    public void close(CloseReason reason) {
      closed = reason;
    }

    /** The same in every run, so that rooms go through their viewers in the same order. */
    @Override
    public int hashCode() {
      return viewer == null ? super.hashCode() : viewer.id().hashCode();
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    /** The messages of this type, oldest first. */
    List<JsonNode> all(String type) {
      return received.stream().filter(m -> m.get("type").asString().equals(type)).toList();
    }

    /** The numbered events it was sent, in the order of arrival. */
    List<JsonNode> events() {
      List<JsonNode> events = new ArrayList<>();
      for (JsonNode frame : all("events")) {
        frame.get("events").forEach(events::add);
      }
      return events;
    }

    /** Their numbers. */
    List<Long> seqs() {
      return events().stream()
          .filter(e -> e.has("seq") && !e.get("seq").isNull())
          .map(e -> e.get("seq").asLong())
          .toList();
    }

    /** The answer to a request, if it came. */
    @Nullable JsonNode answer(String id) {
      return received.stream()
          .filter(m -> m.has("id") && m.get("id").asString().equals(id))
          .findFirst()
          .orElse(null);
    }
  }
}
