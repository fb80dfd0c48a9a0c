/**
 * Clients of the protocol that put load on a server. {@link barrage.load.RoomClient} is one
 * connection to a room, for any Java program. {@link barrage.load.LoadCommand} runs scenarios with
 * thousands of them, {@link barrage.load.ReplayCommand} plays a danmaku file into a room; both
 * check what comes back.
 */
@NullMarked
package barrage.load;

import org.jspecify.annotations.NullMarked;
