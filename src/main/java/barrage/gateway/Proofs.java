package barrage.gateway;

import barrage.core.Draw;
import barrage.core.Reason;
import barrage.core.Refusal;
import barrage.core.RoomId;
import barrage.core.ViewerId;
import barrage.room.Store;
import barrage.wire.Messages;
import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The proofs of draws, for anybody to compute them again. A proof never changes, and everyone asks
 * for it at once, right after the draw: so each is built once, however many wait for it, and kept
 * for a while. One of 100,000 entries is some megabytes, so it is built away from the event loops
 * and sent in slices, for a slow reader to hold no more than one of them.
 */
final class Proofs {
  private static final long MAX_KEPT_BYTES = 32 << 20;

  /** About as long as it takes to build one. */
  private static final int BUILD_MS = 1_000;

  private static final int MAX_UNDER_WAY = 8;
  private static final int SLICE_BYTES = 64 << 10;

  private final Store store;
  private final AtomicInteger underWay = new AtomicInteger();
  private final AsyncCache<Key, byte[]> built =
      Caffeine.newBuilder()
          .maximumWeight(MAX_KEPT_BYTES)
          .weigher((Key key, byte[] json) -> json.length)
          .executor(Runnable::run)
          .buildAsync();

  private record Key(RoomId room, String lottery) {}

  Proofs(Store store) {
    this.store = store;
  }

  /** {@code not_found} for no lottery, {@code wrong_state} for one that is not drawn. */
  CompletionStage<Answer> of(RoomId room, String lottery) {
    Key key = new Key(room, lottery);
    CompletableFuture<byte[]> kept = built.getIfPresent(key);
    if (kept != null) {
      return kept.thenApply(Proofs::answer);
    }
    return store
        .sealed(room, lottery)
        .thenCompose(
            found -> {
              if (found.isPresent() && found.get().state().equals("drawn")) {
                return built(key, found.get());
              }
              return found.isPresent() ? refused(Reason.WRONG_STATE) : openOrUnknown(key);
            });
  }

  private CompletionStage<Answer> openOrUnknown(Key key) {
    return store
        .lottery(key.room, key.lottery)
        .thenApply(
            json -> Answer.refused(json.isPresent() ? Reason.WRONG_STATE : Reason.NOT_FOUND));
  }

  private static CompletionStage<Answer> refused(Reason reason) {
    return CompletableFuture.completedStage(Answer.refused(reason));
  }

  private CompletionStage<Answer> built(Key key, Store.Sealed from) {
    if (underWay.get() >= MAX_UNDER_WAY && built.getIfPresent(key) == null) {
      return CompletableFuture.completedStage(
          Answer.refused(Refusal.retryAfter(Reason.BUSY, BUILD_MS)));
    }
    return built.get(key, (missing, executor) -> build(missing, from)).thenApply(Proofs::answer);
  }

  private CompletableFuture<byte[]> build(Key key, Store.Sealed from) {
    underWay.incrementAndGet();
    CompletableFuture<Map<ViewerId, Draw.Ticket>> tickets = new CompletableFuture<>();
    readTickets(key, 0, new HashMap<>(), tickets);
    return tickets
        .thenCombineAsync(
            store.lottery(key.room, key.lottery),
            (all, lottery) ->
                proof(
                    key.lottery,
                    from,
                    new ArrayList<>(all.values()),
                    JsonMapper.shared().readTree(lottery.orElseThrow())),
            ForkJoinPool.commonPool())
        .whenComplete((done, fault) -> underWay.decrementAndGet());
  }

  /** One may come twice, on two pages. */
  private void readTickets(
      Key key,
      long cursor,
      Map<ViewerId, Draw.Ticket> read,
      CompletableFuture<Map<ViewerId, Draw.Ticket>> all) {
    var unused =
        store
            .tickets(key.room, key.lottery, cursor)
            .whenComplete(
                (page, fault) -> {
                  if (fault != null) {
                    all.completeExceptionally(fault);
                    return;
                  }
                  page.items().forEach(ticket -> read.put(ticket.viewer(), ticket));
                  if (page.next() == 0) {
                    all.complete(read);
                  } else {
                    readTickets(key, page.next(), read, all);
                  }
                });
  }

  /** What was published before the draw stands here as it was published. */
  private static byte[] proof(
      String id, Store.Sealed from, List<Draw.Ticket> tickets, JsonNode lottery) {
    String manifest = Draw.manifest(id, tickets);
    String announced = from.entriesHash();
    String entriesHash = announced == null ? Draw.entriesHash(manifest) : announced;
    return Messages.object(
        json -> {
          json.writeStringProperty("lottery", id);
          json.writeStringProperty("commitment", lottery.path("commitment").asString());
          json.writeStringProperty("seed", from.seed());
          json.writeStringProperty("manifest", manifest);
          json.writeStringProperty("entriesHash", entriesHash);
          json.writeArrayPropertyStart("prizes");
          for (Draw.Prize prize : from.prizes()) {
            json.writeStartObject();
            json.writeStringProperty("name", prize.name());
            json.writeNumberProperty("count", prize.count());
            json.writeEndObject();
          }
          json.writeEndArray();
          if (lottery.path("weights").isObject()) {
            json.writeObjectPropertyStart("weights");
            for (Map.Entry<String, JsonNode> weight : lottery.path("weights").properties()) {
              json.writeNumberProperty(weight.getKey(), weight.getValue().intValue());
            }
            json.writeEndObject();
          }
          json.writeArrayPropertyStart("winners");
          lottery.path("winners").forEach(winner -> winner(json, winner));
          json.writeEndArray();
        });
  }

  private static void winner(JsonGenerator json, JsonNode winner) {
    json.writeStartObject();
    for (String field : List.of("viewer", "name", "prize")) {
      if (winner.path(field).isString()) {
        json.writeStringProperty(field, winner.path(field).stringValue());
      }
    }
    json.writeEndObject();
  }

  private static Answer answer(byte[] json) {
    return new Answer.Paged(
        Map.of(HttpHeaderNames.CONTENT_TYPE, "application/json"), new Slices(json));
  }

  /** Bytes that are there already, a slice at a time. */
  private static final class Slices implements Answer.Pages {
    private final byte[] bytes;
    private int sent;

    Slices(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public CompletionStage<byte @Nullable []> next() {
      if (sent == bytes.length) {
        return CompletableFuture.completedStage(null);
      }
      int from = sent;
      sent = Math.min(bytes.length, from + SLICE_BYTES);
      return CompletableFuture.completedStage(Arrays.copyOfRange(bytes, from, sent));
    }

    @Override
    public boolean areAtHand() {
      return true;
    }
  }
}
