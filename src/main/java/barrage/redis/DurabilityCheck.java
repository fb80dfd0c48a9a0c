package barrage.redis;

import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says in the log what a Redis that somebody else set up may lose of what was answered. */
final class DurabilityCheck {
  private static final Logger log = LoggerFactory.getLogger(DurabilityCheck.class);

  private DurabilityCheck() {}

  static void warn(RedisLink link) {
    expect(link, "appendonly", "yes", "a restart of Redis loses what was answered");
    expect(link, "appendfsync", "always", "a crash of Redis can lose what was just answered");
    expect(link, "maxmemory-policy", "noeviction", "Redis may drop balances when memory is short");
  }

  private static void expect(RedisLink link, String setting, String strong, String danger) {
    link.send(
            Keys.ANYWHERE,
            redis -> redis.configGet(setting),
            (Map<String, String> found) -> {
              String value = found.get(setting);
              if (value != null && !value.equals(strong)) {
                log.warn("Redis has {} {} instead of {}: {}", setting, value, strong, danger);
              }
              return true;
            })
        .exceptionally(
            fault -> {
              log.info("Redis does not tell its {}", setting);
              return false;
            });
  }
}
