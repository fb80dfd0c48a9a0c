package barrage.outside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One who stops reading is let go; nobody else notices. */
final class SlowReaderIT {
  private static final String ROOM = "crowded";
  private static final int AT_A_TIME = 250;
  private static final int MOST_ROUNDS = 240;

  @TempDir Path dir;

  @Test
  void viewerWhoStopsReading_isClosedWhileOthersMissNothing() throws Exception {
    try (ServerProcess server = ServerProcess.start(dir, "limits.enabled=false");
        ProtocolClient watcher = ProtocolClient.join(server, ROOM, null);
        ProtocolClient speaker = ProtocolClient.join(server, ROOM, Jwt.viewer("speaker"));
        StalledReader stalled = new StalledReader(server, ROOM, Jwt.viewer("stalled"))) {
      watcher.awaitOnline(3);

      String text = "啊".repeat(98);
      int said = 0;
      for (int round = 0; round < MOST_ROUNDS && !isLetGo(watcher); round++) {
        for (int i = 0; i < AT_A_TIME; i++) {
          said++;
          speaker.send(
              speaker
                  .message("danmaku")
                  .put("id", "d" + said)
                  .put("text", text + (char) ('a' + said % 26) + (char) ('a' + round % 26))
                  .toString());
        }
        speaker.awaitAnswers(said);
      }
      watcher.awaitOnline(2);
      int code = stalled.readToTheEnd();
      assertTrue(code == 4413 || code == 1006, "closed with " + code);

      long last = speaker.saySeq("over");
      watcher.awaitDanmaku(last);
      List<Long> numbers =
          watcher.numbered().stream().map(event -> event.path("seq").asLong()).toList();
      assertEquals(last - watcher.welcome().path("seq").asLong(), numbers.size() + watcher.shed());
      for (int i = 1; i < numbers.size(); i++) {
        assertTrue(numbers.get(i) > numbers.get(i - 1), "in order, once each");
      }
    }
  }

  /** Two are left: the one who speaks and the one who watches. */
  private static boolean isLetGo(ProtocolClient watcher) {
    return watcher.online() == 2;
  }
}
