package barrage.wire;

import barrage.core.Action;
import barrage.core.Danmaku;
import barrage.core.Reason;
import org.jspecify.annotations.Nullable;

/** A frame from a client, decoded. One that exists is well formed. */
public sealed interface ClientMessage {

  /** Of the request; {@code null} for what has none, or none that could be read. */
  default @Nullable String id() {
    return null;
  }

  /** {@code danmaku}. Whether the text may be said is the rules' business. */
  record Say(String id, Danmaku danmaku) implements ClientMessage {}

  /** {@code like}. */
  record Like(long total) implements ClientMessage {}

  /** {@code sale.buy}. */
  record Buy(String id, String sale, int quantity) implements ClientMessage {}

  /** {@code lottery.enter}. */
  record Enter(String id, String lottery) implements ClientMessage {}

  /** {@code order.cancel}. */
  record Cancel(String id, String order) implements ClientMessage {}

  /**
   * What an activity registered.
   *
   * @param kind the type of the message
   */
  record Ask(String id, Action.Kind kind, Action.Request request) implements ClientMessage {}

  /** {@code me}. */
  record Me(String id) implements ClientMessage {}

  /** {@code ping}. */
  record Ping(String id) implements ClientMessage {}

  /**
   * Not a message of the protocol.
   *
   * @param id to answer to, when one could be read
   * @param detail what is wrong; {@code null} says no more than the reason
   */
  record Malformed(@Nullable String id, Reason reason, @Nullable String detail)
      implements ClientMessage {}
}
