package barrage.core;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A lottery (抽奖) as a streamer asks for it.
 *
 * @param keyword with {@link Entry#KEYWORD}: the danmaku that enters its sender
 * @param minLikes with {@link Entry#LIKES}: taps since the opening that enter their sender
 * @param weights for each tier, in its order, 1 to {@link #MAX_WEIGHT}
 */
public record Raffle(
    String title,
    List<Draw.Prize> prizes,
    long durationMs,
    Entry entry,
    @Nullable String keyword,
    int minLikes,
    Conditions conditions,
    List<Integer> weights) {

  /** Prizes of all names together. */
  public static final int MAX_PRIZES = 100;

  /** The most one tier counts for. */
  public static final int MAX_WEIGHT = 1_000;

  /** The shortest lottery. */
  public static final long MIN_MS = 10_000;

  /** The longest lottery. */
  public static final long MAX_MS = 15 * 60_000L;

  /** How viewers enter. */
  public enum Entry {
    CLICK,
    KEYWORD,
    LIKES;

    private final String wire = name().toLowerCase(Locale.ROOT);

    /** The name in the protocol. */
    public String wire() {
      return wire;
    }

    /** The way of this protocol name. */
    public static Optional<Entry> fromWire(String name) {
      for (Entry entry : values()) {
        if (entry.wire.equals(name)) {
          return Optional.of(entry);
        }
      }
      return Optional.empty();
    }
  }

  /** Who may enter, and what it costs; the cost is given back when the lottery is cancelled. */
  public record Conditions(Tier minTier, long minPoints, long costPoints) {
    /** Anybody, for nothing. */
    public static final Conditions NONE = new Conditions(Tier.REGULAR, 0, 0);
  }
}
