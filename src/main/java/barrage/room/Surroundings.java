package barrage.room;

import barrage.activity.Activities;
import barrage.core.RoomId;
import barrage.rules.RuleBook;
import java.util.function.Supplier;

/**
 * What all rooms of a node share.
 *
 * @param rules those in force now
 * @param activities the kinds of interaction that the node carries
 * @param secret that all nodes share, for {@link barrage.core.Pseudonyms}
 * @param audiences makes the audience of each room
 * @param node this process among all that serve the same store, 1 to 64 printable ASCII characters
 * @param heartbeatMs after how long without any frame clients are to ping
 */
public record Surroundings(
    Store store,
    Supplier<RuleBook> rules,
    Activities activities,
    byte[] secret,
    Audiences audiences,
    String node,
    int heartbeatMs,
    RoomMeters meters) {

  /** Makes audiences. */
  public interface Audiences {
    /** The audience of a room, which will tell {@code lagging} who can take more. */
    Audience create(RoomId room, Audience.Lagging lagging);
  }
}
