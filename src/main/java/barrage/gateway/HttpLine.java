package barrage.gateway;

import barrage.core.Reason;
import barrage.core.Refusal;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The calls of HTTP that wait for a room or the store: so many at a time of all, and together with
 * what is asked over WebSocket so many of one address. Safe for any thread.
 */
final class HttpLine {
  /** Told to who finds no place. */
  static final Refusal FULL = Refusal.retryAfter(Reason.BUSY, 500);

  /** A download holds a page at a time, of a hundred kilobytes or two. */
  static final int DOWNLOAD = 32;

  private final GatewayConfig config;
  private final AtomicInteger places = new AtomicInteger();

  HttpLine(GatewayConfig config) {
    this.config = config;
  }

  /**
   * Takes places; {@link #leave} follows.
   *
   * @param address of the caller; {@code null}: it does not count
   * @return {@code false}, and nothing follows, when there are not so many
   */
  boolean enter(int taken, @Nullable Address address) {
    boolean bounded = config.limits().get().enabled();
    GatewayConfig.Entrance bounds = config.entrance();
    if (places.addAndGet(taken) > bounds.maxHttpRequests() && bounded) {
      places.addAndGet(-taken);
      return false;
    }
    int most = bounded ? bounds.maxRequestsPerAddress() : Integer.MAX_VALUE;
    if (address != null && !address.begin(taken, most)) {
      places.addAndGet(-taken);
      return false;
    }
    return true;
  }

  /** Gives places back. */
  void leave(int taken, @Nullable Address address) {
    places.addAndGet(-taken);
    if (address != null) {
      address.end(taken);
    }
  }
}
