package barrage.room;

import barrage.activity.Notice;
import barrage.core.Action;
import barrage.core.Entry;
import barrage.core.Outcome;
import barrage.core.Reason;
import barrage.core.Refusal;
import barrage.core.RequestKey;
import barrage.core.RoomId;
import barrage.core.Terms;
import barrage.core.Viewer;
import barrage.rules.Decision;
import barrage.rules.RuleBook;
import barrage.rules.Scene;
import barrage.wire.Messages;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A room on this node. One loop owns it: what the {@code offer…} methods take from any thread is
 * done there, without locks. What happens is decided by the rules (in memory) and by the store; the
 * room learns of it through its feed alone, as every other node does.
 */
public final class Room implements Store.Follower, Audience.Lagging {
  private static final int SECOND_MS = 1_000;

  /** Members who spoke this long ago may speak again any moment. */
  private static final int MEMBERS_ABOUT_MS = 60_000;

  /** How long after its end a sale's late clicks are refused from memory. */
  private static final long SALE_REMEMBERED_MS = 600_000;

  private final RoomId id;
  private final RoomLoop loop;
  private final Surroundings around;
  private final Store store;
  private final Inbox inbox;
  private final RoomState state;
  private final Feed feed;
  private final Outbox outbox;
  private final Agenda agenda;
  private final Attendance attendance;
  private final Audience audience;
  private final Broadcaster broadcaster;
  private final Welcome welcome;
  private final Door door;
  private final Opening opening;
  private final Speech speech;
  private final Checkout checkout;
  private final Asks asks;
  private final RoomMeters meters;
  private final Notices notices = new Notices();
  private final AtomicInteger commitsWaiting = new AtomicInteger();
  private RoomLoop.@Nullable Timer second;
  private volatile boolean closed;
  private volatile long touchedMs;
  private volatile boolean busy = true;

