package barrage.redis;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What an audit reads of a line of {@link Keys#ledger}. */
record LedgerLine(long points, long growth) {
  /** Of what an order earned, and of what its refund took back, by the order's id. */
  static final String ORDER = "order ";

  static final String REFUND = "refund ";

  /** Of what entering a lottery cost, and of what its end gave back, by the lottery's id. */
  static final String LOTTERY = "lottery ";

  static final String LOTTERY_REFUND = "lottery.refund ";

  static final LedgerLine NOTHING = new LedgerLine(0, 0);

  private static final Pattern WORDS = Pattern.compile("\\d+ (-?\\d{1,16}) (-?\\d{1,16}) \\d+ ");

  /** Which lottery a line is about; {@code null} when it is about something else. */
  static @Nullable String lotteryOf(String field) {
    for (String start : List.of(LOTTERY, LOTTERY_REFUND)) {
      if (field.startsWith(start)) {
        return field.substring(start.length());
      }
    }
    return null;
  }

  /** Empty when it is damaged. */
  static Optional<LedgerLine> read(byte[] line) {
    Matcher words = WORDS.matcher(PagedReader.text(line));
    return words.lookingAt()
        ? Optional.of(
            new LedgerLine(Long.parseLong(words.group(1)), Long.parseLong(words.group(2))))
        : Optional.empty();
  }

  /** Nothing when there is none, or it is damaged, which is told where ledgers are summed. */
  static LedgerLine orNothing(byte @Nullable [] line) {
    return line == null ? NOTHING : read(line).orElse(NOTHING);
  }

  LedgerLine plus(LedgerLine other) {
    return new LedgerLine(points + other.points, growth + other.growth);
  }
}
