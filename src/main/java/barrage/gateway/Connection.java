package barrage.gateway;

import barrage.core.Action;
import barrage.core.Limits;
import barrage.core.Reason;
import barrage.core.Refusal;
import barrage.core.Viewer;
import barrage.room.CloseReason;
import barrage.room.Position;
import barrage.room.Session;
import barrage.wire.ClientMessage;
import barrage.wire.ClientMessages;
import barrage.wire.Messages;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A viewer's, or an anonymous watcher's, connection to one room: hands what the client says to the
 * room, unless it says too much or may not say it, and keeps an eye on the client.
 *
 * <p>Confined to its loop, but for the methods of {@link Session}.
 */
final class Connection extends WebSocketHandler implements Session {
  private static final long NEVER = Long.MAX_VALUE;

  /** Requests without an answer after which a connection is not listened to for a while. */
  static final int MAX_UNANSWERED = 1_000;

  /** And how many there are when it is listened to again. */
  private static final int FEW_UNANSWERED = MAX_UNANSWERED / 2;

  /**
   * What was asked over a connection that is gone is done with after so long, as {@link
   * barrage.room.Store} promises.
   */
  private static final long OUTLIVES_MS = 2_000;

  private final Shared shared;
  private final RoomCalls room;
  private final @Nullable Position since;
  private final @Nullable Viewer viewer;
  private final long serial;
  private final long expiresAtMs;
  private final @Nullable Address address;
  private final Seat seat = new Seat(this);
  private int unanswered;
  private boolean resting;
  private @Nullable CloseReason farewell;
  private volatile long lastSeenMs;
  private long pingedAtMs;
  private long stalledSinceMs = NEVER;

  /** Taps told over the limit, or when the room had no time; 0 when there are none. */
  private long heldTaps;

  private @Nullable Throttle throttle;

  /**
   * What all connections of a gateway have in common.
   *
   * @param node unique among all nodes
   * @param types the messages of activities
   * @param storeNowMs the store's clock
   */
  record Shared(
      GatewayConfig config,
      GatewayMetrics metrics,
      ClientMessages.Types types,
      String node,
      LongSupplier storeNowMs) {}

  /**
   * @param serial unique among the node's connections
   * @param expiresAtMs when the token does, on the loop's clock
   * @param deflates whether permessage-deflate was agreed on
   */
  Connection(
      Channel channel,
      Loop loop,
      Shared shared,
      RoomCalls room,
      @Nullable Position since,
      @Nullable Viewer viewer,
      long serial,
      long expiresAtMs,
      boolean deflates) {
    super(
        channel,
        loop,
        shared.config.maxFrameBytes(),
        shared.config.times().closeGraceMs(),
        deflates);
    this.shared = shared;
    this.room = room;
    this.since = since;
    this.viewer = viewer;
    this.serial = serial;
    this.expiresAtMs = expiresAtMs;
    this.address = Address.of(channel);
    this.lastSeenMs = loop.nowMs();
    this.pingedAtMs = lastSeenMs;
  }

  @Override
  public @Nullable Viewer viewer() {
    return viewer;
  }

  @Override
  public String id() {
    return shared.node + '-' + Long.toString(serial, Character.MAX_RADIX);
  }

  @Override
  public void send(byte[] json) {
    loop().run(() -> sendNow(json));
  }

  @Override
  public long lastSeenMs() {
    return lastSeenMs;
  }

  @Override
  public void ping() {
    loop().run(() -> pingNow(loop().nowMs()));
  }

  @Override
  public void close(CloseReason reason) {
    loop().run(() -> closeNow(reason));
  }

  @Override
  public void answer(byte[] json) {
    loop().run(() -> answerNow(json));
  }

  private void answerNow(byte[] json) {
    if (isClosing()) {
      return;
    }
    unanswered--;
    if (address != null) {
      address.end();
    }
    sendNow(json); // may close, which counts what is left without an answer
    if (unanswered == FEW_UNANSWERED) {
      listenIfItMay();
    }
    if (unanswered == 0 && farewell != null) {
      closeNow(farewell);
    }
  }