  Room(RoomId id, RoomLoop loop, Surroundings around) {
    this.id = id;
    this.loop = loop;
    this.around = around;
    this.state = new RoomState(around.activities());
    this.inbox = new Inbox(loop);
    this.store = around.store();
    this.meters = around.meters().ofRoom();
    this.feed = new Feed(id, store, loop, this::apply, this::onLost);
    this.outbox =
        new Outbox(
            id, store, loop, feed, this::terms, this::onNextDue, this::nextFrameMs, meters.pulse());
    this.agenda =
        new Agenda(id, store, loop, outbox, ForkJoinPool.commonPool(), around.activities());
    this.attendance =
        new Attendance(
            loop, outbox, around.node(), around.heartbeatMs(), this::terms, () -> rules().limits());
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
            meters);
    this.welcome = new Welcome(id, state, around.heartbeatMs(), this::terms);
    this.door =
        new Door(
            id,
            store,
            loop,
            state,
            feed,
            outbox,
            attendance,
            audience,
            broadcaster,
            welcome,
            this::terms,
            meters);
    this.opening = new Opening(id, store, loop, state, feed, agenda, attendance, broadcaster, door);
    this.speech = new Speech(store, state, outbox, broadcaster, around.rules(), meters);
    this.checkout =
        new Checkout(
            id, store, loop, state.sales, feed, outbox, attendance, around.rules(), meters);
    this.asks = new Asks(id, loop, around, state.things, feed, outbox, meters);
    this.touchedMs = loop.nowMs();
  }

  /** The room's id. */
  public RoomId id() {
    return id;
  }

  // ---- from any thread

  /**
   * Somebody connected. The session gets {@code welcome} through the room's audience, then events;
   * or it is closed with 1012 when for long the store is away or too slow to tell where the viewer
   * stands.
   */
  public void offerJoin(Session session, @Nullable Position since) {
    inbox.put(() -> onJoin(session, since));
  }

  /** A connection is gone. Harmless for one that never joined. */
  public void offerLeave(Session session) {
    inbox.put(() -> onLeave(session));
  }

  /** A request of a session's viewer; answered through the session. */
  public void offerAction(Session session, String requestId, Action action) {
    ask(session, requestId, seat -> onAction(seat, requestId, action));
  }

  /** {@code me}: the viewer's standing after everything answered before. */
  public void offerLook(Session session, String requestId) {
    ask(session, requestId, seat -> onLook(seat, requestId));
  }

  private void ask(Session session, String requestId, SeatTask task) {
    if (!inbox.offer(() -> whenWelcomed(session, requestId, task))) {
      meters.onRefused(Reason.BUSY);
      session.answer(Messages.error(requestId, Refusal.FULL));
    }
  }

  /**
   * {@code like}: taps of this connection so far. Never answered.
   *
   * @return {@code false} when there is no time for it: to be told again, with what came until then
   */
  public boolean offerLikes(Session session, long total) {
    return inbox.offer(
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
    boolean taken =
        inbox.offer(
            () ->
                whenOpen(
                    () ->
                        outbox.add(
                            entry,
                            (outcome, fate, revision) -> {
                              meters.onOutcome(outcome);
                              answer.complete(outcome);
                            }),
                    () -> answer.complete(Outcome.Refused.of(Reason.UNAVAILABLE))));
    if (!taken) {
      answer.complete(new Outcome.Refused(Refusal.FULL));
    }
    return answer;
  }

  /** See {@link Rooms#view}. */
  CompletionStage<byte @Nullable []> view() {
    CompletableFuture<byte @Nullable []> answer = new CompletableFuture<>();
    boolean taken =
        inbox.offer(
            () ->
                whenOpen(
                    () -> answer.complete(welcome.view(feed.epoch())),
                    () -> answer.complete(null)));
    if (!taken) {
      answer.complete(null);
    }
    return answer;
  }

  /** See {@link Rooms#beat}. */
  RoomPulse.Beat beat() {
    return meters.pulse().beat(loop.nowMs());
  }

  @Override
  public void onCommit(Commit commit) {
    // One that is left out is a gap, which the feed fills.
    if (commitsWaiting.get() < Feed.MAX_AHEAD) {
      commitsWaiting.incrementAndGet();
      loop.execute(
          () -> {
            commitsWaiting.decrementAndGet();
            feed.onCommit(commit);
          });
    }
  }

  @Override
  public void onRelinked() {
    loop.execute(feed::onDoubt);
  }

  @Override
  public void onCanRead(Session session, long seq, boolean resuming) {
    loop.execute(() -> door.onLagging(session, seq, resuming));
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
          opening.follow(this);
        });
  }

  /** What was missed cannot be filled in. */
  private void onLost() {
    opening.read();
  }

  private void whenOpen(Runnable task, Runnable unavailable) {
    touchedMs = loop.nowMs();
    opening.whenOpen(task, unavailable);
  }

  // ---- joining and leaving

  private void onJoin(Session session, @Nullable Position since) {
    touchedMs = loop.nowMs();
    door.admit(attendance.enter(session), since, "welcome");
  }

  private void onLeave(Session session) {
    audience.leave(session);
    Seat seat = attendance.leave(session);
    if (seat != null) {
      door.onLeave(seat);
    }
    touchedMs = loop.nowMs();
  }

  // ---- requests

  private interface SeatTask {
    void run(Seat seat);
  }

  private void whenWelcomed(Session session, String requestId, SeatTask task) {
    Seat seat = attendance.seat(session);
    if (seat != null) {
      if (!seat.whenWelcomed(() -> task.run(seat))) {
        seat.refuse(meters, requestId, outbox.busy());
      }
    }
  }

  private void onLook(Seat seat, String requestId) {
    Viewer viewer = seat.session.viewer();
    if (viewer == null) {
      seat.refuse(meters, requestId, Refusal.of(Reason.UNAUTHORIZED));
      return;
    }
    outbox.add(
        new Entry.Look(viewer.id()),
        rankOf(seat),
        (outcome, fate, revision) -> {
          if (outcome instanceof Outcome.Stands stands) {
            seat.answer(
                Messages.ok(
                    requestId,
                    json -> {
                      json.writeObjectPropertyStart("viewer");
                      Messages.viewer(
                          json, viewer.id(), viewer.name(), viewer.role(), stands.standing());
                      json.writeEndObject();
                    }));
          } else {
            seat.refuse(meters, requestId, outcome);
          }
        });
  }

  private int rankOf(Seat seat) {
    Attendant attendant = seat.attendant;
    return attendant == null ? 0 : attendant.member.standing(terms()).tier().rank();
  }

  private void onAction(Seat seat, String requestId, Action action) {
    Attendant attendant = seat.attendant;
    if (attendant == null) {
      seat.refuse(meters, requestId, Refusal.of(Reason.UNAUTHORIZED));
      return;
    }
    RuleBook book = rules();
    if (inbox.isCrowded() && !attendant.member.standing(book.terms()).tier().isMember()) {
      seat.refuse(meters, requestId, outbox.busy());
      return;
    }
    Scene scene =
        new Scene(
            seat.viewer(),
            attendant.member.standing(book.terms()),
            state.settings,
            attendant.member.recent(),
            store.nowMs());
    Decision decision = book.decide(action, scene);
    attendant.member.keep(decision.recent());
    if (decision.refusal() != null) {
      seat.refuse(meters, requestId, decision.refusal());
    } else {
      act(seat, attendant, action, decision);
    }
  }

  private void act(Seat seat, Attendant attendant, Action action, Decision decision) {
    if (action instanceof Action.Say say) {
      speech.say(seat, attendant, say, decision.priority());
    } else if (action instanceof Action.Buy buy) {
      checkout.buy(seat, attendant, buy, decision.priority());
    } else if (action instanceof Action.Enter enter) {
      enter(seat, attendant, enter, decision.priority());
    } else if (action instanceof Action.Cancel cancel) {
      checkout.cancel(seat, attendant, cancel, decision.priority());
    } else if (action instanceof Action.Ask ask) {
      asks.ask(seat, attendant, ask, decision.priority());
    }
  }

  private void enter(Seat seat, Attendant attendant, Action.Enter enter, int rank) {
    outbox.add(
        new Entry.EnterLottery(
            new RequestKey(attendant.id, enter.id()), seat.viewer(), enter.lottery()),
        rank,
        (outcome, fate, revision) -> {
          if (outcome instanceof Outcome.Entered entered) {
            seat.answer(Messages.entered(enter.id(), entered.weight(), entered.entries()));
          } else {
            seat.refuse(meters, enter.id(), outcome);
          }
        });
  }

  // ---- what the store did

  private void apply(Commit commit) {
    state.addEvents(commit);
    for (Commit.Notice notice : commit.notices()) {
      notice.tell(notices, commit);
    }
    if (!commit.events().isEmpty()) {
      broadcaster.onEvents();
    }
  }

  /** What changed beside events. On the room's loop. */
  private final class Notices implements Commit.Hearer {
    @Override
    public void on(Commit.Likes likes, Commit of) {
      state.likes = likes.total();
      broadcaster.onLikes();
    }

    @Override
    public void on(Commit.Online online, Commit of) {
      state.online = online.count();
      broadcaster.onOnline();
    }

    @Override
    public void on(Commit.Awarded awarded, Commit of) {
      attendance.onAwarded(awarded, of.revision());
    }

    @Override
    public void on(Commit.MutedUntil muted, Commit of) {
      attendance.onMuted(muted, of.revision());
    }

    @Override
    public void on(Commit.Changed changed, Commit of) {
      state.settings = changed.settings();
    }

    @Override
    public void on(Commit.Boosted boosted, Commit of) {}

    @Override
    public void on(Commit.Deleted deleted, Commit of) {
      state.recall.forgetText(deleted.seq());
      broadcaster.onDeleted();
    }

    @Override
    public void on(Commit.OrderChanged changed, Commit of) {
      checkout.onOrder(changed);
    }

    @Override
    public void on(Commit.Stock stock, Commit of) {
      checkout.onStock(stock);
      broadcaster.onStock(stock);
    }

    @Override
    public void on(Commit.SaleChanged changed, Commit of) {
      boolean begins =
          of.events().stream().anyMatch(event -> SaleBook.schedules(event, changed.sale()));
      state.sales.onChanged(changed.sale(), changed.json(), begins);
    }

    @Override
    public void on(Commit.LotteryChanged changed, Commit of) {
      state.lotteries.onChanged(changed.lottery(), changed.json());
    }

    @Override
    public void on(Commit.OfActivity activity, Commit of) {
      Notice notice = activity.notice();
      state.things.on(notice);
      if (notice.what() == Notice.What.COUNT) {
        broadcaster.onCount(notice.kind() + ' ' + notice.id(), notice.json());
      }
    }

    @Override
    public void on(Commit.ToViewer message, Commit of) {
      attendance.toViewer(message.viewer(), message.json());
    }
  }

  // ---- time

  private void onSecond() {
    if (closed) {
      return;
    }
    second = loop.schedule(this::onSecond, SECOND_MS);
    attendance.onSecond();
    door.onSecond();
    state.sales.forgetOver(store.nowMs() - SALE_REMEMBERED_MS);
    busy = attendance.connections() > 0 || !outbox.isIdle() || !agenda.isEmpty();
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
          opening.close();
          feed.close();
          agenda.close();
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

  private void onNextDue(long dueMs) {
    agenda.onNextDue(dueMs);
  }

  private long nextFrameMs() {
    return broadcaster.nextFrameMs();
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
