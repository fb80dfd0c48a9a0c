package barrage.gateway;

import barrage.core.RoomId;
import barrage.room.Store;
import java.time.Instant;
import tools.jackson.databind.JsonNode;

/** A room's danmaku for a spreadsheet, with who said them. */
final class DanmakuCsv extends DanmakuExport {
  private Csv csv = new Csv();

  DanmakuCsv(Store store, RoomId room, long fromSeq) {
    super(store, room, fromSeq);
  }

  @Override
  void begin() {
    csv.begin("seq", "at", "viewer", "name", "tier", "mode", "color", "text");
  }

  @Override
  void append(JsonNode event) {
    JsonNode viewer = event.path("viewer");
    csv.row(
        event.path("seq").longValue(),
        Instant.ofEpochMilli(event.path("at").longValue()),
        viewer.path("id").stringValue(""),
        viewer.path("name").stringValue(""),
        viewer.path("tier").stringValue(""),
        event.path("mode").stringValue(""),
        event.path("color").stringValue(""),
        event.path("text").stringValue(""));
  }

  @Override
  void end() {}

  @Override
  byte[] take() {
    byte[] page = csv.toBytes();
    csv = new Csv();
    return page;
  }
}
