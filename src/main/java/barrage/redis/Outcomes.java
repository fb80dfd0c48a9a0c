package barrage.redis;

import barrage.core.Outcome;
import barrage.core.Reason;
import barrage.core.Refusal;
import barrage.core.Role;
import barrage.core.Standing;
import barrage.core.Tier;

/** Reads outcomes as commit.lua writes and remembers them. */
final class Outcomes {
  private Outcomes() {}

  static Outcome read(byte[] source) {
    Words words = new Words(source);
    return switch (words.word()) {
      case "done" -> Outcome.Done.DONE;
      case "said" -> new Outcome.Said(words.number());
      case "stands" -> stands(words);
      case "boosted" -> new Outcome.Boosted(words.count(), words.number());
      case "muted" -> new Outcome.Muted(words.number());
      case "settled" -> new Outcome.Settled(CommitRecord.settings(words));
      case "refused" -> refused(words);
      default -> throw new IllegalArgumentException("unknown outcome");
    };
  }

  private static Outcome stands(Words words) {
    Tier tier = Tier.at(words.count());
    Standing standing = new Standing(tier, words.number(), words.number(), words.number());
    Role role = Role.fromWire(words.word()).orElse(Role.VIEWER);
    return new Outcome.Stands(words.rest(), role, standing);
  }

  private static Outcome refused(Words words) {
    Reason reason = Reason.fromWire(words.word()).orElseThrow();
    long retryAfterMs = words.number();
    return new Outcome.Refused(
        retryAfterMs > 0 ? Refusal.retryAfter(reason, retryAfterMs) : Refusal.of(reason));
  }
}
