package barrage.outside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** Coming back after a lost connection. */
@ExtendWith(SharedServer.class)
final class ResumeIT {
  private final ServerProcess server;

  ResumeIT(ServerProcess server) {
    this.server = server;
  }

  @Test
  void resume_givesEveryEventMissedOnceAndInOrder() {
    ProtocolClient first = ProtocolClient.join(server, "resume", Jwt.viewer("ann"));
    long epoch = first.welcome().path("epoch").asLong();
    long seq = first.saySeq("before");
    first.awaitDanmaku(seq);
    first.close();

    List<Long> missed = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      try (ProtocolClient other = ProtocolClient.join(server, "resume", Jwt.viewer("other-" + i))) {
        missed.add(other.saySeq("meanwhile " + i));
      }
    }
    try (ProtocolClient back =
        ProtocolClient.resume(server, "resume", Jwt.viewer("ann"), epoch, seq)) {
      JsonNode welcome = back.welcome();
      assertTrue(welcome.path("resumed").asBoolean());
      assertEquals(seq, welcome.path("seq").asLong());
      assertEquals(epoch, welcome.path("epoch").asLong());
      assertEquals(0, welcome.path("recent").size());

      long next = back.saySeq("after");
      back.awaitDanmaku(next);
      missed.add(next);
      assertEquals(missed, back.numbered().stream().map(e -> e.path("seq").asLong()).toList());
    }
  }

  @Test
  void resume_fromAnUnknownEpoch_isASnapshot() {
    try (ProtocolClient ann = ProtocolClient.join(server, "epochs", Jwt.viewer("ann"))) {
      long seq = ann.saySeq("hello");
      long epoch = ann.welcome().path("epoch").asLong();
      try (ProtocolClient lost =
          ProtocolClient.resume(server, "epochs", Jwt.viewer("bob"), epoch + 1, seq)) {
        assertSnapshot(lost.welcome(), epoch, seq);
      }
    }
  }

  @Test
  void resume_beyondTheHead_isASnapshot() {
    try (ProtocolClient ann = ProtocolClient.join(server, "beyond", Jwt.viewer("ann"))) {
      long seq = ann.saySeq("hello");
      long epoch = ann.welcome().path("epoch").asLong();
      try (ProtocolClient ahead =
          ProtocolClient.resume(server, "beyond", Jwt.viewer("bob"), epoch, seq + 100)) {
        assertSnapshot(ahead.welcome(), epoch, seq);
      }
    }
  }

  private static void assertSnapshot(JsonNode welcome, long epoch, long seq) {
    assertFalse(welcome.path("resumed").asBoolean(true));
    assertEquals(epoch, welcome.path("epoch").asLong());
    assertEquals(seq, welcome.path("seq").asLong());
    assertEquals(1, welcome.path("recent").size());
  }
}
