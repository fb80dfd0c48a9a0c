package barrage.gateway;

import barrage.core.Action;
import barrage.core.Entry;
import barrage.core.Outcome;
import barrage.core.RoomId;
import barrage.room.Position;
import barrage.room.Session;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** Writes down what a gateway asks of a room, and answers entries as it was told to. */
final class RecordingRoom implements RoomCalls {
  final RoomId id;
  final List<Session> joined = new CopyOnWriteArrayList<>();
  final List<Session> left = new CopyOnWriteArrayList<>();

  /** Who asked, in the order of the requests. */
  final List<Session> asking = new CopyOnWriteArrayList<>();

  final List<String> asked = new CopyOnWriteArrayList<>();
  final List<Entry> entries = new CopyOnWriteArrayList<>();
  volatile Position since;

  /** When set, entries wait for it. */
  volatile CompletableFuture<Outcome> pending;

  volatile Function<Entry, Outcome> outcome = entry -> Outcome.Done.DONE;

  RecordingRoom(RoomId id) {
    this.id = id;
  }

  @Override
  public void offerJoin(Session session, Position from) {
    since = from;
    joined.add(session);
  }

  @Override
  public void offerLeave(Session session) {
    left.add(session);
  }

  @Override
  public void offerAction(Session session, String requestId, Action action) {
    asking.add(session);
    asked.add(requestId + " " + action);
  }

  @Override
  public void offerLook(Session session, String requestId) {
    asking.add(session);
    asked.add(requestId + " look");
  }

  @Override
  public boolean offerLikes(Session session, long total) {
    return asked.add("likes " + total);
  }

  @Override
  public CompletionStage<Outcome> offer(Entry entry) {
    entries.add(entry);
    CompletableFuture<Outcome> held = pending;
    return held != null ? held : CompletableFuture.completedStage(outcome.apply(entry));
  }

  CompletionStage<byte[]> view() {
    return CompletableFuture.completedStage(
        ("{\"room\":\"" + id + "\"}").getBytes(StandardCharsets.UTF_8));
  }
}
