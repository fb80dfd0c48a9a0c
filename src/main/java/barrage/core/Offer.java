package barrage.core;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A flash sale (秒杀) as a streamer asks for it. Times are relative, for the store's clock alone
 * counts.
 *
 * @param title 1 to 100 characters
 * @param priceCents of one unit, minor units of {@code currency}; from 0
 * @param currency ISO 4217
 * @param stock units
 * @param perViewerLimit units one viewer may hold, reserved and paid
 * @param earlyAccessMs for each tier, in its order, how much earlier it may buy; {@code null}
 *     leaves it to the tier table
 * @param earlyUnits units that may be sold before the opening
 * @param payMs how long an order may stay unpaid
 */
public record Offer(
    String title,
    long priceCents,
    String currency,
    long stock,
    long opensInMs,
    long durationMs,
    int perViewerLimit,
    @Nullable List<Long> earlyAccessMs,
    long earlyUnits,
    @Nullable Reserve reserve,
    long payMs) {

  /** Most units of a sale. */
  public static final long MAX_STOCK = 100_000_000;

  /** The longest a sale, or the time before it, lasts. */
  public static final long MAX_MS = 24 * 3_600_000L;

  /** The shortest a sale lasts. */
  public static final long MIN_DURATION_MS = 10_000;

  /** Most units that one viewer may hold. */
  public static final int MAX_PER_VIEWER = 100_000;

  /** The shortest time to pay. */
  public static final long MIN_PAY_MS = 1_000;

  /** The time to pay unless the streamer says otherwise. */
  public static final long DEFAULT_PAY_MS = 300_000;

  /**
   * So that what an order earns, multiplied by any factor, is still an exact number in the store.
   */
  public static final long MAX_ORDER_CENTS = 1_000_000_000L;

  /**
   * Units kept for members for a while after the opening.
   *
   * @param minTier who may take them
   * @param forMs how long after the opening
   */
  public record Reserve(Tier minTier, long units, long forMs) {}
}
