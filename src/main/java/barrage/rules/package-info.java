/**
 * The rules pipeline: pure functions from an action, what the room and the viewer look like, and
 * the time, to a decision.
 */
@NullMarked
package barrage.rules;

import org.jspecify.annotations.NullMarked;
