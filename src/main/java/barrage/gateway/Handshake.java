package barrage.gateway;

import barrage.core.Reason;
import barrage.core.Refusal;
import barrage.core.RoomId;
import barrage.room.CloseReason;
import barrage.room.Position;
import barrage.wire.BadRequest;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /rooms/{room}/ws}: from an HTTP request to a connection (RFC 6455, section 4.2). What
 * a browser may not do is refused with a status; who may not watch is let in and closed at once,
 * because scripts see close codes and never see statuses.
 */
final class Handshake {
  private static final String SUBPROTOCOL = "barrage.v1";
  private static final String BEARER_SUBPROTOCOL = "bearer.";
  private static final String VERSION = "13";
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final Pattern SINCE = Pattern.compile("(\\d{1,32}):(\\d{1,32})");

  private final Connection.Shared shared;
  private final Authenticator authenticator;
  private final Origins origins;
  private final RoomDoor rooms;
  private final BooleanSupplier isDraining;
  private final AtomicLong serials = new AtomicLong();

  Handshake(
      Connection.Shared shared,
      Authenticator authenticator,
      Origins origins,
      RoomDoor rooms,
      BooleanSupplier isDraining) {
    this.shared = shared;
    this.authenticator = authenticator;
    this.origins = origins;
    this.rooms = rooms;
    this.isDraining = isDraining;
  }

  CompletionStage<Answer> answer(Call call) {
    Request request = call.request();
    if (!origins.allows(request.header(HttpHeaderNames.ORIGIN))) {
      return refused(Reason.FORBIDDEN);
    }
    if (!isUpgrade(request) || !VERSION.equals(request.header("Sec-WebSocket-Version"))) {
      return CompletableFuture.completedStage(
          Answer.refused(
                  426, Refusal.of(Reason.BAD_REQUEST, "This is for WebSocket version 13 alone."))
              .with(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET.toString())
              .with("Sec-WebSocket-Version", VERSION));
    }
    String key = request.header(HttpHeaderNames.SEC_WEBSOCKET_KEY);
    if (key == null || !isKey(key)) {
      throw new BadRequest("Sec-WebSocket-Key must be 16 bytes in Base64");
    }
    if (!RoomId.isValid(call.param("room"))) {
      return refused(Reason.NOT_FOUND);
    }
    if (isDraining.getAsBoolean()) {
      return refused(Reason.UNAVAILABLE);
    }
    Position since = since(request.query("since"));
    List<String> offered = subprotocols(request);
    String token = token(request, offered);
    String agreed = offered.contains(SUBPROTOCOL) ? SUBPROTOCOL : null;
    String extension =
        shared.config().compression()
            ? DeflateOffer.answer(
                request.headers().getAll(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS))
            : null;
    return opening(call, since, token)
        .thenApply(opening -> new Answer.Upgrade(accept(key), agreed, extension, opening));
  }

  private CompletionStage<Answer.Opening> opening(
      Call call, @Nullable Position since, @Nullable String token) {
    if (token == null) {
      return shared.config().anonymousMayWatch()
          ? opening(call, since, (Grant) null)
          : CompletableFuture.completedStage(closing(CloseReason.UNAUTHORIZED));
    }
    return authenticator
        .authenticate(token)
        .thenCompose(verdict -> opening(call, since, verdict))
        // The keys cannot be had: a client is to come back, not to ask for a new token.
        .exceptionally(fault -> closing(CloseReason.SERVICE_RESTART));
  }

  private CompletionStage<Answer.Opening> opening(
      Call call, @Nullable Position since, Authenticator.Verdict verdict) {
    if (!(verdict instanceof Grant grant)) {
      return CompletableFuture.completedStage(closing(CloseReason.UNAUTHORIZED));
    } else if (!grant.holdsFor(call.room())) {
      return CompletableFuture.completedStage(closing(CloseReason.FORBIDDEN));
    }
    return opening(call, since, grant);
  }

