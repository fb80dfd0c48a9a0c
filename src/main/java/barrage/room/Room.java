package barrage.room;

import barrage.core.Action;
import barrage.core.Entry;
import barrage.core.Outcome;
import barrage.core.RoomId;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A room on this node. {@code offer…} methods may be called from any thread. */
@SuppressWarnings("DoNotCallSuggester")
public final class Room {
  private final RoomId id;

  Room(RoomId id) {
    this.id = id;
  }

  /** The room's id. */
  public RoomId id() {
    return id;
  }

  /** A position in a room's history: {@code since=<epoch>:<seq>}. */
  public record Position(long epoch, long seq) {}

  /**
   * Somebody connected. The session gets {@code welcome} through the room's audience, then events;
   * or it is closed with 1012 when the store is away and the room cannot tell where the viewer
   * stands.
   */
  public void offerJoin(Session session, @Nullable Position since) {
    throw new UnsupportedOperationException();
  }

  /** A connection is gone. Harmless for one that never joined. */
  public void offerLeave(Session session) {
    throw new UnsupportedOperationException();
  }

  /** A request of a session's viewer; answered through the session. */
  public void offerAction(Session session, String requestId, Action action) {
    throw new UnsupportedOperationException();
  }

  /** {@code me}: the viewer's standing after everything answered before. */
  public void offerLook(Session session, String requestId) {
    throw new UnsupportedOperationException();
  }

  /** {@code like}: taps of this connection so far. Never answered. */
  public void offerLikes(Session session, long total) {
    throw new UnsupportedOperationException();
  }

  /**
   * One entry from outside the room's connections, past the rules pipeline: who calls has checked
   * the caller's role.
   *
   * @return the outcome once it is durable and this room knows of it; {@code busy} and {@code
   *     unavailable} as {@link Outcome.Refused}. Never completes exceptionally.
   */
  public CompletionStage<Outcome> offer(Entry entry) {
    throw new UnsupportedOperationException();
  }

  /**
   * The room for {@code GET /api/rooms/{room}}: one JSON object in UTF-8, or {@code null} when the
   * store is away and the room never was open here.
   */
  public CompletionStage<byte @Nullable []> view() {
    throw new UnsupportedOperationException();
  }
}
