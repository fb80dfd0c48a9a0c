package barrage.wire;

import barrage.core.Ids;
import barrage.core.RequestKey;
import barrage.core.Tier;
import barrage.core.ViewerId;
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
public final class JsonBody {
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

  public static JsonBody read(byte[] body) {
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

  /** A field as it is; {@code null} when it is absent or {@code null}. */
  public @Nullable JsonNode get(String field) {
    JsonNode value = object.get(field);
    return value == null || value.isNull() ? null : value;
  }

  /** A fault of a field's value that its type alone does not tell. */
  public BadRequest wrong(String field, String how) {
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
  public String text(String field, int max) {
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

  public @Nullable String optionalText(String field, int max) {
    return get(field) == null ? null : text(field, max);
  }

  /** {@link #text}; what is blank is as good as absent. */
  public @Nullable String textUnlessBlank(String field, int max) {
    JsonNode value = get(field);
    boolean blank = value == null || (value.isString() && value.stringValue().isBlank());
    return blank ? null : text(field, max);
  }

  /** What a merchant knows a payment by: 1 to 64 printable ASCII characters. */
  public String reference(String field) {
    JsonNode value = need(field);
    if (!value.isString() || !RequestKey.isValid(value.stringValue())) {
      throw wrong(field, "must be 1 to 64 printable ASCII characters");
    }
    return value.stringValue();
  }

  /** One of the names that {@code read} knows. */
  public <T> T choice(String field, Function<String, Optional<T>> read, String names) {
    JsonNode value = need(field);
    return (value.isString() ? read.apply(value.stringValue()) : Optional.<T>empty())
        .orElseThrow(() -> wrong(field, "must be " + names));
  }

  public Tier tier(String field) {
    return choice(field, Tier::fromWire, TIERS);
  }

  public @Nullable Tier optionalTier(String field) {
    return get(field) == null ? null : tier(field);
  }

  /** An integer for each tier that is named; {@code null} when the field is absent. */
  public @Nullable Map<Tier, Long> optionalPerTier(String field, long min, long max) {
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

  public @Nullable JsonBody optionalObject(String field) {
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
  public List<JsonBody> objects(String field, int max) {
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

  /** Texts as {@link #text}, so many of them. */
  public List<String> texts(String field, int least, int most, int max) {
    List<String> texts = new ArrayList<>();
    for (JsonNode each : array(field, least, most)) {
      String name = field + '[' + texts.size() + ']';
      texts.add(new JsonBody(JSON.createObjectNode().set(name, each), path).text(name, max));
    }
    return texts;
  }

  /** Integers as {@link #integer}, so many of them. */
  public List<Long> integers(String field, int least, int most, long min, long max) {
    List<Long> integers = new ArrayList<>();
    for (JsonNode each : array(field, least, most)) {
      String name = field + '[' + integers.size() + ']';
      integers.add(
          new JsonBody(JSON.createObjectNode().set(name, each), path).integer(name, min, max));
    }
    return integers;
  }

  private JsonNode array(String field, int least, int most) {
    JsonNode value = need(field);
    if (!value.isArray() || value.size() < least || value.size() > most) {
      throw wrong(field, "must be an array of " + least + " to " + most);
    }
    return value;
  }

  /** The id of a thing. */
  public String id(String field) {
    JsonNode value = need(field);
    if (!value.isString() || !Ids.isValid(value.stringValue())) {
      throw wrong(field, "must be an id");
    }
    return value.stringValue();
  }

  /** Who is meant. */
  public ViewerId viewer(String field) {
    JsonNode value = need(field);
    if (!value.isString() || !ViewerId.isValid(value.stringValue())) {
      throw wrong(field, "must be a viewer id");
    }
    return new ViewerId(value.stringValue());
  }

  public long integer(String field, long min, long max) {
    JsonNode value = need(field);
    if (value.isIntegralNumber() && value.canConvertToLong()) {
      long read = value.longValue();
      if (read >= min && read <= max) {
        return read;
      }
    }
    throw wrong(field, "must be an integer from " + min + " to " + max);
  }

  public @Nullable Long optionalInteger(String field, long min, long max) {
    return get(field) == null ? null : integer(field, min, max);
  }

  public long integerOr(long absent, String field, long min, long max) {
    return get(field) == null ? absent : integer(field, min, max);
  }

  public @Nullable Boolean optionalBoolean(String field) {
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
  public BigDecimal decimal(String field) {
    JsonNode value = need(field);
    if (!value.isNumber()) {
      throw wrong(field, "must be a number");
    }
    return value.decimalValue();
  }
}
