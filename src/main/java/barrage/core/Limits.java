package barrage.core;

/**
 * How much one connection may send and be sent.
 *
 * @param enabled {@code false} for load tests: none of these holds, nor flood, slow mode and
 *     duplicate texts in the pipeline
 * @param readingPerSecond the most danmaku a second to one viewer; 0 none
 * @param likeTapsPerSecond taps a second that count, for each connection
 * @param messagesPerSecond the refill of a connection's bucket for messages of all kinds
 * @param messagesBurst its size; what is over it is answered {@code rate_limited}
 * @param floodPerSecond messages a second over which a connection floods
 * @param floodMs how long a connection may flood before it is closed with 4429
 */
public record Limits(
    boolean enabled,
    int readingPerSecond,
    int likeTapsPerSecond,
    int messagesPerSecond,
    int messagesBurst,
    int floodPerSecond,
    int floodMs) {

  /** The shipped limits. */
  public static final Limits DEFAULT = new Limits(true, 50, 15, 50, 100, 500, 3_000);
}
