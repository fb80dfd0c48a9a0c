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
 * @param ownByDefault whether a viewer who names nobody means themselves
 */
record Access(Kind kind, Set<Role> roles, @Nullable String own, boolean ownByDefault) {
  /** No token is looked at. */
  static final Access OPEN = new Access(Kind.OPEN, Set.of(), null, false);

  /** Any valid token for the room, or none where anonymous callers may watch. */
  static final Access ANYONE = new Access(Kind.ANYONE, EnumSet.allOf(Role.class), null, false);

  enum Kind {
    OPEN,
    ANYONE,
    BEARERS
  }

  static Access of(Role first, Role... more) {
    return new Access(Kind.BEARERS, EnumSet.of(first, more), null, false);
  }

  /** And a viewer, about themselves. */
  Access orOwn(String field) {
    return new Access(kind, roles, field, false);
  }

  /** And a viewer, about themselves; they need not name themselves. */
  Access orOwnByDefault(String field) {
    return new Access(kind, roles, field, true);
  }

  /**
   * Whether somebody with this grant may make a call about the viewer that is named.
   *
   * @param named {@code null} or empty when nobody is
   */
  boolean allows(Grant grant, @Nullable String named) {
    boolean nobody = named == null || named.isEmpty();
    boolean own = nobody ? ownByDefault : grant.viewer().id().value().equals(named);
    return own || grant.isAnyOf(roles);
  }
}
