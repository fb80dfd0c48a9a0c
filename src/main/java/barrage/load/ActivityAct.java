package barrage.load;

import barrage.activity.Play;
import barrage.core.Role;
import barrage.wire.Messages;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/**
 * Something of a kind of interaction in which everybody takes part, as the kind's {@link Play}
 * says; the play also compares what viewers were told with what came of it.
 */
final class ActivityAct implements Act {
  /** It may last longer than viewers come to it: those who were late count as well. */
  private static final long GRACE_MS = 5_000;

  private static final long OVER_WITHIN_MS = 30_000;
  private static final long LOOK_EVERY_MS = 100;

  private final Stage stage;
  private final Scenario.Show show;
  private final Queue<Play.Granted> granted = new ConcurrentLinkedQueue<>();
  private final AtomicInteger unknown = new AtomicInteger();
  private String streamer = "";
  private String id = "";

  ActivityAct(Stage stage, Scenario.Show show) {
    this.stage = stage;
    this.show = show;
  }

  /** Requests that were answered {@code ok}. */
  int taken() {
    return granted.size();
  }

  String kind() {
    return show.activity().kind();
  }

  @Override
  public void begin(Stage.Span span) throws NotStartedException, InterruptedException {
    streamer = stage.token(Role.STREAMER);
    JsonNode thing = Stage.await(open(), "cannot begin a " + kind());
    id = thing.path("id").asString("");
    long fromNanos = span.startNanos() + TimeUnit.MILLISECONDS.toNanos(show.opensInMs());
    long enterNanos = TimeUnit.MILLISECONDS.toNanos(show.enterMs());
    for (Shard shard : stage.shards()) {
      shard.execute(
          () -> {
            List<LoadViewer> viewers =
                shard.viewers().stream().filter(viewer -> viewer.tier() != null).toList();
            AtomicInteger next = new AtomicInteger();
            shard.plan(
                Schedule.within(viewers.size(), fromNanos, enterNanos),
                due -> take(viewers.get(next.getAndIncrement()), due, thing));
          });
    }
  }

  private CompletableFuture<JsonNode> open() {
    long lastsMs = show.opensInMs() + show.enterMs() + GRACE_MS;
    String body = show.play().begin(show.variant(), show.size(), lastsMs);
    return stage
        .http()
        .post(
            show.activity().path(),
            streamer,
            json ->
                JsonMapper.shared()
                    .readTree(body)
                    .properties()
                    .forEach(field -> Messages.property(json, field.getKey(), field.getValue())));
  }

  private void take(LoadViewer viewer, long due, JsonNode thing) {
    Optional<Play.Move> move = show.play().take(thing, ThreadLocalRandom.current());
    if (move.isEmpty()) {
      return;
    }
    String name = viewer.id().value();
    viewer.ask(
        move.get().type(),
        stage.nextRequest(),
        due,
        json ->
            move.get().fields().forEach((field, value) -> Messages.property(json, field, value)),
        new LoadViewer.Outcome() {
          @Override
          public void onOk(JsonNode answer) {
            granted.add(new Play.Granted(name, move.get(), answer));
          }

          @Override
          public void onUnknown() {
            unknown.incrementAndGet();
          }
        });
  }

  @Override
  public List<String> judge() throws InterruptedException {
    if (id.isEmpty()) {
      return List.of();
    }
    try {
      String path = show.activity().path() + "/" + id;
      long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(OVER_WITHIN_MS);
      JsonNode thing = stage.http().get(path, Optional.of(streamer));
      while (!show.play().isOver(thing)) {
        if (System.nanoTime() - deadline > 0) {
          return List.of("the " + kind() + " is not over " + OVER_WITHIN_MS + " ms later");
        }
        Thread.sleep(LOOK_EVERY_MS);
        thing = stage.http().get(path, Optional.of(streamer));
      }
      JsonNode proof =
          show.activity().proof().isPresent()
              ? stage.http().get(path + "/proof", Optional.of(streamer))
              : MissingNode.getInstance();
      return show.play().judge(thing, proof, List.copyOf(granted), unknown.get());
    } catch (IOException | JacksonException e) {
      return List.of("the " + kind() + " cannot be judged: " + e.getMessage());
    }
  }
}
