package barrage.gateway;

import static barrage.core.Role.MODERATOR;
import static barrage.core.Role.SERVICE;
import static barrage.core.Role.STREAMER;

import barrage.core.Entry;
import barrage.core.LedgerEntry;
import barrage.core.Outcome;
import barrage.core.Reason;
import barrage.core.RoomSettings;
import barrage.core.ViewerId;
import barrage.room.Store;
import barrage.wire.BadRequest;
import barrage.wire.ClientJson;
import barrage.wire.JsonBody;
import barrage.wire.Messages;
import io.netty.handler.codec.http.HttpMethod;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import tools.jackson.core.JsonGenerator;

/** The HTTP calls about a room. Each checks its body and makes it an {@link Entry}, or reads. */
final class RoomApi {
  private static final String ROOM = "/api/rooms/{room}";
  private static final int MAX_TEXT_CHARS = 64;
  private static final long MAX_BOOST_MS = 24 * 3_600_000L;
  private static final long MAX_MUTE_MS = 3_650 * 24 * 3_600_000L;

  private final RoomDoor rooms;
  private final Store store;

  RoomApi(RoomDoor rooms, Store store) {
    this.rooms = rooms;
    this.store = store;
  }

  void addTo(Router router) {
    router
        .on(HttpMethod.GET, ROOM, Access.ANYONE, this::view)
        .on(HttpMethod.PATCH, ROOM, Access.of(STREAMER, MODERATOR), this::configure)
        .onKeyedPost(ROOM + "/points", Access.of(SERVICE), this::grant)
        .on(
            HttpMethod.GET,
            ROOM + "/viewers/{id}",
            Access.of(SERVICE, STREAMER).orOwn("id"),
            this::viewer)
        .on(
            HttpMethod.GET,
            ROOM + "/ledger",
            Access.of(SERVICE, STREAMER).orOwn("viewer"),
            this::ledger)
        .onKeyedPost(ROOM + "/boosts", Access.of(STREAMER), this::boost)
        .onKeyedPost(ROOM + "/mutes", Access.of(MODERATOR, STREAMER), this::mute)
        .on(
            HttpMethod.DELETE,
            ROOM + "/danmaku/{seq}",
            Access.of(MODERATOR, STREAMER),
            this::deleteDanmaku);
  }

  private CompletionStage<Answer> view(Call call) {
    return rooms
        .view(call.room())
        .thenApply(view -> view == null ? Answer.refused(Reason.UNAVAILABLE) : Answer.json(view));
  }

  private CompletionStage<Answer> configure(Call call) {
    JsonBody body = call.json();
    RoomSettings.Patch patch =
        new RoomSettings.Patch(
            body.optionalInteger("slowModeMs", 0, RoomSettings.MAX_SLOW_MODE_MS),
            body.optionalBoolean("membersOnly"),
            body.optionalTier("minTier"),
            body.optionalBoolean("silenced"));
    return rooms
        .offer(call, new Entry.Configure(patch))
        .thenApply(
            outcome ->
                outcome instanceof Outcome.Settled settled
                    ? Answer.json(json -> Messages.settings(json, settled.settings()))
                    : Answer.notGranted(outcome));
  }

  private CompletionStage<Answer> grant(Call call) {
    JsonBody body = call.json();
    ViewerId viewer = body.viewer("viewer");
    Entry grant =
        new Entry.Grant(
            call.key(),
            viewer,
            body.integer("delta", -ClientJson.MAX_INTEGER, ClientJson.MAX_INTEGER),
            body.integerOr(0, "growth", 0, ClientJson.MAX_INTEGER),
            body.text("reason", MAX_TEXT_CHARS),
            body.text("ref", MAX_TEXT_CHARS));
    return rooms.offer(call, grant).thenApply(outcome -> stands(viewer, outcome));
  }

  private CompletionStage<Answer> viewer(Call call) {
    ViewerId viewer = new ViewerId(call.param("id"));
    return rooms
        .isBegun(call.room())
        .thenCompose(
            begun ->
                begun
                    ? rooms.offer(call, new Entry.Look(viewer))
                    : CompletableFuture.completedStage(Outcome.Stands.unknown(viewer)))
        .thenApply(outcome -> stands(viewer, outcome));
  }

