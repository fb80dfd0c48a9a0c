package barrage.core;

import java.util.Locale;
import java.util.Optional;

/** Membership tiers of a room (会员等级), lowest first. The order is the order of priority. */
public enum Tier {
  /** 普通. */
  REGULAR(0),
  /** 银卡. */
  SILVER(1),
  /** 金卡. */
  GOLD(2),
  /** 钻石. */
  DIAMOND(3);

  private static final Tier[] ALL = values();

  private final int rank;
  private final String wire = name().toLowerCase(Locale.ROOT);

  Tier(int rank) {
    this.rank = rank;
  }

  /** 0 for the lowest tier, one more for each above it. */
  public int rank() {
    return rank;
  }

  /** The name in the protocol and in configuration. */
  public String wire() {
    return wire;
  }

  /** Members are silver and above. */
  public boolean isMember() {
    return this != REGULAR;
  }

  /** Whether this tier is {@code other} or above it. */
  public boolean isAtLeast(Tier other) {
    return compareTo(other) >= 0;
  }

  /** The tier with this protocol name. */
  public static Optional<Tier> fromWire(String name) {
    for (Tier tier : ALL) {
      if (tier.wire.equals(name)) {
        return Optional.of(tier);
      }
    }
    return Optional.empty();
  }

  /** The tier of this {@link #rank}. */
  public static Tier at(int rank) {
    return ALL[rank];
  }
}
