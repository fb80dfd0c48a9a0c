package barrage.gateway;

import barrage.core.RequestKey;
import barrage.core.RoomId;
import barrage.core.ViewerId;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request that may be made, by whom and with what.
 *
 * @param params what stands in the path for the names of its template
 * @param grant the caller's; {@code null} for an anonymous one
 */
record Call(Request request, Map<String, String> params, @Nullable Grant grant, byte[] body) {
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
    return JsonBody.read(body);
  }

  /** The router has checked that there is a caller and a key. */
  RequestKey key() {
    String id = request.header(IDEMPOTENCY_KEY);
    if (grant == null || id == null) {
      throw new IllegalStateException("a call without a caller or a key");
    }
    return new RequestKey(grant.viewer().id(), id);
  }

  /** A viewer named in the query. */
  ViewerId viewerInQuery(String field) {
    String value = request.query(field);
    if (value == null || !ViewerId.isValid(value)) {
      throw new BadRequest(field + " must be a viewer id");
    }
    return new ViewerId(value);
  }
}
