package barrage.gateway;

import static barrage.gateway.TestGateway.bearer;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.core.Action;
import barrage.core.Limits;
import barrage.core.Role;
import barrage.room.CloseReason;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One connection's conversation, over a real socket. */
final class WebSocketTest {
  private TestGateway server;
  private TestSocket client;

  @BeforeEach
  void start() {
    server = new TestGateway();
    client = TestSocket.open(server.port, "/rooms/r1/ws", bearer(server.token("ann", Role.VIEWER)));
    await().until(() -> server.room().joined.size() == 1);
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Answered once the gateway has dealt with everything sent before. */
  private void ping(String id) {
    client.text("{\"type\":\"ping\",\"id\":\"" + id + "\"}");
  }

  @Test
  void ping_isAnsweredWithTheStoresTime() {
    ping("p1");
    assertEquals(
        "{\"type\":\"ok\",\"id\":\"p1\",\"serverTime\":" + StubStore.NOW_MS + "}",
        client.readText());
  }

  @Test
  void requests_reachTheRoomInOrder() {
    client.text("{\"type\":\"danmaku\",\"id\":\"a\",\"text\":\"你好\"}");
    client.text("{\"type\":\"like\",\"total\":3}");
    client.text("{\"type\":\"me\",\"id\":\"b\"}");
    ping("c");
    client.readText();
    List<String> asked = server.room().asked;
    assertEquals(3, asked.size());
    assertTrue(asked.get(0).startsWith("a Say[id=a, danmaku=Danmaku[text=你好"));
    assertEquals("likes 3", asked.get(1));
    assertEquals("b look", asked.get(2));
  }

  @Test
  void clicksEntriesAndCancellations_becomeActions() {
    client.text("{\"type\":\"sale.buy\",\"id\":\"a\",\"sale\":\"s1\",\"quantity\":2}");
    client.text("{\"type\":\"lottery.enter\",\"id\":\"b\",\"lottery\":\"l1\"}");
    client.text("{\"type\":\"order.cancel\",\"id\":\"c\",\"order\":\"s1-1\"}");
    ping("d");
    client.readText();
    assertEquals(
        List.of(
            "a " + new Action.Buy("a", "s1", 2),
            "b " + new Action.Enter("b", "l1"),
            "c " + new Action.Cancel("c", "s1-1")),
        server.room().asked);
  }

  @Test
  void malformed_isAnsweredWithItsId() {
    client.text("{\"type\":\"danmaku\",\"id\":\"a\"}");
    assertEquals(
        "{\"type\":\"error\",\"id\":\"a\",\"code\":\"bad_request\",\"message\":\"text is missing\"}",
        client.readText());
    client.text("nonsense");
    assertTrue(client.readText().startsWith("{\"type\":\"error\",\"id\":null"));
  }

  @Test
  void anonymous_mayPingAndNothingElse() {
    try (TestSocket watcher = TestSocket.open(server.port, "/rooms/r1/ws")) {
      watcher.text("{\"type\":\"like\",\"total\":3}");
      watcher.text("{\"type\":\"danmaku\",\"id\":\"a\",\"text\":\"hi\"}");
      assertTrue(watcher.readText().contains("\"id\":\"a\",\"code\":\"unauthorized\""));
      watcher.text("{\"type\":\"sale.buy\",\"id\":\"s\",\"sale\":\"s1\"}");
      assertTrue(watcher.readText().contains("\"id\":\"s\",\"code\":\"unauthorized\""));
      watcher.text("{\"type\":\"me\",\"id\":\"b\"}");
      assertTrue(watcher.readText().contains("\"id\":\"b\",\"code\":\"unauthorized\""));
      watcher.text("{\"type\":\"ping\",\"id\":\"c\"}");
      assertTrue(watcher.readText().contains("\"ok\""));
      assertTrue(server.room().asked.isEmpty());
    }
  }

  @Test
  void fragments_areOneMessage_withControlFramesBetweenThem() {
    client.frame(TestSocket.TEXT, false, utf8("{\"type\":\"pi"));
    client.frame(TestSocket.PING, true, utf8("between"));
    client.frame(TestSocket.CONTINUATION, false, new byte[0]);
    client.frame(TestSocket.CONTINUATION, true, utf8("ng\",\"id\":\"f\"}"));
    TestSocket.Frame pong = client.read();
    assertEquals(TestSocket.PONG, pong.opcode());
    assertEquals("between", pong.text());
    assertTrue(client.readText().contains("\"id\":\"f\""));
  }

  @Test
  void characterSplitOverFragments_isWhole() {
    byte[] message = utf8("{\"type\":\"danmaku\",\"id\":\"a\",\"text\":\"弹\"}");
    int middle = message.length - 4;
    client.frame(TestSocket.TEXT, false, Arrays.copyOf(message, middle));
    client.frame(
        TestSocket.CONTINUATION, true, Arrays.copyOfRange(message, middle, message.length));
    ping("b");
    client.readText();
    assertTrue(server.room().asked.get(0).contains("弹"));
  }

  @Test
  void messageOfTheLimit_isRead_andOneByteMore_closesWith1009() {
    String head = "{\"type\":\"ping\",\"id\":\"a\",\"pad\":\"";
    String message = head + "x".repeat(4096 - head.length() - 2) + "\"}";
    client.text(message);
    assertTrue(client.readText().contains("\"ok\""));
    client.text(message + " ");
    assertEquals(1009, client.readClose());
    assertTrue(client.isAtEnd());
  }

  @Test
  void fragmentsOverTheLimit_closeWith1009() {
    client.frame(TestSocket.TEXT, false, new byte[4000]);
    client.frame(TestSocket.CONTINUATION, false, new byte[97]);
    assertEquals(1009, client.readClose());
  }

  @Test
  void endlessEmptyFragments_areAFlood() {
    client.frame(TestSocket.TEXT, false, new byte[0]);
    for (int second = 0; second <= 4; second++) {
      for (int i = 0; i < 600; i++) {
        client.frame(TestSocket.CONTINUATION, false, new byte[0]);
      }
      client.frame(TestSocket.PING, true, new byte[0]);
      if (client.read().opcode() == TestSocket.CLOSE) {
        return;
      }
      server.advance(1_000);
    }
    throw new AssertionError("still open");
  }

  @Test
  void binary_closesWith4400() {
    client.frame(TestSocket.BINARY, true, new byte[] {1});
    assertEquals(4400, client.readClose());
  }

  @Test
  void invalidUtf8_closesWith1007() {
    client.frame(TestSocket.TEXT, true, new byte[] {(byte) 0xC3, (byte) 0x28});
    assertEquals(1007, client.readClose());
  }

  @Test
  void unmaskedFrame_closesWith1002() {
    client.send(new byte[] {(byte) 0x81, 1, 'x'});
    assertEquals(1002, client.readClose());
    assertTrue(client.isAtEnd());
  }

  @Test
  void reservedOpcode_closesWith1002() {
    client.frame(0x3, true, new byte[0]);
    assertEquals(1002, client.readClose());
  }

  @Test
  void close_isAnsweredWithItsCode_andTheRoomIsLeft() {
    client.frame(TestSocket.CLOSE, true, new byte[] {0x03, (byte) 0xE8});
    TestSocket.Frame answer = client.read();
    assertEquals(TestSocket.CLOSE, answer.opcode());
    assertArrayEquals(new byte[] {0x03, (byte) 0xE8}, answer.payload());
    assertTrue(client.isAtEnd());
    await().until(() -> server.room().left.size() == 1);
  }

  @Test
  void closeWithACodeOfServers_isNotOfTheProtocol() {
    client.frame(TestSocket.CLOSE, true, new byte[] {0x03, (byte) 0xF4});
    assertEquals(1002, client.readClose());
    assertTrue(client.isAtEnd());
  }

  @Test
  void closeByTheRoom_waitsForTheClientsAnswer() {
    await().until(() -> server.room().joined.size() == 1);
    server.room().joined.get(0).close(CloseReason.SERVICE_RESTART);
    assertEquals(1012, client.readClose());
    client.frame(TestSocket.CLOSE, true, new byte[] {0x03, (byte) 0xF4});
    assertTrue(client.isAtEnd());
  }

  @Test
  void closeNobodyAnswers_endsAfterTheGrace() {
    await().until(() -> server.room().joined.size() == 1);
    server.room().joined.get(0).close(CloseReason.GOING_AWAY);
    assertEquals(1001, client.readClose());
    server.advance(5_000);
    assertTrue(client.isAtEnd());
  }

  @Test
  void moreThanTheBucketHolds_isRateLimited_untilItRefills() {
    server.limits = new Limits(true, 50, 15, 10, 3, 500, 3_000);
    for (int i = 0; i < 4; i++) {
      ping("p" + i);
    }
    for (int i = 0; i < 3; i++) {
      assertTrue(client.readText().contains("\"ok\""));
    }
    assertEquals(
        "{\"type\":\"error\",\"id\":\"p3\",\"code\":\"rate_limited\","
            + "\"message\":\"Too many messages.\",\"retryAfterMs\":100}",
        client.readText());
    server.advance(100);
    ping("p4");
    assertTrue(client.readText().contains("\"ok\""));
  }

  @Test
  void likesOverTheLimit_areLateAndNotAnswered() {
    server.limits = new Limits(true, 50, 15, 10, 3, 500, 3_000);
    for (int total = 1; total <= 9; total++) {
      client.text("{\"type\":\"like\",\"total\":" + total + "}");
    }
    ping("p");
    assertTrue(client.readText().contains("\"id\":\"p\",\"code\":\"rate_limited\""));
    assertEquals(List.of("likes 1", "likes 2", "likes 3"), server.room().asked);
    server.advance(1_000);
    assertEquals("likes 9", server.room().asked.get(3));
  }

  @Test
  void withoutLimits_nothingIsRateLimited() {
    server.limits = new Limits(false, 50, 15, 1, 1, 1, 1);
    for (int i = 0; i < 200; i++) {
      ping("p" + i);
    }
    for (int i = 0; i < 200; i++) {
      assertTrue(client.readText().contains("\"ok\""));
    }
  }

  @Test
  void floodForThreeSeconds_closesWith4429() {
    for (int second = 0; second < 3; second++) {
      for (int i = 0; i < 501; i++) {
        client.frame(TestSocket.PONG, true, new byte[0]);
      }
      ping("s" + second);
      client.readText();
      server.advance(1_000);
    }
    client.frame(TestSocket.PONG, true, new byte[0]);
    assertEquals(4429, client.readClose());
  }

  @Test
  void whoSendsWithoutEnd_isHeardSoOftenASecond_andThenAgain() {
    int most = 2 * Limits.DEFAULT.floodPerSecond();
    for (int i = 0; i < most + 100; i++) {
      ping("p" + i);
    }
    for (int i = 0; i < most; i++) {
      client.readText();
    }
    assertEquals(most, heard());
    server.advance(1_000);
    for (int i = 0; i < 100; i++) {
      client.readText();
    }
    assertEquals(most + 100, heard());
  }

  private double heard() {
    return server.meters.get("barrage.messages.in").tag("type", "ping").counter().count();
  }

  /** What waits is not read: it waits with who sent it. */
  @Test
  void manyUnanswered_areNotAddedTo_untilTheyAreAnswered() {
    server.limits = new Limits(false, 50, 15, 50, 100, 500, 3_000);
    int most = Connection.MAX_UNANSWERED;
    String[] ids = new String[most + 300];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = "q" + i;
      client.text("{\"type\":\"me\",\"id\":\"" + ids[i] + "\"}");
    }
    RecordingRoom room = server.room();
    await().until(() -> room.asked.size() == most);
    server.advance(1_000);
    assertEquals(most, room.asked.size());
    for (int i = 0; i < most; i++) {
      room.asking.get(i).answer(utf8("{\"type\":\"ok\",\"id\":\"" + ids[i] + "\"}"));
      assertTrue(client.readText().contains("\"" + ids[i] + "\""));
    }
    await().until(() -> room.asked.size() == ids.length);
    assertEquals(Arrays.stream(ids).map(id -> id + " look").toList(), List.copyOf(room.asked));
  }

  @Test
  void silentFor60Seconds_closesWith4408_pingedMeanwhile() {
    ping("a");
    client.readText();
    for (int i = 0; i < 2; i++) {
      server.advance(20_000);
      assertEquals(TestSocket.PING, client.read().opcode());
    }
    server.advance(19_999);
    server.advance(1);
    assertEquals(4408, client.readClose());
  }

  @Test
  void pong_isASignOfLife() {
    server.advance(40_000);
    client.frame(TestSocket.PONG, true, new byte[0]);
    ping("a");
    assertEquals(TestSocket.PING, client.read().opcode());
    client.readText();
    server.advance(59_000);
    assertEquals(TestSocket.PING, client.read().opcode());
    ping("b");
    assertTrue(client.readText().contains("\"b\""));
    assertEquals(server.clockMs.get(), server.room().joined.get(0).lastSeenMs());
  }
}
