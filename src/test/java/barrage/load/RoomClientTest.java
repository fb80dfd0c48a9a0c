package barrage.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import barrage.Patience;
import barrage.core.Danmaku;
import barrage.core.RoomId;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

@Timeout(120)
final class RoomClientTest {
  private final RoomClients clients = new RoomClients(1);

  @AfterEach
  void close() {
    clients.close();
  }

  private RoomClient open(StubServer server, String viewer, long reconnectForMs, Heard heard) {
    return clients.open(
        new RoomClient.Target(
            server.uri(), new RoomId("demo"), TokenSource.of(viewer), reconnectForMs),
        heard);
  }

  private static Danmaku danmaku(String text) {
    return new Danmaku(text, Danmaku.Mode.SCROLL, Danmaku.DEFAULT_COLOR);
  }

  @Test
  void request_isAnsweredAndTheRoomHearsOfIt() throws Exception {
    Heard heard = new Heard();
    try (StubServer server = new StubServer(StubServer.NONE);
        RoomClient ann = open(server, "ann", 0, heard)) {
      ann.joined().join();
      assertEquals(new RoomClient.Position(StubServer.EPOCH, 0), ann.position());
      JsonNode answer = ann.say("1", danmaku("hello")).join();
      assertEquals("ok", answer.path("type").asString());
      assertEquals(1, answer.path("seq").asLong());
      assertEquals("hello", heard.nextEvent().path("text").asString());
      assertEquals(new RoomClient.Position(StubServer.EPOCH, 1), ann.position());
      assertEquals("ok", ann.me("2").join().path("type").asString());
    }
  }

  @Test
  void brokenConnection_failsWhatIsUnderWayAndResumes() throws Exception {
    Heard heard = new Heard();
    StubServer.Misbehaviour breaksOnce =
        new StubServer.Misbehaviour() {
          @Override
          public boolean breakAfter(int n) {
            return n == 1;
          }
        };
    try (StubServer server = new StubServer(breaksOnce);
        RoomClient ann = open(server, "ann", 10_000, heard);
        RoomClient bob = open(server, "bob", 10_000, new Heard())) {
      ann.joined().join();
      bob.joined().join();
      CompletionException lost =
          assertThrows(CompletionException.class, () -> ann.say("1", danmaku("one")).join());
      assertInstanceOf(ConnectionLostException.class, lost.getCause());
      assertEquals(false, heard.nextWelcome().path("resumed").asBoolean());
      assertEquals(true, heard.nextWelcome().path("resumed").asBoolean());
      // The same id again gets the first outcome.
      assertEquals(1, ann.say("1", danmaku("one")).join().path("seq").asLong());
      assertEquals("one", heard.nextEvent().path("text").asString());
      assertEquals(2, ann.say("2", danmaku("two")).join().path("seq").asLong());
      assertEquals("two", heard.nextEvent().path("text").asString());
    }
  }

  @Test
  void brokenOff_comesBackAndResumes() throws Exception {
    Heard heard = new Heard();
    try (StubServer server = new StubServer(StubServer.NONE);
        RoomClient ann = open(server, "ann", 10_000, heard)) {
      ann.joined().join();
      assertEquals(false, heard.nextWelcome().path("resumed").asBoolean());
      ann.breakOff();
      assertEquals(
          "1006 true", heard.disconnections.poll(Patience.OF_TESTS.toSeconds(), TimeUnit.SECONDS));
      assertEquals(true, heard.nextWelcome().path("resumed").asBoolean());
      assertEquals("ok", ann.me("1").join().path("type").asString());
    }
  }

  @Test
  void since_tellsWhatHappenedAfterIt() throws Exception {
    try (StubServer server = new StubServer(StubServer.NONE);
        RoomClient ann = open(server, "ann", 0, new Heard())) {
      ann.joined().join();
      ann.say("1", danmaku("one")).join();
      ann.say("2", danmaku("two")).join();
      Heard heard = new Heard();
      RoomClient.Target target =
          new RoomClient.Target(
              server.uri(),
              new RoomId("demo"),
              TokenSource.of("bob"),
              0,
              new RoomClient.Position(StubServer.EPOCH, 1));
      try (RoomClient bob = clients.open(target, heard)) {
        assertEquals(new RoomClient.Position(StubServer.EPOCH, 1), bob.joined().join());
        assertEquals("two", heard.nextEvent().path("text").asString());
      }
    }
  }

  @Test
  void refusedToken_isTriedOnceMoreWithANewOne() throws Exception {
    try (StubServer server = new StubServer(StubServer.NONE)) {
      TokenSource source = refused -> TokenSource.of(refused ? "ann" : "refused").token(refused);
      RoomClient.Target target =
          new RoomClient.Target(server.uri(), new RoomId("demo"), source, 10_000);
      try (RoomClient ann = clients.open(target, new Heard())) {
        assertEquals(new RoomClient.Position(StubServer.EPOCH, 0), ann.joined().join());
      }
      try (RoomClient never = open(server, "refused", 10_000, new Heard())) {
        CompletionException failure =
            assertThrows(CompletionException.class, () -> never.joined().join());
        assertEquals(
            4401, assertInstanceOf(ConnectionLostException.class, failure.getCause()).code());
      }
    }
  }

  @Test
  void serverThatIsNotThere_failsTheJoin() {
    StubServer gone = new StubServer(StubServer.NONE);
    gone.close();
    try (RoomClient ann = open(gone, "ann", 0, new Heard())) {
      assertThrows(CompletionException.class, () -> ann.joined().join());
      assertThrows(CompletionException.class, () -> ann.me("1").join());
    }
  }

  @Test
  void clientThatLeaves_doesNotComeBack() throws Exception {
    Heard heard = new Heard();
    try (StubServer server = new StubServer(StubServer.NONE)) {
      RoomClient ann = open(server, "ann", 10_000, heard);
      ann.joined().join();
      ann.close();
      assertEquals(
          "1000 false", heard.disconnections.poll(Patience.OF_TESTS.toSeconds(), TimeUnit.SECONDS));
    }
  }

  /** Keeps what it hears. */
  private static final class Heard implements RoomClient.Listener {
    private final BlockingQueue<JsonNode> welcomes = new LinkedBlockingQueue<>();
    private final BlockingQueue<JsonNode> events = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> disconnections = new LinkedBlockingQueue<>();

    @Override
    public void onWelcome(JsonNode welcome) {
      welcomes.add(welcome);
    }

    @Override
    public void onEvents(long seq, JsonNode told) {
      told.forEach(events::add);
    }

    @Override
    public void onDisconnected(int code, boolean again) {
      disconnections.add(code + " " + again);
    }

    JsonNode nextWelcome() throws InterruptedException {
      return welcomes.poll(Patience.OF_TESTS.toSeconds(), TimeUnit.SECONDS);
    }

    JsonNode nextEvent() throws InterruptedException {
      return events.poll(Patience.OF_TESTS.toSeconds(), TimeUnit.SECONDS);
    }
  }
}
