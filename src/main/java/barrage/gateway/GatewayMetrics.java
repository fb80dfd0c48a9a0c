package barrage.gateway;

import barrage.core.Reason;
import barrage.room.CloseReason;
import barrage.wire.ClientMessage;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What the gateway counts. Safe for any thread. */
public final class GatewayMetrics {
  private final LongAdder connections = new LongAdder();
  private final LongAdder lagging = new LongAdder();
  private final LongAdder requests = new LongAdder();
  private final Counter broadcasts;
  private final Counter deliveries;
  private final Counter deflateIn;
  private final Counter deflateOut;
  private final Map<Class<? extends ClientMessage>, Counter> messagesIn = new HashMap<>();
  private final Map<Reason, Counter> refusals = new EnumMap<>(Reason.class);
  private final Map<Integer, Counter> closes = new HashMap<>();
  private final Counter otherCloses;
  private final MeterRegistry registry;

  /** Registers the gateway's meters. */
  public GatewayMetrics(MeterRegistry registry) {
    this.registry = registry;
    registry.gauge("barrage.connections", connections, LongAdder::doubleValue);
    registry.gauge("barrage.connections.lagging", lagging, LongAdder::doubleValue);
    registry.gauge("barrage.http.requests", requests, LongAdder::doubleValue);
    broadcasts = registry.counter("barrage.broadcasts");
    deliveries = registry.counter("barrage.deliveries");
    deflateIn = registry.counter("barrage.deflate.bytes", "side", "in");
    deflateOut = registry.counter("barrage.deflate.bytes", "side", "out");
    for (Class<?> type : ClientMessage.class.getPermittedSubclasses()) {
      String name = type.getSimpleName().toLowerCase(Locale.ROOT);
      messagesIn.put(
          type.asSubclass(ClientMessage.class),
          registry.counter("barrage.messages.in", "type", name));
    }
    for (Reason reason : Reason.values()) {
      refusals.put(reason, registry.counter("barrage.refusals", "code", reason.wire()));
    }
    for (CloseReason reason : CloseReason.values()) {
      closes.put(reason.code(), closes(registry, Integer.toString(reason.code())));
    }
    for (int code : new int[] {1002, 1007}) {
      closes.put(code, closes(registry, Integer.toString(code)));
    }
    otherCloses = closes(registry, "by_client");
  }

  private static Counter closes(MeterRegistry registry, String code) {
    return registry.counter("barrage.closes", "code", code);
  }

  void connected() {
    connections.increment();
  }

  /**
   * A connection ended.
   *
   * @param code sent to the client, 0 when the client was first
   */
  void closed(int code) {
    connections.decrement();
    closes.getOrDefault(code, otherCloses).increment();
  }

  /**
   * A socket was turned away at the door.
   *
   * @param limit the setting that was reached
   */
  void turnedAway(String limit) {
    registry.counter("barrage.connections.refused", "limit", limit).increment();
  }

  void lagging(int change) {
    lagging.add(change);
  }

  /** An HTTP request came, or was dealt with. */
  void requested(int change) {
    requests.add(change);
  }

  void broadcast() {
    broadcasts.increment();
  }

  /** A broadcast was compressed. */
  void deflated(int fromBytes, int toBytes) {
    deflateIn.increment(fromBytes);
    deflateOut.increment(toBytes);
  }

  void delivered(int viewers) {
    deliveries.increment(viewers);
  }

  void refused(Reason reason) {
    increment(refusals.get(reason));
  }

  void messageIn(ClientMessage message) {
    increment(messagesIn.get(message.getClass()));
  }

  private static void increment(@Nullable Counter counter) {
    if (counter != null) {
      counter.increment();
    }
  }

  /** Those that are open now. */
  long connections() {
    return connections.sum();
  }

  /** Whether nobody is connected who still waits for something. */
  boolean isQuiet() {
    return connections.sum() == 0 && requests.sum() == 0;
  }
}
