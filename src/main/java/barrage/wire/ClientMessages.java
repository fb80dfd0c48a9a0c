package barrage.wire;

import barrage.core.Action;
import barrage.core.Danmaku;
import barrage.core.Ids;
import barrage.core.Offer;
import barrage.core.Reason;
import barrage.core.RequestKey;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;

/** Reads what clients send: text frames of one JSON object each. Safe for any thread. */
public final class ClientMessages {
  private ClientMessages() {}

  /**
   * How the messages of activities become requests, by their type; a reader throws {@link
   * BadRequest} for what does not fit.
   */
  public interface Types extends Function<String, @Nullable Function<JsonBody, Action.Request>> {
    /** No activity has messages. */
    Types NONE = type -> null;
  }

  /** Reads one frame of a protocol without activities. */
  public static ClientMessage read(byte[] bytes, int offset, int length) {
    return read(bytes, offset, length, Types.NONE);
  }

  /**
   * Reads one frame.
   *
   * @param bytes its payload, UTF-8
   * @return never {@code null}; {@link ClientMessage.Malformed} for what is not of the protocol
   */
  public static ClientMessage read(byte[] bytes, int offset, int length, Types types) {
    Fields fields = new Fields();
    try (JsonParser parser =
        ClientJson.FACTORY.createParser(ObjectReadContext.empty(), bytes, offset, length)) {
      fields.readAll(parser);
      String type = fields.need("type", fields.type);
      Function<JsonBody, Action.Request> reader = types.apply(type);
      if (reader == null) {
        return fields.toMessage(type);
      }
      String id = fields.requestId();
      byte[] frame = Arrays.copyOfRange(bytes, offset, offset + length);
      return new ClientMessage.Ask(id, new Action.Kind(type), reader.apply(JsonBody.read(frame)));
    } catch (BadRequest e) {
      return new ClientMessage.Malformed(fields.id, e.refusal().reason(), e.refusal().message());
    } catch (JacksonException e) {
      return malformed(null, "not a JSON object");
    } catch (Misfit e) {
      return malformed(fields.id, e.getMessage());
    }
  }

  private static ClientMessage.Malformed malformed(@Nullable String id, @Nullable String detail) {
    return new ClientMessage.Malformed(id, Reason.BAD_REQUEST, detail);
  }

