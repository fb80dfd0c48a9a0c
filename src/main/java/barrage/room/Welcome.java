package barrage.room;

import barrage.core.RoomId;
import barrage.core.Standing;
import barrage.core.Viewer;
import barrage.wire.Messages;
import barrage.wire.Splice;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes {@code welcome} and {@code resync}: a room as it is, for one who begins to watch it. */
final class Welcome {
  /** How many danmaku a newcomer is shown. */
  private static final int RECENT = 50;

  private static final int TYPICAL_BYTES = 12 * 1024;

  private final RoomId room;
  private final RoomState state;
  private final int heartbeatMs;

  Welcome(RoomId room, RoomState state, int heartbeatMs) {
    this.room = room;
    this.state = state;
    this.heartbeatMs = heartbeatMs;
  }

  /**
   * A full snapshot.
   *
   * @param type {@code welcome} or {@code resync}
   * @param seq the number after which events will follow
   */
  byte[] snapshot(
      String type,
      @Nullable Viewer viewer,
      @Nullable Standing standing,
      long epoch,
      long seq,
      long serverTimeMs) {
    return write(
        type, viewer, standing, epoch, seq, false, serverTimeMs, state.recall.danmaku(seq, RECENT));
  }

  /** To one who resumes after {@code seq}; what was missed follows. */
  byte[] resumed(
      @Nullable Viewer viewer,
      @Nullable Standing standing,
      long epoch,
      long seq,
      long serverTimeMs) {
    return write("welcome", viewer, standing, epoch, seq, true, serverTimeMs, List.of());
  }

  private byte[] write(
      String type,
      @Nullable Viewer viewer,
      @Nullable Standing standing,
      long epoch,
      long seq,
      boolean resumed,
      long serverTimeMs,
      List<Numbered> recent) {
    byte[] head =
        Messages.object(
            json -> {
              json.writeStringProperty("type", type);
              json.writeStringProperty("room", room.value());
              if (viewer == null || standing == null) {
                json.writeNullProperty("viewer");
              } else {
                json.writeObjectPropertyStart("viewer");
                Messages.viewer(json, viewer.id(), viewer.name(), viewer.role(), standing);
                json.writeEndObject();
              }
              json.writeNumberProperty("epoch", epoch);
              json.writeNumberProperty("seq", seq);
              json.writeBooleanProperty("resumed", resumed);
              json.writeNumberProperty("serverTime", serverTimeMs);
              json.writeNumberProperty("heartbeatMs", heartbeatMs);
              json.writeNumberProperty("online", state.onlineNow());
              json.writeNumberProperty("likes", state.likes);
              json.writeObjectPropertyStart("settings");
              Messages.settings(json, state.settings);
              json.writeEndObject();
              json.writeArrayPropertyStart("lotteries");
              json.writeEndArray();
              json.writeArrayPropertyStart("sales");
              json.writeEndArray();
              json.writeArrayPropertyStart("orders");
              json.writeEndArray();
            });
    Splice whole = new Splice(TYPICAL_BYTES).json(head).dropLast().ascii(",\"recent\":[");
    for (Numbered danmaku : recent) {
      whole.element(danmaku.json());
    }
    return whole.ascii("]}").toBytes();
  }

  /** For {@code GET /api/rooms/{room}}. */
  byte[] view(long epoch) {
    return Messages.object(
        json -> {
          json.writeStringProperty("room", room.value());
          json.writeNumberProperty("epoch", epoch);
          json.writeNumberProperty("seq", state.recall.lastSeq());
          json.writeNumberProperty("online", state.onlineNow());
          json.writeNumberProperty("likes", state.likes);
          json.writeNumberProperty("danmaku", state.danmaku);
          json.writeObjectPropertyStart("settings");
          Messages.settings(json, state.settings);
          json.writeEndObject();
          json.writeArrayPropertyStart("lotteries");
          json.writeEndArray();
          json.writeArrayPropertyStart("sales");
          json.writeEndArray();
        });
  }
}
