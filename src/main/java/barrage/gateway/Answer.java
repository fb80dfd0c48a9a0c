package barrage.gateway;

import barrage.core.Outcome;
import barrage.core.Reason;
import barrage.core.Refusal;
import barrage.wire.Messages;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** What comes of an HTTP request. */
sealed interface Answer {

  /**
   * One that is whole.
   *
   * @param refusal what it refuses for, if it does
   */
  record Whole(int status, Map<CharSequence, String> headers, byte[] body, @Nullable Reason refusal)
      implements Answer {
    /** The same with one header more. */
    Whole with(CharSequence name, String value) {
      Map<CharSequence, String> more = new HashMap<>(headers);
      more.put(name, value);
      return new Whole(status, Map.copyOf(more), body, refusal);
    }
  }

  /** One that is sent page by page, each asked for when the one before is gone. */
  record Paged(Map<CharSequence, String> headers, Pages pages) implements Answer {}

  /** The pages of an answer; called for one at a time. */
  interface Pages {
    /** The next page, {@code null} after the last. */
    CompletionStage<byte @Nullable []> next();

    /** Whether all of them are in memory, so that whoever reads slowly keeps little from others. */
    default boolean areAtHand() {
      return false;
    }
  }

  /**
   * The connection becomes a WebSocket.
   *
   * @param accept proves that the key was read
   * @param subprotocol that was agreed on
   * @param extension permessage-deflate, with what was agreed on about it
   */
  record Upgrade(
      String accept, @Nullable String subprotocol, @Nullable String extension, Opening opening)
      implements Answer {}

  /** Makes the handler of a new WebSocket. */
  interface Opening {
    /**
     * Called on the loop.
     *
     * @param deflates whether permessage-deflate was agreed on
     */
    WebSocketHandler open(Channel channel, Loop loop, boolean deflates);
  }

  static Whole of(int status, String contentType, byte[] body) {
    return new Whole(status, Map.of(HttpHeaderNames.CONTENT_TYPE, contentType), body, null);
  }

  static Whole empty(int status) {
    return new Whole(status, Map.of(), new byte[0], null);
  }

  static Whole json(byte[] json) {
    return of(200, "application/json", json);
  }

  static Whole created(byte[] json) {
    return of(201, "application/json", json);
  }

  static Whole json(Consumer<JsonGenerator> fields) {
    return json(Messages.object(fields));
  }

  /** What the store has, or {@code not_found}. */
  static Whole found(Optional<byte[]> json) {
    return json.map(Answer::json).orElseGet(() -> refused(Reason.NOT_FOUND));
  }

  /** Of an outcome that is not the one an entry is granted with. */
  static Whole notGranted(Outcome outcome) {
    if (outcome instanceof Outcome.Refused refused) {
      return refused(refused.refusal());
    }
    throw new IllegalStateException("an outcome of another entry: " + outcome.getClass());
  }

  static Whole refused(Reason reason) {
    return refused(Refusal.of(reason));
  }

  /** A problem document (RFC 9457) with the code of the protocol. */
  static Whole refused(Refusal refusal) {
    return refused(refusal.reason().status(), refusal);
  }

  /** One whose status says more than the code's own. */
  static Whole refused(int status, Refusal refusal) {
    byte[] body =
        Messages.object(
            json -> {
              json.writeStringProperty("type", "about:blank");
              json.writeStringProperty("title", HttpResponseStatus.valueOf(status).reasonPhrase());
              json.writeNumberProperty("status", status);
              Messages.refusal(json, refusal);
            });
    Whole problem =
        new Whole(
            status,
            Map.of(HttpHeaderNames.CONTENT_TYPE, "application/problem+json"),
            body,
            refusal.reason());
    if (status == 401) {
      return problem.with(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer");
    }
    if (refusal.retryAfterMs() > 0) {
      long seconds = (refusal.retryAfterMs() + 999) / 1_000;
      return problem.with(HttpHeaderNames.RETRY_AFTER, Long.toString(seconds));
    }
    return status == 503 ? problem.with(HttpHeaderNames.RETRY_AFTER, "1") : problem;
  }
}
