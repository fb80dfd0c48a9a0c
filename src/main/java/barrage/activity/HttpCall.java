package barrage.activity;

import barrage.core.Entry;
import barrage.core.Outcome;
import barrage.core.RequestKey;
import barrage.core.Role;
import barrage.core.RoomId;
import barrage.core.ViewerId;
import barrage.wire.JsonBody;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** An HTTP call of an activity that may be made: by whom, and with what. */
public interface HttpCall {
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
