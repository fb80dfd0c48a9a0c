package barrage.gateway;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Waits for what a call began and the room goes on with by itself, such as a draw, so that the
 * answer can tell how it ended: asks the store again and again, ever more rarely. Holds no thread
 * meanwhile.
 */
final class Settling {
  /** After it the answer tells how things stand by then. */
  private static final long PATIENCE_MS = 2_000;

  private static final long FIRST_PAUSE_MS = 20;
  private static final long LONGEST_PAUSE_MS = 160;

  private final Supplier<CompletionStage<Optional<byte[]>>> ask;
  private final Predicate<JsonNode> isSettled;
  private final long untilNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS);
  private final CompletableFuture<byte[]> end = new CompletableFuture<>();

  private Settling(Supplier<CompletionStage<Optional<byte[]>>> ask, Predicate<JsonNode> isSettled) {
    this.ask = ask;
    this.isSettled = isSettled;
  }

  /**
   * Asks until it is settled.
   *
   * @param now how it stands: a JSON object
   * @param ask how it stands by then; what fails to be asked is asked again
   * @return the first that is settled, or the newest when that takes too long
   */
  static CompletionStage<byte[]> await(
      byte[] now, Supplier<CompletionStage<Optional<byte[]>>> ask, Predicate<JsonNode> isSettled) {
    Settling settling = new Settling(ask, isSettled);
    settling.look(now, FIRST_PAUSE_MS);
    return settling.end;
  }

  private void look(byte[] newest, long pauseMs) {
    try {
      if (System.nanoTime() - untilNanos >= 0
          || isSettled.test(JsonMapper.shared().readTree(newest))) {
        end.complete(newest);
        return;
      }
      // On the timer's thread: asking does not block.
      Executor later =
          CompletableFuture.delayedExecutor(pauseMs, TimeUnit.MILLISECONDS, Runnable::run);
      later.execute(() -> askAgain(newest, Math.min(2 * pauseMs, LONGEST_PAUSE_MS)));
    } catch (RuntimeException e) {
      end.completeExceptionally(e);
    }
  }

  private void askAgain(byte[] newest, long pauseMs) {
    try {
      var unused =
          ask.get()
              .whenComplete(
                  (found, fault) -> look(fault == null ? found.orElse(newest) : newest, pauseMs));
    } catch (RuntimeException e) {
      end.completeExceptionally(e);
    }
  }
}
