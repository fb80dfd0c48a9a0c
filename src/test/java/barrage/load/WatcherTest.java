package barrage.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What a watcher makes of what it is sent: sound histories, and each way to break one. */
final class WatcherTest {
  private final FrameReader reader = new FrameReader();
  private final Transcript transcript = new Transcript();
  private final Watcher watcher = new Watcher(new Arrivals(transcript));

  WatcherTest() {
    welcome(7, 100, false);
  }

  private void welcome(long epoch, long seq, boolean resumed) {
    watcher.onWelcome(
        JsonMapper.shared()
            .createObjectNode()
            .put("epoch", epoch)
            .put("seq", seq)
            .put("resumed", resumed));
  }

  private static String danmaku(long seq) {
    return "{'type':'danmaku','seq':%d,'at':1,'viewer':{'tier':'gold','id':'ann','name':'\\'x'},'text':'t%d'}"
        .formatted(seq, seq)
        .replace("\\'", "\\\"");
  }

  private static String shed(int count) {
    return "{'type':'shed','class':'danmaku','count':%d,'windowMs':100}".formatted(count);
  }

  private EventsFrame frame(long covered, String... events) {
    String json =
        "{'type':'events','seq':%d,'events':[%s]}".formatted(covered, String.join(",", events));
    return reader.read(Unpooled.copiedBuffer(json.replace('\'', '"'), StandardCharsets.UTF_8));
  }

  private void hear(long covered, String... events) {
    watcher.onFrame(frame(covered, events));
  }

  private void assertFound(
      long received, long shed, long gaps, long overtold, long duplicates, long disorders) {
    Watcher.Findings found = watcher.findings();
    assertEquals(
        List.of(received, shed, gaps, overtold, duplicates, disorders),
        List.of(
            found.received(),
            found.shed(),
            found.gaps(),
            found.overtold(),
            found.duplicates(),
            found.disorders()));
  }

  @Test
  void allInARow_isSound() {
    hear(102, danmaku(101), danmaku(102));
    hear(102, "{'type':'likes','total':5}");
    hear(103, danmaku(103));
    assertFound(3, 0, 0, 0, 0, 0);
    assertEquals(List.of(), watcher.findings().broken(transcript));
  }

  @Test
  void shedNumbers_areAccountedFor() {
    hear(104, danmaku(101), danmaku(104), shed(2));
    hear(105);
    hear(105, shed(1));
    assertFound(2, 3, 0, 0, 0, 0);
  }

  @Test
  void numbersThatNobodyTellsOf_areGaps() {
    hear(101, danmaku(101));
    hear(105, danmaku(104), danmaku(105), shed(1));
    assertFound(3, 1, 1, 0, 0, 0);
    assertEquals(1, watcher.findings().broken(transcript).size());
  }

  @Test
  void moreShedThanMissed_isFound() {
    hear(102, danmaku(101), shed(2));
    assertFound(1, 2, 0, 1, 0, 0);
  }

  @Test
  void sameNumberAgain_isADuplicate() {
    hear(102, danmaku(101), danmaku(102));
    hear(102, danmaku(102));
    hear(103, danmaku(103), danmaku(103));
    assertFound(3, 0, 0, 0, 2, 0);
  }

  @Test
  void numberOutOfOrder_isFound() {
    hear(103, danmaku(101), danmaku(103), danmaku(102));
    assertFound(2, 0, 1, 0, 0, 1);
  }

  @Test
  void frameThatCoversLess_isFound() {
    hear(105, danmaku(101), danmaku(102), danmaku(103), danmaku(104), danmaku(105));
    hear(104);
    assertFound(5, 0, 0, 0, 0, 1);
  }

  @Test
  void longAgo_isOutOfOrderStill() {
    for (int i = 101; i < 400; i++) {
      hear(i, danmaku(i));
    }
    hear(399, danmaku(101));
    assertFound(299, 0, 0, 0, 0, 1);
  }

  @Test
  void resume_goesOnWhereItWas() {
    hear(101, danmaku(101));
    watcher.onDisconnected(1006, true);
    welcome(7, 101, true);
    hear(103, danmaku(102), danmaku(103));
    assertFound(3, 0, 0, 0, 0, 0);
    assertEquals(1, watcher.findings().resumes());
  }

  @Test
  void resumeThatSkips_isAGap() {
    hear(101, danmaku(101));
    watcher.onDisconnected(1006, true);
    welcome(7, 101, true);
    hear(103, danmaku(103));
    assertFound(2, 0, 1, 0, 0, 0);
  }

  @Test
  void whatAnotherHeardOtherwise_isAContradiction() {
    Watcher other = new Watcher(new Arrivals(transcript));
    other.onWelcome(JsonMapper.shared().createObjectNode().put("epoch", 7).put("seq", 100));
    other.onFrame(frame(101, danmaku(101).replace("t101", "else")));
    hear(101, danmaku(101));
    assertEquals(1, transcript.contradictions());
    assertEquals(1, watcher.findings().broken(transcript).size());
  }

  @Test
  void sameBytes_areParsedOnce() {
    EventsFrame first = frame(101, danmaku(101));
    assertSame(first, frame(101, danmaku(101)));
    assertNotSame(first, frame(101, danmaku(101).replace("t101", "t102")));
    assertEquals(2, reader.parsed());
    assertNull(
        reader.read(
            Unpooled.copiedBuffer("{\"type\":\"ok\",\"id\":\"1\"}", StandardCharsets.UTF_8)));
  }

  @Test
  void frame_isReadWhateverTheOrderOfItsFields() {
    EventsFrame frame =
        reader.read(
            Unpooled.copiedBuffer(
                ("{\"events\":[{\"text\":\"\\\"seq\\\":9\",\"viewer\":{\"id\":\"ann\"},\"seq\":5,"
                    + "\"type\":\"danmaku\"},{\"seq\":null,\"type\":\"danmaku\",\"text\":\"x\"}],"
                    + "\"seq\":5,\"type\":\"events\"}"),
                StandardCharsets.UTF_8));
    assertEquals(5, frame.covered());
    assertEquals(1, frame.numbered());
    assertEquals(2, frame.danmaku());
    assertEquals(
        new EventsFrame.Event("danmaku", 5, "ann", "\"seq\":9", false), frame.events().get(0));
  }
}
