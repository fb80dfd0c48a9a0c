package barrage;

import barrage.activity.Activities;
import barrage.activity.Activity;
import barrage.activity.Play;
import barrage.core.RoomId;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/**
 * Lets the synthetic viewers take part: they buy, a till pays for most of what they bought, and
 * they enter lotteries. The same few buy in a sale whatever happens, under ids that belong to the
 * sale, so they never get more than half of its stock, restarts included.
 */
final class DemoShows {
  private static final int ACT_WITHIN_MS = 9_000;
  private static final int PAY_WITHIN_MS = 12_000;
  private static final int PAY_OF_TEN = 8;
  private static final int ENTER_OF_TEN = 7;
  private static final int KNOWN = 100;

  private final URI room;
  private final Activities activities;
  private final List<? extends Guest> guests;
  private final Later later;
  private final Supplier<String> till;
  private final HttpClient http = HttpClient.newHttpClient();
  private final Random random = new Random();

  /** The newest that they know of: coming back is no second chance. */
  private final Set<String> known = new LinkedHashSet<>();

  /** A synthetic viewer, as far as shows go. */
  interface Guest {
    /** The answer; the same id is the same request. */
    CompletableFuture<JsonNode> buy(String id, String sale);

    void enter(String id, String lottery);

    void ask(String id, Play.Move move);

    void say(String id, String text);

    void tap(int more);
  }

  /** Does something in so many milliseconds. */
  interface Later {
    void after(long ms, Runnable act);
  }

  /**
   * @param activities what else there may be to take part in
   * @param guests who may take part
   * @param later what they do a moment later is done there
   * @param till gives a token with the role {@code service}
   */
  DemoShows(
      URI server,
      RoomId room,
      Activities activities,
      List<? extends Guest> guests,
      Later later,
      Supplier<String> till) {
    this.activities = activities;
    this.room = server.resolve("/api/rooms/" + room.value() + "/");
    this.guests = guests;
    this.later = later;
    this.till = till;
  }

  private synchronized boolean isNew(String show) {
    if (known.size() >= KNOWN) {
      known.remove(known.iterator().next());
    }
    return known.add(show);
  }

  /** What stands when one of them joins. */
  void onWelcome(JsonNode welcome) {
    welcome.path("sales").forEach(this::onSale);
    welcome.path("lotteries").forEach(this::onLottery);
    for (JsonNode thing : welcome.path("active")) {
      onThing(thing.path("kind").asString(""), thing);
    }
  }

  /** What happens from then on. */
  void onEvents(JsonNode events) {
    for (JsonNode event : events) {
      switch (event.path("type").asString("")) {
        case "sale.scheduled" -> onSale(event.path("sale"));
        case "lottery.opened" -> onLottery(event.path("lottery"));
        default -> {
          String type = event.path("type").asString("");
          String kind = type.substring(0, Math.max(0, type.indexOf('.')));
          onThing(kind, event.path(kind));
        }
      }
    }
  }

  /** Most of them take part, as the kind's play says; those that open later wait. */
  private void onThing(String kind, JsonNode thing) {
    Activity activity = activities.of(kind);
    if (activity == null || activity.play().isEmpty() || !thing.isObject()) {
      return;
    }
    Play play = activity.play().get();
    String id = thing.path("id").asString("");
    if (play.isOver(thing) || !isNew(kind + '-' + id)) {
      return;
    }
    long opensInMs = Math.max(0, thing.path("opensAt").asLong() - System.currentTimeMillis());
    for (Guest guest : guests) {
      if (random.nextInt(10) < ENTER_OF_TEN) {
        play.take(thing, random)
            .ifPresent(
                move ->
                    later.after(
                        opensInMs + 300 + random.nextInt(ACT_WITHIN_MS),
                        () -> guest.ask("demo-" + id, move)));
      }
    }
  }

  private void onSale(JsonNode sale) {
    long opensInMs = Math.max(0, sale.path("opensAt").asLong() - System.currentTimeMillis());
    String id = sale.path("id").asString("");
    if (!isNew(id)) {
      return;
    }
    long buyers = Math.min(guests.size(), sale.path("stock").asLong() / 2);
    for (int i = 0; i < buyers; i++) {
      Guest guest = guests.get(i);
      later.after(opensInMs + 300 + random.nextInt(ACT_WITHIN_MS), () -> buy(guest, id));
    }
  }

  private void buy(Guest guest, String sale) {
    // A refusal, such as sold_out, is part of the game, and so is an order that nobody pays for.
    var unused =
        guest
            .buy("demo-" + sale, sale)
            .thenAccept(
                ok -> {
                  String order = ok.path("order").path("id").asString("");
                  if (!order.isEmpty() && random.nextInt(10) < PAY_OF_TEN) {
                    later.after(1_000 + random.nextInt(PAY_WITHIN_MS), () -> pay(order));
                  }
                });
  }

  private void pay(String order) {
    HttpRequest request =
        HttpRequest.newBuilder(room.resolve("orders/" + order + "/pay"))
            .header("Authorization", "Bearer " + till.get())
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", "demo-" + order)
            .POST(BodyPublishers.ofString("{\"paymentRef\":\"demo-" + order + "\"}"))
            .build();
    var unused = http.sendAsync(request, BodyHandlers.discarding());
  }

  private void onLottery(JsonNode lottery) {
    String id = lottery.path("id").asString("");
    if (!isNew(id)) {
      return;
    }
    for (Guest guest : guests) {
      if (random.nextInt(10) < ENTER_OF_TEN) {
        later.after(300 + random.nextInt(ACT_WITHIN_MS), () -> enter(guest, id, lottery));
      }
    }
  }

  private static void enter(Guest guest, String id, JsonNode lottery) {
    switch (lottery.path("entry").asString("")) {
      case "click" -> guest.enter("demo-" + id, id);
      case "keyword" -> guest.say("demo-" + id, lottery.path("keyword").asString(""));
      default -> guest.tap(lottery.path("minLikes").asInt(1));
    }
  }
}
