package barrage.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.activity.Activities;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** A load finds a server that does not keep its promises. */
@Timeout(180)
final class LoadCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int load(String... arguments) {
    return new CommandLine(new LoadCommand(Activities.NONE))
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  private int crowd(StubServer.Misbehaviour misbehaviour, String... more) {
    try (StubServer server = new StubServer(misbehaviour)) {
      List<String> arguments =
          new ArrayList<>(
              List.of(
                  "src/test/resources/load/small.yaml", "--url=" + server.uri(), "--no-progress"));
      arguments.addAll(List.of(more));
      return load(arguments.toArray(String[]::new));
    }
  }

  @Test
  void soundRoom_passes() {
    assertEquals(0, crowd(StubServer.NONE, "--assert=loss=0", "--assert=errors=0"), out.toString());
    assertTrue(out.toString().contains("20 said, 20 kept, lost 0, doubled 0"), out.toString());
    assertTrue(out.toString().contains("PASS loss=0 (0)"), out.toString());
  }

  @Test
  void conditionThatDoesNotHold_fails() {
    assertEquals(1, crowd(StubServer.NONE, "--assert=p50<1us", "--assert=loss=0"));
    assertTrue(out.toString().contains("FAIL p50<1us ("), out.toString());
    assertTrue(out.toString().contains("PASS loss=0 (0)"), out.toString());
  }

  @Test
  void refusals_areErrorsAndOutcomesAreNot() {
    int status =
        crowd(
            new StubServer.Misbehaviour() {
              @Override
              public String refuse(int n) {
                return n == 3 ? "blocked_text" : n == 4 ? "sold_out" : "";
              }
            },
            "--assert=errors=1",
            "--assert=errors<=5%");
    assertEquals(0, status, out.toString());
    assertTrue(out.toString().contains("18 ok, blocked_text 1, sold_out 1"), out.toString());
  }

  @Test
  void secondEffect_isBroken() {
    assertEquals(
        1,
        crowd(
            new StubServer.Misbehaviour() {
              @Override
              public int effects(int n) {
                return n == 5 ? 2 : 1;
              }
            }));
    assertTrue(out.toString().contains("BROKEN 1 danmaku took effect twice"), out.toString());
  }

  @Test
  void gap_isBroken() {
    assertEquals(
        1,
        crowd(
            new StubServer.Misbehaviour() {
              @Override
              public int copies(long seq) {
                return seq == 7 ? 0 : 1;
              }

              @Override
              public boolean tellsShed() {
                return false;
              }
            }));
    assertTrue(
        out.toString().contains("numbers are missing that no shed event accounts for"),
        out.toString());
  }

  @Test
  void whatEverybodyWasShed_isFoundInTheHistoryOrLost() {
    assertEquals(
        1,
        crowd(
            new StubServer.Misbehaviour() {
              @Override
              public int copies(long seq) {
                return seq == 7 ? 0 : 1; // In a resume as well.
              }
            }));
    assertTrue(
        out.toString().contains("BROKEN 1 accepted danmaku were heard by nobody"), out.toString());
  }

  @Test
  void brokenConnections_areCountedAndRequestsRepeated() {
    assertEquals(
        0,
        crowd(
            new StubServer.Misbehaviour() {
              @Override
              public boolean breakAfter(int n) {
                return n == 10;
              }
            },
            "--assert=returns.p50<10s"),
        out.toString());
    assertTrue(
        out.toString().contains("resumed 4, resynced 0, connections lost 4"), out.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "croud|croud: no such file, and none of the scenarios crowd, rush",
        "crowd --url=ftp://x|--url: not an http or https URL",
        "crowd --viewers=0|--viewers: from",
        "crowd --seconds=0|--seconds: from",
        "crowd --room=a/b|--room: 1 to 64",
        "crowd --assert=p99|--assert: not a condition: 'p99'",
        "crowd --token-secret=short|the token secret must be 32 bytes or more",
        "crowd --threads=0|--threads: 1 to 64",
        "crowd --url=http://127.0.0.1:1|http://127.0.0.1:1: "
      })
  void wrongUsage_isToldInOneLine(String arguments, String told) {
    assertEquals(2, load(arguments.split(" ", -1)));
    assertTrue(err.toString().startsWith("load: " + told), err.toString());
    assertEquals(1, err.toString().lines().count());
  }
}
