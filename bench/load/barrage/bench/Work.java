package barrage.bench;

/**
 * What is sent, by whom, and what ought to come of it.
 *
 * @param senders so many take turns; the others listen
 * @param stride how far it is from one sender to the next: the viewers of a room
 * @param hearers how many hear each one
 * @param granted what an error holds that is as it ought to be; empty when none is
 */
record Work(Message message, int senders, int stride, int hearers, String granted) {
  /** Danmaku by some of a room that all of it hear. */
  static Work danmaku(int senders, int viewers) {
    return new Work(Message.danmaku(), senders, 1, viewers, "");
  }

  /** Danmaku by one in each room. */
  static Work danmakuInRooms(int rooms, int viewersEach) {
    return new Work(Message.danmaku(), rooms, viewersEach, viewersEach, "");
  }

  /** Clicks, each of which is answered: {@code ok}, or {@code sold_out} when none is left. */
  static Work clicks(String sale, int viewers, boolean won) {
    return new Work(Message.buy(sale), viewers, 1, 1, won ? "" : "sold_out");
  }

  /**
   * How long, in seconds.
   *
   * @param warm what is sent by then is not measured, but may not be lost either
   * @param drain how long to wait at most for what has not arrived
   */
  record Span(double warm, double measured, double drain) {
    Span(double warm, double measured) {
      this(warm, measured, 3);
    }
  }
}