  /** Closes it, once what was asked over it is answered. */
  void closeWhenAnswered(CloseReason reason) {
    if (unanswered == 0) {
      closeNow(reason);
    } else {
      farewell = reason;
    }
  }

  Seat seat() {
    return seat;
  }

  @Override
  void onOpen() {
    shared.metrics.connected();
    room.offerJoin(this, since);
  }

  @Override
  void onFrame() {
    long now = loop().nowMs();
    lastSeenMs = now;
    Limits limits = shared.config.limits().get();
    if (!limits.enabled()) {
      return;
    }
    Throttle flow = throttle(limits, now);
    if (flow.floods(limits, now)) {
      closeNow(CloseReason.FLOODING);
    } else if (!resting && flow.restMs(limits, now) > 0) {
      resting = true;
      listen(false);
      rest(flow);
    }
  }

  private void rest(Throttle flow) {
    long ms = flow.restMs(shared.config.limits().get(), loop().nowMs());
    resting = ms > 0;
    if (resting) {
      loop().after(() -> rest(flow), ms);
    } else {
      listenIfItMay();
    }
  }

  @Override
  void onDeflated(int bytes) {
    long now = lastSeenMs;
    Limits limits = shared.config.limits().get();
    if (limits.enabled() && throttle(limits, now).isTooMuchToInflate(limits, bytes)) {
      closeNow(CloseReason.FLOODING);
    }
  }

  @Override
  void onText(ByteBuf payload) {
    int length = payload.readableBytes();
    byte[] bytes = loop().scratch(length);
    payload.readBytes(bytes, 0, length);
    ClientMessage message = ClientMessages.read(bytes, 0, length, shared.types);
    shared.metrics.messageIn(message);
    long waitMs = waitForToken();
    if (waitMs > 0 && message instanceof ClientMessage.Like like) {
      heldTaps = Math.max(heldTaps, like.total());
    } else if (waitMs > 0) {
      refuse(message.id(), Refusal.retryAfter(Reason.RATE_LIMITED, waitMs));
    } else {
      handle(message);
    }
  }

  @Override
  void onBinary(ByteBuf payload) {
    closeNow(CloseReason.BAD_PROTOCOL);
  }

  private void handle(ClientMessage message) {
    if (message instanceof ClientMessage.Ping ping) {
      pong(ping.id());
    } else if (message instanceof ClientMessage.Malformed malformed) {
      String detail = malformed.detail();
      refuse(
          malformed.id(),
          detail == null ? Refusal.of(malformed.reason()) : Refusal.of(malformed.reason(), detail));
    } else if (viewer == null) {
      if (!(message instanceof ClientMessage.Like)) {
        refuse(message.id(), Refusal.of(Reason.UNAUTHORIZED));
      }
    } else if (message instanceof ClientMessage.Like like) {
      likes(like.total());
    } else if (beginRequest()) {
      ask(message);
    } else {
      refuse(message.id(), Refusal.FULL);
    }
  }

  /** Whether there is a place for a request more; its answer gives it back. */
  private boolean beginRequest() {
    Address here = address;
    if (here != null && !here.begin(mostRequests())) {
      return false;
    }
    unanswered++;
    if (unanswered == MAX_UNANSWERED) {
      listen(false);
    }
    return true;
  }

  private int mostRequests() {
    return shared.config.bound(shared.config.entrance().maxRequestsPerAddress());
  }

  private void ask(ClientMessage message) {
    if (message instanceof ClientMessage.Say say) {
      room.offerAction(this, say.id(), new Action.Say(say.id(), say.danmaku()));
    } else if (message instanceof ClientMessage.Buy buy) {
      room.offerAction(this, buy.id(), new Action.Buy(buy.id(), buy.sale(), buy.quantity()));
    } else if (message instanceof ClientMessage.Enter enter) {
      room.offerAction(this, enter.id(), new Action.Enter(enter.id(), enter.lottery()));
    } else if (message instanceof ClientMessage.Cancel cancel) {
      room.offerAction(this, cancel.id(), new Action.Cancel(cancel.id(), cancel.order()));
    } else if (message instanceof ClientMessage.Ask ask) {
      room.offerAction(this, ask.id(), new Action.Ask(ask.id(), ask.kind(), ask.request()));
    } else if (message instanceof ClientMessage.Me me) {
      room.offerLook(this, me.id());
    }
  }

