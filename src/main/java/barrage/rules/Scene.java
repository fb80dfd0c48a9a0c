package barrage.rules;

import barrage.core.RoomSettings;
import barrage.core.Standing;
import barrage.core.Viewer;

/**
 * What a rule may look at besides the action: the viewer, the room and the time.
 *
 * @param viewer who acts
 * @param standing the viewer's membership, as this node knows it from the store
 * @param recent what the viewer did lately
 * @param nowMs the store's clock
 */
public record Scene(
    Viewer viewer, Standing standing, RoomSettings settings, Recent recent, long nowMs) {

  /** The same with another past. */
  Scene with(Recent other) {
    return new Scene(viewer, standing, settings, other, nowMs);
  }
}
