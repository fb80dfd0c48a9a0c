package barrage.room;

import barrage.core.RoomId;

/** The rooms that are open on this node. Safe for any thread. */
public interface Rooms {
  /** The room of this id, opened when it is not open yet. */
  Room room(RoomId id);

  /** How many rooms are open. */
  int open();
}
