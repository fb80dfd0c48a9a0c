package barrage.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import barrage.core.Draw;
import barrage.core.Order;
import barrage.core.RoomId;
import barrage.core.ViewerId;
import barrage.room.Store;
import io.lettuce.core.MapScanCursor;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads sales, orders and lotteries; what it promises, {@link Store} says. */
final class Shows {
  private static final JsonMapper JSON = JsonMapper.shared();

  /** Fields of a hash looked at for one page. */
  private static final int SCAN = 1_000;

  private final RedisLink link;

  Shows(RedisLink link) {
    this.link = link;
  }

  CompletionStage<Optional<byte[]>> sale(RoomId room, String sale) {
    Keys keys = new Keys(room);
    byte[][] names = {keys.offers(), keys.sales()};
    return link.run(Script.SHOW, names, args("sale", sale), Shows::json);
  }

  CompletionStage<Optional<byte[]>> lottery(RoomId room, String lottery) {
    return lottery(room, lottery, Shows::json);
  }

  CompletionStage<Optional<Store.Sealed>> sealed(RoomId room, String lottery) {
    return lottery(room, lottery, Shows::sealed);
  }

  private <R> CompletionStage<R> lottery(
      RoomId room, String lottery, Function<List<Object>, R> reader) {
    Keys keys = new Keys(room);
    byte[][] names = {keys.raffles(), keys.lotteries()};
    return link.run(Script.SHOW, names, args("lottery", lottery), reader);
  }

  CompletionStage<Optional<Order>> order(RoomId room, String order) {
    byte[] key = new Keys(room).orders();
    return link.send(
        key,
        redis -> redis.hget(key, order.getBytes(UTF_8)),
        (byte @Nullable [] found) ->
            found == null
                ? Optional.empty()
                : Optional.of(OrderWords.read(order, new Words(found))));
  }

  CompletionStage<Store.Orders> orders(
      RoomId room, @Nullable ViewerId viewer, @Nullable String sale, @Nullable String after) {
    Keys keys = new Keys(room);
    byte[][] names = {keys.orders(), keys.sales(), keys.ordersLog(), keys.lastOrders()};
    byte[][] args =
        args(
            after == null ? "" : after,
            Integer.toString(Store.Orders.PAGE),
            viewer == null ? "" : viewer.value(),
            sale == null ? "" : sale);
    return link.run(
        Script.ORDERS,
        names,
        args,
        reply -> {
          String next = text(reply.get(0));
          return new Store.Orders(
              orders(reply.subList(1, reply.size())), next.isEmpty() ? null : next);
        });
  }

  CompletionStage<Store.Page<ViewerId>> buyers(RoomId room, String sale, long cursor) {
    return scan(
        new Keys(room).buyers(sale), cursor, (viewer, holding) -> new ViewerId(text(viewer)));
  }

  CompletionStage<Store.Page<Draw.Ticket>> tickets(RoomId room, String lottery, long cursor) {
    return scan(
        new Keys(room).tickets(lottery),
        cursor,
        (viewer, weight) -> new Draw.Ticket(new ViewerId(text(viewer)), new Words(weight).count()));
  }

  static List<Order> orders(List<Object> texts) {
    List<Order> orders = new ArrayList<>(texts.size());
    for (Object text : texts) {
      orders.add(OrderWords.read(new Words((byte[]) text)));
    }
    return orders;
  }

  private <T> CompletionStage<Store.Page<T>> scan(
      byte[] key, long cursor, BiFunction<byte[], byte[], T> item) {
    return link.<MapScanCursor<byte[], byte[]>, Store.Page<T>>send(
        key,
        redis ->
            redis.hscan(
                key, ScanCursor.of(Long.toUnsignedString(cursor)), ScanArgs.Builder.limit(SCAN)),
        page -> {
          List<T> items = new ArrayList<>(page.getMap().size());
          page.getMap().forEach((field, value) -> items.add(item.apply(field, value)));
          return new Store.Page<>(items, Long.parseUnsignedLong(page.getCursor()));
        });
  }

  private static Optional<byte[]> json(List<Object> reply) {
    return reply.isEmpty() ? Optional.empty() : Optional.of((byte[]) reply.get(0));
  }

  private static Optional<Store.Sealed> sealed(List<Object> reply) {
    if (reply.isEmpty() || text(reply.get(1)).equals("open")) {
      return Optional.empty();
    }
    List<Draw.Prize> prizes = new ArrayList<>();
    for (JsonNode prize : JSON.readTree((byte[]) reply.get(0)).path("prizes")) {
      prizes.add(new Draw.Prize(prize.path("name").asString(), prize.path("count").asInt()));
    }
    String hash = text(reply.get(4));
    return Optional.of(
        new Store.Sealed(
            text(reply.get(1)),
            text(reply.get(2)),
            prizes,
            Answers.number(reply, 3),
            hash.equals("-") ? null : hash));
  }

  private static byte[][] args(String... texts) {
    byte[][] args = new byte[texts.length][];
    for (int i = 0; i < texts.length; i++) {
      args[i] = texts[i].getBytes(UTF_8);
    }
    return args;
  }

  private static String text(Object ascii) {
    return new String((byte[]) ascii, UTF_8);
  }
}
