package barrage.pages;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the server says to pages. */
final class ServerSays {
  private ServerSays() {}

  static Map<String, Object> welcome(Map<String, ?> fields) {
    Map<String, Object> welcome = new HashMap<>();
    welcome.put("type", "welcome");
    welcome.put("room", "demo");
    welcome.put("viewer", null);
    welcome.put("epoch", 7);
    welcome.put("seq", 100);
    welcome.put("resumed", false);
    welcome.put("serverTime", System.currentTimeMillis());
    welcome.put("heartbeatMs", 25_000);
    welcome.put("online", 1_284);
    welcome.put("likes", 0);
    welcome.put("settings", settings(0, false));
    welcome.put("tiers", TIERS);
    for (String list : new String[] {"lotteries", "sales", "orders", "recent"}) {
      welcome.put(list, List.of());
    }
    welcome.putAll(fields);
    return welcome;
  }

  private static final List<Map<String, Object>> TIERS =
      List.of(
          tier("regular", 0, 1, 0, 1),
          tier("silver", 500, 1.2, 2_000, 2 / 3.0),
          tier("gold", 2_000, 1.4, 5_000, 1 / 3.0),
          tier("diamond", 10_000, 2, 10_000, 0));

  private static Map<String, Object> tier(
      String name, long growth, double pointsFactor, long earlyAccessMs, double slowModeFactor) {
    return Map.of(
        "tier", name,
        "growth", growth,
        "pointsFactor", pointsFactor,
        "earlyAccessMs", earlyAccessMs,
        "slowModeFactor", slowModeFactor);
  }

  static Map<String, Object> settings(long slowModeMs, boolean membersOnly) {
    return Map.of(
        "slowModeMs",
        slowModeMs,
        "membersOnly",
        membersOnly,
        "minTier",
        "regular",
        "silenced",
        false);
  }

  static Map<String, Object> me() {
    return Map.of(
        "id", "ann", "name", "Ann", "role", "viewer", "tier", "regular", "points", 86, "growth",
        120);
  }

  static Map<String, Object> events(long seq, Object... events) {
    return Map.of("type", "events", "seq", seq, "events", Arrays.asList(events));
  }

  static Map<String, Object> ok(Map<?, ?> request, Map<String, ?> fields) {
    Map<String, Object> ok = new HashMap<>(fields);
    ok.put("type", "ok");
    ok.put("id", request.get("id"));
    return ok;
  }

  static Map<String, Object> error(Map<?, ?> request, String code, Integer retryAfterMs) {
    Map<String, Object> error = new HashMap<>();
    error.put("type", "error");
    error.put("id", request.get("id"));
    error.put("code", code);
    error.put("message", code);
    if (retryAfterMs != null) {
      error.put("retryAfterMs", retryAfterMs);
    }
    return error;
  }
}
