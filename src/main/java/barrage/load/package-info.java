/** Clients of the protocol that put load on a server. */
@NullMarked
package barrage.load;

import org.jspecify.annotations.NullMarked;
