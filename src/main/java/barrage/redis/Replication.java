package barrage.redis;

/**
 * How many replicas must have an order, a draw or a grant before it is answered, and what it was
 * refused for as well.
 *
 * @param replicas with {@link Share#NUMBER}: so many, 0 for none
 * @param withinMs else the answer is that the outcome is unknown
 */
public record Replication(Share share, int replicas, int withinMs) {
  /** What the primary has is answered. */
  public static final Replication NONE = new Replication(0, 0);

  /** Of how many. */
  public enum Share {
    /** Of a number that somebody chose. */
    NUMBER,
    /** Of more than half of the replicas that were found. */
    MAJORITY,
    /** Of all replicas that were found. */
    ALL
  }

  /** A number of replicas. */
  public Replication(int replicas, int withinMs) {
    this(Share.NUMBER, replicas, withinMs);
  }

  /** A share of the replicas that are found, and at least one. */
  public Replication(Share share, int withinMs) {
    this(share, 0, withinMs);
  }

  boolean isAwaited() {
    return share != Share.NUMBER || replicas > 0;
  }

  /**
   * So many must have it.
   *
   * @param found so many replicas there are
   */
  int needed(int found) {
    return switch (share) {
      case NUMBER -> replicas;
      case MAJORITY -> majority(found);
      case ALL -> Math.max(1, found);
    };
  }

  /** More than half. */
  static int majority(int found) {
    return found / 2 + 1;
  }
}
