package barrage.activity;

import barrage.core.Role;
import java.util.Set;
import java.util.concurrent.CompletionStage;

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
    CompletionStage<Reply> handle(HttpCall call);
  }
}
