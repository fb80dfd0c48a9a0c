package barrage.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import barrage.core.Reason;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests about sales, lotteries and orders, from their frames. */
final class ClientMessagesTest {
  private static final String LONGEST = "x".repeat(64);

  /** Quoted with apostrophes, which are easier on the eye here. */
  private static ClientMessage read(String frame) {
    byte[] bytes = frame.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    return ClientMessages.read(bytes, 0, bytes.length);
  }

  private static void assertMalformed(String id, String named, ClientMessage message) {
    ClientMessage.Malformed malformed = (ClientMessage.Malformed) message;
    assertEquals(Reason.BAD_REQUEST, malformed.reason());
    assertEquals(id, malformed.id());
    String detail = malformed.detail();
    assertNotNull(detail);
    assertEquals(named, detail.split(" ")[0], detail);
  }

  @Test
  void buy_isOfOneUnit_unlessItSaysOtherwise() {
    assertEquals(
        new ClientMessage.Buy("b", "s1", 1), read("{'type':'sale.buy','id':'b','sale':'s1'}"));
    assertEquals(
        new ClientMessage.Buy("b", "s1", 1),
        read("{'type':'sale.buy','id':'b','sale':'s1','quantity':null}"));
    assertEquals(
        new ClientMessage.Buy("b", LONGEST, 100_000),
        read("{'quantity':100000,'sale':'" + LONGEST + "','id':'b','type':'sale.buy'}"));
  }

  @Test
  void enterAndCancel_nameWhatTheyAreAbout() {
    assertEquals(
        new ClientMessage.Enter("e", "l.1"),
        read("{'type':'lottery.enter','id':'e','lottery':'l.1','more':[{}]}"));
    assertEquals(
        new ClientMessage.Cancel("c", "s1-7"),
        read("{'type':'order.cancel','id':'c','order':'s1-7'}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-1",
        "100001",
        "1.0",
        "1.5",
        "1e2",
        "99999999999999999999",
        "9007199254740993",
        "'1'",
        "true",
        "[1]",
        "{}"
      })
  void quantity_outOfItsBounds_isMalformed(String quantity) {
    assertMalformed(
        "b",
        "quantity",
        read("{'type':'sale.buy','id':'b','sale':'s1','quantity':" + quantity + "}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"sale.buy|sale", "lottery.enter|lottery", "order.cancel|order"})
  void idOfTheThing_missingOrOfAnotherForm_isMalformed(String type, String field) {
    String head = "{'type':'" + type + "','id':'x'";
    assertMalformed("x", field, read(head + "}"));
    for (String value :
        new String[] {"null", "7", "''", "'a b'", "'a/b'", "'é'", "'" + LONGEST + "x'", "['a']"}) {
      assertMalformed("x", field, read(head + ",'" + field + "':" + value + "}"));
    }
    assertMalformed(null, "id", read("{'type':'" + type + "','" + field + "':'a'}"));
  }

  @Test
  void fieldOfAnotherMessage_isIgnored_whateverItHolds() {
    assertEquals(
        new ClientMessage.Me("m"),
        read("{'type':'me','id':'m','quantity':'many','sale':[],'order':1,'text':'\\ud800'}"));
    assertEquals(new ClientMessage.Like(3), read("{'type':'like','total':3,'id':''}"));
  }
}