  /** Says what is wrong with a frame that is JSON. */
  private static final class Misfit extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Misfit(String message) {
      super(message, null, false, false);
    }
  }

  /** The fields of all message types, as far as the frame has them. */
  private static final class Fields {
    @Nullable String id;
    private @Nullable String type;
    private @Nullable String text;
    private @Nullable String mode;
    private @Nullable String color;
    private @Nullable Long total;
    private @Nullable String sale;
    private @Nullable Long quantity;
    private @Nullable String lottery;
    private @Nullable String order;
    private @Nullable Map<String, String> faults;

    void readAll(JsonParser parser) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new Misfit("not a JSON object");
      }
      for (String name = parser.nextName(); name != null; name = parser.nextName()) {
        JsonToken value = parser.nextToken();
        switch (name) {
          case "type" -> type = string(parser, value, name);
          case "id" -> id = id(parser, value);
          case "text" -> text = string(parser, value, name);
          case "mode" -> mode = string(parser, value, name);
          case "color" -> color = string(parser, value, name);
          case "total" -> total = integer(parser, value, name);
          case "sale" -> sale = string(parser, value, name);
          case "quantity" -> quantity = integer(parser, value, name);
          case "lottery" -> lottery = string(parser, value, name);
          case "order" -> order = string(parser, value, name);
          default -> parser.skipChildren();
        }
      }
      if (parser.nextToken() != null) {
        throw new Misfit("more than one JSON object");
      }
    }

    private @Nullable String id(JsonParser parser, JsonToken value) {
      String read = string(parser, value, "id");
      if (read == null || !RequestKey.isValid(read)) {
        fault("id", "id must be 1 to 64 printable ASCII characters");
        return null;
      }
      return read;
    }

    private @Nullable String string(JsonParser parser, JsonToken value, String name) {
      if (value == JsonToken.VALUE_STRING) {
        String read = parser.getString();
        if (!isWellFormed(read)) {
          fault(name, name + " must be Unicode text");
        }
        return read;
      }
      parser.skipChildren();
      if (value != JsonToken.VALUE_NULL) {
        fault(name, name + " must be a string");
      }
      return null;
    }

    /** JSON escapes can spell half a surrogate pair, which no UTF-8 text can hold. */
    private static boolean isWellFormed(String text) {
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (Character.isHighSurrogate(c)
            && i + 1 < text.length()
            && Character.isLowSurrogate(text.charAt(i + 1))) {
          i++;
        } else if (Character.isSurrogate(c)) {
          return false;
        }
      }
      return true;
    }

    private @Nullable Long integer(JsonParser parser, JsonToken value, String name) {
      if (value == JsonToken.VALUE_NUMBER_INT
          && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
        long read = parser.getLongValue();
        if (Math.abs(read) <= ClientJson.MAX_INTEGER) {
          return read;
        }
      }
      parser.skipChildren();
      if (value != JsonToken.VALUE_NULL) {
        fault(name, name + " must be an integer");
      }
      return null;
    }

    /**
     * A field no message of this type has does no harm, so a fault waits until one is asked for.
     */
    private void fault(String name, String what) {
      if (faults == null) {
        faults = new HashMap<>();
      }
      faults.putIfAbsent(name, what);
    }

    private <T> @Nullable T optional(String name, @Nullable T value) {
      String fault = faults == null ? null : faults.get(name);
      if (fault != null) {
        throw new Misfit(fault);
      }
      return value;
    }

    private <T> T need(String name, @Nullable T value) {
      T present = optional(name, value);
      if (present == null) {
        throw new Misfit(name + " is missing");
      }
      return present;
    }

    ClientMessage toMessage(String type) {
      return switch (type) {
        case "danmaku" -> new ClientMessage.Say(requestId(), danmaku());
        case "like" -> new ClientMessage.Like(taps());
        case "sale.buy" -> new ClientMessage.Buy(requestId(), idOf("sale", sale), quantity());
        case "lottery.enter" -> new ClientMessage.Enter(requestId(), idOf("lottery", lottery));
        case "order.cancel" -> new ClientMessage.Cancel(requestId(), idOf("order", order));
        case "me" -> new ClientMessage.Me(requestId());
        case "ping" -> new ClientMessage.Ping(requestId());
        default -> throw new Misfit("unknown type");
      };
    }

    private String requestId() {
      return need("id", id);
    }

    private String idOf(String name, @Nullable String value) {
      String read = need(name, value);
      if (!Ids.isValid(read)) {
        throw new Misfit(name + " must be an id");
      }
      return read;
    }

    private int quantity() {
      Long read = optional("quantity", quantity);
      if (read == null) {
        return 1;
      }
      if (read < 1 || read > Offer.MAX_PER_VIEWER) {
        throw new Misfit("quantity must be an integer from 1 to " + Offer.MAX_PER_VIEWER);
      }
      return read.intValue();
    }

    private Danmaku danmaku() {
      String said = need("text", text);
      String shownAs = optional("mode", mode);
      Optional<Danmaku.Mode> shown =
          shownAs == null ? Optional.of(Danmaku.Mode.SCROLL) : Danmaku.Mode.fromWire(shownAs);
      return new Danmaku(
          said, shown.orElseThrow(() -> new Misfit("mode must be scroll, top or bottom")), color());
    }

    private int color() {
      String read = optional("color", color);
      if (read == null) {
        return Danmaku.DEFAULT_COLOR;
      }
      if (read.length() != 7 || read.charAt(0) != '#') {
        throw new Misfit("color must be #rrggbb");
      }
      int rgb = 0;
      for (int i = 1; i < 7; i++) {
        int digit = hexDigit(read.charAt(i));
        if (digit < 0) {
          throw new Misfit("color must be #rrggbb");
        }
        rgb = rgb << 4 | digit;
      }
      return rgb;
    }

    /** ASCII alone: {@link Character#digit} would take full-width digits too. */
    private static int hexDigit(char c) {
      return c < 128 ? Character.digit(c, 16) : -1;
    }

    private long taps() {
      Long read = optional("total", total);
      if (read == null || read < 0) {
        throw new Misfit("total must be an integer from 0");
      }
      return read;
    }
  }
}
