package barrage.core;

import org.jspecify.annotations.Nullable;

/**
 * What a streamer has set for the room.
 *
 * @param slowModeMs least time between two danmaku of a regular viewer; 0 off
 * @param membersOnly only silver and above may speak
 * @param minTier the lowest tier that may speak
 * @param silenced nobody but the streamer and moderators may speak
 */
public record RoomSettings(long slowModeMs, boolean membersOnly, Tier minTier, boolean silenced) {
  /** A room nobody has changed. */
  public static final RoomSettings DEFAULT = new RoomSettings(0, false, Tier.REGULAR, false);

  /** The longest slow mode, milliseconds. */
  public static final long MAX_SLOW_MODE_MS = 3_600_000;

  /** A change of some settings; {@code null} leaves one as it is. */
  public record Patch(
      @Nullable Long slowModeMs,
      @Nullable Boolean membersOnly,
      @Nullable Tier minTier,
      @Nullable Boolean silenced) {}
}
