package barrage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is logged again and again is logged so many times a minute. */
final class LogLimitTest {
  private final AtomicLong nanoTime = new AtomicLong();
  private final LoggerContext context = new LoggerContext();
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Logger log = context.getLogger("store");

  @BeforeEach
  void begin() {
    context.addTurboFilter(new LogLimit(nanoTime::get));
    lines.start();
    context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(lines);
    log.setLevel(Level.INFO);
  }

  @Test
  void linesOfOneKind_areSoManyAMinute_whateverTheirValues() {
    for (int i = 0; i < 1_000; i++) {
      log.error("command {} failed", i);
    }
    assertEquals(LogLimit.LINES_A_MINUTE, lines.list.size());
    log.warn("something else");
    context.getLogger("gateway").error("command {} failed", 1);
    assertEquals(LogLimit.LINES_A_MINUTE + 2, lines.list.size());
  }

  @Test
  void whatWasLeftOut_isToldWithTheNextMinutesFirst() {
    for (int i = 0; i < 100; i++) {
      log.error("failed");
    }
    lines.list.clear();
    nanoTime.addAndGet(TimeUnit.MINUTES.toNanos(1));
    log.error("failed");
    log.error("failed");
    assertEquals(
        List.of("70 lines such as the next were left out", "failed", "failed"),
        lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList());
  }

  @Test
  void kindsWithoutEnd_takeABoundedPlace() {
    for (int i = 0; i < 10_000; i++) {
      log.info("text " + i);
    }
    assertEquals(10_000, lines.list.size());
    assertTrue(log.isInfoEnabled());
  }
}
