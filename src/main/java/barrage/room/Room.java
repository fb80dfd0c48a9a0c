package barrage.room;

import barrage.core.Action;
import barrage.core.Danmaku;
import barrage.core.Entry;
import barrage.core.Outcome;
import barrage.core.Reason;
import barrage.core.Refusal;
import barrage.core.RequestKey;
import barrage.core.RoomId;
import barrage.core.Standing;
import barrage.core.Terms;
import barrage.core.Viewer;
import barrage.rules.Decision;
import barrage.rules.RuleBook;
import barrage.rules.Scene;
import barrage.wire.Messages;
import barrage.wire.Splice;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A room on this node. One loop owns it: what the {@code offer…} methods take from any thread is
 * done there, without locks. What happens is decided by the rules (in memory) and by the store; the
 * room learns of it through its feed alone, as every other node does.
 */
public final class Room implements Store.Follower, Audience.Lagging {
  private static final Logger LOG = LoggerFactory.getLogger(Room.class);

  private static final int SECOND_MS = 1_000;
  private static final int REOPEN_MS = 250;

  /** Events asked of the store at once for one who resumes from far back. */
  private static final int HISTORY_PAGE = 500;

  /** How many requests that the store has not answered are remembered, and for how long. */
  private static final int REMEMBERED = 10_000;

  private static final Duration REMEMBERED_FOR = Duration.ofMinutes(10);

  /** Members who spoke this long ago may speak again any moment. */
  private static final int MEMBERS_ABOUT_MS = 60_000;

  private static final int MAX_WAITING = 20_000;

  private final RoomId id;
  private final RoomLoop loop;
  private final Surroundings around;
  private final Store store;
  private final RoomState state = new RoomState();
  private final Feed feed;
  private final Outbox outbox;
  private final Attendance attendance;
  private final Audience audience;
  private final Broadcaster broadcaster;
  private final Welcome welcome;
  private final ArrayDeque<Runnable> whenOpen = new ArrayDeque<>();
  private @Nullable Cache<RequestKey, Boolean> unknown;
  private @Nullable Cache<RequestKey, Danmaku> shownHere;
  private boolean everOpen;
  private RoomLoop.@Nullable Timer second;
  private volatile boolean closed;
  private volatile long touchedMs;
  private volatile boolean busy = true;

  Room(RoomId id, RoomLoop loop, Surroundings around) {
    this.id = id;
    this.loop = loop;
    this.around = around;
    this.store = around.store();
    this.feed = new Feed(id, store, loop, this::apply, this::onLost);
    this.outbox = new Outbox(id, store, loop, feed, this::terms);
    this.attendance =
        new Attendance(loop, outbox, around.node(), this::terms, () -> rules().limits());
    state.uncounted = attendance::untoldConnections;
    this.audience = around.audiences().create(id, this);
    this.broadcaster =
        new Broadcaster(
            loop,
            state,
            audience,
            () -> rules().limits(),
            attendance::connections,
            this::membersAbout,
            around.meters());
    this.welcome = new Welcome(id, state, around.heartbeatMs());
    this.touchedMs = loop.nowMs();
  }

  /** The room's id. */
  public RoomId id() {
    return id;
  }

  /** A position in a room's history: {@code since=<epoch>:<seq>}. */
  public record Position(long epoch, long seq) {}

  // ---- from any thread

  /**
   * Somebody connected. The session gets {@code welcome} through the room's audience, then events;
   * or it is closed with 1012 when the store is away and the room cannot tell where the viewer
   * stands.
   */
  public void offerJoin(Session session, @Nullable Position since) {
    loop.execute(() -> onJoin(session, since));
  }

  /** A connection is gone. Harmless for one that never joined. */
  public void offerLeave(Session session) {
    loop.execute(() -> onLeave(session));
  }

  /** A request of a session's viewer; answered through the session. */
  public void offerAction(Session session, String requestId, Action action) {
    loop.execute(() -> whenWelcomed(session, requestId, seat -> onAction(seat, requestId, action)));
  }

  /** {@code me}: the viewer's standing after everything answered before. */
  public void offerLook(Session session, String requestId) {
    loop.execute(() -> whenWelcomed(session, requestId, seat -> onLook(seat, requestId)));
  }