  private static Answer stands(ViewerId viewer, Outcome outcome) {
    return outcome instanceof Outcome.Stands stands
        ? Answer.json(
            json -> Messages.viewer(json, viewer, stands.name(), stands.role(), stands.standing()))
        : Answer.notGranted(outcome);
  }

  private CompletionStage<Answer> ledger(Call call) {
    return store
        .ledger(call.room(), call.viewerInQuery("viewer"), after(call))
        .thenApply(
            page ->
                Answer.json(
                    json -> {
                      json.writeArrayPropertyStart("entries");
                      page.entries().forEach(entry -> ledgerEntry(json, entry));
                      json.writeEndArray();
                      Long next = page.next();
                      if (next != null) {
                        json.writeStringProperty("next", Long.toString(next));
                      }
                    }));
  }

  /** The cursor of a page of a ledger; 0 for the first. */
  private static long after(Call call) {
    String after = call.idInQuery("after");
    try {
      long lines = after == null ? 0 : Long.parseLong(after);
      if (lines >= 0 && lines <= Integer.MAX_VALUE) {
        return lines;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new BadRequest("after must be the next of the page before");
  }

  private static void ledgerEntry(JsonGenerator json, LedgerEntry entry) {
    json.writeStartObject();
    json.writeNumberProperty("at", entry.atMs());
    json.writeNumberProperty("delta", entry.delta());
    json.writeNumberProperty("growth", entry.growth());
    json.writeStringProperty("reason", entry.reason());
    json.writeStringProperty("ref", entry.ref());
    json.writeEndObject();
  }

  private CompletionStage<Answer> boost(Call call) {
    JsonBody body = call.json();
    Entry boost =
        new Entry.Boost(
            call.key(),
            hundredths(body.decimal("factor")),
            body.integer("durationMs", 1_000, MAX_BOOST_MS));
    return rooms
        .offer(call, boost)
        .thenApply(
            outcome ->
                outcome instanceof Outcome.Boosted boosted
                    ? Answer.json(
                        json -> {
                          json.writeNumberProperty("factor", decimal(boosted.factor()));
                          json.writeNumberProperty("untilAt", boosted.untilMs());
                        })
                    : Answer.notGranted(outcome));
  }

  private static int hundredths(BigDecimal factor) {
    // The bounds first: a scale of a billion digits must not be spelled out.
    if (factor.compareTo(BigDecimal.ONE) > 0 && factor.compareTo(BigDecimal.TEN) <= 0) {
      BigDecimal exact = factor.stripTrailingZeros();
      if (exact.scale() <= 2) {
        return exact.movePointRight(2).setScale(0, RoundingMode.UNNECESSARY).intValueExact();
      }
    }
    throw new BadRequest("factor must be above 1 and at most 10, with two decimals at most");
  }

  /** Without an exponent, which some readers do not expect. */
  static BigDecimal decimal(int hundredths) {
    BigDecimal shortest = BigDecimal.valueOf(hundredths, 2).stripTrailingZeros();
    return shortest.setScale(Math.max(0, shortest.scale()));
  }

  private CompletionStage<Answer> mute(Call call) {
    JsonBody body = call.json();
    ViewerId viewer = body.viewer("viewer");
    Entry mute = new Entry.Mute(call.key(), viewer, body.integer("durationMs", -1, MAX_MUTE_MS));
    return rooms
        .offer(call, mute)
        .thenApply(
            outcome ->
                outcome instanceof Outcome.Muted muted
                    ? Answer.json(
                        json -> {
                          json.writeStringProperty("viewer", viewer.value());
                          json.writeNumberProperty("untilAt", muted.untilMs());
                        })
                    : Answer.notGranted(outcome));
  }

  private CompletionStage<Answer> deleteDanmaku(Call call) {
    OptionalLong seq = Call.number(call.param("seq"));
    if (seq.isEmpty()) {
      return CompletableFuture.completedStage(Answer.refused(Reason.NOT_FOUND));
    }
    return rooms
        .offer(call, new Entry.Delete(seq.getAsLong()))
        .thenApply(
            outcome ->
                outcome == Outcome.Done.DONE ? Answer.empty(204) : Answer.notGranted(outcome));
  }
}
