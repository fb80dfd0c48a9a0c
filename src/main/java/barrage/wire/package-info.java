/** The protocol's JSON: messages read from clients, events and answers written to them. */
@NullMarked
package barrage.wire;

import org.jspecify.annotations.NullMarked;
