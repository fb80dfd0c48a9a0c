package barrage.room;

import barrage.core.Tier;

/**
 * A numbered event of a room's history, in the protocol's own JSON.
 *
 * @param tier of the sender of a danmaku, its {@link Tier#rank}; {@link #NEVER_SHED} for every
 *     other event
 * @param json one JSON object in UTF-8, with its {@code type} and {@code seq}; not to be changed
 */
public record Numbered(long seq, byte tier, byte[] json) {
  /** Marks what no viewer may miss. */
  public static final byte NEVER_SHED = -1;

  /** Whether it may be left out for one who cannot read all of it: a danmaku. */
  public boolean isDanmaku() {
    return tier != NEVER_SHED;
  }
}
