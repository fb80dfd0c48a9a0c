package barrage.gateway;

import barrage.core.Ids;
import barrage.core.RequestKey;
import barrage.core.RoomId;
import barrage.core.ViewerId;
import barrage.wire.BadRequest;
import barrage.wire.ClientJson;
import barrage.wire.JsonBody;
import io.netty.buffer.Unpooled;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A request that may be made, by whom and with what.
 *
 * @param params what stands in the path for the names of its template
 * @param grant the caller's; {@code null} for an anonymous one
 * @param address where it comes from; {@code null} when that does not count
 */
record Call(
    Request request,
    Map<String, String> params,
    @Nullable Grant grant,
    byte[] body,
    @Nullable Address address) {
  static final String IDEMPOTENCY_KEY = "Idempotency-Key";

  /** What stands in the path for a name of the template. */
  String param(String name) {
    String value = params.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the template has no " + name);
    }
    return value;
  }

  /** The router has checked it. */
  RoomId room() {
    return new RoomId(param("room"));
  }

  JsonBody json() {
    Utf8 utf8 = new Utf8();
    if (!utf8.accept(Unpooled.wrappedBuffer(body), 0, body.length) || !utf8.isWhole()) {
      throw new BadRequest("the body must be UTF-8");
    }
    return JsonBody.read(body);
  }

  /** The router has checked that there is one. */
  Grant caller() {
    if (grant == null) {
      throw new IllegalStateException("a call without a caller");
    }
    return grant;
  }

  /** The router has checked that there is a caller and a key. */
  RequestKey key() {
    String id = request.header(IDEMPOTENCY_KEY);
    if (id == null) {
      throw new IllegalStateException("a call without a key");
    }
    return new RequestKey(caller().viewer().id(), id);
  }

  /**
   * A number in the query, from 0 to the greatest that JSON and the store hold exactly.
   *
   * @param absent stands for one that is not there
   */
  long numberInQuery(String field, long absent) {
    String text = request.query(field);
    if (text == null) {
      return absent;
    }
    return number(text)
        .orElseThrow(
            () ->
                new BadRequest(field + " must be an integer from 0 to " + ClientJson.MAX_INTEGER));
  }

  /** Digits of ASCII: those of other scripts, a sign or a number beyond the greatest are none. */
  static OptionalLong number(String text) {
    long number = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = text.charAt(i) - '0';
      number = 10 * number + digit;
      if (digit < 0 || digit > 9 || number > ClientJson.MAX_INTEGER) {
        return OptionalLong.empty();
      }
    }
    return text.isEmpty() ? OptionalLong.empty() : OptionalLong.of(number);
  }

  /** A viewer named in the query. */
  ViewerId viewerInQuery(String field) {
    String id = idInQuery(field);
    if (id == null) {
      throw new BadRequest(field + " must be a viewer id");
    }
    return new ViewerId(id);
  }

  /** An id in the query; {@code null} when it is not there, or empty. */
  @Nullable String idInQuery(String field) {
    String value = request.query(field);
    if (value == null || value.isEmpty()) {
      return null;
    }
    if (!Ids.isValid(value)) {
      throw new BadRequest(field + " must be an id");
    }
    return value;
  }
}
