package barrage.redis;

import barrage.core.Order;
import barrage.core.Outcome;
import barrage.core.Reason;
import barrage.core.Refusal;
import barrage.core.Role;
import barrage.core.Standing;
import barrage.core.Tier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads outcomes as commit.lua writes and remembers them. */
final class Outcomes {
  private Outcomes() {}

  static Outcome read(byte[] source) {
    Words words = new Words(source);
    return switch (words.word()) {
      case "done" -> Outcome.Done.DONE;
      case "said" -> new Outcome.Said(words.number());
      case "stands" -> stands(words, Map.of());
      case "joins" -> joins(words);
      case "told" -> new Outcome.Told(words.restBytes());
      case "boosted" -> new Outcome.Boosted(words.count(), words.number());
      case "muted" -> new Outcome.Muted(words.number());
      case "settled" -> new Outcome.Settled(CommitRecord.settings(words));
      case "sale" -> new Outcome.Sale(words.restBytes());
      case "ordered" -> new Outcome.Ordered(OrderWords.read(words));
      case "lottery" -> new Outcome.Lottery(words.restBytes());
      case "entered" -> new Outcome.Entered(words.count(), words.number());
      case "refused" -> refused(words);
      default -> throw new IllegalArgumentException("unknown outcome");
    };
  }

  private static Outcome joins(Words words) {
    Map<String, byte[]> mine = new HashMap<>();
    for (int left = words.count(); left > 0; left--) {
      mine.put(words.word() + ' ' + words.word(), words.bytes(words.count()));
    }
    words.word(); // stands
    return stands(words, mine);
  }

  private static Outcome stands(Words words, Map<String, byte[]> mine) {
    Tier tier = Tier.at(words.count());
    Standing standing = new Standing(tier, words.number(), words.number(), words.number());
    List<Order> orders = new ArrayList<>();
    for (int left = words.count(); left > 0; left--) {
      orders.add(OrderWords.read(words));
    }
    Set<String> entered = new HashSet<>();
    for (int left = words.count(); left > 0; left--) {
      entered.add(words.word());
    }
    Role role = Role.fromWire(words.word()).orElse(Role.VIEWER);
    return new Outcome.Stands(words.rest(), role, standing, orders, entered, mine);
  }

  private static Outcome refused(Words words) {
    Reason reason = Reason.fromWire(words.word()).orElseThrow();
    long retryAfterMs = words.number();
    long opensAtMs = words.number();
    return new Outcome.Refused(new Refusal(reason, reason.message(), retryAfterMs, opensAtMs));
  }
}
