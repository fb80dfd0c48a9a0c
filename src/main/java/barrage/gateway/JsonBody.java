package barrage.gateway;

import barrage.core.ViewerId;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The JSON object in the body of a request. Fields nobody asks for are ignored; one of the wrong
 * type or out of its bounds is a {@link BadRequest} that names it. {@code null} is as good as
 * absent.
 */
final class JsonBody {
  /** JSON numbers above it lose precision in JavaScript. */
  static final long MAX_INTEGER = (1L << 53) - 1;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(16)
                          .maxNumberLength(64)
                          .maxNameLength(256)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private final JsonNode object;

  private JsonBody(JsonNode object) {
    this.object = object;
  }

  static JsonBody read(byte[] body) {
    try {
      JsonNode read = JSON.readTree(body);
      if (read.isObject()) {
        return new JsonBody(read);
      }
    } catch (JacksonException e) {
      // Said below: the parser's own words quote the body.
    }
    throw new BadRequest("the body must be one JSON object");
  }

  @Nullable JsonNode get(String field) {
    JsonNode value = object.get(field);
    return value == null || value.isNull() ? null : value;
  }

  private JsonNode need(String field) {
    JsonNode value = get(field);
    if (value == null) {
      throw new BadRequest(field + " is missing");
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
      throw new BadRequest(field + " must be text of 1 to " + max + " characters");
    }
    return text;
  }

  @Nullable String optionalText(String field, int max) {
    return get(field) == null ? null : text(field, max);
  }

  ViewerId viewer(String field) {
    JsonNode value = need(field);
    if (!value.isString() || !ViewerId.isValid(value.stringValue())) {
      throw new BadRequest(field + " must be a viewer id");
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
    throw new BadRequest(field + " must be an integer from " + min + " to " + max);
  }

  @Nullable Long optionalInteger(String field, long min, long max) {
    return get(field) == null ? null : integer(field, min, max);
  }

  @Nullable Boolean optionalBoolean(String field) {
    JsonNode value = get(field);
    if (value == null) {
      return null;
    }
    if (!value.isBoolean()) {
      throw new BadRequest(field + " must be true or false");
    }
    return value.booleanValue();
  }

  /** A decimal number, however it is written. */
  BigDecimal decimal(String field) {
    JsonNode value = need(field);
    if (!value.isNumber()) {
      throw new BadRequest(field + " must be a number");
    }
    return value.decimalValue();
  }
}
