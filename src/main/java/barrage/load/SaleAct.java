package barrage.load;

import barrage.core.Role;
import barrage.core.Tier;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;

/** A sale that opens at an instant, for which everybody waits. */
final class SaleAct implements Act {
  /** It lasts longer than any load on it, and so has a buyer to pay: both may be a day at most. */
  private static final long DAY_MS = 86_400_000;

  private final Stage stage;
  private final Scenario.Sale offer;
  private final SaleBooks books;
  private String streamer = "";
  private String id = "";

  SaleAct(Stage stage, Scenario.Sale offer, SaleBooks books) {
    this.stage = stage;
    this.offer = offer;
    this.books = books;
  }

  @Override
  public void begin(Stage.Span span) throws NotStartedException, InterruptedException {
    streamer = stage.token(Role.STREAMER);
    JsonNode opened = Stage.await(schedule(), "cannot open a sale");
    id = opened.path("id").asString("");
    long opensNanos = stage.here(opened.path("opensAt").asLong());
    for (Shard shard : stage.shards()) {
      shard.execute(
          () -> {
            for (Tier tier : Tier.values()) {
              planBurst(shard, tier, opensNanos);
            }
            shard.plan(
                stage.atRate(offer.rate(), span, opensNanos, shard),
                due -> {
                  LoadViewer buyer = shard.next(this::wantsMore);
                  if (buyer != null) {
                    buy(buyer, due);
                  }
                });
          });
    }
  }

  private boolean wantsMore(LoadViewer viewer) {
    return viewer.tier() != null && viewer.won() < offer.perViewer();
  }

  private CompletableFuture<JsonNode> schedule() {
    return stage
        .http()
        .post(
            "sales",
            streamer,
            json -> {
              json.writeStringProperty("title", "load " + stage.run());
              json.writeNumberProperty("priceCents", 100);
              json.writeNumberProperty("stock", offer.stock());
              json.writeNumberProperty("opensInMs", offer.opensInMs());
              json.writeNumberProperty("durationMs", DAY_MS);
              json.writeNumberProperty("perViewerLimit", offer.perViewer());
              json.writeNumberProperty("payMs", DAY_MS);
              json.writeObjectPropertyStart("earlyAccessMs");
              offer.earlyMs().forEach((t, ms) -> json.writeNumberProperty(t.wire(), ms));
              json.writeEndObject();
              if (offer.reserved() > 0) {
                json.writeObjectPropertyStart("reserve");
                json.writeStringProperty("minTier", offer.reservedFor().wire());
                json.writeNumberProperty("units", offer.reserved());
                json.writeNumberProperty("forMs", offer.reservedMs());
                json.writeEndObject();
              }
            });
  }

  /** Each buyer of a tier once, when it opens for them. */
  private void planBurst(Shard shard, Tier tier, long opensNanos) {
    List<LoadViewer> buyers = shard.of(tier);
    long early = TimeUnit.MILLISECONDS.toNanos(offer.earlyMs().getOrDefault(tier, 0L));
    AtomicInteger next = new AtomicInteger();
    shard.plan(
        Schedule.within(
            buyers.size(), opensNanos - early, TimeUnit.MILLISECONDS.toNanos(offer.burstMs())),
        due -> buy(buyers.get(next.getAndIncrement()), due));
  }

  private void buy(LoadViewer buyer, long due) {
    buyer.ask(
        "sale.buy",
        stage.nextRequest(),
        due,
        json -> json.writeStringProperty("sale", id),
        new LoadViewer.Outcome() {
          @Override
          public void onOk(JsonNode answer) {
            buyer.win(1);
            books.onOk(buyer.id().value(), answer.path("order"));
          }

          @Override
          public void onUnknown() {
            books.onUnknown();
          }
        });
  }

  /** The stock is in order at every instant, so it is looked at while they buy. */
  @Override
  public void look() throws InterruptedException {
    try {
      books.onSale(stage.http().get("sales/" + id, Optional.of(streamer)));
    } catch (IOException e) {
      // Asked again in a second, and for good at the end.
    }
  }

  @Override
  public List<String> judge() throws InterruptedException {
    try {
      String shop = stage.token(Role.SERVICE);
      books.onSale(stage.http().get("sales/" + id, Optional.of(shop)));
      List<JsonNode> orders = new ArrayList<>();
      String after = "";
      do {
        JsonNode page = stage.http().get("orders?sale=" + id + after, Optional.of(shop));
        page.path("orders").forEach(orders::add);
        after = page.path("next").isString() ? "&after=" + page.path("next").asString() : "";
      } while (!after.isEmpty());
      return books.close(orders);
    } catch (IOException | NotStartedException e) {
      return List.of("the sale's books cannot be read: " + e.getMessage());
    }
  }
}
