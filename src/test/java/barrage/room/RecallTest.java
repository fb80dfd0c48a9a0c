package barrage.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class RecallTest {
  @Test
  void growsToItsBound_thenForgetsTheOldest() {
    Recall recall = new Recall(256, 1_000);
    for (long seq = 1_001; seq <= 1_600; seq++) {
      recall.add(danmaku(seq));
    }
    assertEquals(1_600, recall.lastSeq());
    assertTrue(recall.reachesBackTo(1_344));
    assertFalse(recall.reachesBackTo(1_343));
    for (long seq = 1_345; seq <= 1_600; seq++) {
      assertEquals(seq, recall.get(seq).seq());
    }
    assertThrows(IndexOutOfBoundsException.class, () -> recall.get(1_344));
  }

  @Test
  void aGapIsAFault() {
    Recall recall = new Recall(256, 0);
    assertThrows(IllegalStateException.class, () -> recall.add(danmaku(2)));
  }

  @Test
  void theNewestDanmakuUpToAPosition() {
    Recall recall = new Recall(256, 0);
    for (long seq = 1; seq <= 100; seq++) {
      recall.add(seq % 2 == 0 ? danmaku(seq) : new Numbered(seq, Numbered.NEVER_SHED, new byte[0]));
    }
    assertEquals(
        java.util.List.of(86L, 88L, 90L),
        recall.danmaku(91, 3).stream().map(Numbered::seq).toList());
  }

  @Test
  void aDeletedDanmakuKeepsItsPlaceWithoutText() {
    Recall recall = new Recall(256, 0);
    recall.add(danmaku(1));
    recall.forgetText(1);
    assertEquals(
        "{\"type\":\"danmaku\",\"seq\":1,\"deleted\":true}",
        new String(recall.get(1).json(), StandardCharsets.UTF_8));
  }

  private static Numbered danmaku(long seq) {
    String json =
        "{\"type\":\"danmaku\",\"seq\":" + seq + ",\"text\":\"hi\",\"color\":\"#ffffff\"}";
    return new Numbered(seq, (byte) 0, json.getBytes(StandardCharsets.UTF_8));
  }
}