  private CompletionStage<Answer.Opening> opening(
      Call call, @Nullable Position since, @Nullable Grant grant) {
    return rooms
        .enter(call.room(), grant, call.address())
        .thenApply(
            entered -> {
              RoomCalls room = entered.room();
              return room != null ? opening(room, since, grant) : closing(reason(entered));
            });
  }

  /** Whom there is no room for, or for whom it cannot be found out, is to come back with jitter. */
  private static CloseReason reason(RoomDoor.Entered entered) {
    Refusal refusal = entered.refusal();
    return refusal != null && refusal.reason() == Reason.NOT_FOUND
        ? CloseReason.NO_SUCH_ROOM
        : CloseReason.SERVICE_RESTART;
  }

  private Answer.Opening opening(RoomCalls room, @Nullable Position since, @Nullable Grant grant) {
    return (channel, loop, deflates) ->
        new Connection(
            channel,
            loop,
            shared,
            room,
            since,
            grant == null ? null : grant.viewer(),
            serials.incrementAndGet(),
            grant == null
                ? Long.MAX_VALUE
                : loop.nowMs() + grant.expiresAtMs() - authenticator.nowMs(),
            deflates);
  }

  private Answer.Opening closing(CloseReason reason) {
    return (channel, loop, deflates) -> new TurnedAway(channel, loop, shared, reason, deflates);
  }

  /** A WebSocket that exists to say why there is none. */
  private static final class TurnedAway extends WebSocketHandler {
    private final Connection.Shared shared;
    private final CloseReason reason;

    TurnedAway(
        Channel channel,
        Loop loop,
        Connection.Shared shared,
        CloseReason reason,
        boolean deflates) {
      super(
          channel,
          loop,
          shared.config().maxFrameBytes(),
          shared.config().times().closeGraceMs(),
          deflates);
      this.shared = shared;
      this.reason = reason;
    }

    @Override
    void onOpen() {
      shared.metrics().connected();
      close(reason.code(), reason.text(), Farewell.HANDSHAKE);
    }

    @Override
    void onClosing(int code) {
      shared.metrics().closed(code);
    }

    @Override
    void onFrame() {}

    @Override
    void onDeflated(int bytes) {}

    @Override
    void onText(ByteBuf payload) {}

    @Override
    void onBinary(ByteBuf payload) {}

    @Override
    void onWritable(boolean writable) {}

    @Override
    void onSweep(long nowMs) {}
  }

  private static CompletionStage<Answer> refused(Reason reason) {
    return CompletableFuture.completedStage(Answer.refused(reason));
  }

  private static boolean isUpgrade(Request request) {
    return request.method().equals(HttpMethod.GET)
        && request
            .headers()
            .containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
        && request
            .headers()
            .containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true);
  }

  private static boolean isKey(String key) {
    try {
      return Base64.getDecoder().decode(key.trim()).length == 16;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** A position no epoch could have had is like none: a full snapshot. */
  private static @Nullable Position since(@Nullable String text) {
    if (text == null) {
      return null;
    }
    Matcher parts = SINCE.matcher(text);
    if (!parts.matches()) {
      throw new BadRequest("since must be <epoch>:<seq>");
    }
    try {
      return new Position(Long.parseLong(parts.group(1)), Long.parseLong(parts.group(2)));
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static List<String> subprotocols(Request request) {
    List<String> offered = new ArrayList<>();
    for (String header : request.headers().getAll(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL)) {
      for (String each : header.split(",", -1)) {
        offered.add(each.trim());
      }
    }
    return offered;
  }

  private static @Nullable String token(Request request, List<String> offered) {
    String bearer = request.bearerToken();
    if (bearer != null) {
      return bearer;
    }
    for (String each : offered) {
      if (each.startsWith(BEARER_SUBPROTOCOL)) {
        return each.substring(BEARER_SUBPROTOCOL.length());
      }
    }
    return null;
  }

  private static String accept(String key) {
    try {
      byte[] proof = (key.trim() + GUID).getBytes(StandardCharsets.US_ASCII);
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1").digest(proof));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }
}
