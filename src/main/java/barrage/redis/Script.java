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

  private static final String PART = "part ";

  private static final String[] COMMIT_FILES = {
    "kernel/unreadable",
    "kernel/int",
    "kernel/setting",
    "kernel/ledger_lines",
    "kernel/epoch",
    "kernel/format",
    "kernel/call",
    "kernel/hash",
    "kernel/room",
    "kernel/keep",
    "kernel/ids",
    "kernel/figures",
    "kernel/viewers",
    "kernel/points",
    "kernel/deadlines",
    part(
        "activity/sale/sale",
        "activity/sale/order",
        "activity/sale/sales",
        "activity/sale/purchases",
        "activity/sale/orders"),
    part("activity/lottery/lottery", "activity/lottery/lotteries"),
    "kernel/settings",
    part("kernel/danmaku"),
    part("kernel/likes"),
    part("kernel/watch"),
    part("kernel/presence"),
    part("kernel/join")
  };

  /** {@code kernel/call.lua} documents its arguments. Without any activity. */
  static final Script COMMIT = of(text(COMMIT_FILES) + "local K\n" + text("kernel/run"));

  /**
   * The same with modules.
   *
   * @param modules each adds itself to the kernel
   */
  static Script commit(List<String> modules) {
    return of(
        text(COMMIT_FILES)
            + text("kernel/modules")
            + String.join("", modules)
            + text("kernel/run"));
  }

  /** {@code open.lua}, with modules. */
  static Script open(List<String> modules) {
    return of(
        text(
                "kernel/unreadable",
                "kernel/epoch",
                "kernel/int",
                "kernel/setting",
                "activity/sale/sale",
                "activity/lottery/lottery",
                "kernel/format",
                "kernel/read")
            + String.join("", modules)
            + text("open"));
  }

  /** {@code kernel/ask.lua}, with modules. */
  static Script ask(List<String> modules) {
    return of(text("kernel/int", "kernel/read") + String.join("", modules) + text("kernel/ask"));
  }

  static final Script SHOW =
      load(
          "kernel/unreadable",
          "kernel/int",
          "activity/sale/sale",
          "activity/lottery/lottery",
          "show");
  static final Script HEAD = load("head");
  static final Script FIELD = load("field");
  static final Script PAGE = load("page");
  static final Script ORDERS =
      load(
          "kernel/unreadable", "kernel/int", "activity/sale/sale", "activity/sale/order", "orders");
  static final Script LEDGER = load("kernel/int", "kernel/ledger_lines", "ledger");
  static final Script FIGURES =
      load(
          "kernel/unreadable",
          "kernel/int",
          "activity/sale/sale",
          "activity/lottery/lottery",
          "figures");
  static final Script DUE =
      load("kernel/unreadable", "kernel/int", "activity/sale/sale", "activity/sale/order", "due");
  static final Script FORGET_TIMED = load("forget_timed");
  static final Script HASH = load("hash");
  static final Script HISTORY = load("history");
  static final Script COMMITS_AFTER = load("commits_after");
  static final Script AUDIT_LEDGERS = load("audit_ledgers");
  static final Script AUDIT_SALE = load("audit_sale");

  /**
   * Files whose locals those after them do not use. As a function of their own they have locals of
   * their own: Lua allows 200 in one.
   */
  private static String part(String... names) {
    return PART + String.join(" ", names);
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
      if (each.startsWith(PART)) {
        joined
            .append("do local function part()\n")
            .append(text(each.substring(PART.length()).split(" ")))
            .append("end part() end\n");
      } else {
        joined.append(file(each)).append('\n');
      }
    }
    return joined.toString();
  }

  private static String file(String name) {
    String path = "/lua/" + name + ".lua";
    try (InputStream in = Script.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + path);
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sha1(byte[] body) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(body));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-1", e);
    }
  }
}
