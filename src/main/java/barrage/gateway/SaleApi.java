package barrage.gateway;

import static barrage.core.Role.STREAMER;

import barrage.core.Entry;
import barrage.core.Offer;
import barrage.core.Outcome;
import barrage.core.Reason;
import barrage.core.RoomId;
import barrage.core.Tier;
import barrage.room.Store;
import barrage.wire.BadRequest;
import barrage.wire.JsonBody;
import io.netty.handler.codec.http.HttpMethod;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The HTTP calls about flash sales. */
final class SaleApi {
  private static final String SALES = "/api/rooms/{room}/sales";
  private static final int MAX_TITLE_CHARS = 100;
  private static final String DEFAULT_CURRENCY = "CNY";

  private final RoomDoor rooms;
  private final Store store;
  private final RandomIds ids = new RandomIds(new SecureRandom());

  SaleApi(RoomDoor rooms, Store store) {
    this.rooms = rooms;
    this.store = store;
  }

  void addTo(Router router) {
    router
        .onKeyedPost(SALES, Access.of(STREAMER), this::schedule)
        .on(HttpMethod.GET, SALES + "/{id}", Access.ANYONE, this::view)
        .onKeyedPost(SALES + "/{id}/cancel", Access.of(STREAMER), this::cancel);
  }

  private CompletionStage<Answer> schedule(Call call) {
    Offer offer = offer(call.json());
    return rooms
        .offer(call, new Entry.Schedule(call.key(), ids.next(), offer))
        .thenApply(
            outcome ->
                outcome instanceof Outcome.Sale sale
                    ? Answer.created(sale.json())
                    : Answer.notGranted(outcome));
  }

  private static Offer offer(JsonBody body) {
    long stock = body.integer("stock", 1, Offer.MAX_STOCK);
    long priceCents = body.integer("priceCents", 0, Offer.MAX_ORDER_CENTS);
    int limit = (int) body.integerOr(1, "perViewerLimit", 1, Offer.MAX_PER_VIEWER);
    if (priceCents * limit > Offer.MAX_ORDER_CENTS) {
      // No order is of more units than one viewer may hold.
      throw new BadRequest(
          "priceCents times perViewerLimit must be at most " + Offer.MAX_ORDER_CENTS);
    }
    return new Offer(
        body.text("title", MAX_TITLE_CHARS),
        priceCents,
        currency(body),
        stock,
        body.integer("opensInMs", 0, Offer.MAX_MS),
        body.integer("durationMs", Offer.MIN_DURATION_MS, Offer.MAX_MS),
        limit,
        earlyAccess(body.optionalPerTier("earlyAccessMs", 0, Offer.MAX_MS)),
        body.integerOr((stock + 1) / 2, "earlyUnits", 0, stock),
        reserve(body.optionalObject("reserve"), stock),
        body.integerOr(Offer.DEFAULT_PAY_MS, "payMs", Offer.MIN_PAY_MS, Offer.MAX_MS));
  }

  private static String currency(JsonBody body) {
    return body.get("currency") == null
        ? DEFAULT_CURRENCY
        : body.choice("currency", SaleApi::currency, "an ISO 4217 code such as CNY");
  }

  private static Optional<String> currency(String code) {
    try {
      return Optional.of(Currency.getInstance(code).getCurrencyCode());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** A tier that is not named is as early as the nearest one below it that is. */
  private static @Nullable List<Long> earlyAccess(@Nullable Map<Tier, Long> named) {
    if (named == null) {
      return null;
    }
    List<Long> all = new ArrayList<>();
    long below = 0;
    for (Tier tier : Tier.values()) {
      below = named.getOrDefault(tier, below);
      all.add(below);
    }
    return List.copyOf(all);
  }

  private static Offer.@Nullable Reserve reserve(@Nullable JsonBody body, long stock) {
    return body == null
        ? null
        : new Offer.Reserve(
            body.tier("minTier"),
            body.integer("units", 1, stock),
            body.integer("forMs", 1, Offer.MAX_MS));
  }

  private CompletionStage<Answer> view(Call call) {
    return store.sale(call.room(), call.param("id")).thenApply(Answer::found);
  }

  /** Answered when its orders are unwound, if that does not take long. */
  private CompletionStage<Answer> cancel(Call call) {
    String id = call.param("id");
    return rooms
        .offer(call, new Entry.CancelSale(call.key(), id))
        .thenCompose(
            outcome ->
                outcome == Outcome.Done.DONE
                    ? cancelled(call.room(), id)
                    : CompletableFuture.completedStage(Answer.notGranted(outcome)));
  }

  private CompletionStage<Answer> cancelled(RoomId room, String id) {
    return store
        .sale(room, id)
        .thenCompose(
            sale ->
                sale.isEmpty()
                    ? CompletableFuture.completedStage(Answer.refused(Reason.NOT_FOUND))
                    : Settling.await(
                            sale.get(),
                            () -> store.sale(room, id),
                            json ->
                                json.path("reserved").asLong(0) == 0
                                    && json.path("paid").asLong(0) == 0)
                        .thenApply(Answer::json));
  }
}
