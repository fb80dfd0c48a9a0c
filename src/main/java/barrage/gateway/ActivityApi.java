package barrage.gateway;

import barrage.activity.Activities;
import barrage.activity.Activity;
import barrage.activity.HttpCall;
import barrage.activity.Reads;
import barrage.activity.Reply;
import barrage.activity.Routes;
import barrage.core.Entry;
import barrage.core.Outcome;
import barrage.core.RequestKey;
import barrage.core.Role;
import barrage.core.RoomId;
import barrage.core.ViewerId;
import barrage.wire.JsonBody;
import barrage.wire.Splice;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The HTTP calls of activities: those that all kinds have, and each kind's own. */
final class ActivityApi {
  private final RoomDoor door;
  private final Reads reads;
  private final Function<String, Object> rules;
  private final SecureRandom random = new SecureRandom();
  private final RandomIds ids = new RandomIds(random);

  /**
   * @param rules those in force, by kind
   */
  ActivityApi(RoomDoor door, Reads reads, Function<String, Object> rules) {
    this.door = door;
    this.reads = reads;
    this.rules = rules;
  }

  void addTo(Router router, Activities activities) {
    for (Activity activity : activities.all()) {
      String kind = activity.kind();
      String path = "/api/rooms/{room}/" + activity.path();
      router
          .on(HttpMethod.GET, path, Access.ANYONE, call -> list(call, kind, activity.path()))
          .on(HttpMethod.GET, path + "/{id}", Access.ANYONE, call -> one(call, kind));
      activity.routes(new Added(router, kind, path));
    }
  }

  private CompletionStage<Answer> list(Call call, String kind, String name) {
    return reads
        .things(call.room(), kind, call.idInQuery("after"), isStaff(call))
        .thenApply(
            things -> {
              Splice json = new Splice(256).ascii("{\"" + name + "\":[");
              things.forEach(json::element);
              return Answer.json(json.ascii("]}").toBytes());
            });
  }

  private CompletionStage<Answer> one(Call call, String kind) {
    return reads.thing(call.room(), kind, call.param("id"), isStaff(call)).thenApply(Answer::found);
  }

  private static boolean isStaff(Call call) {
    Grant grant = call.grant();
    return grant != null && grant.viewer().role() != Role.VIEWER;
  }

  /** Adds a kind's own calls. */
  private final class Added implements Routes {
    private final Router router;
    private final String kind;
    private final String path;

    Added(Router router, String kind, String path) {
      this.router = router;
      this.kind = kind;
      this.path = path;
    }

    @Override
    public Routes post(String below, Set<Role> roles, Handler handler) {
      router.onKeyedPost(path + below, access(roles), call -> handle(call, handler));
      return this;
    }

    @Override
    public Routes get(String below, Handler handler) {
      router.on(HttpMethod.GET, path + below, Access.ANYONE, call -> handle(call, handler));
      return this;
    }

    @Override
    public Routes get(String below, Set<Role> roles, Handler handler) {
      router.on(HttpMethod.GET, path + below, access(roles), call -> handle(call, handler));
      return this;
    }

    private static Access access(Set<Role> roles) {
      return new Access(Access.Kind.BEARERS, EnumSet.copyOf(roles), null, false);
    }

    private CompletionStage<Answer> handle(Call call, Handler handler) {
      return handler.handle(new OfActivity(call, kind)).thenApply(Added::answer);
    }

    private static Answer answer(Reply reply) {
      if (reply instanceof Reply.Json json) {
        return Answer.of(json.status(), "application/json", json.json());
      } else if (reply instanceof Reply.File file) {
        return Answer.of(200, file.contentType(), file.bytes())
            .with(
                HttpHeaderNames.CONTENT_DISPOSITION, "attachment; filename=\"" + file.name() + '"');
      }
      return Answer.refused(((Reply.Refused) reply).refusal());
    }
  }

  /** A call as an activity sees it. */
  private final class OfActivity implements HttpCall {
    private final Call call;
    private final String kind;

    OfActivity(Call call, String kind) {
      this.call = call;
      this.kind = kind;
    }

    @Override
    public RoomId room() {
      return call.room();
    }

    @Override
    public String thing() {
      return call.param("id");
    }

    @Override
    public RequestKey key() {
      return call.key();
    }

    @Override
    public @Nullable ViewerId caller() {
      Grant grant = call.grant();
      return grant == null ? null : grant.viewer().id();
    }

    @Override
    public Role role() {
      Grant grant = call.grant();
      return grant == null ? Role.VIEWER : grant.viewer().role();
    }

    @Override
    public JsonBody body() {
      return call.json();
    }

    @Override
    public @Nullable String query(String name) {
      return call.request().query(name);
    }

    @Override
    public CompletionStage<Outcome> offer(Entry entry) {
      return door.offer(call, entry);
    }

    @Override
    public Reads reads() {
      return reads;
    }

    @Override
    public String newId() {
      return ids.next();
    }

    @Override
    public byte[] secret(int bytes) {
      byte[] secret = new byte[bytes];
      random.nextBytes(secret);
      return secret;
    }

    @Override
    public Object rules() {
      return rules.apply(kind);
    }
  }
}