  /** {@code like}: taps of this connection so far. Never answered. */
  public void offerLikes(Session session, long total) {
    loop.execute(
        () -> {
          Seat seat = attendance.seat(session);
          if (seat != null) {
            seat.whenWelcomed(() -> attendance.onLikes(seat, total));
          }
        });
  }

  /**
   * One entry from outside the room's connections, past the rules pipeline: who calls has checked
   * the caller's role.
   *
   * @return the outcome once it is durable and this room knows of it; {@code busy} and {@code
   *     unavailable} as {@link Outcome.Refused}. Never completes exceptionally.
   */
  public CompletionStage<Outcome> offer(Entry entry) {
    CompletableFuture<Outcome> answer = new CompletableFuture<>();
    loop.execute(
        () ->
            whenOpen(
                () ->
                    outbox.add(
                        entry,
                        (outcome, fate, revision) -> {
                          around.meters().onOutcome(outcome);
                          answer.complete(outcome);
                        }),
                () -> answer.complete(Outcome.Refused.of(Reason.UNAVAILABLE))));
    return answer;
  }

  /**
   * The room for {@code GET /api/rooms/{room}}: one JSON object in UTF-8, or {@code null} when the
   * store is away and the room was never open here.
   */
  public CompletionStage<byte @Nullable []> view() {
    CompletableFuture<byte @Nullable []> answer = new CompletableFuture<>();
    loop.execute(
        () ->
            whenOpen(
                () -> answer.complete(welcome.view(feed.epoch())), () -> answer.complete(null)));
    return answer;
  }

  @Override
  public void onCommit(Commit commit) {
    loop.execute(() -> feed.onCommit(commit));
  }

  @Override
  public void onRelinked() {
    loop.execute(feed::onDoubt);
  }

  @Override
  public void onCanRead(Session session, long seq, boolean resuming) {
    loop.execute(() -> onLagging(session, seq, resuming));
  }

  /** The store's newest position of this room; {@code null} when the store has no such room. */
  void offerHead(Store.@Nullable Head head) {
    loop.execute(
        () -> {
          if (head == null) {
            feed.onHead(-1, 0);
          } else {
            feed.onHead(head.epoch(), head.revision());
          }
        });
  }

  // ---- opening

  /** Begins to follow the store. Called once. */
  void start() {
    loop.execute(
        () -> {
          second = loop.schedule(this::onSecond, SECOND_MS);
          store
              .follow(id, this)
              .whenComplete((done, failure) -> loop.execute(() -> onFollowing(failure)));
        });
  }

  private void onFollowing(@Nullable Throwable failure) {
    if (failure == null) {
      open();
    } else {
      onAway();
      later(
          () ->
              store
                  .follow(id, this)
                  .whenComplete((done, again) -> loop.execute(() -> onFollowing(again))));
    }
  }

  private void open() {
    store
        .open(id)
        .whenComplete((snapshot, failure) -> loop.execute(() -> onSnapshot(snapshot, failure)));
  }

  private void later(Runnable task) {
    if (!closed) {
      loop.schedule(task, REOPEN_MS);
    }
  }

  private void onSnapshot(Store.@Nullable Snapshot snapshot, @Nullable Throwable failure) {
    if (snapshot == null) {
      if (!(failure instanceof StoreAwayException)) {
        LOG.error("room {}: cannot be read", id, failure);
      }
      onAway();
      later(this::open);
      return;
    }
    long firstOfTail = snapshot.seq() - snapshot.tail().size() + 1;
    boolean sameStory =
        everOpen
            && snapshot.epoch() == feed.epoch()
            && snapshot.seq() >= state.recall.lastSeq()
            && firstOfTail <= state.recall.lastSeq() + 1;
    if (sameStory) {
      for (Numbered event : snapshot.tail()) {
        if (event.seq() > state.recall.lastSeq()) {
          state.recall.add(event);
        }
      }
      state.takeCounters(snapshot);
      feed.openAt(snapshot.epoch(), snapshot.revision());
      attendance.onDoubt();
      broadcaster.onEvents();
    } else {
      state.openAt(snapshot);
      if (everOpen) {
        LOG.warn("room {}: read anew in epoch {}; its viewers are told", id, snapshot.epoch());
        attendance.onNewEpoch();
      }
      broadcaster.restart();
      feed.openAt(snapshot.epoch(), snapshot.revision());
      for (Seat seat : List.copyOf(attendance.seats())) {
        if (seat.isWelcomed()) {
          resync(seat);
        }
      }
    }
    everOpen = true;
    while (!whenOpen.isEmpty()) {
      whenOpen.remove().run();
    }
  }

