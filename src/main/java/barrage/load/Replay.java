package barrage.load;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import barrage.core.RoomId;
import barrage.core.ViewerId;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Plays a danmaku file into a room: each of its senders as a viewer, every line at its time
 * whatever became of those before (an open loop), while watchers check what the room tells them.
 *
 * <p>One thread owns the schedule, the senders and the score; connections live on event loops of
 * their own and hand their answers over.
 */
final class Replay implements AutoCloseable {
  /** How long a line is repeated under its id, and how long a lost connection tries to return. */
  static final long PATIENCE_MS = 60_000;

  private static final long JOIN_WITHIN_MS = 30_000;
  private static final long HEAR_WITHIN_MS = 15_000;
  private static final long BE_TOLD_WITHIN_MS = 3_000;
  private static final long LOOK_EVERY_MS = 20;
  private static final int MAX_CONNECTIONS = 2_000;
  private static final int MAX_HANDSHAKES = 64;

  /**
   * What is asked for.
   *
   * @param speed file seconds in a second
   * @param watchers how many check; they watch without a token where the server lets them
   */
  record Plan(URI server, RoomId room, List<DanmakuFile.Line> lines, double speed, int watchers) {}

  private final Plan plan;
  private final RoomClients clients;
  private final Tokens tokens;
  private final Runnable onFinished;

  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread owner = new Thread(task, "replay");
            owner.setDaemon(true);
            return owner;
          });
  private final Transcript transcript = new Transcript();
  private final CompletableFuture<Void> allFinished = new CompletableFuture<>();

  // Confined to the thread.
  private final Permits connections = new Permits(MAX_CONNECTIONS);
  private final Permits handshakes = new Permits(MAX_HANDSHAKES);
  private final TreeMap<String, Integer> refusals = new TreeMap<>();
  private long startNanos = System.nanoTime();
  private int sent;
  private int unfinished;

  /**
   * @param onFinished called for each line that is answered or given up, on the replay's thread
   */
  Replay(Plan plan, RoomClients clients, Tokens tokens, Runnable onFinished) {
    this.plan = plan;
    this.clients = clients;
    this.tokens = tokens;
    this.onFinished = onFinished;
  }

  /** Runs it from beginning to end. */
  ReplayReport run() throws NotStartedException, InterruptedException {
    List<Watcher> watchers = new ArrayList<>();
    List<Arrivals> arrivals = new ArrayList<>();
    List<CompletableFuture<RoomClient.Position>> joined = new ArrayList<>();
    for (int i = 0; i < plan.watchers(); i++) {
      Arrivals heard = new Arrivals(transcript);
      Watcher watcher = new Watcher(heard);
      arrivals.add(heard);
      watchers.add(watcher);
      joined.add(openWatcher(i, watcher));
    }
    awaitJoined(joined);

    List<Utterance> lines = script();
    unfinished = lines.size();
    on(() -> begin(lines));
    await(allFinished);
    Optional<RoomClient.Position> highest = highest(lines);
    if (highest.isPresent()) {
      // Watchers hear of the last line a little after its sender, and of what was shed after that.
      awaitAll(watchers, watcher -> !watcher.isBehind(highest.get()), HEAR_WITHIN_MS);
      awaitAll(watchers, Watcher::isAccountedFor, BE_TOLD_WITHIN_MS);
    }
    return ReplayReport.of(sent, refusals, lines, highest, watchers, arrivals, transcript);
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }

  private CompletableFuture<RoomClient.Position> openWatcher(int number, Watcher watcher) {
    CompletableFuture<RoomClient.Position> joined = new CompletableFuture<>();
    ViewerId viewer = new ViewerId("replay-watcher-" + number);
    TokenSource source =
        refused ->
            refused
                ? tokens.of(viewer).thenApply(Optional::of)
                : CompletableFuture.completedFuture(Optional.empty());
    on(
        () ->
            handshakes.acquire(
                () ->
                    whenDone(
                        clients.open(target(source), watcher).joined(),
                        (position, failure) -> {
                          handshakes.release();
                          if (failure == null) {
                            joined.complete(position);
                          } else {
                            joined.completeExceptionally(failure);
                          }
                        })));
    return joined;
  }

  private void awaitJoined(List<CompletableFuture<RoomClient.Position>> joined)
      throws NotStartedException, InterruptedException {
    try {
      CompletableFuture.allOf(joined.toArray(CompletableFuture[]::new))
          .get(JOIN_WITHIN_MS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new NotStartedException("cannot watch the room: " + ConnectionLostException.why(e));
    } catch (TimeoutException e) {
      long in = joined.stream().filter(CompletableFuture::isDone).count();
      throw new NotStartedException(
          "only " + in + " of " + joined.size() + " watchers are in after 30 s");
    }
  }

  private List<Utterance> script() {
    // Ids are new in every replay: a repeat within ten minutes would be answered from memory.
    String run = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
    List<Utterance> lines = new ArrayList<>(plan.lines().size());
    for (DanmakuFile.Line line : plan.lines()) {
      long dueMs = Sender.LEAD_MS + Math.round(line.atMs() / plan.speed());
      lines.add(new Utterance(run + "-" + lines.size(), dueMs, line.sender(), line.danmaku()));
    }
    return lines;
  }

  private void begin(List<Utterance> lines) {
    startNanos = System.nanoTime();
    if (lines.isEmpty()) {
      allFinished.complete(null);
    }
    lines.stream()
        .collect(groupingBy(Utterance::sender, LinkedHashMap::new, toList()))
        .forEach((viewer, script) -> new Sender(this, viewer, script).begin());
  }

  private static void await(CompletableFuture<Void> done) throws InterruptedException {
    try {
      done.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private static Optional<RoomClient.Position> highest(List<Utterance> lines) {
    return lines.stream()
        .map(line -> Optional.ofNullable(line.position()))
        .flatMap(Optional::stream)
        .max(
            Comparator.comparingLong(RoomClient.Position::epoch)
                .thenComparingLong(RoomClient.Position::seq));
  }

  private static void awaitAll(List<Watcher> watchers, Predicate<Watcher> condition, long withinMs)
      throws InterruptedException {
    long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(withinMs);
    while (System.nanoTime() - deadlineNanos < 0 && !watchers.stream().allMatch(condition)) {
      Thread.sleep(LOOK_EVERY_MS);
    }
  }

  private RoomClient.Target target(TokenSource source) {
    return new RoomClient.Target(plan.server(), plan.room(), source, PATIENCE_MS);
  }

  // ---- what senders need, on the replay's thread

  Permits connections() {
    return connections;
  }

  Permits handshakes() {
    return handshakes;
  }

  RoomClient open(ViewerId viewer, Sender sender) {
    return clients.open(target(refused -> tokens.of(viewer).thenApply(Optional::of)), sender);
  }

  /** Since the beginning of the replay. */
  long elapsedMs() {
    return (System.nanoTime() - startNanos) / 1_000_000;
  }

  /** Runs a task at an instant since the beginning of the replay; at once when that is past. */
  void at(long elapsedMs, Runnable task) {
    var unused =
        thread.schedule(guarded(task), Math.max(0, elapsedMs - elapsedMs()), TimeUnit.MILLISECONDS);
  }

  /** Hands an outcome over to the replay's thread. */
  <T> void whenDone(CompletableFuture<T> outcome, BiConsumer<T, @Nullable Throwable> then) {
    var unused =
        outcome.whenComplete(
            (value, failure) -> {
              Throwable cause =
                  failure instanceof CompletionException ? failure.getCause() : failure;
              on(() -> then.accept(value, cause));
            });
  }

  boolean isTooLate(Utterance line) {
    return System.nanoTime() - line.sentNanos() > TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS);
  }

  void onSent(Utterance line) {
    sent++;
  }

  void onRefused(String code) {
    refusals.merge(code, 1, Integer::sum);
  }

  void onFinished() {
    onFinished.run();
    if (--unfinished == 0) {
      allFinished.complete(null);
    }
  }

  private void on(Runnable task) {
    try {
      thread.execute(guarded(task));
    } catch (RejectedExecutionException e) {
      // Over: nobody waits for this any more.
    }
  }

  /** A fault ends the replay rather than a line of it in silence. */
  private Runnable guarded(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        allFinished.completeExceptionally(e);
      }
    };
  }
}
