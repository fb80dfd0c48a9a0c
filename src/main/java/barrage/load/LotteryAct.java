package barrage.load;

import barrage.core.Role;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A lottery that everybody enters by a click, and that is drawn at the end. */
final class LotteryAct implements Act {
  /** It is drawn before: none may last longer. */
  private static final long LASTS_MS = 900_000;

  private static final long DRAWN_WITHIN_MS = 15_000;
  private static final long LOOK_EVERY_MS = 50;

  private final Stage stage;
  private final Scenario.Lottery raffle;
  private String streamer = "";
  private String id = "";
  private @Nullable RaffleBooks books;

  LotteryAct(Stage stage, Scenario.Lottery raffle) {
    this.stage = stage;
    this.raffle = raffle;
  }

  /** {@code null} before it began. */
  @Nullable RaffleBooks books() {
    return books;
  }

  @Override
  public void begin(Stage.Span span) throws NotStartedException, InterruptedException {
    streamer = stage.token(Role.STREAMER);
    JsonNode opened = Stage.await(open(), "cannot open a lottery");
    id = opened.path("id").asString("");
    RaffleBooks opening = new RaffleBooks(id, opened.path("commitment").asString(""));
    books = opening;
    long fromNanos = span.startNanos() + TimeUnit.MILLISECONDS.toNanos(raffle.opensInMs());
    long enterNanos = TimeUnit.MILLISECONDS.toNanos(raffle.enterMs());
    for (Shard shard : stage.shards()) {
      shard.execute(
          () -> {
            List<LoadViewer> entrants =
                shard.viewers().stream().filter(viewer -> viewer.tier() != null).toList();
            AtomicInteger next = new AtomicInteger();
            shard.plan(
                Schedule.within(entrants.size(), fromNanos, enterNanos),
                due -> enter(entrants.get(next.getAndIncrement()), due, opening));
          });
    }
  }

  private CompletableFuture<JsonNode> open() {
    return stage
        .http()
        .post(
            "lotteries",
            streamer,
            json -> {
              json.writeStringProperty("title", "load " + stage.run());
              json.writeNumberProperty("durationMs", LASTS_MS);
              json.writeStringProperty("entry", "click");
              json.writeArrayPropertyStart("prizes");
              json.writeStartObject();
              json.writeStringProperty("name", "prize");
              json.writeNumberProperty("count", raffle.prizes());
              json.writeEndObject();
              json.writeEndArray();
              json.writeObjectPropertyStart("weights");
              raffle.weights().forEach((t, w) -> json.writeNumberProperty(t.wire(), w));
              json.writeEndObject();
            });
  }

  private void enter(LoadViewer entrant, long due, RaffleBooks books) {
    String viewer = entrant.id().value();
    entrant.ask(
        "lottery.enter",
        stage.nextRequest(),
        due,
        json -> json.writeStringProperty("lottery", id),
        new LoadViewer.Outcome() {
          @Override
          public void onOk(JsonNode answer) {
            books.onOk(viewer, answer.path("weight").asInt());
          }

          @Override
          public void onUnknown() {
            books.onUnknown(viewer);
          }
        });
  }

  @Override
  public List<String> judge() throws InterruptedException {
    RaffleBooks opened = books;
    if (opened == null) {
      return List.of();
    }
    try {
      Stage.await(
          stage.http().post("lotteries/" + id + "/draw", streamer, json -> {}), "cannot draw");
      long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(DRAWN_WITHIN_MS);
      JsonNode lottery = stage.http().get("lotteries/" + id, Optional.of(streamer));
      while (!lottery.path("state").asString("").equals("drawn")
          && System.nanoTime() - deadline < 0) {
        Thread.sleep(LOOK_EVERY_MS);
        lottery = stage.http().get("lotteries/" + id, Optional.of(streamer));
      }
      return opened.close(stage.http().proof(id, Optional.of(streamer)), lottery);
    } catch (IOException | NotStartedException e) {
      return List.of("the lottery cannot be judged: " + e.getMessage());
    }
  }
}