  /** The store cannot be read now: who waits for a room that never was open here is told. */
  private void onAway() {
    if (!everOpen) {
      while (!whenOpen.isEmpty()) {
        whenOpen.remove().run();
      }
    }
  }

  /** What was missed cannot be filled in: the room is read anew. */
  private void onLost() {
    open();
  }

  /** Runs one of the two: now, or when the room was opened or could not be. */
  private void whenOpen(Runnable task, Runnable unavailable) {
    touchedMs = loop.nowMs();
    if (everOpen) {
      task.run();
    } else if (whenOpen.size() >= MAX_WAITING) {
      unavailable.run();
    } else {
      whenOpen.add(() -> (everOpen ? task : unavailable).run());
    }
  }

  // ---- joining and leaving

  private void onJoin(Session session, @Nullable Position since) {
    Seat seat = attendance.enter(session);
    whenOpen(() -> admit(seat, since, "welcome"), () -> session.close(CloseReason.SERVICE_RESTART));
  }

  /** Finds out where the viewer stands, then greets. */
  private void admit(Seat seat, @Nullable Position since, String greeting) {
    Attendant attendant = seat.attendant;
    if (attendant == null) {
      greet(seat, since, greeting);
      return;
    }
    outbox.add(
        new Entry.Join(attendant.viewer),
        (outcome, fate, revision) -> {
          if (outcome instanceof Outcome.Stands stands) {
            attendant.member.onRead(stands.standing(), revision);
          }
          if (attendance.seat(seat.session) != seat) {
            return;
          }
          if (attendant.member.isKnown()) {
            greet(seat, since, greeting);
          } else {
            seat.session.close(CloseReason.SERVICE_RESTART);
          }
        });
  }

  private void greet(Seat seat, @Nullable Position since, String greeting) {
    if (attendance.seat(seat.session) != seat) {
      return;
    }
    Viewer viewer = seat.session.viewer();
    Standing standing = seat.attendant == null ? null : seat.attendant.member.standing(terms());
    long seq = broadcaster.flushedSeq();
    if (since != null && canResume(since)) {
      byte[] hello = welcome.resumed(viewer, standing, feed.epoch(), since.seq(), store.nowMs());
      if (since.seq() == seq) {
        audience.follow(seat.session, hello);
      } else {
        audience.followFrom(seat.session, hello, since.seq(), true);
      }
    } else {
      audience.follow(
          seat.session,
          welcome.snapshot(greeting, viewer, standing, feed.epoch(), seq, store.nowMs()));
    }
    seat.onWelcomed();
  }

  private boolean canResume(Position since) {
    long seq = broadcaster.flushedSeq();
    return since.epoch() == feed.epoch()
        && since.seq() >= 0
        && since.seq() <= seq
        && seq - since.seq() <= terms().historyEvents();
  }

  private void resync(Seat seat) {
    around.meters().onResync();
    seat.onUnwelcomed();
    audience.pause(seat.session);
    admit(seat, null, "resync");
  }

  private void onLeave(Session session) {
    audience.leave(session);
    attendance.leave(session);
    touchedMs = loop.nowMs();
  }

  private void onLagging(Session session, long seq, boolean resuming) {
    Seat seat = attendance.seat(session);
    if (seat == null || !seat.isWelcomed()) {
      return;
    }
    if (seq > broadcaster.flushedSeq()) {
      resync(seat);
    } else if (state.recall.reachesBackTo(seq)) {
      Broadcaster.CatchUp next = broadcaster.catchUp(seq, resuming);
      audience.catchUp(session, next.json(), next.lastSeq(), isFlushed(next.lastSeq()));
    } else if (resuming) {
      fetchHistory(seat, seq);
    } else {
      session.close(CloseReason.TOO_SLOW);
    }
  }

  private boolean isFlushed(long seq) {
    return seq == broadcaster.flushedSeq();
  }

