package barrage.wire;

import barrage.core.Danmaku;
import barrage.core.Order;
import barrage.core.Ratio;
import barrage.core.Refusal;
import barrage.core.Role;
import barrage.core.RoomSettings;
import barrage.core.Standing;
import barrage.core.Terms;
import barrage.core.Tier;
import barrage.core.ViewerId;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes what the server says, each message one JSON object in UTF-8. Safe for any thread. What is
 * larger, such as {@code welcome}, is written where its parts are known, with {@link #object}.
 */
public final class Messages {
  private static final JsonFactory JSON = new JsonFactory();
  private static final JsonMapper TREES = JsonMapper.shared();

  private Messages() {}

  /** One JSON object, its fields written by {@code fields}. */
  public static byte[] object(Consumer<JsonGenerator> fields) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(128);
    try (JsonGenerator json =
        JSON.createGenerator(ObjectWriteContext.empty(), out, JsonEncoding.UTF8)) {
      json.writeStartObject();
      fields.accept(json);
      json.writeEndObject();
    }
    return out.toByteArray();
  }

  /** Writes a field whose value is a text, a number, a tree, or whatever else JSON can tell. */
  public static void property(JsonGenerator json, String name, Object value) {
    json.writeName(name);
    json.writeRawValue(TREES.writeValueAsString(value));
  }

  /** {@code ok}, with what else {@code fields} writes. */
  public static byte[] ok(String id, Consumer<JsonGenerator> fields) {
    return object(
        json -> {
          json.writeStringProperty("type", "ok");
          json.writeStringProperty("id", id);
          fields.accept(json);
        });
  }

  /** {@code ok} of a danmaku; {@code seq} is {@code null} when it was not kept. */
  public static byte[] said(String id, @Nullable Long seq) {
    return ok(
        id,
        json -> {
          if (seq == null) {
            json.writeNullProperty("seq");
          } else {
            json.writeNumberProperty("seq", seq);
          }
        });
  }

  /** {@code ok} of a request that made or changed an order. */
  public static byte[] ordered(String id, Order order) {
    return ok(id, json -> orderProperty(json, order));
  }

  /** {@code ok} of an entry in a lottery, {@code entries} of which it has now. */
  public static byte[] entered(String id, int weight, long entries) {
    return ok(
        id,
        json -> {
          json.writeNumberProperty("weight", weight);
          json.writeNumberProperty("entries", entries);
        });
  }

  /** {@code ok}, with the fields of a JSON object. */
  public static byte[] told(String id, byte[] object) {
    byte[] head = ok(id, json -> {});
    if (object.length <= 2) {
      return head;
    }
    return new Splice(head.length + object.length)
        .json(head)
        .dropLast()
        .ascii(",")
        .fields(object)
        .toBytes();
  }

  /**
   * {@code error}.
   *
   * @param id {@code null} when the message that is answered had none that could be read
   */
  public static byte[] error(@Nullable String id, Refusal refusal) {
    return object(
        json -> {
          json.writeStringProperty("type", "error");
          if (id == null) {
            json.writeNullProperty("id");
          } else {
            json.writeStringProperty("id", id);
          }
          refusal(json, refusal);
        });
  }

  /** The fields that tell of a refusal, in {@code error} and in a problem document alike. */
  public static void refusal(JsonGenerator json, Refusal refusal) {
    json.writeStringProperty("code", refusal.reason().wire());
    json.writeStringProperty("message", refusal.message());
    if (refusal.retryAfterMs() > 0) {
      json.writeNumberProperty("retryAfterMs", refusal.retryAfterMs());
    }
    if (refusal.opensAtMs() > 0) {
      json.writeNumberProperty("opensAt", refusal.opensAtMs());
    }
  }

  /** The fields of a {@code viewer}. */
  public static void viewer(
      JsonGenerator json, ViewerId id, String name, Role role, Standing standing) {
    json.writeStringProperty("id", id.value());
    json.writeStringProperty("name", name);
    json.writeStringProperty("role", role.wire());
    json.writeStringProperty("tier", standing.tier().wire());
    json.writeNumberProperty("points", standing.points());
    json.writeNumberProperty("growth", standing.growth());
  }

  /** What a tier needs and gives, as an object. */
  public static void tier(JsonGenerator json, Tier tier, Terms.TierTerms terms) {
    json.writeStartObject();
    json.writeStringProperty("tier", tier.wire());
    json.writeNumberProperty("growth", terms.growth());
    json.writeNumberProperty("pointsFactor", terms.pointsFactor() / 100.0);
    json.writeNumberProperty("earlyAccessMs", terms.earlyAccessMs());
    Ratio slowMode = terms.slowMode();
    json.writeNumberProperty("slowModeFactor", (double) slowMode.over() / slowMode.under());
    json.writeEndObject();
  }

  /** The fields of an {@code order}. */
  public static void order(JsonGenerator json, Order order) {
    json.writeStringProperty("id", order.id());
    json.writeStringProperty("sale", order.sale());
    json.writeStringProperty("viewer", order.viewer().value());
    json.writeNumberProperty("quantity", order.quantity());
    json.writeNumberProperty("amountCents", order.amountCents());
    json.writeStringProperty("currency", order.currency());
    json.writeStringProperty("status", order.status().wire());
    json.writeNumberProperty("payBy", order.payByMs());
  }

  private static void orderProperty(JsonGenerator json, Order order) {
    json.writeObjectPropertyStart("order");
    order(json, order);
    json.writeEndObject();
  }

  /** The fields of {@code settings}. */
  public static void settings(JsonGenerator json, RoomSettings settings) {
    json.writeNumberProperty("slowModeMs", settings.slowModeMs());
    json.writeBooleanProperty("membersOnly", settings.membersOnly());
    json.writeStringProperty("minTier", settings.minTier().wire());
    json.writeBooleanProperty("silenced", settings.silenced());
  }

  /**
   * A danmaku event without the fields that the store alone knows. It begins where {@link
   * #danmakuHead} ends, so the store joins the two as text and never reads what viewers wrote.
   *
   * @return the rest of the viewer object after its tier, then {@code text}, {@code mode}, {@code
   *     color} and the closing brace
   */
  public static byte[] danmakuTail(ViewerId sender, String name, Danmaku danmaku) {
    byte[] whole =
        object(
            json -> {
              json.writeObjectPropertyStart("viewer");
              json.writeStringProperty("id", sender.value());
              json.writeStringProperty("name", name);
              json.writeEndObject();
              json.writeStringProperty("text", danmaku.text());
              json.writeStringProperty("mode", danmaku.mode().wire());
              json.writeStringProperty("color", color(danmaku.color()));
            });
    int head = "{\"viewer\":{".length();
    return Arrays.copyOfRange(whole, head, whole.length);
  }

  /**
   * The other half of {@link #danmakuTail}.
   *
   * @param seq a number, or {@code null} for one that is not kept
   */
  public static byte[] danmakuHead(@Nullable Long seq, long atMs, Tier tier) {
    return ("{\"type\":\"danmaku\",\"seq\":"
            + seq
            + ",\"at\":"
            + atMs
            + ",\"viewer\":{\"tier\":\""
            + tier.wire()
            + "\",")
        .getBytes(StandardCharsets.US_ASCII);
  }

  /** {@code #rrggbb}. */
  public static String color(int rgb) {
    return '#' + HexFormat.of().toHexDigits(rgb, 6);
  }

  /** A danmaku event as history keeps it once it is deleted: no text, and {@code deleted: true}. */
  public static byte[] withoutText(byte[] danmaku) {
    ObjectNode event = (ObjectNode) TREES.readTree(danmaku);
    event.remove(List.of("text", "mode", "color"));
    event.put("deleted", true);
    return TREES.writeValueAsBytes(event);
  }

  /** {@code likes}. */
  public static byte[] likes(long total) {
    return ascii("{\"type\":\"likes\",\"total\":" + total + "}");
  }

  /** {@code online}. */
  public static byte[] online(long count) {
    return ascii("{\"type\":\"online\",\"count\":" + count + "}");
  }

  /** {@code shed}: what a client was not sent. */
  public static byte[] shed(int count, long windowMs) {
    return ascii(
        "{\"type\":\"shed\",\"class\":\"danmaku\",\"count\":"
            + count
            + ",\"windowMs\":"
            + windowMs
            + "}");
  }

  /** {@code points}. */
  public static byte[] points(long delta, Standing now, String reason) {
    return object(
        json -> {
          json.writeStringProperty("type", "points");
          json.writeNumberProperty("delta", delta);
          json.writeNumberProperty("points", now.points());
          json.writeNumberProperty("growth", now.growth());
          json.writeStringProperty("tier", now.tier().wire());
          json.writeStringProperty("reason", reason);
        });
  }

  /** {@code order}: one was made or has changed. */
  public static byte[] order(Order order) {
    return object(
        json -> {
          json.writeStringProperty("type", "order");
          orderProperty(json, order);
        });
  }

  /** {@code muted}; {@code untilMs} as in {@link Standing#mutedUntilMs}. */
  public static byte[] muted(long untilMs) {
    return ascii("{\"type\":\"muted\",\"untilAt\":" + untilMs + "}");
  }

  private static byte[] ascii(String json) {
    return json.getBytes(StandardCharsets.US_ASCII);
  }

  /** {@code sale.stock}. */
  public static byte[] saleStock(String sale, long available, long heldForTier) {
    return ascii(
        "{\"type\":\"sale.stock\",\"sale\":\""
            + sale
            + "\",\"available\":"
            + available
            + ",\"heldForTier\":"
            + heldForTier
            + "}");
  }
}
