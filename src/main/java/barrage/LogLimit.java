package barrage;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * Bounds what may be logged at INFO and above, whoever logs it: so many lines of one kind in a
 * minute, a kind being a logger and the text of its message before values are put in. So nobody
 * fills a disk by asking again and again for what ends in an error. How many lines were left out is
 * told when the minute is over and the next line of that kind comes.
 *
 * <p>Part of {@code logback.xml}, and safe for any thread.
 */
public final class LogLimit extends TurboFilter {
  static final int LINES_A_MINUTE = 30;
  private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** There are fewer kinds of lines in the program, unless a library puts values into its texts. */
  private static final int MAX_KINDS = 1_000;

  private final LongSupplier nanoTime;
  private final ConcurrentHashMap<Kind, Minute> minutes = new ConcurrentHashMap<>();

  /** Made by Logback. */
  public LogLimit() {
    this(System::nanoTime);
  }

  LogLimit(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  private record Kind(String logger, String text) {}

  @Override
  public FilterReply decide(
      @Nullable Marker marker,
      Logger logger,
      Level level,
      @Nullable String format,
      Object @Nullable [] params,
      @Nullable Throwable thrown) {
    // Without a text a caller only asks whether the level is on.
    if (format == null || level.levelInt < Level.INFO_INT || !isOn(logger, level)) {
      return FilterReply.NEUTRAL;
    }
    if (minutes.size() >= MAX_KINDS) {
      minutes.clear();
    }
    long now = nanoTime.getAsLong();
    Minute minute =
        minutes.computeIfAbsent(new Kind(logger.getName(), format), kind -> new Minute(now));
    int before = minute.beginIfOver(now);
    if (before > 0) {
      logger.warn("{} lines such as the next were left out", before);
    }
    return minute.take() ? FilterReply.NEUTRAL : FilterReply.DENY;
  }

  private static boolean isOn(Logger logger, Level level) {
    return level.isGreaterOrEqual(logger.getEffectiveLevel());
  }

  /** How many lines of one kind there were in a minute. */
  private static final class Minute {
    private long sinceNanos;
    private int lines;

    Minute(long nowNanos) {
      sinceNanos = nowNanos;
    }

    /** Begins the next one when this one is over, and returns how many lines it had left out. */
    synchronized int beginIfOver(long nowNanos) {
      if (nowNanos - sinceNanos < MINUTE_NANOS) {
        return 0;
      }
      int leftOut = lines - LINES_A_MINUTE;
      sinceNanos = nowNanos;
      lines = 0;
      return leftOut;
    }

    synchronized boolean take() {
      lines++;
      return lines <= LINES_A_MINUTE;
    }
  }
}
