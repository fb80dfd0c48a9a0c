package barrage.load;

import barrage.core.Role;
import barrage.core.ViewerId;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;

/**
 * What all parts of a load share.
 *
 * @param run this run's name, six digits
 * @param requests how many were sent, for their ids
 */
record Stage(
    Scenario scenario,
    URI server,
    RoomClients clients,
    Tokens tokens,
    RoomHttp http,
    List<Shard> shards,
    String run,
    AtomicInteger requests) {

  private static final long ANSWER_WITHIN_S = 30;

  /** From when to when there is load, {@link System#nanoTime}. */
  record Span(long startNanos, long endNanos) {}

  /** The id of a request. */
  String nextRequest() {
    return run + "-" + requests.incrementAndGet();
  }

  /** One shard's part of so many a second, from an instant to the end of the load. */
  Schedule atRate(double perSecond, Span span, long fromNanos, Shard shard) {
    long nanos = Math.max(0, span.endNanos() - fromNanos);
    return Schedule.atRate(perSecond, fromNanos, nanos, shards.indexOf(shard), shards.size());
  }

  TokenSource tokensOf(LoadViewer viewer) {
    return viewer.tier() == null
        ? TokenSource.ANONYMOUS
        : refused -> tokens.of(viewer.id()).thenApply(Optional::of);
  }

  /** A token for somebody of this role, in this room. */
  String token(Role role) throws NotStartedException, InterruptedException {
    ViewerId who = new ViewerId("load-" + role.wire());
    return await(
        tokens.of(who, role, scenario.room()).toCompletableFuture(),
        "no token for a " + role.wire());
  }

  /** What a call brings; failing that, what was to be done did not begin. */
  static <T> T await(CompletableFuture<T> future, String what)
      throws NotStartedException, InterruptedException {
    try {
      return future.get(ANSWER_WITHIN_S, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new NotStartedException(what + ": " + ConnectionLostException.why(e));
    } catch (TimeoutException e) {
      throw new NotStartedException(what + ": no answer within " + ANSWER_WITHIN_S + " s");
    }
  }

  long sum(ToLongFunction<Shard> figure) {
    return shards.stream().mapToLong(figure).sum();
  }

  List<Watcher> watchers() {
    return shards.stream()
        .flatMap(shard -> shard.viewers().stream())
        .map(LoadViewer::watcher)
        .toList();
  }

  /** An instant of the server's clock as one of {@link System#nanoTime}. */
  long here(long serverMs) {
    long aheadMs = shards.stream().mapToLong(Shard::leastClockLagMs).min().orElse(0);
    long inMs = serverMs + aheadMs - System.currentTimeMillis();
    return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(inMs);
  }

  /** A fault of the load tester itself ends it. */
  void checkFaults() {
    for (Shard shard : shards) {
      Throwable fault = shard.fault();
      if (fault != null) {
        throw new IllegalStateException("the load tester failed", fault);
      }
    }
  }
}
