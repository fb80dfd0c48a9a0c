package barrage.room;

import barrage.core.ViewerId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A viewer who is connected to a room, over one connection or several: what all of them share. The
 * name and the role are not: each connection has those of its own token.
 *
 * <p>Confined to its room's loop.
 */
final class Attendant {
  /** {@code points} messages to one viewer are at least this far apart, milliseconds. */
  static final int POINTS_EVERY_MS = 1_000;

  final ViewerId id;
  final Member member;
  final List<Place> places = new ArrayList<>(1);

  /** Watched up to here, {@link RoomLoop#nowMs}; what is after it was not told to the store yet. */
  long watchedUntilMs;

  /** When to tell the store next. */
  long watchDueMs;

  /** One of the viewer's connections. */
  interface Place {
    Session session();

    /** Whether it is part of the audience. */
    boolean isWelcomed();
  }

  private long pointsSentMs = -POINTS_EVERY_MS;
  private long pointsDelta;
  private @Nullable String pointsReason;

  Attendant(ViewerId id, Member member) {
    this.id = id;
    this.member = member;
  }

  /** Sends to all of the viewer's connections that are welcomed. */
  void send(byte[] json) {
    send(json, null);
  }

  /** Sends to all of them but one. */
  void send(byte[] json, @Nullable Place except) {
    for (Place place : places) {
      if (place.isWelcomed() && place != except) {
        place.session().send(json);
      }
    }
  }

  /**
   * The balance changed; the viewer is to be told.
   *
   * @return whether nobody waits to tell this viewer yet
   */
  boolean onAward(long delta, String reason) {
    boolean first = pointsReason == null;
    pointsDelta += delta;
    pointsReason = reason;
    return first;
  }

  /** When the next {@code points} message may go out. */
  long pointsDueMs() {
    return pointsSentMs + POINTS_EVERY_MS;
  }

  /** What is to be told. */
  long pointsDelta() {
    return pointsDelta;
  }

  /** Why; of several reasons the newest. */
  String pointsReason() {
    return pointsReason == null ? "" : pointsReason;
  }

  /** It was told. */
  void onPointsSent(long nowMs) {
    pointsSentMs = nowMs;
    pointsDelta = 0;
    pointsReason = null;
  }

  /** Asks all of the viewer's connections for a sign of life. */
  void ping() {
    places.forEach(place -> place.session().ping());
  }

  /** When the last frame came over any of the viewer's connections. */
  long lastSeenMs() {
    long seen = Long.MIN_VALUE;
    for (Place place : places) {
      seen = Math.max(seen, place.session().lastSeenMs());
    }
    return seen;
  }
}
