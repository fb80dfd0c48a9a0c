package barrage.redis;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;

/**
 * The day that caps count in and the buckets that ids are remembered in. Redis knows no time zone
 * and scripts build no key names, so a call brings them, with the time for which they are right.
 *
 * @param day yyyy-MM-dd
 * @param fromMs the first millisecond
 * @param toMs the one after the last
 */
record Period(ZoneId zone, String day, long saidBucket, long allBucket, long fromMs, long toMs) {

  static Period at(long nowMs, ZoneId zone) {
    LocalDate day = LocalDate.ofInstant(Instant.ofEpochMilli(nowMs), zone);
    long said = Math.floorDiv(nowMs, Keys.SAID_BUCKET_MS);
    long all = Math.floorDiv(nowMs, Keys.ALL_BUCKET_MS);
    long from =
        Math.max(
            startMs(day, zone), Math.max(said * Keys.SAID_BUCKET_MS, all * Keys.ALL_BUCKET_MS));
    long to =
        Math.min(
            startMs(day.plusDays(1), zone),
            Math.min((said + 1) * Keys.SAID_BUCKET_MS, (all + 1) * Keys.ALL_BUCKET_MS));
    return new Period(zone, day.toString(), said, all, from, to);
  }

  boolean covers(long nowMs, ZoneId ofZone) {
    return fromMs <= nowMs && nowMs < toMs && zone.equals(ofZone);
  }

  private static long startMs(LocalDate day, ZoneId zone) {
    return day.atStartOfDay(zone).toInstant().toEpochMilli();
  }
}
