package barrage.room;

import barrage.core.Entry;
import barrage.core.Limits;
import barrage.core.Outcome;
import barrage.core.Terms;
import barrage.core.Viewer;
import barrage.core.ViewerId;
import barrage.wire.Messages;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who is in the room on this node, and what follows from being there: watch time, likes that are
 * counted as time passes, the number online, and what one viewer alone is told.
 *
 * <p>Confined to its room's loop.
 */
final class Attendance {
  /** A connection's taps go to the store at most this often. */
  private static final int TAPS_EVERY_MS = 200;

  /** This node's number of connections goes to the store at most this often. */
  private static final int PRESENCE_EVERY_MS = 1_000;

  /** And at least this often: three are missed before the store no longer believes it. */
  private static final int PRESENCE_ALIVE_MS = 10_000;

  /** Watch time is told to the store in parts of one award's time. */
  private static final int WATCH_PARTS = 5;

  /** How often to look who may be told of their points. */
  private static final int POINTS_LOOK_EVERY_MS = 100;

  /** Viewers whose standing is asked for at once, so that asking leaves room for what they say. */
  private static final int ASKED_AT_ONCE = Store.MAX_BATCH / 2;

  private static final int ASK_AGAIN_MS = 250;

  private static final int WATCH_AT_MOST_MS = 60_000;
  private static final int WATCH_AT_LEAST_MS = 1_000;

  /** So much after a part is over: it may wait for a frame, and the first of them for none. */
  private static final int WATCH_LATE_MS = 250;

  /** How much later than asked for a sign of life may be here: two looks of {@link #onSecond}. */
  private static final int SEEN_LATE_MS = 2_000;

  /** Viewers who left are remembered, so that leaving does not refill their buckets. */
  private static final int REMEMBERED = 10_000;

  private static final Duration REMEMBERED_FOR = Duration.ofMinutes(10);

  private final RoomLoop loop;
  private final Outbox outbox;
  private final String node;
  private final int heartbeatMs;
  private final Supplier<Terms> terms;
  private final Supplier<Limits> limits;

  private final Map<Session, Seat> seats = new HashMap<>();
  private final Map<ViewerId, Attendant> attendants = new HashMap<>();
  private @Nullable Cache<ViewerId, Member> gone;
  private final Set<Seat> likers = new LinkedHashSet<>();
  private final LinkedHashSet<Attendant> watchers = new LinkedHashSet<>();
  private final LinkedHashSet<Attendant> pointsDue = new LinkedHashSet<>();
  private final ArrayDeque<Attendant> unsure = new ArrayDeque<>();
  private int asked;
  private int members;
  private boolean tapsScheduled;
  private boolean pointsScheduled;
  private boolean presenceScheduled;
  private boolean presenceUnderWay;
  private int presenceTold;
  private long presenceToldMs;

  Attendance(
      RoomLoop loop,
      Outbox outbox,
      String node,
      int heartbeatMs,
      Supplier<Terms> terms,
      Supplier<Limits> limits) {
    this.loop = loop;
    this.outbox = outbox;
    this.node = node;
    this.heartbeatMs = heartbeatMs;
    this.terms = terms;
    this.limits = limits;
    this.presenceToldMs = loop.nowMs() - PRESENCE_EVERY_MS;
  }

  /** Connections, anonymous ones included. */
  int connections() {
    return seats.size();
  }

  Collection<Seat> seats() {
    return seats.values();
  }

  @Nullable Seat seat(Session session) {
    return seats.get(session);
  }

  /** Whether a member is connected here. */
  boolean hasMembers() {
    return members > 0;
  }

  /** Somebody connected. */
  Seat enter(Session session) {
    Viewer viewer = session.viewer();
    Attendant attendant = null;
    if (viewer != null) {
      attendant = attendants.computeIfAbsent(viewer.id(), this::newAttendant);
    }
    Seat seat = new Seat(session, attendant);
    if (attendant != null) {
      attendant.places.add(seat);
    }
    seats.put(session, seat);
    onPresence();
    return seat;
  }

  private Attendant newAttendant(ViewerId viewer) {
    Member member = gone == null ? null : gone.asMap().remove(viewer);
    Attendant attendant = new Attendant(viewer, member == null ? new Member() : member);
    attendant.watchedUntilMs = loop.nowMs();
    attendant.watchDueMs = loop.nowMs() + watchEveryMs() + WATCH_LATE_MS;
    watchers.add(attendant);
    return attendant;
  }

