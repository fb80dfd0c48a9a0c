package barrage.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * All that clients asked and were told in one room, what they heard of it, how its sales looked
 * meanwhile, and how it stands in the end, when every request has been repeated until it was
 * answered.
 */
public record History(
    List<Attempt> attempts, List<Stream> streams, List<Sample> samples, Outcome outcome) {

  /** Writes all of it down, a line each, for who wants to know how something came to be. */
  void writeTo(Path file) throws IOException {
    List<String> lines = new ArrayList<>();
    attempts.forEach(attempt -> lines.add(attempt + " in epoch " + attempt.epoch()));
    for (Stream stream : streams) {
      lines.add(
          "%s in epoch %d from %d, shed %d, live %s"
              .formatted(
                  stream.client(), stream.epoch(), stream.from(), stream.shed(), stream.isLive()));
      stream.events().forEach(event -> lines.add("  " + event.json()));
    }
    lines.add("in the end: epoch " + outcome.epoch() + ", orders and story");
    outcome.orders().forEach((id, order) -> lines.add(id + " " + order));
    outcome.story().forEach(event -> lines.add(event.json()));
    outcome.things().forEach(thing -> lines.add(thing.toString()));
    Files.write(file, lines);
  }

  /** What a request asks for. */
  public sealed interface Act {
    /** What it is called where acts are counted. */
    default String label() {
      return getClass().getSimpleName();
    }
  }

  /** A danmaku; its text is said by no other request. */
  public record Say(String text) implements Act {}

  public record Buy(String sale, int quantity) implements Act {}

  public record Cancel(String order) implements Act {}

  public record Enter(String lottery) implements Act {}

  public record Pay(String order, String ref) implements Act {}

  public record Refund(String order, String ref) implements Act {}

  public record Grant(String viewer, long delta, String ref) implements Act {}

  /**
   * What a viewer asks of a thing of some kind of interaction.
   *
   * @param type of the message
   * @param fields of the message, beside the one that names the thing and is called as the kind
   */
  public record Ask(String kind, String type, String thing, Map<String, ?> fields) implements Act {
    @Override
    public String label() {
      return type;
    }
  }

  /** How an attempt ended. */
  public enum End {
    OK,
    /** Whatever else was said, it had no effect. */
    REFUSED,
    /** No answer, {@code unavailable} or {@code busy}; or a danmaku that was shown, not kept. */
    UNKNOWN
  }

  /**
   * One sending of a request.
   *
   * @param sender with the id, what makes it the same request
   * @param answer with {@code OK}: the number of a danmaku, the id of an order, else all of it, of
   *     an {@link Ask} as JSON; with {@code REFUSED} the code
   * @param epoch that its sender knew of when it was answered; 0 when they hear of none
   */
  public record Attempt(
      String sender,
      String id,
      Act act,
      String node,
      long invokedMs,
      long endedMs,
      End end,
      String answer,
      long epoch) {

    /** The answer to a danmaku that this node's viewers were shown and nobody else. */
    public static final String NOT_KEPT = "seq null";

    String request() {
      return sender + " " + id;
    }

    @Override
    public String toString() {
      return "%,d–%,d ms  %s at %s: %s %s → %s %s"
          .formatted(invokedMs, endedMs, sender, node, id, act, end, answer);
    }
  }

  /**
   * What one client was told from a snapshot on, resumes included.
   *
   * @param from the number of the snapshot
   * @param shed how many it was told it was not sent
   * @param isLive whether it still listened in the end
   */
  public record Stream(
      String client, long epoch, long from, List<Event> events, long shed, boolean isLive) {}

  /**
   * A numbered event.
   *
   * @param atMs of a danmaku: when it was said, on the clock by which epochs are named, none of
   *     them being younger than what was said in it
   * @param speaker of a danmaku, else {@code null}
   * @param text of a danmaku, else {@code null}
   */
  public record Event(long seq, long atMs, String speaker, String text, String json) {}

  /** The books of a sale. */
  public record Books(long stock, long available, long reserved, long paid) {}

  /** The books of a sale as somebody was told them. */
  public record Sample(long atMs, String node, String sale, Books books) {}

  /**
   * How a room stands; all but the story and the things by id.
   *
   * @param losesLast whether what is no promise may be lost where an epoch begins
   * @param epoch the newest
   * @param epochs as far as they are known, though nobody may have heard of them
   * @param story every numbered event that is kept
   */
  public record Outcome(
      boolean losesLast,
      long epoch,
      Set<Long> epochs,
      long seq,
      List<Event> story,
      Map<String, Books> sales,
      Map<String, Order> orders,
      Map<String, Lottery> lotteries,
      List<Thing> things,
      Map<String, Account> accounts) {}

  public record Order(String sale, String viewer, int quantity, long amountCents, String status) {}

  /**
   * @param entrants all who are in its proof; {@code null} when it was cancelled
   */
  public record Lottery(long cost, Set<String> entrants) {
    boolean isCancelled() {
      return entrants == null;
    }
  }

  /**
   * A thing of some kind of interaction.
   *
   * @param begun as the streamer was told who began it
   * @param isCancelled whether the streamer was granted that
   * @param stands what each node answers when it is asked about it
   * @param views how each node shows it to all who come; empty when it has been over for long
   * @param proof {@code null} when none is published
   */
  public record Thing(
      String kind,
      JsonNode begun,
      boolean isCancelled,
      List<JsonNode> stands,
      List<JsonNode> views,
      JsonNode proof) {
    String id() {
      return begun.path("id").asString();
    }
  }

  public record Account(long points, List<Line> ledger) {}

  public record Line(String reason, String ref, long delta) {}
}
