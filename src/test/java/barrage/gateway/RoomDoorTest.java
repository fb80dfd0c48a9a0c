package barrage.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.core.Limits;
import barrage.core.Role;
import barrage.core.RoomId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who brings a room into being, and how many of them. */
final class RoomDoorTest {
  private static final RoomId NEW = new RoomId("new");

  private TestGateway server;

  @AfterEach
  void stop() {
    server.close();
  }

  private void begunBy(boolean anyone, int newRooms) {
    server =
        new TestGateway(
            config ->
                config
                    .withBeginning(new GatewayConfig.Beginning(anyone, newRooms))
                    .withEntrance(
                        new GatewayConfig.Entrance(
                            null, Networks.parse("127.0.0.0/8"), false, 100, 100, 100, 100)));
  }

  private TestSocket from(String address) {
    TestSocket client = new TestSocket(server.port);
    client.send("PROXY TCP4 " + address + " 127.0.0.1 4000 80\r\n");
    return client;
  }

  private TestSocket.Response get(String path, Role role) {
    try (TestSocket client = from("198.51.100.7")) {
      String bearer =
          role == null ? "" : TestGateway.bearer(server.token("somebody", role)) + "\r\n";
      client.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + bearer + "\r\n");
      return client.response();
    }
  }

  private TestSocket.Response post(String path, Role role, String body) {
    try (TestSocket client = from("198.51.100.7")) {
      client.send(
          "POST "
              + path
              + " HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: k\r\nContent-Length: "
              + body.length()
              + "\r\n"
              + TestGateway.bearer(server.token("somebody", role))
              + "\r\n\r\n"
              + body);
      return client.response();
    }
  }

  /** The close code; 0 when it is let in. */
  private int join(String address, String room, Role role) {
    try (TestSocket client = from(address)) {
      String[] headers =
          role == null
              ? new String[0]
              : new String[] {TestGateway.bearer(server.token("somebody", role))};
      assertEquals(101, client.upgrade("/rooms/" + room + "/ws", headers).status());
      client.text("{\"type\":\"ping\",\"id\":\"a\"}");
      TestSocket.Frame frame = client.read();
      return frame.opcode() == TestSocket.CLOSE
          ? ((frame.payload()[0] & 0xff) << 8) | (frame.payload()[1] & 0xff)
          : 0;
    }
  }

  @Test
  void viewerAndAnonymous_whereStaffBegins_areToldThereIsNone() {
    begunBy(false, 20);
    assertEquals(4404, join("198.51.100.7", "new", Role.VIEWER));
    assertEquals(4404, join("198.51.100.7", "new", null));
    assertTrue(server.rooms.isEmpty());
  }

  @ParameterizedTest
  @EnumSource(names = {"STREAMER", "MODERATOR", "SERVICE", "ADMIN"})
  void staff_bringsItIntoBeing_andThenItIsThereForAll(Role role) {
    begunBy(false, 20);
    assertEquals(0, join("198.51.100.7", "new", role));
    assertEquals(0, join("198.51.100.7", "new", Role.VIEWER));
    assertEquals(0, join("198.51.100.7", "new", null));
  }

  @Test
  void roomThatTheStoreHas_isThereForAll() {
    begunBy(false, 0);
    server.store.begun.add(NEW);
    assertEquals(0, join("198.51.100.7", "new", Role.VIEWER));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/viewers/somebody",
        "/ledger?viewer=somebody",
        "/orders",
        "/sales/s",
        "/lotteries/l",
        "/lotteries/l/proof",
        "/danmaku.xml"
      })
  void callAboutIt_whereStaffBegins_isNotFound_andBeginsNothing(String rest) {
    begunBy(false, 20);
    assertEquals(404, get("/api/rooms/new" + rest, Role.VIEWER).status());
    assertTrue(server.rooms.isEmpty());
  }

  @Test
  void storeAway_isUnavailable_andLetsNobodyIn() {
    begunBy(false, 20);
    server.store.away = true;
    assertEquals(1012, join("198.51.100.7", "new", Role.VIEWER));
    assertEquals(503, get("/api/rooms/new", null).status());
    assertTrue(server.rooms.isEmpty());
    assertEquals(0, join("198.51.100.7", "new", Role.STREAMER));
  }

  @Test
  void readOfAViewer_whereAnyoneBegins_beginsNothing() {
    begunBy(true, 20);
    TestSocket.Response viewer = get("/api/rooms/new/viewers/somebody", Role.VIEWER);
    assertEquals(200, viewer.status());
    assertEquals(
        "{\"id\":\"somebody\",\"name\":\"somebody\",\"role\":\"viewer\",\"tier\":\"regular\","
            + "\"points\":0,\"growth\":0}",
        viewer.body());
    assertFalse(server.rooms.containsKey(NEW));
  }

  @Test
  void newRooms_ofOneAddress_areLimited_thoseThereAreNot() {
    begunBy(true, 3);
    for (int i = 0; i < 3; i++) {
      assertEquals(0, join("198.51.100.7", "new" + i, Role.VIEWER));
    }
    assertEquals(1012, join("198.51.100.7", "new3", Role.VIEWER));
    TestSocket.Response busy =
        post("/api/rooms/new4/boosts", Role.STREAMER, "{\"factor\":2,\"durationMs\":1000}");
    assertEquals(503, busy.status());
    assertTrue(busy.body().contains("\"code\":\"busy\""), busy.body());
    assertEquals(0, join("198.51.100.7", "new0", Role.VIEWER));
    assertEquals(0, join("198.51.100.8", "new5", Role.VIEWER));
    server.limits = new Limits(false, 50, 15, 50, 100, 500, 3_000);
    assertEquals(0, join("198.51.100.7", "new6", Role.VIEWER));
  }
}
