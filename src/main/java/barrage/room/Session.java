package barrage.room;

import barrage.core.Viewer;
import org.jspecify.annotations.Nullable;

/** A connection of somebody who watches a room. Methods may be called from any thread. */
public interface Session {
  /** Who connected; {@code null} for an anonymous watcher. */
  @Nullable Viewer viewer();

  /** Unique among all connections of all nodes, 1 to 64 printable ASCII characters. */
  String id();

  /**
   * Sends one message to this connection alone. In the order of the calls, also with respect to
   * {@link Audience#follow} and {@link Audience#broadcast} called on the same thread.
   *
   * @param json one JSON object in UTF-8; not changed afterwards
   */
  void send(byte[] json);

  /**
   * Sends the answer to a request; called once for each that was handed to the room, though not for
   * those of a connection that is gone.
   *
   * @param json as for {@link #send}
   */
  void answer(byte[] json);

  /** When the last frame came from the client, {@link RoomLoop#nowMs()} of any loop. */
  long lastSeenMs();

  /** Asks the client for a sign of life, which {@link #lastSeenMs} will show. */
  void ping();

  /** Says why and closes. */
  void close(CloseReason reason);
}
