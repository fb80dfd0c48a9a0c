package barrage.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.core.Danmaku;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DanmakuFileTest {
  @TempDir Path dir;

  private DanmakuFile read(String... elements) throws Exception {
    return DanmakuFile.read(file("<i>" + String.join("\n", elements) + "</i>"));
  }

  private Path file(String content) throws Exception {
    return Files.writeString(dir.resolve("danmaku.xml"), content);
  }

  @Test
  void danmaku_isReadAsPlayersShowIt() throws Exception {
    DanmakuFile file = read("<d p=\"1.234,1,25,16707842,0,0,0000003c,17\">前排 &lt;3 &amp; 👍</d>");
    assertEquals(1, file.lines().size());
    DanmakuFile.Line line = file.lines().get(0);
    assertEquals(1_234, line.atMs());
    assertEquals("bili-0000003c", line.sender().value());
    assertEquals(new Danmaku("前排 <3 & 👍", Danmaku.Mode.SCROLL, 0xfef102), line.danmaku());
  }

  @Test
  void modes_thatRoomsDoNotHave_areSkippedAndCounted() throws Exception {
    StringBuilder all = new StringBuilder();
    for (int mode = 1; mode <= 9; mode++) {
      all.append("<d p=\"0,").append(mode).append(",25,0,0,0,a,1\">m</d>");
    }
    DanmakuFile file = read(all.toString());
    assertEquals(
        List.of("scroll", "scroll", "scroll", "bottom", "top"),
        file.lines().stream().map(line -> line.danmaku().mode().wire()).toList());
    assertEquals(4, file.skipped());
    assertEquals(0, file.malformed());
  }

  @Test
  void lines_areInTheOrderOfTime() throws Exception {
    DanmakuFile file =
        read(
            "<d p=\"2,1,25,0,0,0,a,1\">c</d>",
            "<d p=\"1,1,25,0,0,0,b,2\">a</d>",
            "<d p=\"1,1,25,0,0,0,c,3\">b</d>");
    assertEquals(
        List.of("a", "b", "c"), file.lines().stream().map(l -> l.danmaku().text()).toList());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<d>no attributes</d>",
        "<d p=\"1,1,25,0,0,0\">too few</d>",
        "<d p=\"x,1,25,0,0,0,a,1\">no time</d>",
        "<d p=\"-1,1,25,0,0,0,a,1\">before the beginning</d>",
        "<d p=\"NaN,1,25,0,0,0,a,1\">never</d>",
        "<d p=\"1,y,25,0,0,0,a,1\">no mode</d>",
        "<d p=\"1,1,25,16777216,0,0,a,1\">no colour</d>",
        "<d p=\"1,1,25,0,0,0,,1\">no sender</d>",
        "<d p=\"1,1,25,0,0,0,a,1\">  </d>",
        "<d p=\"1,1,25,0,0,0,a,1\">with <b>markup</b></d>"
      })
  void malformedElement_isCounted(String element) throws Exception {
    DanmakuFile file = read(element, "<d p=\"1,1,25,0,0,0,a,1\">fine</d>");
    assertEquals(1, file.malformed());
    assertEquals(1, file.lines().size());
  }

  @Test
  void senderThatIsNoViewerId_getsOneOfItsOwn() throws Exception {
    DanmakuFile file = read("<d p=\"1,1,25,0,0,0,张三,1\">a</d>", "<d p=\"1,1,25,0,0,0,李四,1\">b</d>");
    assertTrue(
        !file.lines().get(0).sender().equals(file.lines().get(1).sender()), "two are not one");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<i><d p=",
        "not XML",
        "<i></i>",
        "<!DOCTYPE i [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><i><d p=\"1,1,25,0,0,0,a,1\">&x;"
            + "</d></i>"
      })
  void unreadableFile_isToldInOneLineWithItsPath(String content) throws Exception {
    Path path = file(content);
    DanmakuFile.UnreadableException failure =
        assertThrows(DanmakuFile.UnreadableException.class, () -> DanmakuFile.read(path));
    assertTrue(failure.getMessage().startsWith(path.toString()), failure.getMessage());
    assertEquals(1, failure.getMessage().lines().count());
  }

  @Test
  void missingFile_isTold() {
    Path path = dir.resolve("none.xml");
    assertEquals(
        path + ": no such file",
        assertThrows(DanmakuFile.UnreadableException.class, () -> DanmakuFile.read(path))
            .getMessage());
    assertThrows(DanmakuFile.UnreadableException.class, () -> DanmakuFile.read(dir));
  }
}
