package barrage.activity;

import barrage.core.Entry;
import barrage.core.Outcome;
import barrage.core.Reason;
import barrage.core.Refusal;
import barrage.core.RequestKey;
import barrage.core.Role;
import barrage.core.RoomId;
import barrage.core.ViewerId;
import barrage.wire.JsonBody;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Takes an activity's HTTP calls. Paths stand below {@code /api/rooms/{room}/<path of the kind>}.
 * Who may call is decided before a body is read.
 */
public interface Routes {
  /** A {@code POST} that is known by its {@code Idempotency-Key} when it is repeated. */
  Routes post(String path, Set<Role> roles, Handler handler);

  /** A {@code GET} for anybody who may watch. */
  Routes get(String path, Handler handler);

  /** A {@code GET} for these roles alone. */
  Routes get(String path, Set<Role> roles, Handler handler);

  /** Answers a call; a {@link barrage.wire.BadRequest} may be thrown, or fail the stage. */
  interface Handler {
    CompletionStage<Reply> handle(Call call);
  }

  /** A call that may be made. */
  interface Call {
    RoomId room();

    /** What stands in the path for {@code {id}}: a well-formed id. */
    String thing();

    /** Under which a repeat is recognised; of a {@code POST} alone. */
    RequestKey key();

    /** Who calls; {@code null} for an anonymous caller. */
    @Nullable ViewerId caller();

    /** The caller's role, {@link Role#VIEWER} for an anonymous one. */
    Role role();

    /** The body; a {@link barrage.wire.BadRequest} when it is not one JSON object. */
    JsonBody body();

    /** A field of the query; {@code null} when it is not there. */
    @Nullable String query(String name);

    /** Has the store do something. Never fails: what the store did not decide is a refusal. */
    CompletionStage<Outcome> offer(Entry entry);

    /** What can be read. */
    Reads reads();

    /** A fresh id for a thing: 12 characters. */
    String newId();

    /** Bytes that nobody can guess. */
    byte[] secret(int bytes);

    /** The rules in force, as {@link Activity#rules} read them. */
    Object rules();
  }

  /** An answer. */
  sealed interface Reply {
    /** What a call made or found; {@code status} 200 or 201. */
    record Json(int status, byte[] json) implements Reply {}

    /** The call was refused. */
    record Refused(Refusal refusal) implements Reply {}

    /** A file, such as a CSV. */
    record File(String contentType, String name, byte[] bytes) implements Reply {}

    /** What the store made of an entry: 201 with the thing that it tells, or its refusal. */
    static Reply created(Outcome outcome) {
      return of(201, outcome);
    }

    /** The same with 200. */
    static Reply changed(Outcome outcome) {
      return of(200, outcome);
    }

    private static Reply of(int status, Outcome outcome) {
      if (outcome instanceof Outcome.Told told) {
        return new Json(status, told.json());
      }
      return new Refused(
          outcome instanceof Outcome.Refused refused
              ? refused.refusal()
              : Refusal.of(Reason.UNAVAILABLE));
    }

    /** The same as a stage. */
    default CompletionStage<Reply> now() {
      return CompletableFuture.completedFuture(this);
    }
  }
}
