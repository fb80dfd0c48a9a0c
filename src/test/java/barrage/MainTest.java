package barrage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What the command line says, and with which status it ends, when it is used wrongly. */
final class MainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    CommandLine command = Main.commandLine();
    command.setOut(new PrintWriter(out, true));
    command.setErr(new PrintWriter(err, true));
    return command.execute(args);
  }

  private void assertToldInOneLine(String line, String... args) {
    assertEquals(2, run(args));
    assertEquals(line, err.toString().strip());
    assertEquals("", out.toString());
  }

  @Test
  void wrongValue_isOneLine() {
    assertToldInOneLine(
        "--set: server.port: must be a whole number from 0 to 65535, is 'x'",
        "serve",
        "--set",
        "server.port=x");
  }

  @Test
  void wrongValue_withoutACommand_isToldAsWell() {
    assertToldInOneLine("--set: must be key=value", "--set", "server.port");
  }

  @Test
  void mistakeInTheFile_isOneLineWithItsPlace(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("my.yaml"), "server:\n  threads: many\n");
    assertToldInOneLine(
        file + ":2: server.threads: must be a whole number from 0 to 256, is 'many'",
        "serve",
        "--config",
        file.toString());
  }

  @Test
  void mistakeInTheRules_isOneLineWithItsPlace(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("rules.yaml"), "\nhistory: {events: 1}\n");
    assertToldInOneLine(
        file + ":2: history.events: must be a whole number from 1000 to 1000000, is '1'",
        "serve",
        "--set",
        "rules.file=" + file);
  }

  @Test
  void check_saysWhetherAServerCouldStart(@TempDir Path directory) throws IOException {
    assertEquals(0, run("check"));
    Path rules = Files.writeString(directory.resolve("rules.yaml"), "\n\nno-such: 1\n");
    assertEquals(2, run("check", "--set", "rules.file=" + rules));
    assertTrue(err.toString().startsWith(rules + ":3: no-such: unknown key"), err.toString());
  }

  @Test
  void token_isMade_andCheckedAsTheServerDoes(@TempDir Path directory) throws IOException {
    Path secret = Files.writeString(directory.resolve("secret"), "k1=" + "s".repeat(40) + "\n");
    String file = "--secret-file=" + secret;
    assertEquals(
        0, run("token", file, "--viewer=ann", "--role=streamer", "--room=r1", "--valid=1h"));
    String made = out.toString().strip();
    assertEquals(0, run("token", file, "--check", made), err::toString);
    String[] asksMore = {"token", file, "--set=auth.audience=live", "--check", made};
    assertEquals(1, run(asksMore));
    assertTrue(err.toString().startsWith("refused: JWT missing required aud"), err.toString());
    Path other = Files.writeString(directory.resolve("other"), "o".repeat(40));
    assertEquals(1, run("token", "--secret-file=" + other, "--check", made));
    assertTrue(err.toString().contains("not signed by a key of ours"), err.toString());
    assertEquals(2, run("token", file, "--viewer=a b"));
    assertEquals(2, run("token", file, "--viewer=a", "--role=root"));
    assertEquals(2, run("token", file, "--viewer=a", "--valid=never"));
  }

  @Test
  void unknownOption_isOneLine() {
    assertToldInOneLine(
        "Unknown option: '--port'; see 'java -jar barrage.jar serve --help'", "serve", "--port");
  }

  @ParameterizedTest
  @ValueSource(strings = {"help", "--help"})
  void help_namesTheCommands_andHowTheyAreRun(String help) {
    assertEquals(0, run(help));
    assertTrue(out.toString().startsWith("Usage: java -jar barrage.jar "), out.toString());
    for (String command : List.of("serve", "load", "replay", "verify", "audit", "token", "check")) {
      assertTrue(out.toString().contains("\n  " + command + " "), out.toString());
    }
  }

  @Test
  void help_ofACommand_isOfThatOne() {
    assertEquals(0, run("help", "audit"));
    assertTrue(out.toString().startsWith("Usage: java -jar barrage.jar audit "), out.toString());
  }

  @Test
  void portThatIsTaken_isOneLine_withWhatToDo(@TempDir Path directory) throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      assertEquals(
          1,
          run(
              "--set",
              "server.host=127.0.0.1",
              "--set",
              "server.port=" + port,
              "--set",
              "redis.embedded.dir=" + directory));
      assertTrue(
          err.toString()
              .strip()
              .matches(
                  "cannot listen on 127\\.0\\.0\\.1:"
                      + port
                      + ": .*already in use; --set server\\.port=N takes another"),
          err.toString());
    }
  }
}
