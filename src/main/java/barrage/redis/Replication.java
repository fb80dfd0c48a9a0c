package barrage.redis;

/**
 * How many replicas must have an order, a draw or a grant before it is answered.
 *
 * @param replicas 0 for none
 * @param withinMs else the answer is that the outcome is unknown
 */
public record Replication(int replicas, int withinMs) {
  /** What the primary has is answered. */
  public static final Replication NONE = new Replication(0, 0);

  boolean isAwaited() {
    return replicas > 0;
  }
}
