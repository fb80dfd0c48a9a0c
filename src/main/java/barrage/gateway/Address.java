package barrage.gateway;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * How much of this node one address takes, so that no address takes what is there for all. Safe for
 * any thread.
 */
final class Address {
  private static final AttributeKey<Address> OF_CHANNEL = AttributeKey.valueOf(Address.class, "of");

  private final AtomicInteger underWay = new AtomicInteger();
  private int connections;

  /** Where a socket comes from; {@code null} when that does not count. */
  static @Nullable Address of(Channel channel) {
    return channel.attr(OF_CHANNEL).get();
  }

  void putOn(Channel channel) {
    channel.attr(OF_CHANNEL).set(this);
  }

  /** One connection more; how many there are now. For whoever owns it alone. */
  int connect() {
    return ++connections;
  }

  /** One connection less; whether any is left. For whoever owns it alone. */
  boolean disconnect() {
    return --connections > 0;
  }

  /**
   * Begins requests; {@link #end} follows.
   *
   * @return {@code false}, and nothing follows, when that would be more than {@code most} at a time
   */
  boolean begin(int requests, int most) {
    if (underWay.addAndGet(requests) <= most) {
      return true;
    }
    end(requests);
    return false;
  }

  /** Requests that were begun are answered. */
  void end(int requests) {
    underWay.addAndGet(-requests);
  }
}
