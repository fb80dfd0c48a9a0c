package barrage.gateway;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.core.RoomId;
import barrage.room.RoomLoop;
import barrage.room.Session;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The fan-out to real sockets, slow ones among them. */
final class SocketAudienceTest {
  private static final int PAGE = 100_000;

  private TestGateway server;
  private SocketAudience audience;
  private RoomLoop roomLoop;
  private final BlockingQueue<CanRead> canRead = new LinkedBlockingQueue<>();

  private record CanRead(Session session, long seq, boolean resuming) {}

  @BeforeEach
  void start() {
    server =
        new TestGateway(
            config ->
                config
                    .withCompression(true)
                    .withSlowConsumers(
                        new GatewayConfig.SlowConsumers(32_768, 65_536, 1 << 20, 10_000)));
    audience =
        new SocketAudience(
            server.loops,
            server.metrics,
            (session, seq, resuming) -> canRead.add(new CanRead(session, seq, resuming)));
    roomLoop = server.loops.roomLoop(new RoomId("r1"));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void onRoomLoop(Runnable task) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    roomLoop.execute(
        () -> {
          try {
            task.run();
            done.complete(null);
          } catch (Throwable e) {
            done.completeExceptionally(e);
          }
        });
    done.join();
  }

  private Session join(TestSocket client, String... headers) {
    int before = server.room().joined.size();
    TestSocket.Response response = client.upgrade("/rooms/r1/ws", headers);
    assertEquals(101, response.status());
    await().until(() -> server.room().joined.size() == before + 1);
    return server.room().joined.get(before);
  }

  private TestSocket client() {
    return new TestSocket(server.port);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] page(long seq) {
    byte[] noise = new byte[PAGE / 2];
    new Random(seq).nextBytes(noise);
    return utf8(seq + ":" + HexFormat.of().formatHex(noise)); // half of it when compressed
  }

  private CanRead takeCanRead() throws InterruptedException {
    CanRead next = canRead.poll(10, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("the room was not told");
    }
    return next;
  }

  @Test
  void followers_onAllLoops_hearEverythingInOrder() {
    TestSocket[] clients = new TestSocket[10];
    for (int i = 0; i < clients.length; i++) {
      clients[i] = client();
      Session session = join(clients[i]);
      onRoomLoop(() -> audience.follow(session, utf8("welcome")));
    }
    onRoomLoop(
        () -> {
          for (int seq = 1; seq <= 50; seq++) {
            audience.broadcast(utf8("event " + seq), seq, seq);
          }
        });
    for (TestSocket client : clients) {
      try (client) {
        assertEquals("welcome", client.readText());
        for (int seq = 1; seq <= 50; seq++) {
          assertEquals("event " + seq, client.readText());
        }
      }
    }
    assertTrue(canRead.isEmpty());
  }

  @Test
  void messagesToOne_keepTheirPlaceAmongBroadcasts() {
    try (TestSocket a = client();
        TestSocket b = client()) {
      Session first = join(a);
      Session second = join(b);
      onRoomLoop(
          () -> {
            audience.follow(first, utf8("welcome"));
            audience.follow(second, utf8("welcome"));
            for (int i = 0; i < 100; i++) {
              first.send(utf8("to you " + i));
              second.send(utf8("to you " + i));
              audience.broadcast(utf8("to all " + i), i, i);
            }
          });
      for (TestSocket client : new TestSocket[] {a, b}) {
        assertEquals("welcome", client.readText());
        for (int i = 0; i < 100; i++) {
          assertEquals("to you " + i, client.readText());
          assertEquals("to all " + i, client.readText());
        }
      }
    }
  }

  @Test
  void compressedAndPlainViewers_hearTheSame_whichIsCompressedOnce() {
    int viewers = 9;
    TestSocket[] clients = new TestSocket[viewers];
    Session[] sessions = new Session[viewers];
    for (int i = 0; i < viewers; i++) {
      clients[i] = client();
      sessions[i] = i % 3 == 0 ? join(clients[i]) : join(clients[i], TestSocket.OFFER);
      Session session = sessions[i];
      onRoomLoop(() -> audience.follow(session, utf8("welcome " + "x".repeat(1_000))));
    }
    long toCompress = 0;
    for (TestSocket client : clients) {
      assertFalse(client.read().deflated(), "a welcome");
    }
    for (int seq = 0; seq < 30; seq++) {
      int number = seq;
      String event = seq + ":" + "弹幕".repeat(1_000 * (seq % 3)); // the first is too short for it
      boolean isLong = utf8(event).length >= MessageDeflate.MIN_BYTES;
      toCompress += isLong ? utf8(event).length : 0;
      onRoomLoop(
          () -> {
            sessions[number % viewers].send(utf8("to you alone " + "x".repeat(1_000)));
            audience.broadcast(utf8(event), number, number);
          });
      assertFalse(clients[seq % viewers].read().deflated(), "what is for one alone");
      for (int i = 0; i < viewers; i++) {
        TestSocket.Frame frame = clients[i].read();
        assertEquals(event, frame.text());
        assertEquals(isLong && i % 3 != 0, frame.deflated());
      }
    }
    for (TestSocket client : clients) {
      client.close();
    }
    assertEquals(toCompress, deflateBytes("in"), "each once, for all viewers and loops");
    assertTrue(deflateBytes("out") < toCompress / 2);
  }

