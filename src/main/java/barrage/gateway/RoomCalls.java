package barrage.gateway;

import barrage.core.Action;
import barrage.core.Entry;
import barrage.core.Outcome;
import barrage.room.Position;
import barrage.room.Room;
import barrage.room.Session;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What the gateway asks of a room: {@link Room}, or in tests something that only listens. */
interface RoomCalls {
  void offerJoin(Session session, @Nullable Position since);

  void offerLeave(Session session);

  void offerAction(Session session, String requestId, Action action);

  void offerLook(Session session, String requestId);

  boolean offerLikes(Session session, long total);

  CompletionStage<Outcome> offer(Entry entry);

  /** A room of this node. */
  record OfRoom(Room room) implements RoomCalls {
    @Override
    public void offerJoin(Session session, @Nullable Position since) {
      room.offerJoin(session, since);
    }

    @Override
    public void offerLeave(Session session) {
      room.offerLeave(session);
    }

    @Override
    public void offerAction(Session session, String requestId, Action action) {
      room.offerAction(session, requestId, action);
    }

    @Override
    public void offerLook(Session session, String requestId) {
      room.offerLook(session, requestId);
    }

    @Override
    public boolean offerLikes(Session session, long total) {
      return room.offerLikes(session, total);
    }

    @Override
    public CompletionStage<Outcome> offer(Entry entry) {
      return room.offer(entry);
    }
  }
}
