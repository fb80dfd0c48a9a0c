package barrage.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;

import barrage.core.Order;
import barrage.core.Role;
import barrage.core.ViewerId;
import barrage.room.Numbered;
import barrage.room.Store;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class FiguresApiTest extends HttpTest {
  private static final String ROOM = "/api/rooms/r1";

  private static Store.Takings takings(long paidCents, long dueCents, long refundedCents) {
    Map<Order.Status, Store.Tally> all = new EnumMap<>(Order.Status.class);
    for (Order.Status status : Order.Status.values()) {
      all.put(status, new Store.Tally(0, 0));
    }
    all.put(Order.Status.PAID, new Store.Tally(2, paidCents));
    all.put(Order.Status.REFUND_DUE, new Store.Tally(1, dueCents));
    all.put(Order.Status.REFUNDED, new Store.Tally(1, refundedCents));
    return new Store.Takings(all);
  }

  @Test
  void figures_areTheStores_andThisNodesPulse() {
    Store.Takings takings = takings(1_980, 990, 5);
    server.store.figures =
        new Store.Figures(
            StubStore.NOW_MS,
            7,
            8,
            150,
            StubStore.NOW_MS + 60_000,
            9,
            2,
            Map.of("CNY", takings),
            List.of(new Store.SaleFigures(utf8("{\"id\":\"s1\"}"), takings)),
            List.of(utf8("{\"id\":\"l1\"}")));
    String none = "{\"count\":0,\"amountCents\":0}";
    String orders =
        "\"gmvCents\":2975,\"orders\":{\"reserved\":"
            + none
            + ",\"paid\":{\"count\":2,\"amountCents\":1980},\"expired\":"
            + none
            + ",\"cancelled\":"
            + none
            + ",\"refunded\":{\"count\":1,\"amountCents\":5},"
            + "\"refund_due\":{\"count\":1,\"amountCents\":990}}";
    TestSocket.Response response = as(Role.STREAMER, "GET", ROOM + "/figures", null);
    assertEquals(200, response.status());
    assertEquals(
        "{\"room\":\"r1\",\"at\":1700000000000,\"likes\":7,\"danmaku\":8,"
            + "\"points\":{\"given\":9,\"taken\":2},"
            + "\"boost\":{\"factor\":1.5,\"untilAt\":1700000060000},"
            + "\"takings\":[{\"currency\":\"CNY\","
            + orders
            + "}],\"node\":{\"refusals\":{\"sold_out\":3},\"p50Ms\":2,\"p99Ms\":9},"
            + "\"sales\":[{\"id\":\"s1\","
            + orders
            + "}],\"lotteries\":[{\"id\":\"l1\"}],\"active\":[]}",
        response.body());
    assertEquals(Map.of(), server.rooms, "a look at the figures opens no room");
  }

  @Test
  void ordersCsv_isAFile_inUnitsOfEachCurrency() {
    server.store.orders.add(order("s1-1", "ann", 1_980, "CNY", Order.Status.PAID));
    server.store.orders.add(order("s2-1", "-bob", 500, "JPY", Order.Status.REFUND_DUE));
    TestSocket.Response response = as(Role.SERVICE, "GET", ROOM + "/orders.csv?sale=s1", null);
    assertEquals("text/csv; charset=utf-8", response.header("Content-Type"));
    assertEquals("attachment; filename=\"orders.csv\"", response.header("Content-Disposition"));
    assertEquals(
        "\uFEFForder,sale,viewer,quantity,amount,currency,status,pay_by\r\n"
            + "s1-1,s1,ann,2,19.80,CNY,paid,2023-11-14T22:13:20Z\r\n"
            + "s2-1,s2,'-bob,2,500,JPY,refund_due,2023-11-14T22:13:20Z\r\n",
        response.body());
    assertEquals(List.of("null s1 null"), server.store.listed);
  }

  private static Order order(
      String id, String viewer, long cents, String currency, Order.Status status) {
    return new Order(
        id, id.substring(0, 2), new ViewerId(viewer), 2, cents, currency, status, StubStore.NOW_MS);
  }

  @Test
  void danmakuCsv_saysWhoSaidWhat_andIsNoFormula() {
    String head = "{\"type\":\"danmaku\",\"seq\":";
    String viewer =
        ",\"at\":1700000000000,\"viewer\":{\"tier\":\"gold\",\"id\":\"ann\",\"name\":\"@Ann\"},";
    said(
        1,
        head
            + 1
            + viewer
            + "\"text\":\"=cmd|'/c calc'!A0\",\"mode\":\"top\",\"color\":\"#ff0000\"}");
    said(2, head + 2 + viewer + "\"deleted\":true}");
    said(
        3,
        head
            + 3
            + viewer
            + "\"text\":\"你好, \\\"Bob\\\"\",\"mode\":\"scroll\",\"color\":\"#ffffff\"}");
    TestSocket.Response response = as(Role.MODERATOR, "GET", ROOM + "/danmaku.csv?fromSeq=1", null);
    assertEquals(
        "\uFEFFseq,at,viewer,name,tier,mode,color,text\r\n"
            + "1,2023-11-14T22:13:20Z,ann,'@Ann,gold,top,#ff0000,'=cmd|'/c calc'!A0\r\n"
            + "3,2023-11-14T22:13:20Z,ann,'@Ann,gold,scroll,#ffffff,\"你好, \"\"Bob\"\"\"\r\n",
        response.body());
  }

  private void said(long seq, String json) {
    server.store.events.add(new Numbered(seq, (byte) 2, utf8(json)));
  }
}
