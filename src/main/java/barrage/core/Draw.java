package barrage.core;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/**
 * The draw of a lottery: from a seed that was committed to at the opening and the list of entries
 * that was announced at the lock, so that anyone can compute it again.
 */
public final class Draw {
  /** Bytes of a seed. */
  public static final int SEED_BYTES = 32;

  private Draw() {}

  /** One entry: a viewer and a weight, frozen when the viewer entered. */
  public record Ticket(ViewerId viewer, int weight) {}

  /** Several prizes of one name. */
  public record Prize(String name, int count) {}

  /** Who won which prize. */
  public record Winner(ViewerId viewer, String prize) {}

  /** What is published at the opening: hex SHA-256 of the seed. */
  public static String commitment(byte[] seed) {
    return hex(sha256(seed));
  }

  /**
   * What is drawn from: the lottery's id, then a line for each ticket by the bytes of its viewer's
   * id.
   */
  public static String manifest(String lottery, List<Ticket> tickets) {
    // Ids are ASCII, so the order of chars is that of bytes.
    List<Ticket> sorted = new ArrayList<>(tickets);
    sorted.sort(Comparator.comparing(ticket -> ticket.viewer().value()));
    StringBuilder text = new StringBuilder(lottery).append('\n');
    for (Ticket ticket : sorted) {
      text.append(ticket.viewer().value()).append('\t').append(ticket.weight()).append('\n');
    }
    return text.toString();
  }

  /** What is announced at the lock: hex SHA-256 of the manifest. */
  public static String entriesHash(String manifest) {
    return hex(sha256(manifest.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * The tickets of a manifest, in its order.
   *
   * @throws IllegalArgumentException when it is not a manifest of this lottery, its lines are not
   *     sorted, or a viewer is in it twice
   */
  public static List<Ticket> tickets(String lottery, String manifest) {
    String[] lines = manifest.split("\n", -1);
    if (lines.length < 2 || !lines[0].equals(lottery) || !lines[lines.length - 1].isEmpty()) {
      throw new IllegalArgumentException("not a manifest of lottery " + lottery);
    }
    List<Ticket> tickets = new ArrayList<>(lines.length);
    String before = "";
    for (int i = 1; i < lines.length - 1; i++) {
      String line = lines[i];
      int tab = line.indexOf('\t');
      if (tab < 0 || !line.substring(tab + 1).matches("[1-9][0-9]{0,8}")) {
        throw new IllegalArgumentException("line " + (i + 1) + " of the manifest is not an entry");
      }
      String viewer = line.substring(0, tab);
      if (viewer.compareTo(before) <= 0) {
        throw new IllegalArgumentException("line " + (i + 1) + " of the manifest is out of order");
      }
      before = viewer;
      tickets.add(new Ticket(new ViewerId(viewer), Integer.parseInt(line.substring(tab + 1))));
    }
    return tickets;
  }

  /**
   * Draws.
   *
   * @param tickets in the manifest's order
   * @return a winner for each single prize, in the order of {@code prizes}, as long as there are
   *     tickets
   */
  public static List<Winner> winners(
      byte[] seed, String manifest, List<Ticket> tickets, List<Prize> prizes) {
    RandomWords words = new RandomWords(seed, sha256(manifest.getBytes(StandardCharsets.UTF_8)));
    List<Ticket> in = new ArrayList<>(tickets);
    long weight = in.stream().mapToLong(Ticket::weight).sum();
    List<Winner> winners = new ArrayList<>();
    for (Prize prize : prizes) {
      for (int i = 0; i < prize.count() && !in.isEmpty(); i++) {
        Ticket won = in.remove(indexAt(in, words.below(weight)));
        weight -= won.weight();
        winners.add(new Winner(won.viewer(), prize.name()));
      }
    }
    return winners;
  }

  /** The first ticket at which the running sum of weights exceeds {@code t}. */
  private static int indexAt(List<Ticket> in, long t) {
    long sum = 0;
    for (int i = 0; i < in.size(); i++) {
      sum += in.get(i).weight();
      if (sum > t) {
        return i;
      }
    }
    throw new IllegalStateException("t is not below the sum of weights");
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
