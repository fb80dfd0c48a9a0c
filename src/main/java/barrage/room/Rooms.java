package barrage.room;

import barrage.core.RoomId;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The rooms that are open on this node. Safe for any thread. */
public interface Rooms {
  /**
   * The room of this id, opened when it is not open yet: one that never was begins.
   *
   * @throws RoomsFullException when it is not open, and as many are as may be
   */
  Room room(RoomId id);

  /** Whether a room is open on this node. */
  boolean isOpen(RoomId id);

  /**
   * Whether the store has a room of this id. Completes exceptionally when the store does not tell.
   */
  CompletionStage<Boolean> isBegun(RoomId id);

  /**
   * What a room looks like, for {@code GET /api/rooms/{room}}: one JSON object in UTF-8, or {@code
   * null} when the store is away and the room was never open here. A room that never was looks
   * empty, and is not begun by being looked at: anyone may ask for any name. Completes with {@link
   * RoomsFullException} as {@link #room} throws it.
   */
  CompletionStage<byte @Nullable []> view(RoomId id);

  /** How a room is doing on this node; {@link RoomPulse.Beat#NONE} when it is not open here. */
  RoomPulse.Beat beat(RoomId id);

  /** How many rooms are open. */
  int open();
}
