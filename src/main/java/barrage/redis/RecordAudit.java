package barrage.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Names each record of a room that the server could not read, whatever it says: those that agree
 * with others are checked elsewhere. What changes meanwhile is written whole, so it does not matter
 * when it is read.
 */
final class RecordAudit {
  /** The same as the digest of ids.lua. */
  private static final int DIGEST_BYTES = 12;

  private static final Pattern NUMBER = Pattern.compile("-?\\d{1,16}");
  private static final Pattern COUNT = Pattern.compile("\\d{1,16}");
  private static final Pattern TWO = Pattern.compile("\\d+ \\d+");
  private static final Pattern THREE = Pattern.compile("\\d+ \\d+ \\d+");
  private static final Pattern ID = Pattern.compile("\\S+");
  private static final Pattern OFFER =
      Pattern.compile("[A-Z]{3}( \\d+){12}\\n\\{.*\\}", Pattern.DOTALL);
  private static final Pattern STANDING = Pattern.compile("(scheduled|open|ended) \\S+( \\d+){9,}");
  private static final Pattern RAFFLE =
      Pattern.compile("\\S+ \\S+( \\d+){9}\\n\\{.*\\}", Pattern.DOTALL);
  private static final Pattern LOTTERY =
      Pattern.compile("(open|locked|drawn|cancelled) \\d+ \\S+\\n(\\[.*\\])?", Pattern.DOTALL);
  private static final Pattern ORDER =
      Pattern.compile(
          "\\S+ \\d+ \\d+ \\S+ (reserved|paid|expired|cancelled|refunded|refund_due) \\d+ \\d+ \\d+"
              + " -?\\d+ -?\\d+ \\d+ \\d+ \\d+ \\d+ \\d+ \\S+( \\d+)?\\n.*",
          Pattern.DOTALL);

  /** A kind, maybe one of a later release, and the id of one of it. */
  private static final Pattern THING = Pattern.compile("[a-z]{1,20} [A-Za-z0-9_.:-]{1,64}");

  private static final Map<String, Pattern> SETTINGS =
      Map.of(
          "slowModeMs", COUNT,
          "membersOnly", Pattern.compile("true|false"),
          "minTier", Pattern.compile("regular|silver|gold|diamond"),
          "silenced", Pattern.compile("true|false"));

  private static final List<String> HEAD =
      List.of("epoch", "rev", "seq", "likes", "danmaku", "online", "boost", "boostUntil");

  private final PagedReader reader;
  private final Keys keys;
  private final Consumer<String> faults;

  RecordAudit(PagedReader reader, Keys keys, Consumer<String> faults) {
    this.reader = reader;
    this.keys = keys;
    this.faults = faults;
  }

  void check() {
    checkHead();
    reader.hash(
        keys.settings(),
        (name, value) -> check("setting", name, value, SETTINGS.getOrDefault(name, NUMBER)));
    reader.hash(keys.mutes(), (viewer, value) -> check("mute", viewer, value, NUMBER));
    reader.hash(keys.watch(), (viewer, value) -> check("watch", viewer, value, TWO));
    reader.hash(keys.online(), (node, value) -> check("presence", node, value, TWO));
    reader.hash(
        keys.carry(),
        (field, value) -> check("carry", field, value, field.contains("|order ") ? THREE : NUMBER));
    reader.hash(keys.lastOrders(), (viewer, value) -> check("last order", viewer, value, ID));
    reader.hash(keys.lotteryTaps(), (viewer, value) -> check("taps", viewer, value, COUNT));
    reader.hash(keys.grants(), this::checkGrant);
    reader.hash(keys.offers(), (sale, value) -> checkTerms("offer", sale, value, OFFER));
    reader.hash(keys.sales(), (sale, value) -> check("sale", sale, value, STANDING));
    reader.hash(keys.orders(), (order, value) -> check("order", order, value, ORDER));
    reader.hash(keys.raffles(), (lottery, value) -> checkTerms("raffle", lottery, value, RAFFLE));
    reader.hash(keys.lotteries(), (lottery, value) -> check("lottery", lottery, value, LOTTERY));
    reader.set(keys.active(), each -> checkName("active", each, THING));
    reader.sortedSet(keys.deadlines(), each -> checkName("deadline", each, THING));
    reader.sortedSet(
        keys.passedOver(), each -> faults.accept(each + ": is due and cannot be settled"));
    checkHistory();
    checkStream();
  }

  private void checkHead() {
    List<byte @Nullable []> head = reader.fields(keys.head(), HEAD);
    for (int i = 0; i < HEAD.size(); i++) {
      byte @Nullable [] value = head.get(i);
      if (value != null) {
        check("head", HEAD.get(i), value, COUNT);
      }
    }
  }

  private void checkGrant(String ref, byte[] value) {
    try {
      byte[] outcome = Arrays.copyOfRange(value, DIGEST_BYTES, value.length);
      var unused = Outcomes.read(outcome);
    } catch (IllegalArgumentException | IndexOutOfBoundsException | NoSuchElementException e) {
      damaged("grant", ref);
    }
  }

  private void checkTerms(String kind, String id, byte[] value, Pattern pattern) {
    String text = PagedReader.text(value);
    if (!pattern.matcher(text).matches() || !isJsonOf(id, text)) {
      damaged(kind, id);
    }
  }

  private static boolean isJsonOf(String id, String terms) {
    byte[] json = PagedReader.bytes(terms.substring(terms.indexOf('\n') + 1));
    try {
      return JsonMapper.shared()
          .readTree(new String(json, UTF_8))
          .path("id")
          .asString("")
          .equals(id);
    } catch (JacksonException e) {
      return false;
    }
  }

  private void check(String kind, String id, byte[] value, Pattern pattern) {
    if (!pattern.matcher(PagedReader.text(value)).matches()) {
      damaged(kind, id);
    }
  }

  private void checkName(String kind, String name, Pattern pattern) {
    if (!pattern.matcher(name).matches()) {
      damaged(kind, name);
    }
  }

  private void damaged(String kind, String id) {
    faults.accept(kind + " " + id + " cannot be read");
  }

  private void checkHistory() {
    reader.list(
        keys.history(),
        (index, element) -> {
          if (CommitRecord.element(1, element) == null) {
            damaged("history", "element " + index);
          }
        });
  }

  private void checkStream() {
    reader.stream(
        keys.stream(),
        (id, record) -> {
          try {
            var unused = CommitRecord.read(record);
          } catch (IllegalArgumentException | NoSuchElementException e) {
            damaged("commit", id);
          }
        });
  }
}
