package barrage.load;

import barrage.core.Role;
import barrage.core.Tier;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The viewers of a load: of which tiers they are, and how they come. */
final class Crowd {
  /** How long a lost connection tries to return, and a request waits for it. */
  private static final long PATIENCE_MS = 60_000;

  private static final long LOOK_EVERY_MS = 20;
  private static final int MAX_GRANTS = 64;

  /** From what growth on a viewer is of a tier, unless the server's rules say otherwise. */
  private static final Map<Tier, Integer> GROWTH =
      Map.of(Tier.SILVER, 500, Tier.GOLD, 2_000, Tier.DIAMOND, 10_000);

  private final Stage stage;

  Crowd(Stage stage) {
    this.stage = stage;
  }

  /** Seats everybody, each on the loop of a shard. */
  void seat(Function<Shard, Watcher.Ear> ears) {
    Scenario scenario = stage.scenario();
    List<Shard> shards = stage.shards();
    stage.clients().loops().stream()
        .limit(scenario.viewers())
        .forEach(loop -> shards.add(new Shard(loop, this::open)));
    List<Watcher.Ear> hearing = shards.stream().map(ears).toList();
    for (int i = 0; i < scenario.viewers(); i++) {
      int at = i % shards.size();
      Tier tier = scenario.isAnonymous(i) ? null : scenario.tier(i);
      shards.get(at).add(new LoadViewer(shards.get(at), i, tier, hearing.get(at)));
    }
  }

  private RoomClient open(LoadViewer viewer) {
    RoomClient.Target target =
        new RoomClient.Target(
            stage.server(), stage.scenario().room(), stage.tokensOf(viewer), PATIENCE_MS);
    return stage.clients().open(viewer.shard().loop(), target, viewer);
  }

  /** Gives members the growth of their tier, once: the same grant again has no effect. */
  void promote(LoadRun.Progress progress) throws NotStartedException, InterruptedException {
    List<LoadViewer> members =
        stage.shards().stream()
            .flatMap(shard -> shard.viewers().stream())
            .filter(viewer -> isMember(viewer.tier()))
            .toList();
    if (members.isEmpty()) {
      return;
    }
    progress.phase("making " + Figure.count(members.size()) + " members");
    String service = stage.token(Role.SERVICE);
    Semaphore atOnce = new Semaphore(MAX_GRANTS);
    ConcurrentLinkedQueue<String> refused = new ConcurrentLinkedQueue<>();
    for (LoadViewer member : members) {
      if (!refused.isEmpty()) {
        break;
      }
      atOnce.acquire();
      var unused =
          grant(member, service)
              .whenComplete(
                  (viewer, failure) -> {
                    atOnce.release();
                    if (failure != null) {
                      refused.add(ConnectionLostException.why(failure));
                    } else if (!viewer.path("tier").asString("").equals(wire(member.tier()))) {
                      refused.add(
                          member.id()
                              + " became "
                              + viewer.path("tier").asString("")
                              + ": the server's rules ask for other growth than the shipped ones");
                    }
                  });
    }
    atOnce.acquire(MAX_GRANTS);
    String first = refused.peek();
    if (first != null) {
      throw new NotStartedException("cannot make members: " + first);
    }
  }

  private static boolean isMember(@Nullable Tier tier) {
    return tier != null && tier.isMember();
  }

  private static String wire(@Nullable Tier tier) {
    return tier == null ? "" : tier.wire();
  }

  private CompletableFuture<JsonNode> grant(LoadViewer member, String service) {
    Tier tier = member.tier();
    int growth = GROWTH.getOrDefault(tier == null ? Tier.REGULAR : tier, 0);
    return stage
        .http()
        .post(
            "points",
            service,
            json -> {
              json.writeStringProperty("viewer", member.id().value());
              json.writeNumberProperty("delta", 0);
              json.writeNumberProperty("growth", growth);
              json.writeStringProperty("reason", "load");
              json.writeStringProperty("ref", member.id().value());
            });
  }

  /**
   * Lets them come, and waits until all are in or have given up.
   *
   * @param second called every second, with how many are in
   */
  void join(BooleanSupplier interrupted, Runnable second)
      throws NotStartedException, InterruptedException {
    long startNanos = System.nanoTime();
    long rampNanos = TimeUnit.MILLISECONDS.toNanos(stage.scenario().rampMs());
    for (Shard shard : stage.shards()) {
      shard.execute(
          () -> {
            AtomicInteger next = new AtomicInteger();
            shard.plan(
                Schedule.within(shard.viewers().size(), startNanos, rampNanos),
                due -> shard.join(shard.viewers().get(next.getAndIncrement()), due));
            shard.begin();
          });
    }
    long told = startNanos;
    while (in() + stage.sum(Shard::failed) < stage.scenario().viewers()
        && !interrupted.getAsBoolean()) {
      Thread.sleep(LOOK_EVERY_MS);
      stage.checkFaults();
      if (System.nanoTime() - told >= TimeUnit.SECONDS.toNanos(1)) {
        told += TimeUnit.SECONDS.toNanos(1);
        second.run();
      }
    }
    if (in() == 0) {
      throw new NotStartedException(
          "nobody could enter the room; close code "
              + stage.shards().stream().mapToInt(Shard::lastFailure).max().orElse(0));
    }
  }

  /** How many came in. */
  long in() {
    return stage.sum(Shard::joined);
  }
}
