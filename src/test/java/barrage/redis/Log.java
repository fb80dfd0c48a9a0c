package barrage.redis;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** What a log says from here on. */
final class Log implements AutoCloseable {
  private final Logger logger;
  private final List<String> said = new CopyOnWriteArrayList<>();
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          said.add(event.getFormattedMessage());
        }
      };

  Log(Class<?> of) {
    this(of.getName());
  }

  /**
   * @param name a class or a package
   */
  Log(String name) {
    logger = (Logger) LoggerFactory.getLogger(name);
    appender.start();
    logger.addAppender(appender);
  }

  List<String> said() {
    return said;
  }

  @Override
  public String toString() {
    return String.join(System.lineSeparator(), said);
  }

  @Override
  public void close() {
    logger.detachAppender(appender);
  }
}
