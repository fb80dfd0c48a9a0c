package barrage.redis;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A Lua script and the digest Redis knows it by. */
record Script(byte[] body, String sha1) {

  /** {@code commit/call.lua} documents its arguments. */
  static final Script COMMIT =
      load(
          "int",
          "sale",
          "order",
          "lottery",
          "epoch",
          "commit/call",
          "commit/hash",
          "commit/room",
          "commit/ids",
          "commit/figures",
          "commit/viewers",
          "commit/points",
          "commit/deadlines",
          "commit/lotteries",
          "commit/settings",
          "commit/danmaku",
          "commit/likes",
          "commit/watch",
          "commit/presence",
          "commit/sales",
          "commit/purchases",
          "commit/orders",
          "commit/join",
          "commit/run");

  static final Script OPEN = load("epoch", "int", "sale", "lottery", "open");
  static final Script SHOW = load("int", "sale", "lottery", "show");
  static final Script ORDERS = load("int", "sale", "order", "orders");
  static final Script FIGURES = load("int", "sale", "lottery", "figures");
  static final Script DUE = load("int", "sale", "order", "due");
  static final Script FORGET_TIMED = load("forget_timed");
  static final Script HISTORY = load("history");
  static final Script COMMITS_AFTER = load("commits_after");
  static final Script AUDIT_LEDGERS = load("audit_ledgers");
  static final Script AUDIT_SALE = load("audit_sale");

  /** One script of some files, in this order: what one declares, those after it may use. */
  private static Script load(String... names) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (String name : names) {
      String path = "/lua/" + name + ".lua";
      try (InputStream in = Script.class.getResourceAsStream(path)) {
        if (in == null) {
          throw new IllegalStateException("no resource " + path);
        }
        in.transferTo(joined);
        joined.write('\n');
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    byte[] body = joined.toByteArray();
    return new Script(body, sha1(body));
  }

  private static String sha1(byte[] body) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(body));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-1", e);
    }
  }
}
