package barrage.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.Kinds;
import java.util.LinkedHashSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Lua allows 200 locals in one function, and a script that has more does not compile: there is to
 * be room for what comes. Files are indented, so what stands at the beginning of a line is a local
 * of its file.
 */
final class ScriptLocalsTest {
  private static final int MOST = 120;

  @Test
  void noFunctionOfAScript_isNearTheLimitOfLua() {
    Modules modules = new Modules(Kinds.ALL);
    Stream.of(
            Script.COMMIT,
            modules.commit(new LinkedHashSet<>(Kinds.ALL.kinds())),
            modules.open(),
            modules.ask(Kinds.ALL.kinds().get(0)),
            Script.SHOW,
            Script.ORDERS,
            Script.FIGURES,
            Script.DUE)
        .forEach(ScriptLocalsTest::check);
  }

  private static void check(Script script) {
    int outer = 0;
    int inPart = 0;
    boolean part = false;
    for (String line : new String(script.body(), UTF_8).lines().toList()) {
      if (line.equals("do local function part()")) {
        part = true;
        inPart = 0;
      } else if (line.equals("end part() end")) {
        part = false;
      } else if (line.startsWith("local ")) {
        String declared = line.substring("local ".length()).split("=|--", 2)[0];
        int names = line.startsWith("local function") ? 1 : declared.split(",").length;
        outer += part ? 0 : names;
        inPart += part ? names : 0;
      }
      assertTrue(outer <= MOST && inPart <= MOST, outer + " and " + inPart + " locals: " + line);
    }
  }
}
