package barrage.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Objects;

/**
 * Reads what a script wrote: words, each ended by one space, one line feed or the end, and raw
 * bytes whose length was the word before them.
 */
final class Words {
  private final byte[] source;
  private int at;

  Words(byte[] source) {
    this.source = source;
  }

  String word() {
    int from = at;
    int to = endOfWord();
    return new String(source, from, to - from, UTF_8);
  }

  long number() {
    int from = at;
    int to = endOfWord();
    boolean negative = from < to && source[from] == '-';
    long value = 0;
    for (int i = negative ? from + 1 : from; i < to; i++) {
      int digit = source[i] - '0';
      if (digit < 0 || digit > 9) {
        throw new IllegalArgumentException("not a number");
      }
      value = value * 10 + digit;
    }
    return negative ? -value : value;
  }

  int count() {
    return Math.toIntExact(number());
  }

  boolean flag() {
    return word().equals("true");
  }

  byte octet() {
    return source[at++];
  }

  byte[] bytes(int length) {
    int from = at;
    at = Objects.checkFromIndexSize(from, length, source.length) + length;
    return Arrays.copyOfRange(source, from, at);
  }

  /** All that is left. */
  String rest() {
    return new String(source, at, source.length - at, UTF_8);
  }

  /** The same as bytes. */
  byte[] restBytes() {
    return Arrays.copyOfRange(source, at, source.length);
  }

  private int endOfWord() {
    int end = at;
    while (end < source.length && source[end] != ' ' && source[end] != '\n') {
      end++;
    }
    at = end + 1;
    return end;
  }
}
