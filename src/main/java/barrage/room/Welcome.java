package barrage.room;

import barrage.activity.Thing;
import barrage.core.Order;
import barrage.core.Outcome;
import barrage.core.RoomId;
import barrage.core.Standing;
import barrage.core.Terms;
import barrage.core.Tier;
import barrage.core.Viewer;
import barrage.wire.Messages;
import barrage.wire.Splice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** Writes {@code welcome} and {@code resync}: a room as it is, for one who begins to watch it. */
final class Welcome {
  /** How many danmaku a newcomer is shown. */
  private static final int RECENT = 50;

  private final RoomId room;
  private final RoomState state;
  private final int heartbeatMs;
  private final Supplier<Terms> terms;

  /**
   * What of it is one viewer's own.
   *
   * @param viewer {@code null} for an anonymous watcher
   * @param orders their newest, newest first
   * @param entered the lotteries they are in
   * @param mine as in {@link Outcome.Stands}
   */
  record Guest(
      @Nullable Viewer viewer,
      @Nullable Standing standing,
      List<Order> orders,
      Set<String> entered,
      Map<String, byte[]> mine) {
    static final Guest ANONYMOUS = new Guest(null, null, List.of(), Set.of(), Map.of());
  }

  Welcome(RoomId room, RoomState state, int heartbeatMs, Supplier<Terms> terms) {
    this.room = room;
    this.state = state;
    this.heartbeatMs = heartbeatMs;
    this.terms = terms;
  }

  /**
   * A full snapshot.
   *
   * @param type {@code welcome} or {@code resync}
   * @param seq the number after which events will follow
   */
  byte[] snapshot(String type, Guest guest, long epoch, long seq, long serverTimeMs) {
    return write(
        type, guest, epoch, seq, false, serverTimeMs, jsonOf(state.recall.danmaku(seq, RECENT)));
  }

  /** To one who resumes after {@code seq}; what was missed follows. */
  byte[] resumed(Guest guest, long epoch, long seq, long serverTimeMs) {
    return write("welcome", guest, epoch, seq, true, serverTimeMs, List.of());
  }

  private byte[] write(
      String type,
      Guest guest,
      long epoch,
      long seq,
      boolean resumed,
      long serverTimeMs,
      List<byte[]> recent) {
    byte[] head =
        Messages.object(
            json -> {
              json.writeStringProperty("type", type);
              json.writeStringProperty("room", room.value());
              viewer(json, guest);
              json.writeNumberProperty("epoch", epoch);
              json.writeNumberProperty("seq", seq);
              json.writeBooleanProperty("resumed", resumed);
              json.writeNumberProperty("serverTime", serverTimeMs);
              json.writeNumberProperty("heartbeatMs", heartbeatMs);
              counters(json);
              json.writeArrayPropertyStart("tiers");
              for (Tier tier : Tier.values()) {
                Messages.tier(json, tier, terms.get().of(tier));
              }
              json.writeEndArray();
              json.writeArrayPropertyStart("orders");
              for (Order order : guest.orders()) {
                json.writeStartObject();
                Messages.order(json, order);
                json.writeEndObject();
              }
              json.writeEndArray();
            });
    List<byte[]> lotteries = state.lotteries.currentFor(guest.entered());
    List<byte[]> sales = state.sales.current();
    List<byte[]> active = active(sales, lotteries, guest.mine());
    int bytes =
        head.length + bytesOf(lotteries) + bytesOf(sales) + bytesOf(active) + bytesOf(recent);
    Splice whole = new Splice(bytes).json(head).dropLast();
    array(whole, "lotteries", lotteries);
    array(whole, "sales", sales);
    array(whole, "active", active);
    array(whole, "recent", recent);
    return whole.ascii("}").toBytes();
  }

  /** All that is open, scheduled or just over, each with its kind and what is this viewer's. */
  private List<byte[]> active(
      List<byte[]> sales, List<byte[]> lotteries, Map<String, byte[]> mine) {
    List<byte[]> active = new ArrayList<>();
    sales.forEach(json -> active.add(ofKind("sale", json, null)));
    lotteries.forEach(json -> active.add(ofKind("lottery", json, null)));
    for (Thing thing : state.things.active()) {
      active.add(ofKind(thing.kind(), thing.json(), mine.get(thing.kind() + ' ' + thing.id())));
    }
    return active;
  }

  private static byte[] ofKind(String kind, byte[] json, byte @Nullable [] mine) {
    Splice whole = new Splice(json.length + 64 + (mine == null ? 0 : mine.length));
    whole.ascii("{\"kind\":\"" + kind + '"');
    if (mine != null) {
      whole.ascii(",\"mine\":").json(mine);
    }
    return whole.ascii(",").fields(json).toBytes();
  }

  private static void viewer(JsonGenerator json, Guest guest) {
    Viewer viewer = guest.viewer();
    Standing standing = guest.standing();
    if (viewer == null || standing == null) {
      json.writeNullProperty("viewer");
    } else {
      json.writeObjectPropertyStart("viewer");
      Messages.viewer(json, viewer.id(), viewer.name(), viewer.role(), standing);
      json.writeEndObject();
    }
  }

  private void counters(JsonGenerator json) {
    json.writeNumberProperty("online", state.onlineNow());
    json.writeNumberProperty("likes", state.likes);
    json.writeObjectPropertyStart("settings");
    Messages.settings(json, state.settings);
    json.writeEndObject();
  }

  private static List<byte[]> jsonOf(List<Numbered> events) {
    return events.stream().map(Numbered::json).toList();
  }

  private static void array(Splice whole, String name, List<byte[]> elements) {
    whole.ascii(",\"" + name + "\":[");
    elements.forEach(whole::element);
    whole.ascii("]");
  }

  /** As an array with its name. */
  private static int bytesOf(List<byte[]> elements) {
    int bytes = 20 + elements.size();
    for (byte[] each : elements) {
      bytes += each.length;
    }
    return bytes;
  }

  /** For {@code GET /api/rooms/{room}}. */
  byte[] view(long epoch) {
    byte[] head =
        Messages.object(
            json -> {
              json.writeStringProperty("room", room.value());
              json.writeNumberProperty("epoch", epoch);
              json.writeNumberProperty("seq", state.recall.lastSeq());
              json.writeNumberProperty("danmaku", state.danmaku);
              counters(json);
            });
    Splice whole = new Splice(head.length + 256).json(head).dropLast();
    array(whole, "lotteries", state.lotteries.current());
    array(whole, "sales", state.sales.current());
    array(whole, "active", active(state.sales.current(), state.lotteries.current(), Map.of()));
    return whole.ascii("}").toBytes();
  }
}
