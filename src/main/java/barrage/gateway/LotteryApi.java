package barrage.gateway;

import static barrage.core.Role.STREAMER;

import barrage.core.Draw;
import barrage.core.Entry;
import barrage.core.Outcome;
import barrage.core.Raffle;
import barrage.core.RoomId;
import barrage.core.Tier;
import barrage.room.Store;
import barrage.wire.BadRequest;
import barrage.wire.ClientJson;
import barrage.wire.JsonBody;
import io.netty.handler.codec.http.HttpMethod;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The HTTP calls about lotteries. */
final class LotteryApi {
  private static final String LOTTERIES = "/api/rooms/{room}/lotteries";
  private static final int MAX_TEXT_CHARS = 100;
  private static final int MAX_LIKES = 100_000;

  private final RoomDoor rooms;
  private final Store store;
  private final Proofs proofs;
  private final SecureRandom random = new SecureRandom();
  private final RandomIds ids = new RandomIds(random);

  LotteryApi(RoomDoor rooms, Store store) {
    this.rooms = rooms;
    this.store = store;
    this.proofs = new Proofs(store);
  }

  void addTo(Router router) {
    router
        .onKeyedPost(LOTTERIES, Access.of(STREAMER), this::open)
        .onKeyedPost(LOTTERIES + "/{id}/draw", Access.of(STREAMER), this::draw)
        .onKeyedPost(LOTTERIES + "/{id}/cancel", Access.of(STREAMER), this::cancel)
        .on(HttpMethod.GET, LOTTERIES + "/{id}", Access.ANYONE, this::view)
        .on(
            HttpMethod.GET,
            LOTTERIES + "/{id}/proof",
            Access.ANYONE,
            call -> proofs.of(call.room(), call.param("id")));
  }

  private CompletionStage<Answer> open(Call call) {
    Raffle raffle = raffle(call.json());
    byte[] seed = new byte[Draw.SEED_BYTES];
    random.nextBytes(seed);
    Entry open =
        new Entry.OpenLottery(
            call.key(), ids.next(), raffle, HexFormat.of().formatHex(seed), Draw.commitment(seed));
    return offer(call, open)
        .thenApply(
            outcome ->
                outcome instanceof Outcome.Lottery lottery
                    ? Answer.created(lottery.json())
                    : Answer.notGranted(outcome));
  }

  private CompletionStage<Outcome> offer(Call call, Entry entry) {
    return rooms.offer(call, entry);
  }

  private static Raffle raffle(JsonBody body) {
    Raffle.Entry entry = body.choice("entry", Raffle.Entry::fromWire, "click, keyword or likes");
    return new Raffle(
        body.text("title", MAX_TEXT_CHARS),
        prizes(body.objects("prizes", Raffle.MAX_PRIZES)),
        body.integer("durationMs", Raffle.MIN_MS, Raffle.MAX_MS),
        entry,
        entry == Raffle.Entry.KEYWORD ? body.text("keyword", MAX_TEXT_CHARS) : null,
        entry == Raffle.Entry.LIKES ? (int) body.integer("minLikes", 1, MAX_LIKES) : 0,
        conditions(body.optionalObject("conditions")),
        weights(body.optionalPerTier("weights", 1, Raffle.MAX_WEIGHT)));
  }

  private static List<Draw.Prize> prizes(List<JsonBody> bodies) {
    List<Draw.Prize> prizes = new ArrayList<>();
    int all = 0;
    for (JsonBody body : bodies) {
      String name = body.text("name", MAX_TEXT_CHARS);
      int count = (int) body.integer("count", 1, Raffle.MAX_PRIZES);
      all += count;
      prizes.add(new Draw.Prize(name, count));
    }
    if (all > Raffle.MAX_PRIZES) {
      throw new BadRequest("prizes must be at most " + Raffle.MAX_PRIZES + " in all");
    }
    return prizes;
  }

  private static Raffle.Conditions conditions(@Nullable JsonBody body) {
    if (body == null) {
      return Raffle.Conditions.NONE;
    }
    Tier minTier = body.optionalTier("minTier");
    return new Raffle.Conditions(
        minTier == null ? Tier.REGULAR : minTier,
        body.integerOr(0, "minPoints", 0, ClientJson.MAX_INTEGER),
        body.integerOr(0, "costPoints", 0, ClientJson.MAX_INTEGER));
  }

  private static List<Integer> weights(@Nullable Map<Tier, Long> named) {
    List<Integer> all = new ArrayList<>();
    for (Tier tier : Tier.values()) {
      all.add(named == null ? 1 : named.getOrDefault(tier, 1L).intValue());
    }
    return List.copyOf(all);
  }

  private CompletionStage<Answer> view(Call call) {
    return store.lottery(call.room(), call.param("id")).thenApply(Answer::found);
  }

  /** The lock is what the call asks for; the room draws right after it. */
  private CompletionStage<Answer> draw(Call call) {
    RoomId room = call.room();
    String id = call.param("id");
    return offer(call, new Entry.DrawLottery(call.key(), id))
        .thenCompose(
            outcome ->
                outcome instanceof Outcome.Lottery lottery
                    ? Settling.await(
                            lottery.json(),
                            () -> store.lottery(room, id),
                            json -> json.path("state").asString("").equals("drawn"))
                        .thenApply(Answer::json)
                    : CompletableFuture.completedStage(Answer.notGranted(outcome)));
  }

  private CompletionStage<Answer> cancel(Call call) {
    return offer(call, new Entry.CancelLottery(call.key(), call.param("id")))
        .thenApply(
            outcome ->
                outcome instanceof Outcome.Lottery lottery
                    ? Answer.json(lottery.json())
                    : Answer.notGranted(outcome));
  }
}
