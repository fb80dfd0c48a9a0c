package barrage.pages;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The tests of {@code src/test/resources/pages}, each reported under its own name. */
final class PageModulesTest {

  @TestFactory
  Stream<DynamicTest> modules() throws InterruptedException {
    List<?> results;
    try (PageServer server = new PageServer();
        Browser browser = Browser.start(Browser.DESKTOP, "en")) {
      // A test that fails may leave a refused promise behind; its own failure says more.
      browser.expectConsoleErrors(".*");
      browser.open(server.url("/tests/modules.html"));
      browser.await("window.results");
      results = (List<?>) browser.run("return window.results");
    }
    assertFalse(results.isEmpty());
    return results.stream()
        .map(result -> (Map<?, ?>) result)
        .map(
            result ->
                DynamicTest.dynamicTest(
                    (String) result.get("name"), () -> assertNull(result.get("problem"))));
  }
}
