package barrage.gateway;

import barrage.core.Role;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may make a call.
 *
 * @param kind whether a token is needed
 * @param roles of a token that will do
 * @param own the path or query field that names a viewer who may as well; {@code null} none
 */
record Access(Kind kind, Set<Role> roles, @Nullable String own) {
  /** No token is looked at. */
  static final Access OPEN = new Access(Kind.OPEN, Set.of(), null);

  /** Any valid token for the room, or none where anonymous callers may watch. */
  static final Access ANYONE = new Access(Kind.ANYONE, EnumSet.allOf(Role.class), null);

  enum Kind {
    OPEN,
    ANYONE,
    BEARERS
  }

  static Access of(Role first, Role... more) {
    return new Access(Kind.BEARERS, EnumSet.of(first, more), null);
  }

  /** And a viewer, about themselves. */
  Access orOwn(String field) {
    return new Access(kind, roles, field);
  }
}
