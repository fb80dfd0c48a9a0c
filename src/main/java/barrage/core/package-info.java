/**
 * The business: rooms, viewers, tiers, points, what may be asked and what came of it. JDK only: no
 * thread, clock, socket, logger or random source.
 */
@NullMarked
package barrage.core;

import org.jspecify.annotations.NullMarked;
