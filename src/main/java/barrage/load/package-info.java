/**
 * Clients of the protocol that put load on a server. {@link barrage.load.RoomClient} is one
 * connection to a room; {@link barrage.load.ReplayCommand} plays a danmaku file into a room with
 * many of them and checks what comes back.
 */
@NullMarked
package barrage.load;

import org.jspecify.annotations.NullMarked;