  /** Somebody is gone; {@code null} for one who never came. */
  @Nullable Seat leave(Session session) {
    Seat seat = seats.remove(session);
    if (seat == null) {
      return null;
    }
    Attendant attendant = seat.attendant;
    if (attendant != null) {
      if (seat.hasLiked()) {
        long counted = seat.likes().count(tapsPerSecond(), loop.nowMs());
        outbox.addForFrame(
            new Entry.Tap(attendant.id, seat.viewer().role(), session.id(), counted, true),
            (o, f, r) -> {});
      }
      if (attendant.places.size() == 1) {
        tellWatched(attendant);
        attendants.remove(attendant.id);
        watchers.remove(attendant);
        pointsDue.remove(attendant);
        remember(attendant);
      }
      attendant.places.remove(seat);
    }
    likers.remove(seat);
    onPresence();
    return seat;
  }

  private void remember(Attendant attendant) {
    if (gone == null) {
      gone =
          Caffeine.newBuilder()
              .maximumSize(REMEMBERED)
              .expireAfterWrite(REMEMBERED_FOR)
              .executor(Runnable::run)
              .build();
    }
    gone.put(attendant.id, attendant.member);
  }

  /** The member of this id, if the room knows of them. */
  private @Nullable Member member(ViewerId viewer) {
    Attendant attendant = attendants.get(viewer);
    if (attendant != null) {
      return attendant.member;
    }
    return gone == null ? null : gone.getIfPresent(viewer);
  }

  /**
   * Commits were missed that can not be told any more: what is known of everybody is asked again.
   */
  void onDoubt() {
    if (gone != null) {
      gone.invalidateAll();
    }
    unsure.clear();
    unsure.addAll(attendants.values());
    askNext();
  }

  private void askNext() {
    while (asked < ASKED_AT_ONCE && !unsure.isEmpty()) {
      Attendant attendant = unsure.remove();
      if (attendants.get(attendant.id) == attendant) {
        asked++;
        ask(attendant);
      }
    }
  }

  private void ask(Attendant attendant) {
    outbox.add(
        new Entry.Look(attendant.id),
        (outcome, fate, revision) -> {
          asked--;
          if (outcome instanceof Outcome.Stands stands) {
            attendant.member.onRead(stands.standing(), revision);
            askNext();
          } else {
            unsure.add(attendant);
            loop.schedule(this::askNext, ASK_AGAIN_MS);
          }
        });
  }

  /** What is known of everybody may be of another past. */
  void onNewEpoch() {
    attendants.values().forEach(attendant -> attendant.member.onNewEpoch());
    presenceTold = 0;
    if (gone != null) {
      gone.invalidateAll();
    }
  }

  /** A second has passed: what is due by the clock. */
  void onSecond() {
    long now = loop.nowMs();
    int present = 0;
    Terms current = terms.get();
    for (Attendant attendant : attendants.values()) {
      if (attendant.member.standing(current).tier().isMember()) {
        present++;
      }
    }
    members = present;
    while (!watchers.isEmpty() && watchers.iterator().next().watchDueMs <= now) {
      Attendant first = watchers.iterator().next();
      watchers.remove(first);
      tellWatched(first);
      if (now - first.lastSeenMs() >= watchEveryMs() / 2) {
        // Where watching is paid for by the second, the usual pings are too far apart.
        first.ping();
      }
      first.watchDueMs = Math.max(now, first.watchDueMs + watchEveryMs());
      watchers.add(first);
    }
    if (seats.size() != presenceTold
        || (!seats.isEmpty() && now - presenceToldMs >= PRESENCE_ALIVE_MS)) {
      onPresence();
    }
  }

  private int watchEveryMs() {
    long part = terms.get().watchMs() / WATCH_PARTS;
    return (int) Math.max(WATCH_AT_LEAST_MS, Math.min(WATCH_AT_MOST_MS, part));
  }

  private void tellWatched(Attendant attendant) {
    long now = loop.nowMs();
    long from = attendant.watchedUntilMs;
    long seen = attendant.lastSeenMs();
    boolean alive = now - seen <= Math.min(watchEveryMs(), heartbeatMs) + SEEN_LATE_MS;
    long to = alive ? now : seen;
    if (to <= from) {
      return;
    }
    attendant.watchedUntilMs = to;
    outbox.addForFrame(
        new Entry.Watched(attendant.id, now - from, now - to),
        (outcome, fate, revision) -> {
          if (fate != Outbox.Fate.DECIDED) {
            // Told again with the next part; spans may overlap.
            attendant.watchedUntilMs = Math.min(attendant.watchedUntilMs, from);
          }
        });
  }

  /** A connection says how many taps there were. */
  void onLikes(Seat seat, long total) {
    seat.likes().claim(total);
    likers.add(seat);
    countTaps(seat);
    scheduleTaps();
  }

