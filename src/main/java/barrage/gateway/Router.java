package barrage.gateway;

import barrage.core.Ids;
import barrage.core.Reason;
import barrage.core.Refusal;
import barrage.core.RequestKey;
import barrage.core.RoomId;
import barrage.wire.BadRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds who answers a request and decides, before a byte of its body is read, whether it may be
 * made: first whether there is such a call, then who calls, then what the caller may, then whether
 * what the path names could exist.
 */
final class Router {
  private final Authenticator authenticator;
  private final Origins origins;
  private final boolean anonymousMayWatch;
  private final Function<Call, CompletionStage<Boolean>> hidden;
  private final List<Route> routes = new ArrayList<>();
  private @Nullable Route otherwise;

  /**
   * @param hidden whether a call is about a room that is not there for its caller
   */
  Router(
      Authenticator authenticator,
      Origins origins,
      boolean anonymousMayWatch,
      Function<Call, CompletionStage<Boolean>> hidden) {
    this.authenticator = authenticator;
    this.origins = origins;
    this.anonymousMayWatch = anonymousMayWatch;
    this.hidden = hidden;
  }

  /** Answers a call. May throw {@link BadRequest}, at once or through the stage. */
  interface Handler {
    CompletionStage<? extends Answer> handle(Call call);
  }

  /** Refuses a request by its head. */
  interface Guard {
    Guard NONE = request -> null;

    /** Why it is refused; {@code null} when it is not. */
    @Nullable Reason refuse(Request request);
  }

  /** What comes of looking at the head of a request. */
  sealed interface Admission {}

  /** It may be made: the body is to be read, and the handler called. */
  record Admitted(Route route, Map<String, String> params, @Nullable Grant grant)
      implements Admission {}

  /** It may not. */
  record Turned(Answer.Whole away) implements Admission {
    static Turned away(Reason reason) {
      return new Turned(Answer.refused(reason));
    }

    static Turned away(String what) {
      return new Turned(Answer.refused(Refusal.of(Reason.BAD_REQUEST, what)));
    }
  }

  /**
   * One call.
   *
   * @param template the segments of its path; {@code {name}} stands for any one
   * @param keyed whether it needs an {@code Idempotency-Key}
   * @param guard of a call without a token
   */
  record Route(
      HttpMethod method,
      List<String> template,
      Access access,
      boolean keyed,
      Guard guard,
      Handler handler) {

    @Nullable Map<String, String> match(List<String> path) {
      if (path.size() != template.size()) {
        return null;
      }
      Map<String, String> params = new HashMap<>();
      for (int i = 0; i < template.size(); i++) {
        String expected = template.get(i);
        if (expected.startsWith("{")) {
          params.put(expected.substring(1, expected.length() - 1), path.get(i));
        } else if (!expected.equals(path.get(i))) {
          return null;
        }
      }
      return params;
    }
  }

  /** A call that changes nothing when it is repeated. */
  Router on(HttpMethod method, String template, Access access, Handler handler) {
    return add(method, template, access, false, handler);
  }

  /** A {@code POST} that is known by its key when it is repeated. */
  Router onKeyedPost(String template, Access access, Handler handler) {
    return add(HttpMethod.POST, template, access, true, handler);
  }

  /**
   * A {@code POST} without a token.
   *
   * @param guard why a request is refused, by its head; {@code null} when it is not
   */
  Router onGuardedPost(String template, Guard guard, Handler handler) {
    List<String> segments = List.of(template.substring(1).split("/", -1));
    routes.add(new Route(HttpMethod.POST, segments, Access.OPEN, false, guard, handler));
    return this;
  }

  /** Everything else that is read, open to all: pages. */
  Router otherwise(Handler handler) {
    otherwise = new Route(HttpMethod.GET, List.of(), Access.OPEN, false, Guard.NONE, handler);
    return this;
  }

  /** All calls but those of {@link #otherwise}, in the order in which they are tried. */
  List<Route> routes() {
    return List.copyOf(routes);
  }

  private Router add(
      HttpMethod method, String template, Access access, boolean keyed, Handler handler) {
    List<String> segments = List.of(template.substring(1).split("/", -1));
    boolean ofRoom = segments.contains("{room}") && access.kind() != Access.Kind.OPEN;
    Handler told = ofRoom ? unlessHidden(handler) : handler;
    routes.add(new Route(method, segments, access, keyed, Guard.NONE, told));
    return this;
  }

