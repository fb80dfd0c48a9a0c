package barrage.bench;

import java.util.Arrays;
import java.util.Locale;

/** How messages of a server begin that are not simply counted. */
enum Kind {
  WELCOME,
  RESYNC,
  ERROR;

  private final byte[] prefix =
      Frames.ascii("{\"type\":\"" + name().toLowerCase(Locale.ROOT) + "\"");

  boolean is(byte[] bytes, int from, int to) {
    int end = Math.min(to, from + prefix.length);
    return Arrays.equals(bytes, from, end, prefix, 0, prefix.length);
  }
}
