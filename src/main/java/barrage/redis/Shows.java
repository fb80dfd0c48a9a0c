package barrage.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import barrage.core.Draw;
import barrage.core.Order;
import barrage.core.RoomId;
import barrage.core.ViewerId;
import barrage.room.Store;
import barrage.room.UnreadableException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads sales, orders and lotteries; what it promises, {@link Store} says. What is not found is
 * refused, and who is not among the buyers may be: so all but the figures, which decide nothing, is
 * read where it counts.
 */
final class Shows {
  private static final JsonMapper JSON = JsonMapper.shared();

  private static final List<Order.Status> STATUSES = List.of(Order.Status.values());

  /** Fields of a hash looked at for one page. */
  private static final int SCAN = 1_000;

  private final RedisLink link;
  private final UnreadableRecords unreadable;

  Shows(RedisLink link, UnreadableRecords unreadable) {
    this.link = link;
    this.unreadable = unreadable;
  }

  CompletionStage<Optional<byte[]>> sale(RoomId room, String sale) {
    Keys keys = new Keys(room);
    byte[][] names = {keys.offers(), keys.sales()};
    return link.ask(
        Script.SHOW, names, args("sale", sale), reply -> json(legible(reply, "sale " + sale)));
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
    return link.ask(
        Script.SHOW,
        names,
        args("lottery", lottery),
        reply -> reader.apply(legible(reply, "lottery " + lottery)));
  }

  CompletionStage<Optional<Order>> order(RoomId room, String order) {
    byte[][] names = {new Keys(room).orders()};
    return link.ask(
        Script.FIELD,
        names,
        args(order),
        found ->
            found.isEmpty()
                ? Optional.empty()
                : Optional.of(order(names[0], order, (byte[]) found.get(0))));
  }

  private Order order(byte[] key, String id, byte[] found) {
    try {
      return OrderWords.read(id, new Words(found));
    } catch (IllegalArgumentException | IndexOutOfBoundsException | ArithmeticException e) {
      unreadable.met(text(key), id);
      throw new UnreadableException("order " + id);
    }
  }

  /** What a show's script answers, unless that is what it cannot read. */
  private List<Object> legible(List<Object> reply, String what) {
    if (!reply.isEmpty() && reply.get(0) instanceof List<?> met) {
      unreadable.met(met);
      throw new UnreadableException(what);
    }
    return reply;
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
    return link.ask(
        Script.ORDERS,
        names,
        args,
        reply -> {
          String next = text(reply.get(0));
          List<Object> whole = Answers.withoutUnreadable(reply, unreadable);
          return new Store.Orders(
              orders(whole.subList(1, whole.size())), next.isEmpty() ? null : next);
        });
  }

  CompletionStage<Store.Page<ViewerId>> buyers(RoomId room, String sale, long cursor) {
    byte[] key = new Keys(room).buyers(sale);
    return scan(key, cursor, (viewer, holding) -> viewer(key, viewer));
  }

  CompletionStage<Store.Page<Draw.Ticket>> tickets(RoomId room, String lottery, long cursor) {
    byte[] key = new Keys(room).tickets(lottery);
    return scan(
        key,
        cursor,
        (viewer, weight) -> {
          Optional<ViewerId> owner = viewer(key, viewer);
          try {
            // A draw that leaves somebody out is none: one ticket that cannot be read stops it.
            return Optional.of(new Draw.Ticket(owner.orElseThrow(), new Words(weight).count()));
          } catch (IllegalArgumentException | ArithmeticException | NoSuchElementException e) {
            unreadable.met(text(key), text(viewer));
            throw new UnreadableException("a ticket of lottery " + lottery);
          }
        });
  }

  /** Whom the field of a hash names; empty, and told, when that is nobody. */
  private Optional<ViewerId> viewer(byte[] key, byte[] field) {
    String id = text(field);
    if (!ViewerId.isValid(id)) {
      unreadable.met(text(key), id);
      return Optional.empty();
    }
    return Optional.of(new ViewerId(id));
  }

  CompletionStage<Store.Figures> figures(RoomId room) {
    Keys keys = new Keys(room);
    byte[][] names = {
      keys.head(), keys.figures(), keys.offers(), keys.sales(), keys.raffles(), keys.lotteries()
    };
    byte[][] statuses = args(STATUSES.stream().map(Order.Status::wire).toArray(String[]::new));
    return link.run(Script.FIGURES, names, statuses, Shows::figures);
  }

  private static Store.Figures figures(List<Object> reply) {
    long nowMs = Answers.number(reply, 0);
    long boostUntilMs = Answers.number(reply, 4);
    boolean boosted = boostUntilMs > nowMs;
    Map<String, Store.Takings> takings = new LinkedHashMap<>();
    List<?> currencies = (List<?>) reply.get(7);
    for (int i = 0; i < currencies.size(); i += 2) {
      takings.put(text(currencies.get(i)), takings(currencies.get(i + 1)));
    }
    List<Store.SaleFigures> sales = new ArrayList<>();
    List<?> sold = (List<?>) reply.get(8);
    for (int i = 0; i < sold.size(); i += 2) {
      sales.add(new Store.SaleFigures((byte[]) sold.get(i), takings(sold.get(i + 1))));
    }
    List<byte[]> lotteries = new ArrayList<>();
    for (Object lottery : (List<?>) reply.get(9)) {
      lotteries.add((byte[]) lottery);
    }
    return new Store.Figures(
        nowMs,
        Answers.number(reply, 1),
        Answers.number(reply, 2),
        boosted ? Math.toIntExact(Answers.number(reply, 3)) : 100,
        boosted ? boostUntilMs : 0,
        Answers.number(reply, 5),
        Answers.number(reply, 6),
        takings,
        sales,
        lotteries);
  }

  private static Store.Takings takings(Object counts) {
    List<?> numbers = (List<?>) counts;
    Map<Order.Status, Store.Tally> byStatus = new EnumMap<>(Order.Status.class);
    for (int i = 0; i < STATUSES.size(); i++) {
      byStatus.put(
          STATUSES.get(i),
          new Store.Tally((Long) numbers.get(2 * i), (Long) numbers.get(2 * i + 1)));
    }
    return new Store.Takings(byStatus);
  }

  static List<Order> orders(List<Object> texts) {
    List<Order> orders = new ArrayList<>(texts.size());
    for (Object text : texts) {
      orders.add(OrderWords.read(new Words((byte[]) text)));
    }
    return orders;
  }

  private <T> CompletionStage<Store.Page<T>> scan(
      byte[] key, long cursor, BiFunction<byte[], byte[], Optional<T>> item) {
    byte[][] names = {key};
    return link.ask(
        Script.PAGE,
        names,
        args(Long.toUnsignedString(cursor), Integer.toString(SCAN)),
        page -> {
          List<Object> found = Answers.list(page, 1);
          List<T> items = new ArrayList<>(found.size() / 2);
          for (int i = 0; i < found.size(); i += 2) {
            item.apply((byte[]) found.get(i), (byte[]) found.get(i + 1)).ifPresent(items::add);
          }
          return new Store.Page<>(items, Long.parseUnsignedLong(text(page.get(0))));
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
