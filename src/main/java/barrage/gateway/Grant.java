package barrage.gateway;

import barrage.core.Role;
import barrage.core.RoomId;
import barrage.core.Viewer;
import java.util.Set;

/**
 * What a valid token grants its bearer.
 *
 * @param everyRoom whether it holds for all rooms; else for {@code rooms} alone
 * @param expiresAtMs Unix milliseconds
 */
record Grant(Viewer viewer, boolean everyRoom, Set<RoomId> rooms, long expiresAtMs)
    implements Authenticator.Verdict {

  boolean holdsFor(RoomId room) {
    return everyRoom || rooms.contains(room);
  }

  /** Whether its bearer may make a call that is for these roles. An admin may make every call. */
  boolean isAnyOf(Set<Role> roles) {
    return viewer.role() == Role.ADMIN || roles.contains(viewer.role());
  }
}
