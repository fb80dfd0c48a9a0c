package barrage.room;

import barrage.core.Outcome;
import barrage.core.Reason;
import barrage.core.Refusal;
import barrage.core.Viewer;
import barrage.wire.Messages;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One connection in a room: what the room keeps for it. Confined to its room's loop. */
final class Seat implements Attendant.Place {
  /** What a client may send before it was welcomed; more than this no client has reason to. */
  private static final int MAX_EARLY = 64;

  final Session session;
  final @Nullable Attendant attendant;
  private @Nullable LikeMeter likes;
  private boolean welcomed;
  private @Nullable List<Runnable> early;

  /** Where it stands, or stood, in the line of those who join; 0 when it never had to. */
  long placeInLine;

  /** Taps that the store is known to have counted. */
  long storedTaps;

  /** When taps were last sent to the store, {@link RoomLoop#nowMs}. */
  long tapsSentMs = -1_000_000;

  /** Whether taps are on their way to the store. */
  boolean tapsUnderWay;

  Seat(Session session, @Nullable Attendant attendant) {
    this.session = session;
    this.attendant = attendant;
  }

  /**
   * Who acts over this connection, by the name and in the role of its own token; not to be asked of
   * an anonymous watcher.
   */
  Viewer viewer() {
    return Objects.requireNonNull(session.viewer());
  }

  @Override
  public Session session() {
    return session;
  }

  @Override
  public boolean isWelcomed() {
    return welcomed;
  }

  /** From now on the connection is part of the audience; what it sent early is done. */
  void onWelcomed() {
    welcomed = true;
    List<Runnable> waiting = early;
    early = null;
    if (waiting != null) {
      waiting.forEach(Runnable::run);
    }
  }

  /** The connection is to be welcomed anew. */
  void onUnwelcomed() {
    welcomed = false;
  }

  /** Runs a request now, or once the connection is welcomed; {@code false} when too many wait. */
  boolean whenWelcomed(Runnable request) {
    if (welcomed) {
      request.run();
      return true;
    }
    if (early == null) {
      early = new ArrayList<>();
    }
    return early.size() < MAX_EARLY && early.add(request);
  }

  LikeMeter likes() {
    if (likes == null) {
      likes = new LikeMeter();
    }
    return likes;
  }

  boolean hasLiked() {
    return likes != null;
  }

  /** Answers a request that was refused, or that the store was away for. */
  void refuse(RoomMeters meters, String requestId, Outcome outcome) {
    refuse(
        meters,
        requestId,
        outcome instanceof Outcome.Refused refused
            ? refused.refusal()
            : Refusal.of(Reason.UNAVAILABLE));
  }

  /** Answers a request that was refused. */
  void refuse(RoomMeters meters, String requestId, Refusal refusal) {
    meters.onRefused(refusal.reason());
    session.answer(Messages.error(requestId, refusal));
  }

  /** Answers a request. */
  void answer(byte[] json) {
    session.answer(json);
  }
}
