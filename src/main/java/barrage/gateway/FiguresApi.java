package barrage.gateway;

import static barrage.core.Role.MODERATOR;
import static barrage.core.Role.SERVICE;
import static barrage.core.Role.STREAMER;

import barrage.core.Order;
import barrage.core.RoomId;
import barrage.room.RoomPulse;
import barrage.room.Store;
import barrage.wire.Messages;
import barrage.wire.Splice;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import tools.jackson.core.JsonGenerator;

/** What a streamer wants to know of a room, as figures and as files. */
final class FiguresApi {
  private static final String ROOM = "/api/rooms/{room}";
  private static final int TYPICAL_BYTES = 4 * 1024;

  /** The newest of each kind that are told. */
  private static final int THINGS = 20;

  private final Function<RoomId, RoomPulse.Beat> beats;
  private final Store store;
  private final List<String> kinds;

  /**
   * @param kinds of interaction, whose newest things are told beside the figures
   */
  FiguresApi(Function<RoomId, RoomPulse.Beat> beats, Store store, List<String> kinds) {
    this.beats = beats;
    this.store = store;
    this.kinds = kinds;
  }

  void addTo(Router router) {
    router
        .on(HttpMethod.GET, ROOM + "/figures", Access.of(STREAMER, MODERATOR), this::figures)
        .on(HttpMethod.GET, ROOM + "/orders.csv", Access.of(STREAMER, SERVICE), this::ordersCsv)
        .on(HttpMethod.GET, ROOM + "/danmaku.xml", Access.ANYONE, this::danmakuXml)
        .on(
            HttpMethod.GET,
            ROOM + "/danmaku.csv",
            Access.of(STREAMER, MODERATOR),
            this::danmakuCsv);
  }

  private CompletionStage<Answer> figures(Call call) {
    RoomId room = call.room();
    RoomPulse.Beat beat = beats.apply(room);
    CompletionStage<List<byte[]>> things = CompletableFuture.completedStage(new ArrayList<>());
    for (String kind : kinds) {
      things =
          things.thenCombine(
              store.things(room, kind, null, true), (all, of) -> with(all, kind, of));
    }
    return store
        .figures(room)
        .thenCombine(things, (figures, active) -> Answer.json(json(room, figures, beat, active)));
  }

  private static List<byte[]> with(List<byte[]> all, String kind, List<byte[]> things) {
    things.stream().limit(THINGS).forEach(thing -> all.add(Splice.ofKind(kind, thing)));
    return all;
  }

  private static byte[] json(
      RoomId room, Store.Figures figures, RoomPulse.Beat beat, List<byte[]> active) {
    byte[] head =
        Messages.object(
            json -> {
              json.writeStringProperty("room", room.value());
              json.writeNumberProperty("at", figures.atMs());
              json.writeNumberProperty("likes", figures.likes());
              json.writeNumberProperty("danmaku", figures.danmaku());
              json.writeObjectPropertyStart("points");
              json.writeNumberProperty("given", figures.pointsGiven());
              json.writeNumberProperty("taken", figures.pointsTaken());
              json.writeEndObject();
              if (figures.boostUntilMs() > 0) {
                json.writeObjectPropertyStart("boost");
                json.writeNumberProperty("factor", RoomApi.decimal(figures.boostFactor()));
                json.writeNumberProperty("untilAt", figures.boostUntilMs());
                json.writeEndObject();
              }
              json.writeArrayPropertyStart("takings");
              figures.takings().forEach((currency, takings) -> takings(json, currency, takings));
              json.writeEndArray();
              beat(json, beat);
            });
    Splice whole = new Splice(TYPICAL_BYTES).json(head).dropLast();
    whole.ascii(",\"sales\":[");
    for (Store.SaleFigures sale : figures.sales()) {
      byte[] orders = Messages.object(json -> orders(json, sale.takings()));
      whole.element(sale.json()).dropLast().comma();
      whole.json(Arrays.copyOfRange(orders, 1, orders.length));
    }
    whole.ascii("],\"lotteries\":[");
    figures.lotteries().forEach(whole::element);
    whole.ascii("],\"active\":[");
    active.forEach(whole::element);
    return whole.ascii("]}").toBytes();
  }

  private static void takings(JsonGenerator json, String currency, Store.Takings takings) {
    json.writeStartObject();
    json.writeStringProperty("currency", currency);
    orders(json, takings);
    json.writeEndObject();
  }

  private static void orders(JsonGenerator json, Store.Takings takings) {
    json.writeNumberProperty("gmvCents", takings.gmvCents());
    json.writeObjectPropertyStart("orders");
    for (Map.Entry<Order.Status, Store.Tally> each : takings.byStatus().entrySet()) {
      json.writeObjectPropertyStart(each.getKey().wire());
      json.writeNumberProperty("count", each.getValue().orders());
      json.writeNumberProperty("amountCents", each.getValue().amountCents());
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  private static void beat(JsonGenerator json, RoomPulse.Beat beat) {
    json.writeObjectPropertyStart("node");
    json.writeObjectPropertyStart("refusals");
    beat.refusals().forEach((reason, count) -> json.writeNumberProperty(reason.wire(), count));
    json.writeEndObject();
    json.writeNumberProperty("p50Ms", beat.p50Ms());
    json.writeNumberProperty("p99Ms", beat.p99Ms());
    json.writeEndObject();
  }

  private CompletionStage<Answer> ordersCsv(Call call) {
    OrdersCsv orders = new OrdersCsv(store, call.room(), call.idInQuery("sale"));
    return file("text/csv; charset=utf-8", "orders", "csv", orders);
  }

  private CompletionStage<Answer> danmakuXml(Call call) {
    return file(
        "application/xml; charset=utf-8",
        "danmaku",
        "xml",
        new DanmakuXml(store, call.room(), call.numberInQuery("fromSeq", 1)));
  }

  private CompletionStage<Answer> danmakuCsv(Call call) {
    return file(
        "text/csv; charset=utf-8",
        "danmaku",
        "csv",
        new DanmakuCsv(store, call.room(), call.numberInQuery("fromSeq", 1)));
  }

  private static CompletionStage<Answer> file(
      String type, String what, String suffix, Answer.Pages pages) {
    String disposition = "attachment; filename=\"" + what + "." + suffix + "\"";
    return CompletableFuture.completedStage(
        new Answer.Paged(
            Map.of(
                HttpHeaderNames.CONTENT_TYPE,
                type,
                HttpHeaderNames.CONTENT_DISPOSITION,
                disposition),
            pages));
  }
}
