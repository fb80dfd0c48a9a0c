package barrage.gateway;

import static barrage.core.Role.SERVICE;
import static barrage.core.Role.STREAMER;

import barrage.core.Entry;
import barrage.core.Order;
import barrage.core.Outcome;
import barrage.core.Reason;
import barrage.core.RoomId;
import barrage.core.ViewerId;
import barrage.room.Store;
import barrage.wire.Messages;
import io.netty.handler.codec.http.HttpMethod;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The HTTP calls about orders. */
final class OrderApi {
  private static final String ORDERS = "/api/rooms/{room}/orders";

  /** Those who see everybody's. */
  private static final Access TO_LIST = Access.of(SERVICE, STREAMER).orOwnByDefault("viewer");

  private final RoomDoor rooms;
  private final Store store;

  OrderApi(RoomDoor rooms, Store store) {
    this.rooms = rooms;
    this.store = store;
  }

  void addTo(Router router) {
    router
        .onKeyedPost(ORDERS + "/{id}/pay", Access.of(SERVICE), this::pay)
        .onKeyedPost(ORDERS + "/{id}/refund", Access.of(SERVICE), this::refund)
        .on(HttpMethod.GET, ORDERS, TO_LIST, this::list);
  }

  private CompletionStage<Answer> pay(Call call) {
    String paymentRef = call.json().reference("paymentRef");
    return change(call, order -> new Entry.Pay(call.key(), order, paymentRef));
  }

  private CompletionStage<Answer> refund(Call call) {
    String refundRef = call.json().reference("refundRef");
    return change(call, order -> new Entry.Refund(call.key(), order, refundRef));
  }

  private CompletionStage<Answer> change(Call call, Function<Order, Entry> entry) {
    RoomId room = call.room();
    return store
        .order(room, call.param("id"))
        .thenCompose(
            order ->
                order.isEmpty()
                    ? CompletableFuture.completedStage(Answer.refused(Reason.NOT_FOUND))
                    : rooms.offer(call, entry.apply(order.get())).thenApply(OrderApi::changed));
  }

  private static Answer changed(Outcome outcome) {
    return outcome instanceof Outcome.Ordered ordered
        ? Answer.json(json -> Messages.order(json, ordered.order()))
        : Answer.notGranted(outcome);
  }

  private CompletionStage<Answer> list(Call call) {
    return store
        .orders(call.room(), whose(call), call.idInQuery("sale"), call.idInQuery("after"))
        .thenApply(OrderApi::page);
  }

  /** The router has seen to it that who names another may. */
  private static @Nullable ViewerId whose(Call call) {
    String named = call.idInQuery("viewer");
    if (named != null) {
      return new ViewerId(named);
    }
    Grant caller = call.caller();
    return caller.isAnyOf(TO_LIST.roles()) ? null : caller.viewer().id();
  }

  private static Answer page(Store.Orders page) {
    return Answer.json(
        json -> {
          json.writeArrayPropertyStart("orders");
          for (Order order : page.orders()) {
            json.writeStartObject();
            Messages.order(json, order);
            json.writeEndObject();
          }
          json.writeEndArray();
          if (page.next() != null) {
            json.writeStringProperty("next", page.next());
          }
        });
  }
}
