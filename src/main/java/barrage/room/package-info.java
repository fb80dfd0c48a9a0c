/**
 * The runtime of rooms: ownership, batching, ticks and timers, and the ports it needs: {@link
 * barrage.room.Store}, {@link barrage.room.Audience}, {@link barrage.room.Session}.
 */
@NullMarked
package barrage.room;

import org.jspecify.annotations.NullMarked;
