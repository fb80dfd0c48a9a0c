package barrage.room;

/**
 * All connections that watch one room on this node. Called by the room's loop alone; never blocks.
 *
 * <p>A connection either follows the broadcasts, or it lags: it joined with a past to catch up
 * with, or its socket would not take more. A lagging one gets no broadcast; when its socket can
 * take more, the audience asks for what it missed with {@link Lagging#onCanRead}, and the room
 * answers with {@link #catchUp}. So no connection ever sees a gap that it is not told of.
 */
public interface Audience {

  /**
   * Sends one frame to all who follow. The bytes are encoded once and shared.
   *
   * @param json one JSON object in UTF-8; not changed afterwards
   * @param firstSeq the number after the last one that the frame before covered
   * @param lastSeq the last number this one covers; {@code firstSeq - 1} when it has none
   */
  void broadcast(byte[] json, long firstSeq, long lastSeq);

  /**
   * Greets a connection, which from now on follows.
   *
   * @param welcome the first message, or a resync
   */
  void follow(Session session, byte[] welcome);

  /**
   * Greets a connection which has missed everything after {@code seq}: it lags.
   *
   * @param resuming whether it is owed all of it, exempt from the reading limit
   */
  void followFrom(Session session, byte[] welcome, long seq, boolean resuming);

  /**
   * Answers {@link Lagging#onCanRead}.
   *
   * @param json the next frame of what was missed
   * @param lastSeq the last number it covers
   * @param caughtUp whether there is nothing more, so that the connection follows again; else it
   *     lags from {@code lastSeq}
   */
  void catchUp(Session session, byte[] json, long lastSeq, boolean caughtUp);

  /** A connection is sent nothing more until it is greeted anew: what it knows is of the past. */
  void pause(Session session);

  /** Forgets a connection for good. */
  void leave(Session session);

  /** What an audience tells its room. Called from any thread. */
  interface Lagging {
    /**
     * A lagging connection can take more.
     *
     * @param seq the last number it was told of
     * @param resuming whether it is owed all of it
     */
    void onCanRead(Session session, long seq, boolean resuming);
  }
}
