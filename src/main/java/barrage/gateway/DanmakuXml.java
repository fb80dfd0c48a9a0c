package barrage.gateway;

import barrage.core.Danmaku;
import barrage.core.RoomId;
import barrage.room.Store;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/**
 * A room's danmaku in Bilibili's XML, which players and subtitle converters read: in {@code p}
 * stand seconds, mode, font size, colour, Unix seconds, pool, sender and number. Some readers know
 * the format by its very first bytes, so nothing stands between the declaration and the root.
 */
final class DanmakuXml extends DanmakuExport {
  private static final String HEAD =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?><i>"
          + "<chatserver>barrage</chatserver><chatid>0</chatid><mission>0</mission>"
          + "<maxlimit>10000</maxlimit><state>0</state><real_name>0</real_name>"
          + "<source>k-v</source>\n";

  private StringBuilder xml = new StringBuilder();
  private long firstAtMs = -1;

  DanmakuXml(Store store, RoomId room, long fromSeq) {
    super(store, room, fromSeq);
  }

  @Override
  void begin() {
    xml.append(HEAD);
  }

  @Override
  void end() {
    xml.append("</i>\n");
  }

  @Override
  byte[] take() {
    byte[] page = xml.toString().getBytes(StandardCharsets.UTF_8);
    xml = new StringBuilder();
    return page;
  }

  @Override
  void append(JsonNode event) {
    long atMs = event.path("at").longValue();
    if (firstAtMs < 0) {
      firstAtMs = atMs;
    }
    long sinceFirstMs = Math.max(0, atMs - firstAtMs);
    xml.append("<d p=\"")
        .append(String.format(Locale.ROOT, "%d.%03d", sinceFirstMs / 1_000, sinceFirstMs % 1_000))
        .append(',')
        .append(mode(event.path("mode").stringValue("")))
        .append(",25,")
        .append(Integer.parseInt(event.path("color").stringValue("#ffffff").substring(1), 16))
        .append(',')
        .append(atMs / 1_000)
        .append(",0,")
        .append(hash(event.path("viewer").path("id").stringValue("")))
        .append(',')
        .append(event.path("seq").longValue())
        .append("\">");
    appendText(event.path("text").stringValue(""));
    xml.append("</d>\n");
  }

  private static int mode(String mode) {
    return switch (Danmaku.Mode.fromWire(mode).orElse(Danmaku.Mode.SCROLL)) {
      case SCROLL -> 1;
      case BOTTOM -> 4;
      case TOP -> 5;
    };
  }

  /** Tells senders apart within the room and says no more of who they are. */
  private String hash(String sender) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      byte[] digest =
          sha256.digest((room.value() + '\n' + sender).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 4);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Characters that XML 1.0 cannot hold (section 2.2) are left out. */
  private void appendText(String text) {
    text.codePoints()
        .filter(DanmakuXml::isXmlCharacter)
        .forEach(
            c -> {
              switch (c) {
                case '<' -> xml.append("&lt;");
                case '>' -> xml.append("&gt;");
                case '&' -> xml.append("&amp;");
                default -> xml.appendCodePoint(c);
              }
            });
  }

  private static boolean isXmlCharacter(int c) {
    return c == 0x9
        || c == 0xA
        || c == 0xD
        || (c >= 0x20 && c <= 0xD7FF)
        || (c >= 0xE000 && c <= 0xFFFD)
        || c >= 0x10000;
  }
}
