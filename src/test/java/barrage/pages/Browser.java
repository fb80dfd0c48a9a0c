package barrage.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import barrage.Patience;
import barrage.TemporaryFolder;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Level;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/**
 * A headless Chromium with nothing in its storage. Uses the browser and the driver of this machine
 * and downloads nothing. Where they are missing the test is skipped, but fails where {@code
 * CI=true} or {@code -Dbarrage.browser.required=true} says that they must be there.
 *
 * <p>Closing it fails the test when the page wrote an error to the console that {@link
 * #expectConsoleErrors} does not explain. The process stays for the next test, which gets a tab of
 * its own, and ends with this JVM: to start one takes longer than most tests. For one thread.
 */
public final class Browser implements AutoCloseable {
  public static final Dimension PHONE = new Dimension(390, 844);
  public static final Dimension DESKTOP = new Dimension(1280, 800);
  public static final Dimension DESK = new Dimension(1440, 900);
  public static final Dimension TABLET = new Dimension(820, 1180);

  private static final Duration PATIENCE = Patience.OF_TESTS;
  private static final Path SCREENSHOTS = Path.of("target", "screenshots");

  private static final Queue<Process> AT_REST = new ConcurrentLinkedQueue<>();

  private final Process process;
  private final ChromeDriver driver;
  private Pattern expectedErrors = Pattern.compile("(?!)");

  private Browser(Process process) {
    this.process = process;
    this.driver = process.driver;
  }

  /**
   * Takes one that is at rest, or starts one.
   *
   * @param language as browsers send it, such as {@code zh-CN}
   */
  public static Browser start(Dimension size, String language) {
    Process process = AT_REST.poll();
    Browser browser = new Browser(process == null ? Process.start() : process);
    browser.driver.executeCdpCommand(
        "Emulation.setUserAgentOverride",
        Map.of("userAgent", browser.process.userAgent, "acceptLanguage", language));
    browser.resize(size);
    return browser;
  }

  private record Process(ChromeDriver driver, TemporaryFolder profile, String userAgent) {
    static Process start() {
      File chromium = needed("chromium", "chromium-browser", "google-chrome");
      File chromedriver = needed("chromedriver");
      TemporaryFolder profile = TemporaryFolder.create("barrage-browser");
      LoggingPreferences logs = new LoggingPreferences();
      logs.enable(LogType.BROWSER, Level.SEVERE);
      ChromeOptions options = new ChromeOptions();
      options.setBinary(chromium);
      options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
      options.addArguments(
          "--headless=new",
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--disable-dev-shm-usage",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync",
          "--user-data-dir=" + profile.path());
      ChromeDriverService service =
          new ChromeDriverService.Builder()
              .usingDriverExecutable(chromedriver)
              .usingAnyFreePort()
              .build();
      ChromeDriver driver = new ChromeDriver(service, options);
      String userAgent = (String) driver.executeScript("return navigator.userAgent");
      Process process = new Process(driver, profile, userAgent);
      Runtime.getRuntime().addShutdownHook(new Thread(process::end));
      return process;
    }

    private void end() {
      driver.quit();
      profile.close();
    }

    /** In a new tab, which has no session, no emulation and no connection of the one before. */
    void rest() {
      driver.executeCdpCommand("Network.clearBrowserCookies", Map.of());
      driver.executeScript("if (location.protocol.startsWith('http')) localStorage.clear()");
      String used = driver.getWindowHandle();
      String fresh = driver.switchTo().newWindow(WindowType.TAB).getWindowHandle();
      driver.switchTo().window(used).close();
      driver.switchTo().window(fresh);
      var unused = driver.manage().logs().get(LogType.BROWSER); // What the old tab said last.
      AT_REST.add(this);
    }
  }

  private static File needed(String... names) {
    Optional<File> found = Stream.of(names).flatMap(Browser::onPath).findFirst();
    if (found.isEmpty()) {
      String missing = "There is no " + names[0] + " on the PATH.";
      if ("true".equals(System.getenv("CI")) || Boolean.getBoolean("barrage.browser.required")) {
        fail(missing);
      }
      Assumptions.abort(missing + " Tests of the pages are skipped.");
    }
    return found.orElseThrow();
  }

  private static Stream<File> onPath(String name) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .map(directory -> new File(directory, name))
        .filter(File::canExecute);
  }

  /** The size of the page itself, in CSS pixels; phones get two device pixels for each. */
  public void resize(Dimension size) {
    boolean isPhone = size.width < 600;
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of(
            "width",
            size.width,
            "height",
            size.height,
            "deviceScaleFactor",
            isPhone ? 2 : 1,
            "mobile",
            isPhone));
  }

  /** As a viewer who prefers less motion. */
  public void reduceMotion() {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
  }

  public void open(String url) {
    driver.get(url);
  }

  public String url() {
    return driver.getCurrentUrl();
  }

  public void reload() {
    driver.navigate().refresh();
  }

  /** Runs the body of a function; elements and {@code arguments} as Selenium has them. */
  public Object run(String script, Object... arguments) {
    return driver.executeScript(script, arguments);
  }

  /** Lets the page's clock, though not its timers, jump ahead, so that nobody has to wait. */
  public void passTime(Duration time) {
    run("const now = Date.now; Date.now = () => now() + arguments[0]", time.toMillis());
  }

  /** Waits until an expression of the page is true. */
  public void await(String expression, Object... arguments) {
    try {
      Awaitility.await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(50))
          .ignoreExceptions()
          .until(() -> Boolean.TRUE.equals(run("return Boolean(" + expression + ")", arguments)));
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(
          "Never true: "
              + expression
              + "\nThe page says:\n"
              + text("body")
              + "\n"
              + consoleErrors(),
          e);
    }
  }

  /** Waits until an element holds this text somewhere. */
  public void awaitText(String css, String text) {
    await("document.querySelector(arguments[0])?.textContent.includes(arguments[1])", css, text);
  }

  public WebElement find(String css) {
    return driver.findElement(By.cssSelector(css));
  }

  /** What can be read there, as a viewer sees it. */
  public String text(String css) {
    return find(css).getText();
  }

  /** The text of each element. */
  public List<String> texts(String css) {
    return ((List<?>)
            run(
                "return [...document.querySelectorAll(arguments[0])].map((e) => e.textContent)",
                css))
        .stream().map(String::valueOf).toList();
  }

  public void click(String css) {
    find(css).click();
  }

  /** Moves the mouse over it. */
  public void hover(String css) {
    new Actions(driver).moveToElement(find(css)).perform();
  }

  /** Types into the field, after what it holds. */
  public void type(String css, CharSequence... keys) {
    find(css).sendKeys(keys);
  }

  /** From now on console errors that the pattern finds are no surprise. */
  public void expectConsoleErrors(String regex) {
    expectedErrors = Pattern.compile(regex);
  }

  /** Errors since the last call, without the expected ones. */
  public List<String> consoleErrors() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .map(LogEntry::getMessage)
        .filter(message -> !expectedErrors.matcher(message).find())
        .toList();
  }

  /** Saves what is to be seen as {@code target/screenshots/<name>.png}. */
  public void screenshot(String name) {
    try {
      Files.createDirectories(SCREENSHOTS);
      Files.write(SCREENSHOTS.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    List<String> errors = consoleErrors();
    process.rest();
    assertEquals(List.of(), errors, "errors on the page's console");
  }
}
