/** The store behind rooms, in Redis over Lettuce. */
@NullMarked
package barrage.redis;

import org.jspecify.annotations.NullMarked;