  private double deflateBytes(String side) {
    return server.meters.get("barrage.deflate.bytes").tag("side", side).counter().count();
  }

  @Test
  void whereNobodyTakesItCompressed_nothingIs() {
    try (TestSocket plain = client();
        TestSocket left = client()) {
      Session stays = join(plain);
      Session leaves = join(left, TestSocket.OFFER);
      onRoomLoop(
          () -> {
            audience.follow(stays, utf8("welcome"));
            audience.follow(leaves, utf8("welcome"));
            audience.follow(leaves, utf8("resync"));
            audience.leave(leaves);
            audience.leave(leaves);
            audience.broadcast(page(1), 1, 1);
          });
      assertEquals("welcome", plain.readText());
      assertEquals(1, seqOf(plain.readText()));
      assertEquals(0, deflateBytes("in"));
    }
  }

  @Test
  void whoLeft_hearsNoMore() {
    try (TestSocket stays = client();
        TestSocket leaves = client()) {
      Session staying = join(stays);
      Session leaving = join(leaves);
      onRoomLoop(
          () -> {
            audience.follow(staying, utf8("welcome"));
            audience.follow(leaving, utf8("welcome"));
            audience.leave(leaving);
            audience.leave(leaving);
            audience.broadcast(utf8("event"), 1, 1);
            leaving.send(utf8("bye"));
          });
      assertEquals("welcome", stays.readText());
      assertEquals("event", stays.readText());
      assertEquals("welcome", leaves.readText());
      assertEquals("bye", leaves.readText());
    }
  }

  @Test
  void whoIsGone_isForgotten_whateverTheRoomStillSays() {
    try (TestSocket stays = client()) {
      Session staying = join(stays);
      Session gone;
      try (TestSocket client = client()) {
        gone = join(client);
      }
      await().until(() -> server.room().left.contains(gone));
      onRoomLoop(
          () -> {
            audience.follow(staying, utf8("welcome"));
            audience.follow(gone, utf8("welcome"));
            audience.followFrom(gone, utf8("welcome"), 1, true);
            audience.catchUp(gone, utf8("missed"), 2, true);
            audience.broadcast(utf8("event"), 1, 1);
            audience.leave(gone);
            audience.broadcast(utf8("event"), 2, 2);
          });
      assertEquals("welcome", stays.readText());
      assertEquals("event", stays.readText());
      assertEquals("event", stays.readText());
    }
  }

  @Test
  void whoReadsNothing_isSlow_beforeTheKernelHoldsMuch() {
    try (TestSocket stalled = new TestSocket(server.port, 4096)) {
      Session session = join(stalled);
      onRoomLoop(() -> audience.follow(session, utf8("welcome")));
      // One at a time, so that the kernel takes what it will.
      for (int seq = 1; seq <= 40; seq++) {
        int number = seq;
        onRoomLoop(() -> audience.broadcast(page(number), number, number));
        server.loopsLookAfter(); // behind the broadcast on every loop
      }
      double delivered = server.meters.get("barrage.deliveries").counter().count();
      assertTrue(delivered <= 5, delivered + " pages of 100 kB are on their way");
    }
  }

