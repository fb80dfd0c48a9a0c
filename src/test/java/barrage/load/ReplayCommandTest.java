package barrage.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A replay tells a server that keeps its promises from one that does not. */
@Timeout(180)
final class ReplayCommandTest {
  private static final int LINES = 40;

  @TempDir Path dir;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  /** Forty lines of ten senders within a second. */
  private Path file() throws Exception {
    StringBuilder xml = new StringBuilder("<i>");
    for (int i = 0; i < LINES; i++) {
      xml.append(
          String.format("<d p=\"%.3f,1,25,0,0,0,%02d,%d\">line %d</d>", i / 40., i % 10, i, i));
    }
    return Files.writeString(dir.resolve("d.xml"), xml.append("</i>"));
  }

  private int replay(StubServer server, String... more) throws Exception {
    CommandLine command =
        new CommandLine(new ReplayCommand())
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    String[] args = new String[more.length + 8];
    String[] first = {
      file().toString(),
      "--url",
      server.uri().toString(),
      "--room",
      "demo",
      "--viewers",
      "3",
      "--no-progress"
    };
    System.arraycopy(first, 0, args, 0, 8);
    System.arraycopy(more, 0, args, 8, more.length);
    return command.execute(args);
  }

  private int replay(StubServer.Misbehaviour misbehaviour) throws Exception {
    try (StubServer server = new StubServer(misbehaviour)) {
      return replay(server, "--speed", "4");
    }
  }

  @Test
  void soundRoom_passes() throws Exception {
    assertEquals(0, replay(StubServer.NONE), err.toString());
    String line = out.toString();
    assertTrue(
        line.startsWith(
            "sent 40, accepted 40, refused 0, unanswered 0; 3 watchers: received 120, shed 0, gaps"
                + " 0, duplicates 0, resumed 0, resynced 0; latency p50 "),
        line);
    assertEquals(1, line.lines().count());
  }

  @Test
  void refusals_areCountedByReasonAndNotTriedAgain() throws Exception {
    assertEquals(
        0,
        replay(
            new StubServer.Misbehaviour() {
              @Override
              public String refuse(int n) {
                return n == 5 ? "rate_limited" : n <= 7 && n > 5 ? "blocked_text" : "";
              }
            }),
        err.toString());
    assertTrue(
        out.toString().contains("accepted 37, refused 3 (blocked_text 2, rate_limited 1)"),
        out.toString());
  }

  @Test
  void busyServer_isAskedAgainUnderTheSameId() throws Exception {
    assertEquals(
        0,
        replay(
            new StubServer.Misbehaviour() {
              @Override
              public String refuse(int n) {
                return n == 3 ? "busy" : n == 4 ? "unavailable" : "";
              }
            }),
        err.toString());
    assertTrue(out.toString().contains("sent 40, accepted 40"), out.toString());
  }

  @Test
  void brokenConnections_areResumed() throws Exception {
    assertEquals(
        0,
        replay(
            new StubServer.Misbehaviour() {
              @Override
              public boolean breakAfter(int n) {
                return n == 20;
              }
            }),
        err.toString());
    assertTrue(out.toString().contains("accepted 40"), out.toString());
    assertTrue(out.toString().contains("resumed 3, resynced 0"), out.toString());
  }

  @Test
  void shedDanmaku_thatAreTold_areNoGap() throws Exception {
    assertEquals(0, replay(leavingOut(true)), err.toString());
    assertTrue(out.toString().contains("received 117, shed 3, gaps 0"), out.toString());
  }

  @Test
  void shedDanmaku_thatAreNotTold_areAGap() throws Exception {
    assertEquals(1, replay(leavingOut(false)));
    assertTrue(err.toString().contains("3 numbers are missing"), err.toString());
  }

  private static StubServer.Misbehaviour leavingOut(boolean told) {
    return new StubServer.Misbehaviour() {
      @Override
      public int copies(long seq) {
        return seq == 10 ? 0 : 1;
      }

      @Override
      public boolean tellsShed() {
        return told;
      }
    };
  }

  @Test
  void eventTwice_isADuplicate() throws Exception {
    assertEquals(
        1,
        replay(
            new StubServer.Misbehaviour() {
              @Override
              public int copies(long seq) {
                return seq == 10 ? 2 : 1;
              }
            }));
    assertTrue(err.toString().contains("3 numbers came twice"), err.toString());
  }

  @Test
  void acknowledgedButNowhere_isNoticed() throws Exception {
    assertEquals(
        1,
        replay(
            new StubServer.Misbehaviour() {
              @Override
              public int effects(int n) {
                return n == 20 ? 0 : 1;
              }
            }));
    assertTrue(err.toString().contains("something else in the room"), err.toString());
  }

  @Test
  void requestRepeated_thatTakesEffectTwice_isNoticed() throws Exception {
    assertEquals(
        1,
        replay(
            new StubServer.Misbehaviour() {
              @Override
              public int effects(int n) {
                return n == 20 ? 2 : 1;
              }

              @Override
              public boolean breakAfter(int n) {
                return n == 20;
              }
            }));
    assertTrue(err.toString().contains("took effect twice"), err.toString());
  }

  @Test
  void wrongUsage_isOneLineAndExits2() throws Exception {
    try (StubServer server = new StubServer(StubServer.NONE)) {
      assertEquals(2, replay(server, "--speed", "0"));
      assertEquals(2, replay(server, "--token-secret", "short"));
    }
    StubServer gone = new StubServer(StubServer.NONE);
    gone.close();
    assertEquals(2, replay(gone));
    assertEquals(3, err.toString().lines().count(), err.toString());
  }
}
