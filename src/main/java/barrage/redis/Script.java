package barrage.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** A Lua script and the digest Redis knows it by. */
record Script(byte[] body, String sha1) {
  private static final String ALONE = "alone ";

  private static final String[] COMMIT_FILES = {
    "unreadable",
    "int",
    "setting",
    "sale",
    "order",
    "lottery",
    "ledger_lines",
    "epoch",
    "format",
    "commit/call",
    "commit/hash",
    "commit/room",
    "commit/keep",
    "commit/ids",
    "commit/figures",
    "commit/viewers",
    "commit/points",
    "commit/deadlines",
    "commit/lotteries",
    "commit/settings",
    alone("commit/danmaku"),
    alone("commit/likes"),
    alone("commit/watch"),
    alone("commit/presence"),
    "commit/sales",
    "commit/purchases",
    "commit/orders",
    alone("commit/join")
  };

  /** {@code commit/call.lua} documents its arguments. Without any activity. */
  static final Script COMMIT = of(text(COMMIT_FILES) + "local K\n" + text("commit/run"));

  /**
   * The same with modules.
   *
   * @param modules each adds itself to the kernel
   */
  static Script commit(List<String> modules) {
    return of(
        text(COMMIT_FILES)
            + text("activity/commit")
            + String.join("", modules)
            + text("commit/run"));
  }

  /** {@code open.lua}, with modules. */
  static Script open(List<String> modules) {
    return of(
        text("unreadable", "epoch", "int", "setting", "sale", "lottery", "format", "activity/read")
            + String.join("", modules)
            + text("open"));
  }

  /** {@code activity/ask.lua}, with modules. */
  static Script ask(List<String> modules) {
    return of(text("int", "activity/read") + String.join("", modules) + text("activity/ask"));
  }

  static final Script SHOW = load("unreadable", "int", "sale", "lottery", "show");
  static final Script HEAD = load("head");
  static final Script FIELD = load("field");
  static final Script PAGE = load("page");
  static final Script ORDERS = load("unreadable", "int", "sale", "order", "orders");
  static final Script LEDGER = load("int", "ledger_lines", "ledger");
  static final Script FIGURES = load("unreadable", "int", "sale", "lottery", "figures");
  static final Script DUE = load("unreadable", "int", "sale", "order", "due");
  static final Script FORGET_TIMED = load("forget_timed");
  static final Script HASH = load("hash");
  static final Script HISTORY = load("history");
  static final Script COMMITS_AFTER = load("commits_after");
  static final Script AUDIT_LEDGERS = load("audit_ledgers");
  static final Script AUDIT_SALE = load("audit_sale");

  /** A file whose locals those after it do not use: Lua allows 200 at a time. */
  private static String alone(String name) {
    return ALONE + name;
  }

  /** One script of some files, in this order: what one declares, those after it may use. */
  private static Script load(String... names) {
    return of(text(names));
  }

  private static Script of(String text) {
    byte[] body = text.getBytes(UTF_8);
    return new Script(body, sha1(body));
  }

  /** Files of {@code lua/}, joined. */
  static String text(String... names) {
    StringBuilder joined = new StringBuilder();
    for (String each : names) {
      boolean alone = each.startsWith(ALONE);
      String path = "/lua/" + (alone ? each.substring(ALONE.length()) : each) + ".lua";
      try (InputStream in = Script.class.getResourceAsStream(path)) {
        if (in == null) {
          throw new IllegalStateException("no resource " + path);
        }
        String file = new String(in.readAllBytes(), UTF_8);
        joined.append(alone ? "do\n" + file + "\nend\n" : file + '\n');
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return joined.toString();
  }

  private static String sha1(byte[] body) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(body));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-1", e);
    }
  }
}