  private Handler unlessHidden(Handler handler) {
    return call ->
        hidden
            .apply(call)
            .thenCompose(
                hides ->
                    hides
                        ? CompletableFuture.<Answer>completedStage(Answer.refused(Reason.NOT_FOUND))
                        : handler.handle(call).thenApply(Function.<Answer>identity()));
  }

  /** Exceptionally when it cannot be found out now who calls. */
  CompletionStage<Admission> admit(Request request) {
    HttpMethod method =
        request.method().equals(HttpMethod.HEAD) ? HttpMethod.GET : request.method();
    Set<String> allowed = new LinkedHashSet<>();
    for (Route route : routes) {
      Map<String, String> params = route.match(request.path());
      if (params != null && route.method.equals(method)) {
        return admit(request, route, params);
      } else if (params != null) {
        allowed.add(route.method.name());
      }
    }
    if (allowed.isEmpty() && otherwise != null && method.equals(HttpMethod.GET)) {
      return CompletableFuture.completedStage(new Admitted(otherwise, Map.of(), null));
    }
    return CompletableFuture.completedStage(notFound(request, allowed));
  }

  private static Admission notFound(Request request, Set<String> allowed) {
    if (allowed.isEmpty()) {
      return Turned.away(Reason.NOT_FOUND);
    }
    if (allowed.contains("GET")) {
      allowed.add("HEAD");
    }
    allowed.add("OPTIONS");
    Answer.Whole answer =
        request.method().equals(HttpMethod.OPTIONS)
            ? Answer.empty(204)
            : Answer.refused(
                405, Refusal.of(Reason.BAD_REQUEST, "The method is not allowed here."));
    return new Turned(answer.with(HttpHeaderNames.ALLOW, String.join(", ", allowed)));
  }

  private CompletionStage<Admission> admit(
      Request request, Route route, Map<String, String> params) {
    boolean open = route.access.kind() == Access.Kind.OPEN;
    // What anyone may read changes nothing, and browsers show it to no page of another site.
    boolean harmless = open && route.method.equals(HttpMethod.GET);
    if (!harmless && !origins.allows(request.header(HttpHeaderNames.ORIGIN))) {
      return CompletableFuture.completedStage(Turned.away(Reason.FORBIDDEN));
    }
    Reason refused = route.guard.refuse(request);
    if (refused != null) {
      return CompletableFuture.completedStage(Turned.away(refused));
    }
    if (open) {
      return CompletableFuture.completedStage(new Admitted(route, params, null));
    }
    String token = request.bearerToken();
    if (token == null) {
      boolean mayWatch = route.access.kind() == Access.Kind.ANYONE && anonymousMayWatch;
      return CompletableFuture.completedStage(
          mayWatch ? admit(request, route, params, null) : Turned.away(Reason.UNAUTHORIZED));
    }
    return authenticator
        .authenticate(token)
        .thenApply(
            verdict ->
                verdict instanceof Grant grant
                    ? admit(request, route, params, grant)
                    : Turned.away(Reason.UNAUTHORIZED));
  }

  private static Admission admit(
      Request request, Route route, Map<String, String> params, @Nullable Grant grant) {
    if (grant != null) {
      String own = route.access.own();
      String named =
          own == null ? null : params.containsKey(own) ? params.get(own) : request.query(own);
      if (!route.access.allows(grant, named)) {
        return Turned.away(Reason.FORBIDDEN);
      }
    }
    String room = params.get("room");
    if (room != null && !RoomId.isValid(room)) {
      return Turned.away(Reason.NOT_FOUND);
    }
    if (room != null && grant != null && !grant.holdsFor(new RoomId(room))) {
      return Turned.away(Reason.FORBIDDEN);
    }
    String id = params.get("id");
    if (id != null && !Ids.isValid(id)) {
      return Turned.away(Reason.NOT_FOUND);
    }
    if (route.keyed) {
      String key = request.header(Call.IDEMPOTENCY_KEY);
      if (key == null || !RequestKey.isValid(key)) {
        return Turned.away(Call.IDEMPOTENCY_KEY + " must be 1 to 64 printable ASCII characters");
      }
    }
    return new Admitted(route, params, grant);
  }
}