  private void fetchHistory(Seat seat, long seq) {
    long epoch = feed.epoch();
    store
        .history(id, seq + 1, HISTORY_PAGE)
        .whenComplete(
            (history, failure) ->
                loop.execute(
                    () -> {
                      if (attendance.seat(seat.session) != seat || !seat.isWelcomed()) {
                        return;
                      }
                      if (failure != null) {
                        later(() -> onLagging(seat.session, seq, true));
                      } else {
                        onHistory(seat, seq, epoch, history);
                      }
                    }));
  }

  private void onHistory(Seat seat, long seq, long epoch, Store.History history) {
    List<Numbered> missed = new ArrayList<>(history.events());
    missed.removeIf(event -> event.seq() > broadcaster.flushedSeq());
    boolean connects = !missed.isEmpty() && missed.get(0).seq() == seq + 1;
    if (!connects || history.epoch() != epoch || epoch != feed.epoch()) {
      resync(seat);
      return;
    }
    Broadcaster.CatchUp next = Broadcaster.frameOf(seq, missed);
    audience.catchUp(seat.session, next.json(), next.lastSeq(), isFlushed(next.lastSeq()));
  }

  // ---- requests

  private interface SeatTask {
    void run(Seat seat);
  }

  private void whenWelcomed(Session session, String requestId, SeatTask task) {
    Seat seat = attendance.seat(session);
    if (seat != null && !seat.whenWelcomed(() -> task.run(seat))) {
      refuse(session, requestId, Refusal.of(Reason.BUSY));
    }
  }

  private void onLook(Seat seat, String requestId) {
    Viewer viewer = seat.session.viewer();
    if (viewer == null) {
      refuse(seat.session, requestId, Refusal.of(Reason.UNAUTHORIZED));
      return;
    }
    outbox.add(
        new Entry.Look(viewer.id()),
        (outcome, fate, revision) -> {
          if (outcome instanceof Outcome.Stands stands) {
            seat.session.send(
                Messages.ok(
                    requestId,
                    json -> {
                      json.writeObjectPropertyStart("viewer");
                      Messages.viewer(
                          json, viewer.id(), viewer.name(), viewer.role(), stands.standing());
                      json.writeEndObject();
                    }));
          } else {
            refuse(seat.session, requestId, outcome);
          }
        });
  }

  private void onAction(Seat seat, String requestId, Action action) {
    Attendant attendant = seat.attendant;
    if (attendant == null) {
      refuse(seat.session, requestId, Refusal.of(Reason.UNAUTHORIZED));
      return;
    }
    RuleBook book = rules();
    Scene scene =
        new Scene(
            attendant.viewer,
            attendant.member.standing(book.terms()),
            state.settings,
            attendant.member.recent(),
            store.nowMs());
    Decision decision = book.decide(action, scene);
    attendant.member.keep(decision.recent());
    if (decision.refusal() != null) {
      refuse(seat.session, requestId, decision.refusal());
    } else if (action instanceof Action.Say say) {
      say(seat, attendant, say);
    }
  }

  private void say(Seat seat, Attendant attendant, Action.Say say) {
    RequestKey key = new RequestKey(attendant.viewer.id(), say.id());
    if (shownHere != null && shownHere.getIfPresent(key) != null) {
      sayHere(seat, attendant, key, say);
      return;
    }
    outbox.add(
        new Entry.Say(key, attendant.viewer, say.danmaku()),
        (outcome, fate, revision) -> {
          if (outcome instanceof Outcome.Said said) {
            around.meters().onSaid();
            seat.session.send(Messages.said(say.id(), said.seq()));
          } else if (fate == Outbox.Fate.NOT_EXECUTED && store.isAway() && !isUnknown(key)) {
            sayHere(seat, attendant, key, say);
          } else {
            if (fate == Outbox.Fate.UNKNOWN) {
              rememberUnknown(key);
            }
            refuse(seat.session, say.id(), outcome);
          }
        });
  }

