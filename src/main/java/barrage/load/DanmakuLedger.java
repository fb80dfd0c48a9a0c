package barrage.load;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Every danmaku of a run: when it was due, what its sender was answered and under which number the
 * room heard of it. It carries its own number in its text, so whoever hears it knows which one it
 * is. 28 bytes each, for hours of them. Safe for any thread.
 */
final class DanmakuLedger {
  private static final int CHUNK = 1 << 14;
  private static final long PENDING = 0;
  private static final long REFUSED = -1;
  private static final long NOT_KEPT = -2;
  private static final long UNKNOWN = -3;

  private final String prefix;
  private final int length;

  /** Numbers under which a danmaku was heard that had another one; as each loop hears it, a set. */
  private final Set<Long> second = ConcurrentHashMap.newKeySet();

  private final Set<Integer> altered = ConcurrentHashMap.newKeySet();
  private final AtomicLong newest = new AtomicLong();
  private volatile long lost;
  private volatile Chunk[] chunks = new Chunk[0];
  private int count; // Guarded by this.

  /**
   * What became of them.
   *
   * @param unanswered requests without an answer, whatever was tried
   * @param unheard numbers that were answered and that nobody heard of
   * @param untrue refused, and heard all the same
   * @param altered heard with another sender or number than was answered
   * @param doubled heard under two numbers, or a number was answered twice
   */
  record Findings(
      long said,
      long kept,
      long unanswered,
      List<Long> unheard,
      long untrue,
      long altered,
      long doubled) {

    /** What was promised and not kept, unheard numbers aside; a line each. */
    List<String> broken() {
      List<String> broken = new ArrayList<>();
      tell(broken, unanswered, "danmaku were never answered");
      tell(broken, untrue, "danmaku were refused and said all the same");
      tell(broken, altered, "danmaku have another number or sender than they were answered");
      tell(broken, doubled, "danmaku took effect twice, or share their number with another");
      return broken;
    }

    private static void tell(List<String> broken, long count, String what) {
      if (count > 0) {
        broken.add(count + " " + what);
      }
    }
  }

  private static final class Chunk {
    final AtomicLongArray due = new AtomicLongArray(CHUNK);
    final AtomicLongArray answered = new AtomicLongArray(CHUNK);
    final AtomicLongArray heard = new AtomicLongArray(CHUNK);
    final AtomicIntegerArray sender = new AtomicIntegerArray(CHUNK);
  }

  /**
   * @param run tells its danmaku from those of other runs: letters and digits, up to 7
   * @param length of a danmaku in characters; more where its number needs more
   */
  DanmakuLedger(String run, int length) {
    prefix = "#" + run + "x";
    this.length = length;
  }

  /**
   * One more.
   *
   * @return its number
   */
  synchronized int add(int sender, long dueNanos) {
    int number = count++;
    if (number / CHUNK == chunks.length) {
      Chunk[] more = Arrays.copyOf(chunks, chunks.length + 1);
      more[chunks.length] = new Chunk();
      chunks = more;
    }
    Chunk chunk = chunks[number / CHUNK];
    chunk.due.set(number % CHUNK, dueNanos);
    chunk.sender.set(number % CHUNK, sender);
    return number;
  }

  String text(int number) {
    StringBuilder text = new StringBuilder(length).append(prefix).append(number);
    return text.length() >= length
        ? text.toString()
        : text.append(' ').append("哈".repeat(length - text.length())).toString().strip();
  }

  /** Which one this text is; -1 for what others say. */
  int number(String text) {
    if (!text.startsWith(prefix)) {
      return -1;
    }
    int number = 0;
    int at = prefix.length();
    while (at < text.length() && Character.digit(text.charAt(at), 10) >= 0 && number < 1 << 27) {
      number = number * 10 + Character.digit(text.charAt(at++), 10);
    }
    return at > prefix.length() && number < chunks.length * CHUNK ? number : -1;
  }

  long dueNanos(int number) {
    return chunks[number / CHUNK].due.get(number % CHUNK);
  }

  /**
   * @param seq 0 for one that was not kept
   */
  void onOk(int number, long seq) {
    answer(number, seq == 0 ? NOT_KEPT : seq);
    newest.accumulateAndGet(seq, Math::max);
  }

  /** The highest number that was answered. */
  long newest() {
    return newest.get();
  }

  /** So many were looked for in the history and are not there. */
  void onLost(long count) {
    lost = count;
  }

  long lost() {
    return lost;
  }

  void onRefused(int number) {
    answer(number, REFUSED);
  }

  /** Answered in a way that leaves open whether it took effect. */
  void onUnknown(int number) {
    answer(number, UNKNOWN);
  }

  private void answer(int number, long as) {
    chunks[number / CHUNK].answered.set(number % CHUNK, as);
  }

  /** A room's watcher heard of it; as often as one likes. */
  void onHeard(int number, int sender, long seq) {
    Chunk chunk = chunks[number / CHUNK];
    if (chunk.sender.get(number % CHUNK) != sender) {
      altered.add(number);
    }
    long before = chunk.heard.compareAndExchange(number % CHUNK, 0, seq);
    if (before != 0 && before != seq) {
      second.add(seq);
    }
  }

  /** What became of them all, at the end. */
  synchronized Findings findings() {
    long kept = 0;
    long unanswered = 0;
    long untrue = 0;
    List<Long> unheard = new ArrayList<>();
    long[] numbers = new long[count];
    for (int i = 0; i < count; i++) {
      Chunk chunk = chunks[i / CHUNK];
      long answered = chunk.answered.get(i % CHUNK);
      long heard = chunk.heard.get(i % CHUNK);
      unanswered += answered == PENDING ? 1 : 0;
      untrue += answered == REFUSED && heard != 0 ? 1 : 0;
      if (answered > 0) {
        numbers[(int) kept++] = answered;
        if (heard == 0) {
          unheard.add(answered);
        } else if (heard != answered) {
          altered.add(i);
        }
      }
    }
    Arrays.sort(numbers, 0, (int) kept);
    long twice = second.size();
    for (int i = 1; i < kept; i++) {
      twice += numbers[i] == numbers[i - 1] ? 1 : 0;
    }
    return new Findings(count, kept, unanswered, unheard, untrue, altered.size(), twice);
  }
}
