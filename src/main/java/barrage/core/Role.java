package barrage.core;

import java.util.Locale;
import java.util.Optional;

/** What a token lets its bearer do. */
public enum Role {
  VIEWER,
  MODERATOR,
  STREAMER,
  /** A merchant's back end. */
  SERVICE,
  /** Every call in its rooms. */
  ADMIN;

  private final String wire = name().toLowerCase(Locale.ROOT);

  /** The name in tokens and messages. */
  public String wire() {
    return wire;
  }

  /** The role with this protocol name. */
  public static Optional<Role> fromWire(String name) {
    for (Role role : values()) {
      if (role.wire.equals(name)) {
        return Optional.of(role);
      }
    }
    return Optional.empty();
  }

  /** Moderators, streamers and admins: those whom slow mode and the like do not concern. */
  public boolean isStaff() {
    return this == MODERATOR || this == STREAMER || this == ADMIN;
  }
}
