package barrage.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records in Redis that could not be read, because something else than this server wrote them.
 * Counts how often one was met, and names each in the log: once an hour, and of all of them so many
 * a minute. {@code audit} names all of them.
 *
 * <p>Safe for any thread.
 */
final class UnreadableRecords {
  private static final Logger LOG = LoggerFactory.getLogger(UnreadableRecords.class);

  private static final String ERROR = "UNREADABLE ";
  private static final long NAMED_AGAIN_MS = TimeUnit.HOURS.toMillis(1);
  private static final int NAMED_A_MINUTE = 20;
  private static final int MAX_REMEMBERED = 1_000;
  private static final int MAX_NAME_CHARS = 200;

  private final LongSupplier nowMs;
  private final LongAdder met = new LongAdder();

  /** By name, when it was named last; the oldest first. */
  private final Map<String, Long> named = new LinkedHashMap<>();

  private long minute = Long.MIN_VALUE;
  private int namedThisMinute;

  /**
   * @param nowMs any clock that goes on evenly
   */
  UnreadableRecords(LongSupplier nowMs) {
    this.nowMs = nowMs;
  }

  /** How often one was met. */
  long count() {
    return met.sum();
  }

  /**
   * One was met.
   *
   * @param field of a hash, member of a set, or empty when it is the whole key
   */
  void met(String key, String field) {
    met.increment();
    String name = printable(field.isEmpty() ? key : key + " " + field);
    if (isToBeNamed(name)) {
      LOG.error("Unreadable in Redis, and passed over: {}", name);
    }
  }

  /** The same of all that a script tells: {@code key, field, …}. */
  void met(List<?> keysAndFields) {
    for (int i = 0; i + 1 < keysAndFields.size(); i += 2) {
      met(text(keysAndFields.get(i)), text(keysAndFields.get(i + 1)));
    }
  }

  /**
   * The record that a script cannot go on without, as its error names it; {@code null} when it
   * failed for another reason.
   */
  static @Nullable String namedIn(String error) {
    int said = error.indexOf(ERROR);
    if (said < 0) {
      return null;
    }
    String name = error.substring(said + ERROR.length());
    int end = name.indexOf(" script:"); // which Redis adds from 7.0 on
    return end < 0 ? name : name.substring(0, end);
  }

  private static String text(Object bytes) {
    return new String((byte[]) bytes, ISO_8859_1);
  }

  private synchronized boolean isToBeNamed(String name) {
    long now = nowMs.getAsLong();
    Long before = named.get(name);
    if (before != null && now - before < NAMED_AGAIN_MS) {
      return false;
    }
    long thisMinute = Math.floorDiv(now, TimeUnit.MINUTES.toMillis(1));
    if (thisMinute != minute) {
      minute = thisMinute;
      namedThisMinute = 0;
    }
    if (namedThisMinute >= NAMED_A_MINUTE) {
      return false;
    }
    namedThisMinute++;
    named.remove(name);
    named.put(name, now);
    if (named.size() > MAX_REMEMBERED) {
      named.remove(named.keySet().iterator().next());
    }
    return true;
  }

  /** Whoever damaged it may have put anything there, line feeds included. */
  private static String printable(String name) {
    StringBuilder clean = new StringBuilder();
    for (int i = 0; i < Math.min(name.length(), MAX_NAME_CHARS); i++) {
      char c = name.charAt(i);
      clean.append(c >= ' ' && c < 127 ? c : '?');
    }
    return clean.toString();
  }
}
