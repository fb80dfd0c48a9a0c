package barrage.bench;

import java.nio.ByteBuffer;

/**
 * What is sent again and again, each time with another number, which makes its id, and with the
 * instant at which it was due. Whoever receives the instant, a viewer of the danmaku or who is
 * answered under the id, knows how late it is.
 */
final class Message {
  /** Before an instant; nowhere else in what servers send. */
  static final byte MARK = '@';

  /** Digits of a number and of an instant: more than those of a phone number. */
  static final int DIGITS = 16;

  private static final int TEXT_LENGTH = 100;
  private static final String NUMBER = "#".repeat(DIGITS);
  private static final String INSTANT = "@" + "0".repeat(DIGITS);

  private final byte[] json;
  private final int number;
  private final int instant;

  private Message(String json) {
    this.json = Frames.ascii(json);
    this.number = json.indexOf(NUMBER);
    this.instant = json.indexOf(INSTANT) + 1;
  }

  /** A danmaku of 100 characters that holds its instant. */
  static Message danmaku() {
    String text = INSTANT + "x".repeat(TEXT_LENGTH - INSTANT.length());
    return new Message(
        "{\"type\":\"danmaku\",\"id\":\"" + NUMBER + "\",\"text\":\"" + text + "\"}");
  }

  /** A click on a sale; its id holds its instant. */
  static Message buy(String sale) {
    return new Message(
        "{\"type\":\"sale.buy\",\"id\":\""
            + INSTANT
            + "-"
            + NUMBER
            + "\",\"sale\":\""
            + sale
            + "\"}");
  }

  /** Appends it as a frame. */
  void put(ByteBuffer out, long nextNumber, long dueUs) {
    digits(number, nextNumber);
    digits(instant, dueUs);
    Frames.putMasked(out, Frames.TEXT, json);
  }

  int length() {
    return json.length;
  }

  private void digits(int at, long value) {
    long left = value;
    for (int i = at + DIGITS - 1; i >= at; i--) {
      json[i] = (byte) ('0' + left % 10);
      left /= 10;
    }
  }
}
