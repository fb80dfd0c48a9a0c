package barrage.activity;

import barrage.core.Outcome;
import barrage.core.Reason;
import barrage.core.Refusal;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What an activity answers an HTTP call. */
public sealed interface Reply {
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