  private int tapsPerSecond() {
    Limits now = limits.get();
    return now.enabled() ? now.likeTapsPerSecond() : 0;
  }

  private void scheduleTaps() {
    if (!tapsScheduled && !likers.isEmpty()) {
      tapsScheduled = true;
      loop.schedule(
          () -> {
            tapsScheduled = false;
            new ArrayList<>(likers).forEach(this::countTaps);
            scheduleTaps();
          },
          TAPS_EVERY_MS);
    }
  }

  private void countTaps(Seat seat) {
    Attendant attendant = seat.attendant;
    if (attendant == null || seat.tapsUnderWay || loop.nowMs() - seat.tapsSentMs < TAPS_EVERY_MS) {
      return;
    }
    long counted = seat.likes().count(tapsPerSecond(), loop.nowMs());
    if (counted == seat.storedTaps) {
      if (!seat.likes().isAhead()) {
        likers.remove(seat);
      }
      return;
    }
    seat.tapsUnderWay = true;
    seat.tapsSentMs = loop.nowMs();
    outbox.addForFrame(
        new Entry.Tap(attendant.id, seat.viewer().role(), seat.session.id(), counted, false),
        (outcome, fate, revision) -> {
          seat.tapsUnderWay = false;
          if (fate == Outbox.Fate.DECIDED) {
            seat.storedTaps = counted;
          }
        });
  }

  private void onPresence() {
    if (presenceScheduled || presenceUnderWay) {
      return;
    }
    long due = presenceToldMs + PRESENCE_EVERY_MS - loop.nowMs();
    if (due > 0) {
      presenceScheduled = true;
      loop.schedule(
          () -> {
            presenceScheduled = false;
            tellPresence();
          },
          due);
    } else {
      tellPresence();
    }
  }

  private void tellPresence() {
    int now = seats.size();
    presenceUnderWay = true;
    presenceToldMs = loop.nowMs();
    outbox.addForFrame(
        new Entry.Presence(node, now),
        (outcome, fate, revision) -> {
          presenceUnderWay = false;
          if (fate == Outbox.Fate.DECIDED) {
            presenceTold = now;
          }
        });
  }

  /** Connections here that the store was not told of yet; fewer than none when some are gone. */
  int untoldConnections() {
    return seats.size() - presenceTold;
  }

  /** A balance changed. */
  void onAwarded(Commit.Awarded awarded, long revision) {
    Member member = member(awarded.viewer());
    if (member != null) {
      member.onBalance(awarded.points(), awarded.growth(), revision);
    }
    Attendant attendant = attendants.get(awarded.viewer());
    if (attendant != null && attendant.onAward(awarded.delta(), awarded.reason())) {
      pointsDue.add(attendant);
      schedulePoints();
    }
  }

  private void schedulePoints() {
    if (pointsScheduled || pointsDue.isEmpty()) {
      return;
    }
    pointsScheduled = true;
    long now = loop.nowMs();
    long earliest = Long.MAX_VALUE;
    for (Attendant attendant : pointsDue) {
      earliest = Math.min(earliest, attendant.pointsDueMs());
      if (earliest <= now) {
        break;
      }
    }
    loop.schedule(
        () -> {
          pointsScheduled = false;
          tellPoints();
          schedulePoints();
        },
        earliest <= now ? 0 : Math.max(POINTS_LOOK_EVERY_MS, earliest - now));
  }

  private void tellPoints() {
    long now = loop.nowMs();
    pointsDue.removeIf(
        attendant -> {
          if (attendant.pointsDueMs() > now) {
            return false;
          }
          attendant.send(
              Messages.points(
                  attendant.pointsDelta(),
                  attendant.member.standing(terms.get()),
                  attendant.pointsReason()));
          attendant.onPointsSent(now);
          return true;
        });
  }

  /** Somebody was muted, or may speak again. */
  void onMuted(Commit.MutedUntil muted, long revision) {
    Member member = member(muted.viewer());
    if (member != null) {
      member.onMute(muted.untilMs(), revision);
    }
    toViewer(muted.viewer(), Messages.muted(muted.untilMs()));
  }

  /** Tells all connections of one viewer. */
  void toViewer(ViewerId viewer, byte[] json) {
    toViewer(viewer, json, null);
  }

  /** Tells all connections of one viewer but the one that learns of it otherwise. */
  void toViewer(ViewerId viewer, byte[] json, @Nullable Seat except) {
    Attendant attendant = attendants.get(viewer);
    if (attendant != null) {
      attendant.send(json, except);
    }
  }
}
