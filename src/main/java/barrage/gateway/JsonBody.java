package barrage.gateway;

import barrage.core.RequestKey;
import barrage.core.Tier;
import barrage.core.ViewerId;
import barrage.wire.ClientJson;
import io.netty.buffer.Unpooled;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The JSON object in the body of a request, or one within it. Fields nobody asks for are ignored;
 * one of the wrong type or out of its bounds is a {@link BadRequest} that names it. {@code null} is
 * as good as absent.
 */
final class JsonBody {
  private static final String TIERS = "regular, silver, gold or diamond";

  private static final JsonMapper JSON =
      JsonMapper.builder(ClientJson.FACTORY)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private final JsonNode object;

  /** Where it stands in the body: {@code prizes[2].} */
  private final String path;

  private JsonBody(JsonNode object, String path) {
    this.object = object;
    this.path = path;
  }

  static JsonBody read(byte[] body) {
    Utf8 utf8 = new Utf8();
    if (!utf8.accept(Unpooled.wrappedBuffer(body), 0, body.length) || !utf8.isWhole()) {
      throw new BadRequest("the body must be UTF-8");
    }
    try {
      JsonNode read = JSON.readTree(body);
      if (read.isObject()) {
        return new JsonBody(read, "");
      }
    } catch (JacksonException | NumberFormatException e) {
      // Said below: the parser's own words quote the body. An exponent of ten digits is the latter.
    }
    throw new BadRequest("the body must be one JSON object");
  }

  @Nullable JsonNode get(String field) {
    JsonNode value = object.get(field);
    return value == null || value.isNull() ? null : value;
  }

  private BadRequest wrong(String field, String how) {
    return new BadRequest(path + field + ' ' + how);
  }

  private JsonNode need(String field) {
    JsonNode value = get(field);
    if (value == null) {
      throw wrong(field, "is missing");
    }
    return value;
  }

  /** Text of 1 to {@code max} characters, none of them a control character. */
  String text(String field, int max) {
    JsonNode value = need(field);
    String text = value.isString() ? value.stringValue() : "";
    boolean fits =
        !text.isBlank()
            && text.codePointCount(0, text.length()) <= max
            && text.codePoints()
                .noneMatch(
                    c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
    if (!fits) {
      throw wrong(field, "must be text of 1 to " + max + " characters");
    }
    return text;
  }

  @Nullable String optionalText(String field, int max) {
    return get(field) == null ? null : text(field, max);
  }

  /** {@link #text}; what is blank is as good as absent. */
  @Nullable String textUnlessBlank(String field, int max) {
    JsonNode value = get(field);
    boolean blank = value == null || (value.isString() && value.stringValue().isBlank());
    return blank ? null : text(field, max);
  }

  /** What a merchant knows a payment by: 1 to 64 printable ASCII characters. */
  String reference(String field) {
    JsonNode value = need(field);
    if (!value.isString() || !RequestKey.isValid(value.stringValue())) {
      throw wrong(field, "must be 1 to 64 printable ASCII characters");
    }
    return value.stringValue();
  }

  /** One of the names that {@code read} knows. */
  <T> T choice(String field, Function<String, Optional<T>> read, String names) {
    JsonNode value = need(field);
    return (value.isString() ? read.apply(value.stringValue()) : Optional.<T>empty())
        .orElseThrow(() -> wrong(field, "must be " + names));
  }

  Tier tier(String field) {
    return choice(field, Tier::fromWire, TIERS);
  }

  @Nullable Tier optionalTier(String field) {
    return get(field) == null ? null : tier(field);
  }

  /** An integer for each tier that is named; {@code null} when the field is absent. */
  @Nullable Map<Tier, Long> optionalPerTier(String field, long min, long max) {
    JsonBody tiers = optionalObject(field);
    if (tiers == null) {
      return null;
    }
    Map<Tier, Long> values = new EnumMap<>(Tier.class);
    for (String name : tiers.object.propertyNames()) {
      Tier tier = Tier.fromWire(name).orElseThrow(() -> wrong(field, "may only name " + TIERS));
      if (tiers.get(name) != null) {
        values.put(tier, tiers.integer(name, min, max));
      }
    }
    return values;
  }

  @Nullable JsonBody optionalObject(String field) {
    JsonNode value = get(field);
    return value == null ? null : object(value, field);
  }

  private JsonBody object(JsonNode value, String field) {
    if (!value.isObject()) {
      throw wrong(field, "must be an object");
    }
    return new JsonBody(value, path + field + '.');
  }

  /** The objects in an array of 1 to {@code max}. */
  List<JsonBody> objects(String field, int max) {
    JsonNode value = need(field);
    if (!value.isArray() || value.isEmpty() || value.size() > max) {
      throw wrong(field, "must be an array of 1 to " + max);
    }
    List<JsonBody> objects = new ArrayList<>();
    for (JsonNode each : value) {
      objects.add(object(each, field + '[' + objects.size() + ']'));
    }
    return objects;
  }

  ViewerId viewer(String field) {
    JsonNode value = need(field);
    if (!value.isString() || !ViewerId.isValid(value.stringValue())) {
      throw wrong(field, "must be a viewer id");
    }
    return new ViewerId(value.stringValue());
  }

  long integer(String field, long min, long max) {
    JsonNode value = need(field);
    if (value.isIntegralNumber() && value.canConvertToLong()) {
      long read = value.longValue();
      if (read >= min && read <= max) {
        return read;
      }
    }
    throw wrong(field, "must be an integer from " + min + " to " + max);
  }

  @Nullable Long optionalInteger(String field, long min, long max) {
    return get(field) == null ? null : integer(field, min, max);
  }

  long integerOr(long absent, String field, long min, long max) {
    return get(field) == null ? absent : integer(field, min, max);
  }

  @Nullable Boolean optionalBoolean(String field) {
    JsonNode value = get(field);
    if (value == null) {
      return null;
    }
    if (!value.isBoolean()) {
      throw wrong(field, "must be true or false");
    }
    return value.booleanValue();
  }

  /** A decimal number, however it is written. */
  BigDecimal decimal(String field) {
    JsonNode value = need(field);
    if (!value.isNumber()) {
      throw wrong(field, "must be a number");
    }
    return value.decimalValue();
  }
}
