package barrage.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads {@code events} frames. A room's frame is the same bytes for nearly all who read it, so each
 * is parsed once and then recognised: comparing some kilobytes costs a fraction of parsing them,
 * and a thousand viewers cost little more than one. Confined to an event loop.
 */
final class FrameReader {
  private static final JsonFactory JSON = new JsonFactory();

  /** Viewers of a loop are a frame or two apart, and tiers may be sent different ones. */
  private static final int REMEMBERED = 8;

  private final byte[][] bytes = new byte[REMEMBERED][];
  private final EventsFrame[] frames = new EventsFrame[REMEMBERED];
  private int next;
  private long parsed;

  /** Reads a message; {@code null} for one of another type. */
  @Nullable EventsFrame read(ByteBuf frame) {
    int length = frame.readableBytes();
    for (int i = 1; i <= REMEMBERED; i++) {
      int at = Math.floorMod(next - i, REMEMBERED);
      byte[] known = bytes[at];
      if (known != null && known.length == length && holds(frame, known)) {
        return frames[at];
      }
    }
    byte[] copy = ByteBufUtil.getBytes(frame);
    EventsFrame events = parse(copy);
    if (events != null) {
      bytes[next] = copy;
      frames[next] = events;
      next = (next + 1) % REMEMBERED;
    }
    return events;
  }

  /** How many frames it had to parse. */
  long parsed() {
    return parsed;
  }

  private static boolean holds(ByteBuf frame, byte[] known) {
    return frame.hasArray()
        ? Arrays.equals(
            frame.array(),
            frame.arrayOffset() + frame.readerIndex(),
            frame.arrayOffset() + frame.readerIndex() + known.length,
            known,
            0,
            known.length)
        : frame.nioBuffer().equals(ByteBuffer.wrap(known));
  }

  private @Nullable EventsFrame parse(byte[] frame) {
    long covered = 0;
    Events events = new Events();
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), frame)) {
      json.nextToken();
      for (String name = json.nextName(); name != null; name = json.nextName()) {
        JsonToken value = json.nextToken();
        if (name.equals("type")) {
          if (!json.getString().equals("events")) {
            return null;
          }
        } else if (name.equals("seq") && value == JsonToken.VALUE_NUMBER_INT) {
          covered = json.getLongValue();
        } else if (name.equals("events") && value == JsonToken.START_ARRAY) {
          events.readAll(json);
        } else {
          json.skipChildren();
        }
      }
    }
    parsed++;
    return new EventsFrame(covered, events.shed, events.all);
  }

  private static final class Events {
    final List<EventsFrame.Event> all = new ArrayList<>();
    long shed;

    void readAll(JsonParser json) {
      while (json.nextToken() == JsonToken.START_OBJECT) {
        readOne(json);
      }
    }

    private void readOne(JsonParser json) {
      String type = "";
      String viewer = "";
      String text = "";
      long seq = 0;
      long count = 0;
      boolean deleted = false;
      for (String name = json.nextName(); name != null; name = json.nextName()) {
        JsonToken value = json.nextToken();
        switch (name) {
          case "type" -> type = json.getString();
          case "seq" -> seq = value == JsonToken.VALUE_NUMBER_INT ? json.getLongValue() : 0;
          case "text" -> text = json.getString();
          case "count" -> count = value == JsonToken.VALUE_NUMBER_INT ? json.getLongValue() : 0;
          case "deleted" -> deleted = value == JsonToken.VALUE_TRUE;
          case "viewer" -> viewer = value == JsonToken.START_OBJECT ? id(json) : viewer;
          default -> json.skipChildren();
        }
      }
      if (type.equals("shed")) {
        shed += count;
      } else if (seq != 0 || type.equals("danmaku")) {
        all.add(new EventsFrame.Event(type, seq, viewer, text, deleted));
      }
    }

    private static String id(JsonParser json) {
      String id = "";
      for (String name = json.nextName(); name != null; name = json.nextName()) {
        json.nextToken();
        if (name.equals("id")) {
          id = json.getString();
        } else {
          json.skipChildren();
        }
      }
      return id;
    }
  }
}
