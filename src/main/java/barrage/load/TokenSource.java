package barrage.load;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Where a connection takes its token from. Called on the connection's event loop. */
@FunctionalInterface
public interface TokenSource {
  /** Watches without a token. */
  TokenSource ANONYMOUS = refused -> CompletableFuture.completedFuture(Optional.empty());

  /**
   * A token for the next connection.
   *
   * @param refused whether the server refused the one given before, or found it expired
   * @return empty to connect without one
   */
  CompletionStage<Optional<String>> token(boolean refused);

  /** The same token every time. */
  static TokenSource of(String jwt) {
    return refused -> CompletableFuture.completedFuture(Optional.of(jwt));
  }
}
