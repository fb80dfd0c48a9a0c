package barrage.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import barrage.core.Order;
import barrage.core.ViewerId;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

final class MessagesTest {
  private static final Order ORDER =
      new Order(
          "s1-7",
          "s1",
          new ViewerId("ann"),
          2,
          1_998,
          "CNY",
          Order.Status.REFUND_DUE,
          1_763_730_300_000L);
  private static final String JSON =
      "\"order\":{\"id\":\"s1-7\",\"sale\":\"s1\",\"viewer\":\"ann\",\"quantity\":2,"
          + "\"amountCents\":1998,\"currency\":\"CNY\",\"status\":\"refund_due\","
          + "\"payBy\":1763730300000}}";

  private static String text(byte[] message) {
    return new String(message, StandardCharsets.UTF_8);
  }

  @Test
  void property_isWhateverJsonCanTell() {
    byte[] message =
        Messages.object(
            json -> {
              Messages.property(json, "text", "a\"b");
              Messages.property(json, "number", 7);
              Messages.property(json, "tree", JsonMapper.shared().readTree("{\"list\":[true]}"));
            });
    assertEquals("{\"text\":\"a\\\"b\",\"number\":7,\"tree\":{\"list\":[true]}}", text(message));
  }

  @Test
  void order_isTheSameInAnAnswerAndOnItsOwn() {
    assertEquals("{\"type\":\"ok\",\"id\":\"b\"," + JSON, text(Messages.ordered("b", ORDER)));
    assertEquals("{\"type\":\"order\"," + JSON, text(Messages.order(ORDER)));
  }

  @Test
  void entered_tellsWeightAndEntries() {
    assertEquals(
        "{\"type\":\"ok\",\"id\":\"e\",\"weight\":3,\"entries\":100000}",
        text(Messages.entered("e", 3, 100_000)));
  }
}