  /**
   * The store is away: this node's viewers hear of it, and nothing is kept. A repeat, even when the
   * store is back, is the same request and is shown no second time.
   */
  private void sayHere(Seat seat, Attendant attendant, RequestKey key, Action.Say say) {
    if (shownHere == null) {
      shownHere = memory();
    }
    Danmaku before = shownHere.getIfPresent(key);
    if (before != null && !before.equals(say.danmaku())) {
      refuse(seat.session, say.id(), Refusal.of(Reason.CONFLICT));
      return;
    }
    if (before == null) {
      shownHere.put(key, say.danmaku());
      show(attendant, say.danmaku());
    }
    seat.session.send(Messages.said(say.id(), null));
  }

  private void show(Attendant attendant, Danmaku danmaku) {
    around.meters().onNotKept();
    Viewer viewer = attendant.viewer;
    byte[] head =
        Messages.danmakuHead(null, store.nowMs(), attendant.member.standing(terms()).tier());
    byte[] tail = Messages.danmakuTail(viewer.id(), viewer.name(), danmaku);
    broadcaster.onNotKept(new Splice(head.length + tail.length).json(head).json(tail).toBytes());
  }

  /** Whether it may be in history already, so that it must not be shown a second time. */
  private boolean isUnknown(RequestKey key) {
    return unknown != null && unknown.getIfPresent(key) != null;
  }

  private void rememberUnknown(RequestKey key) {
    if (unknown == null) {
      unknown = memory();
    }
    unknown.put(key, true);
  }

  private static <V> Cache<RequestKey, V> memory() {
    return Caffeine.newBuilder()
        .maximumSize(REMEMBERED)
        .expireAfterWrite(REMEMBERED_FOR)
        .executor(Runnable::run)
        .build();
  }

  private void refuse(Session session, String requestId, Outcome outcome) {
    Refusal refusal =
        outcome instanceof Outcome.Refused refused
            ? refused.refusal()
            : Refusal.of(Reason.UNAVAILABLE);
    refuse(session, requestId, refusal);
  }

  private void refuse(Session session, String requestId, Refusal refusal) {
    around.meters().onRefused(refusal.reason());
    session.send(Messages.error(requestId, refusal));
  }

  // ---- what the store did

  private void apply(Commit commit) {
    state.addEvents(commit);
    for (Commit.Notice notice : commit.notices()) {
      notice.tell(this, commit);
    }
    if (!commit.events().isEmpty()) {
      broadcaster.onEvents();
    }
  }

  void on(Commit.Likes likes) {
    state.likes = likes.total();
    broadcaster.onLikes();
  }

  void on(Commit.Online online) {
    state.online = online.count();
    broadcaster.onOnline();
  }

  void on(Commit.Awarded awarded, long revision) {
    attendance.onAwarded(awarded, revision);
  }

  void on(Commit.MutedUntil muted, long revision) {
    attendance.onMuted(muted, revision);
  }

  void on(Commit.Changed changed) {
    state.settings = changed.settings();
  }

  void on(Commit.Deleted deleted) {
    state.recall.forgetText(deleted.seq());
    broadcaster.onDeleted();
  }

  void on(Commit.ToViewer message) {
    attendance.toViewer(message.viewer(), message.json());
  }

  // ---- time

  private void onSecond() {
    if (closed) {
      return;
    }
    second = loop.schedule(this::onSecond, SECOND_MS);
    attendance.onSecond();
    busy = attendance.connections() > 0 || !outbox.isIdle();
  }

  /** Closes for good if nobody has been here since {@code cutoffMs}. From any thread. */
  boolean closeIfIdleSince(long cutoffMs) {
    if (busy || touchedMs > cutoffMs) {
      return false;
    }
    closed = true;
    store.unfollow(id);
    loop.execute(
        () -> {
          if (second != null) {
            second.cancel();
          }
          feed.close();
        });
    return true;
  }

  /** Whether it might be closed before somebody who got hold of it now can use it. */
  boolean mayCloseSoon() {
    return closed || !busy;
  }

  /** Somebody is about to use the room: it stays open for a while. From any thread. */
  void touch() {
    touchedMs = loop.nowMs();
  }

  /** The newest revision that the room knows of; for tests. */
  long revision() {
    return feed.revision();
  }

  private boolean membersAbout() {
    return attendance.hasMembers() || store.nowMs() - state.memberSpokeMs < MEMBERS_ABOUT_MS;
  }

  private RuleBook rules() {
    return around.rules().get();
  }

  private Terms terms() {
    return rules().terms();
  }
}
