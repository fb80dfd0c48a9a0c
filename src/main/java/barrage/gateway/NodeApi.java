package barrage.gateway;

import barrage.core.Reason;
import barrage.core.Role;
import barrage.core.RoomId;
import barrage.core.Viewer;
import barrage.core.ViewerId;
import barrage.room.Store;
import barrage.wire.BadRequest;
import barrage.wire.JsonBody;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The HTTP calls about the node itself, and its development tokens. */
final class NodeApi {
  /** Headers by which proxies tell whom they speak for, beside {@code X-Forwarded-…}. */
  private static final Set<String> FORWARDING = Set.of("forwarded", "x-real-ip", "via");

  private final Store store;
  private final PrometheusMeterRegistry meters;
  private final @Nullable DevTokens devTokens;
  private final @Nullable DevKey devKey;
  private final BooleanSupplier isDraining;

  /**
   * @param devTokens {@code null} when there are none to be had
   * @param devKey of those who may have them
   */
  NodeApi(
      Store store,
      PrometheusMeterRegistry meters,
      @Nullable DevTokens devTokens,
      @Nullable DevKey devKey,
      BooleanSupplier isDraining) {
    this.devKey = devKey;
    this.store = store;
    this.meters = meters;
    this.devTokens = devTokens;
    this.isDraining = isDraining;
  }

  void addTo(Router router) {
    router
        .on(HttpMethod.GET, "/healthz", Access.OPEN, call -> text(200, "ok\n"))
        .on(HttpMethod.GET, "/readyz", Access.OPEN, call -> ready())
        .on(HttpMethod.GET, "/metrics", Access.OPEN, call -> metrics());
    DevTokens tokens = devTokens;
    DevKey key = devKey;
    if (tokens != null && key != null) {
      router.onGuardedPost(
          "/api/dev/tokens", request -> turnedAway(request, key), call -> issueToken(call, tokens));
    }
  }

  private CompletionStage<Answer> ready() {
    if (isDraining.getAsBoolean()) {
      return text(503, "draining\n");
    }
    return store.isAway() ? text(503, "store away\n") : text(200, "ready\n");
  }

  private CompletionStage<Answer> metrics() {
    return CompletableFuture.completedStage(
        Answer.of(
            200,
            "text/plain; version=0.0.4; charset=utf-8",
            meters.scrape().getBytes(StandardCharsets.UTF_8)));
  }

  private static CompletionStage<Answer> text(int status, String text) {
    return CompletableFuture.completedStage(
        Answer.of(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.US_ASCII)));
  }

  /** Development tokens are for this machine: not through a proxy, and not by another name. */
  private static @Nullable Reason turnedAway(Request request, DevKey key) {
    boolean forwarded =
        request.headers().names().stream()
            .map(name -> name.toLowerCase(Locale.ROOT))
            .anyMatch(name -> FORWARDING.contains(name) || name.startsWith("x-forwarded-"));
    if (forwarded || !Origins.isLoopback(request.header(HttpHeaderNames.HOST))) {
      return Reason.FORBIDDEN;
    }
    return key.is(request.header(DevKey.HEADER)) ? null : Reason.UNAUTHORIZED;
  }

  private static CompletionStage<Answer> issueToken(Call call, DevTokens tokens) {
    JsonBody body = call.json();
    ViewerId id = body.viewer("viewer");
    String name = body.textUnlessBlank("name", Viewer.MAX_NAME_CHARS);
    Viewer viewer = new Viewer(id, name == null ? Viewer.nameOf(id) : name, role(body));
    List<RoomId> rooms = rooms(body.get("room"));
    boolean tooMuch = viewer.role() == Role.SERVICE && rooms == null;
    if (tooMuch || viewer.role() == Role.ADMIN) {
      return CompletableFuture.completedStage(Answer.refused(Reason.FORBIDDEN));
    }
    String token = rooms == null ? tokens.issueForEveryRoom(viewer) : tokens.issue(viewer, rooms);
    return CompletableFuture.completedStage(
        Answer.json(json -> json.writeStringProperty("token", token)));
  }

  private static Role role(JsonBody body) {
    String name = body.optionalText("role", 32);
    return name == null
        ? Role.VIEWER
        : Role.fromWire(name)
            .orElseThrow(
                () -> new BadRequest("role must be viewer, moderator, streamer, service or admin"));
  }

  /** Without any, a development token is good everywhere. */
  private static @Nullable List<RoomId> rooms(@Nullable JsonNode room) {
    if (room == null || (room.isString() && room.stringValue().equals("*"))) {
      return null;
    }
    List<RoomId> rooms = new ArrayList<>();
    for (JsonNode each : room.isArray() ? room.values() : List.of(room)) {
      if (!each.isString() || !RoomId.isValid(each.stringValue())) {
        throw new BadRequest("room must be a room id, an array of them, or *");
      }
      rooms.add(new RoomId(each.stringValue()));
    }
    return rooms;
  }
}
