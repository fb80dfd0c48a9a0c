package barrage.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.core.Danmaku;
import barrage.core.Tier;
import barrage.core.ViewerId;
import barrage.room.Numbered;
import barrage.wire.Messages;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

final class DanmakuXmlTest {
  private TestGateway server;

  @BeforeEach
  void start() {
    server = new TestGateway();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void said(long seq, long atMs, String text, Danmaku.Mode mode, int color) {
    byte[] head = Messages.danmakuHead(seq, atMs, Tier.REGULAR);
    byte[] tail =
        Messages.danmakuTail(new ViewerId("secret-ann"), "Ann", new Danmaku(text, mode, color));
    byte[] json = Arrays.copyOf(head, head.length + tail.length);
    System.arraycopy(tail, 0, json, head.length, tail.length);
    server.store.events.add(new Numbered(seq, (byte) 0, json));
  }

  private void happened(long seq, byte tier, String json) {
    server.store.events.add(new Numbered(seq, tier, json.getBytes(StandardCharsets.UTF_8)));
  }

  private String fetch(String query) {
    try (TestSocket client = new TestSocket(server.port)) {
      client.send("GET /api/rooms/r1/danmaku.xml" + query + " HTTP/1.1\r\nHost: a\r\n\r\n");
      TestSocket.Response response = client.response();
      assertEquals(200, response.status());
      assertEquals("application/xml; charset=utf-8", response.header("Content-Type"));
      return response.body();
    }
  }

  private static NodeList parse(String xml) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)))
        .getElementsByTagName("d");
  }

  @Test
  void danmaku_standWithTheirTimeModeAndColor() throws Exception {
    said(3, 1_700_000_000_500L, "first", Danmaku.Mode.SCROLL, 0xffffff);
    happened(4, Numbered.NEVER_SHED, "{\"type\":\"room.settings\",\"seq\":4}");
    said(
        5, 1_700_000_012_845L, "弹幕 <&> \"x\" \uD83D\uDE00\u0000\u000b\uFFFE!", Danmaku.Mode.TOP, 1);
    happened(
        6,
        (byte) 0,
        "{\"type\":\"danmaku\",\"seq\":6,\"at\":1700000013000,\"deleted\":true,"
            + "\"viewer\":{\"id\":\"b\"}}");
    said(7, 1_700_000_012_000L, "last", Danmaku.Mode.BOTTOM, 0xff);
    String xml = fetch("");
    assertTrue(xml.startsWith("<?xml version=\"1.0\" encoding=\"UTF-8\"?><i>"));
    assertFalse(xml.contains("secret-ann"));
    NodeList all = parse(xml);
    assertEquals(3, all.getLength());
    String[] p = ((Element) all.item(0)).getAttribute("p").split(",");
    assertEquals("0.000,1,25,16777215,1700000000,0", String.join(",", Arrays.copyOf(p, 6)));
    assertTrue(p[6].matches("[0-9a-f]{8}"));
    assertEquals("3", p[7]);
    String[] second = ((Element) all.item(1)).getAttribute("p").split(",");
    assertEquals("12.345,5,25,1", String.join(",", Arrays.copyOf(second, 4)));
    assertEquals(p[6], second[6]);
    assertEquals("弹幕 <&> \"x\" \uD83D\uDE00!", all.item(1).getTextContent());
    assertTrue(((Element) all.item(2)).getAttribute("p").startsWith("11.500,4,25,255,"));
  }

  @Test
  void emptyHistory_isAnEmptyDocument() throws Exception {
    assertEquals(0, parse(fetch("")).getLength());
  }

  @Test
  void longHistory_comesInPages() throws Exception {
    for (int seq = 1; seq <= 1_700; seq++) {
      said(seq, 1_700_000_000_000L + seq, "n" + seq, Danmaku.Mode.SCROLL, 0);
    }
    assertEquals(1_700, parse(fetch("")).getLength());
    assertEquals(4, server.store.historyCalls.get());
    NodeList tail = parse(fetch("?fromSeq=1699"));
    assertEquals(2, tail.getLength());
    assertTrue(((Element) tail.item(0)).getAttribute("p").startsWith("0.000,"));
  }

  @Test
  void fromSeqThatIsNoNumber_isABadRequest() {
    try (TestSocket client = new TestSocket(server.port)) {
      client.send("GET /api/rooms/r1/danmaku.xml?fromSeq=x HTTP/1.1\r\nHost: a\r\n\r\n");
      assertEquals(400, client.response().status());
    }
  }
}