  @Test
  void whoResumes_getsPageAfterPage_thenFollows() throws Exception {
    try (TestSocket client = client()) {
      Session session = join(client);
      onRoomLoop(() -> audience.followFrom(session, utf8("welcome"), 10, true));
      assertEquals("welcome", client.readText());
      assertEquals(new CanRead(session, 10, true), takeCanRead());
      onRoomLoop(
          () -> {
            audience.broadcast(utf8("not to a laggard"), 21, 21);
            audience.catchUp(session, utf8("11 to 20"), 20, false);
          });
      assertEquals("11 to 20", client.readText());
      assertEquals(new CanRead(session, 20, true), takeCanRead());
      onRoomLoop(
          () -> {
            audience.catchUp(session, utf8("21"), 21, true);
            audience.catchUp(session, utf8("nobody asked"), 22, true);
            audience.broadcast(utf8("22"), 22, 22);
          });
      assertEquals("21", client.readText());
      assertEquals("22", client.readText());
      assertTrue(canRead.isEmpty());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"X-Plain: 1", TestSocket.OFFER})
  void slowReader_lagsFromTheFirstItWasNotSent_othersGoOn_andItCatchesUpWithoutAGap(String header)
      throws Exception {
    try (TestSocket fast = client();
        TestSocket slow = new TestSocket(server.port, 4096)) {
      Session following = join(fast);
      Session lagging = join(slow, header);
      onRoomLoop(
          () -> {
            audience.follow(following, utf8("welcome"));
            audience.follow(lagging, utf8("welcome"));
          });
      assertEquals("welcome", fast.readText());
      assertEquals("welcome", slow.readText());
      long last = 0;
      while (server.meters.get("barrage.connections.lagging").gauge().value() == 0) {
        long seq = ++last;
        onRoomLoop(() -> audience.broadcast(page(seq), seq, seq));
        assertEquals(seq, seqOf(fast.readText()));
        assertTrue(seq < 1_000, "never fell behind");
      }
      // Ten more that nothing keeps for the slow one.
      for (int i = 0; i < 10; i++) {
        long seq = ++last;
        onRoomLoop(() -> audience.broadcast(page(seq), seq, seq));
        assertEquals(seq, seqOf(fast.readText()));
      }
      assertTrue(canRead.isEmpty());
      // On its own, as nobody knows which page is the last before it is asked how far it is.
      CompletableFuture<List<String>> heard =
          CompletableFuture.supplyAsync(() -> readUntil(slow, "after"));
      CanRead asked = takeCanRead();
      assertEquals(lagging, asked.session());
      assertFalse(asked.resuming());
      assertTrue(asked.seq() < last, "it missed nothing");
      long end = last;
      String missed = asked.seq() + 1 + " to " + end;
      onRoomLoop(
          () -> {
            audience.catchUp(lagging, utf8(missed), end, true);
            audience.broadcast(utf8("after"), end + 1, end + 1);
          });
      List<String> pages = heard.join();
      assertEquals(asked.seq() + 2, pages.size());
      for (int i = 0; i < asked.seq(); i++) {
        assertEquals(i + 1, seqOf(pages.get(i)));
      }
      assertEquals(missed, pages.get(pages.size() - 2));
      assertEquals("after", fast.readText());
      assertEquals(0, server.meters.get("barrage.connections.lagging").gauge().value());
    }
  }

  private static List<String> readUntil(TestSocket client, String last) {
    List<String> read = new ArrayList<>();
    do {
      read.add(client.readText());
    } while (!read.get(read.size() - 1).equals(last));
    return read;
  }

  private static long seqOf(String page) {
    return Long.parseLong(page.substring(0, page.indexOf(':')));
  }

  @Test
  void whoTakesNothingForLong_isClosedWith4413() {
    try (TestSocket slow = new TestSocket(server.port, 4096)) {
      Session session = join(slow);
      onRoomLoop(() -> audience.follow(session, utf8("welcome")));
      for (long seq = 1;
          server.meters.get("barrage.connections.lagging").gauge().value() == 0;
          seq++) {
        long next = seq;
        onRoomLoop(() -> audience.broadcast(page(next), next, next));
      }
      server.advance(9_999);
      assertTrue(server.room().left.isEmpty());
      server.advance(1);
      await().until(() -> server.room().left.contains(session));
      assertEquals(4413, slow.readClose());
      onRoomLoop(() -> audience.leave(session));
      assertEquals(0, server.meters.get("barrage.connections.lagging").gauge().value());
    }
  }

  @Test
  void moreToOneThanMayWait_isClosedWith4413() {
    try (TestSocket slow = new TestSocket(server.port, 4096)) {
      Session session = join(slow);
      for (int i = 0; server.room().left.isEmpty(); i++) {
        session.send(page(i));
        server.advance(0);
        assertTrue(i < 1_000, "never too much");
      }
      assertEquals(4413, slow.readClose());
    }
  }

  @Test
  void greetedAnew_forgetsWhatItLaggedBehind() throws Exception {
    try (TestSocket client = client()) {
      Session session = join(client);
      onRoomLoop(() -> audience.followFrom(session, utf8("welcome"), 10, true));
      takeCanRead();
      onRoomLoop(
          () -> {
            audience.follow(session, utf8("resync"));
            audience.catchUp(session, utf8("too late"), 20, true);
            audience.broadcast(utf8("21"), 21, 21);
          });
      assertEquals("welcome", client.readText());
      assertEquals("resync", client.readText());
      assertEquals("21", client.readText());
    }
  }
}
