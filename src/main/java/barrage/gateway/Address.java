package barrage.gateway;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import org.jspecify.annotations.Nullable;

/**
 * How much of this node one address takes, so that no address takes what is there for all. It is
 * known as long as it has a connection, or a request under way: hanging up ends none. Safe for any
 * thread.
 */
final class Address {
  private static final AttributeKey<Address> OF_CHANNEL = AttributeKey.valueOf(Address.class, "of");

  private final Long key;
  private final Runnable onGone;
  private final Places requests = new Places();
  private final Places downloads = new Places();
  private final Places connections = new Places();

  /**
   * @param key the same for all that count as one address
   * @param onGone called when it may be {@link #isGone}, by any thread
   */
  Address(Long key, Runnable onGone) {
    this.key = key;
    this.onGone = onGone;
  }

  /** Where a socket comes from; {@code null} when that does not count. */
  static @Nullable Address of(Channel channel) {
    return channel.attr(OF_CHANNEL).get();
  }

  /** The same as long as the node lives, also when the address was gone for a while. */
  Long key() {
    return key;
  }

  void putOn(Channel channel) {
    channel.attr(OF_CHANNEL).set(this);
  }

  static void takeOff(Channel channel) {
    channel.attr(OF_CHANNEL).set(null);
  }

  /** Its connections, which one thread at a time counts. */
  Places connections() {
    return connections;
  }

  /** Whether there is nothing of it any more. */
  boolean isGone() {
    return connections.areFree() && requests.areFree();
  }

  /**
   * Begins a request; {@link #end} follows.
   *
   * @return {@code false}, and nothing follows, when that would be more than {@code most} at a time
   */
  boolean begin(int most) {
    return requests.take(most);
  }

  /** A request that was begun is answered. */
  void end() {
    end(1);
  }

  /** Requests that were begun are answered. */
  void end(int answered) {
    if (requests.giveBack(answered) == 0 && connections.areFree()) {
      onGone.run();
    }
  }

  /** The downloads among its requests. */
  Places downloads() {
    return downloads;
  }
}
