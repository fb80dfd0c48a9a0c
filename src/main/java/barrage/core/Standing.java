package barrage.core;

/**
 * A viewer's membership in one room.
 *
 * @param points what can be spent (积分); below zero only after a refund
 * @param growth what sets the tier (成长值)
 * @param mutedUntilMs until when the viewer may not speak: 0 not muted, {@link #FOREVER} for good
 */
public record Standing(Tier tier, long points, long growth, long mutedUntilMs) {
  /** The instant of a mute without end; the protocol's {@code -1}. */
  public static final long FOREVER = -1;

  /** Of someone who has not taken part yet. */
  public static final Standing NEWCOMER = new Standing(Tier.REGULAR, 0, 0, 0);

  /** Whether the viewer may not speak at {@code nowMs}. */
  public boolean isMutedAt(long nowMs) {
    return mutedUntilMs == FOREVER || mutedUntilMs > nowMs;
  }
}
