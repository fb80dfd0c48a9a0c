package barrage.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Joins JSON that is written already, without reading it: how one frame is made of many events. Not
 * for text that is not JSON yet. Not safe for several threads.
 */
public final class Splice {
  private byte[] bytes;
  private int length;

  /**
   * @param capacity bytes expected; more is taken as needed
   */
  public Splice(int capacity) {
    bytes = new byte[capacity];
  }

  /** Appends ASCII as it is. */
  public Splice ascii(String text) {
    return json(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Appends an integer. */
  public Splice number(long value) {
    return ascii(Long.toString(value));
  }

  /** Appends UTF-8 as it is. */
  public Splice json(byte[] utf8) {
    ensure(utf8.length);
    System.arraycopy(utf8, 0, bytes, length, utf8.length);
    length += utf8.length;
    return this;
  }

  /** Appends an element of an array or object, with a comma before it unless it is the first. */
  public Splice element(byte[] utf8) {
    comma();
    return json(utf8);
  }

  /** Appends a comma unless an array or object has just begun. */
  public Splice comma() {
    byte last = bytes[length - 1];
    if (last != '[' && last != '{') {
      ensure(1);
      bytes[length++] = ',';
    }
    return this;
  }

  /** Appends the fields of a JSON object and its closing brace. */
  public Splice fields(byte[] object) {
    int more = object.length - 1;
    ensure(more);
    System.arraycopy(object, 1, bytes, length, more);
    length += more;
    return this;
  }

  /** A JSON object with its kind before its own fields. */
  public static byte[] ofKind(String kind, byte[] object) {
    Splice whole = new Splice(object.length + 32);
    return whole.ascii("{\"kind\":\"" + kind + "\",").fields(object).toBytes();
  }

  /** Takes back the last byte, such as a closing brace. */
  public Splice dropLast() {
    length--;
    return this;
  }

  /** What was joined. */
  public byte[] toBytes() {
    return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
  }

  private void ensure(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }
}