  /** Not to who does not read what we say, has asked for much, or floods. */
  private void listenIfItMay() {
    if (isWritable() && unanswered <= FEW_UNANSWERED && !resting && !isClosing()) {
      listen(true);
    }
  }

  /** A like has no answer, so one that came too fast is late rather than refused. */
  private void likes(long total) {
    heldTaps = room.offerLikes(this, total) ? 0 : Math.max(heldTaps, total);
  }

  private void pong(String id) {
    long now = shared.storeNowMs.getAsLong();
    sendNow(Messages.ok(id, json -> json.writeNumberProperty("serverTime", now)));
  }

  private void refuse(@Nullable String id, Refusal refusal) {
    shared.metrics.refused(refusal.reason());
    sendNow(Messages.error(id, refusal));
  }

  private long waitForToken() {
    Limits limits = shared.config.limits().get();
    long now = lastSeenMs;
    return limits.enabled() ? throttle(limits, now).take(limits, now) : 0;
  }

  /** Made with the first frame: most viewers only watch. */
  private Throttle throttle(Limits limits, long nowMs) {
    Throttle made = throttle;
    if (made == null) {
      made = new Throttle(limits, nowMs);
      throttle = made;
    }
    return made;
  }

  private void sendNow(byte[] json) {
    if (isClosing()) {
      return;
    }
    write(textFrame(json));
    if (!isWritable() && isOverfull()) {
      flush();
      if (isOverfull()) {
        closeNow(CloseReason.TOO_SLOW);
      }
    }
  }

  private boolean isOverfull() {
    GatewayConfig.SlowConsumers slow = shared.config.slowConsumers();
    return bytesAboveLowWater() > slow.maxPendingBytes() - slow.lowWaterBytes();
  }

  /** Whether a broadcast may be written to it. */
  boolean canTakeMore() {
    if (!isWritable()) {
      flush(); // what waits may wait only for the end of the turn
    }
    return isWritable();
  }

  @Override
  void onWritable(boolean writable) {
    if (writable) {
      stalledSinceMs = NEVER;
      seat.onWritable();
      listenIfItMay();
    } else {
      stalledSinceMs = loop().nowMs();
      listen(false);
    }
  }

  @Override
  void onSweep(long nowMs) {
    GatewayConfig.Times times = shared.config.times();
    if (nowMs >= expiresAtMs) {
      closeNow(CloseReason.UNAUTHORIZED);
    } else if (nowMs - lastSeenMs >= times.silentMs()) {
      closeNow(CloseReason.SILENT);
    } else if (stalledSinceMs != NEVER
        && nowMs - stalledSinceMs >= shared.config.slowConsumers().maxStallMs()) {
      closeNow(CloseReason.TOO_SLOW);
    } else {
      if (heldTaps > 0 && viewer != null) {
        likes(heldTaps);
      }
      if (nowMs - pingedAtMs >= times.pingEveryMs()) {
        pingNow(nowMs);
      }
    }
  }

  private void pingNow(long nowMs) {
    if (!isClosing() && isWritable()) {
      pingedAtMs = nowMs;
      write(pingFrame());
    }
  }

  private void closeNow(CloseReason reason) {
    Farewell farewell =
        switch (reason) {
          case TOO_SLOW, FLOODING, SILENT, BAD_PROTOCOL, TOO_LARGE -> Farewell.ONE_SIDED;
          case GOING_AWAY, SERVICE_RESTART, UNAUTHORIZED, FORBIDDEN, NO_SUCH_ROOM ->
              Farewell.HANDSHAKE;
        };
    close(reason.code(), reason.text(), farewell);
  }

  @Override
  void onClosing(int code) {
    seat.leave();
    shared.metrics.closed(code);
    room.offerLeave(this);
    Address here = address;
    int left = unanswered;
    if (here != null && left > 0) {
      loop().after(() -> here.end(left), OUTLIVES_MS);
    }
  }
}
