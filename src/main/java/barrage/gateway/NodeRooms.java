package barrage.gateway;

import barrage.core.RoomId;
import barrage.room.RoomPulse;
import barrage.room.Rooms;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What the gateway asks of the node's rooms: {@link Rooms}, or in tests some that only listen. */
interface NodeRooms {
  /** See {@link Rooms#room}. */
  RoomCalls room(RoomId id);

  /** See {@link Rooms#isOpen}. */
  default boolean isOpen(RoomId id) {
    return true;
  }

  /** See {@link Rooms#isBegun}. */
  default CompletionStage<Boolean> isBegun(RoomId id) {
    return CompletableFuture.completedStage(true);
  }

  /** See {@link Rooms#view}. */
  CompletionStage<byte @Nullable []> view(RoomId id);

  /** See {@link Rooms#beat}. */
  RoomPulse.Beat beat(RoomId id);

  /** The rooms of this node. */
  record Of(Rooms rooms) implements NodeRooms {
    @Override
    public RoomCalls room(RoomId id) {
      return new RoomCalls.OfRoom(rooms.room(id));
    }

    @Override
    public boolean isOpen(RoomId id) {
      return rooms.isOpen(id);
    }

    @Override
    public CompletionStage<Boolean> isBegun(RoomId id) {
      return rooms.isBegun(id);
    }

    @Override
    public CompletionStage<byte @Nullable []> view(RoomId id) {
      return rooms.view(id);
    }

    @Override
    public RoomPulse.Beat beat(RoomId id) {
      return rooms.beat(id);
    }
  }
}
