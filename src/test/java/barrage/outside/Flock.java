package barrage.outside;

import barrage.Patience;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Thousands of viewers on one thread, the caller's: of what they are told only what is for one
 * viewer alone is read. Who is told to go, or is closed, comes back as a good client does.
 */
final class Flock implements AutoCloseable {
  private static final int MAX_DIALLING = 1_000;
  private static final byte[] SEQ = "\"seq\":".getBytes(StandardCharsets.US_ASCII);
  private static final int TEXT = 1;
  private static final int CLOSE = 8;

  /** Each has ports of its own, so that thousands may come twice. */
  private static final int SOURCE_ADDRESSES = 8;

  /** Not everybody talks to everybody. */
  static final int ONE_IN = 20;

  private final Selector selector = Selector.open();
  private final ByteBuffer in = ByteBuffer.allocate(1 << 20);
  private final List<Bird> birds = new ArrayList<>();

  /** Answers by what they say: {@code ok}, or the code of an error. */
  final Map<String, Integer> answers = new TreeMap<>();

  /** Closes by their code; 1006 without one. */
  final Map<Integer, Integer> closes = new TreeMap<>();

  /** What {@code goaway} said, milliseconds. */
  final List<Long> goaways = new ArrayList<>();

  /** What {@code busy} said, milliseconds, in the order in which it came. */
  final List<Long> retries = new ArrayList<>();

  private final boolean attentive;
  private int dialling;
  private int welcomed;

  Flock() throws IOException {
    this(false);
  }

  /**
   * @param attentive reads what is for everybody too, and finds faults in it
   */
  Flock(boolean attentive) throws IOException {
    this.attentive = attentive;
  }

  /** Where who is told to go comes back to, and when. */
  private ServerProcess next;

  private String lastWords;

  private final PriorityQueue<Move> moves =
      new PriorityQueue<>(Comparator.comparingLong(Move::atNanos));

  private int resumed;

  private boolean stubborn;

  /** Faults in what was heard, by what they are. */
  final Map<String, Integer> faults = new TreeMap<>();

  /** Who comes, and where. */
  record Ticket(ServerProcess server, String room, String jwt) {}

  private record Move(long atNanos, Ticket ticket, Story story) {}

  /** What one viewer has heard of a room, over all connections after each other. */
  private final class Story {
    private long epoch;
    private long seq;
    private int tries;

    /** The newest connection; one that is about to go may still talk. */
    private Bird teller;

    private String query() {
      return epoch == 0 ? "" : "?since=" + epoch + ":" + seq;
    }

    private void onWelcome(JsonNode welcome) {
      tries = 0;
      long from = welcome.path("seq").asLong();
      if (welcome.path("resumed").asBoolean()) {
        resumed++;
        check(from == seq, "resumed elsewhere");
      } else {
        check(epoch == 0, "not resumed");
      }
      epoch = welcome.path("epoch").asLong();
      seq = from;
    }

    /** First what it covers, then what it holds; a quote within a text would be escaped. */
    private void onEvents(byte[] frame) {
      long covered = -1;
      for (int at = indexOfSeq(frame, 0); at >= 0; at = indexOfSeq(frame, at)) {
        long number = 0;
        for (; frame[at] >= '0' && frame[at] <= '9'; at++) {
          number = 10 * number + frame[at] - '0';
        }
        if (covered < 0) {
          covered = number;
        } else {
          check(number == ++seq, "a number missed or repeated");
        }
      }
      check(covered == seq, "numbers covered and not sent");
    }

    /** Where the digits of the next {@code "seq":} begin; -1 when there is none. */
    private static int indexOfSeq(byte[] frame, int from) {
      for (int i = from; i + SEQ.length < frame.length; i++) {
        if (frame[i] == '"' && Arrays.equals(frame, i, i + SEQ.length, SEQ, 0, SEQ.length)) {
          return i + SEQ.length;
        }
      }
      return -1;
    }

    private void check(boolean holds, String otherwise) {
      if (!holds) {
        faults.merge(otherwise, 1, Integer::sum);
      }
    }

    /** Full jitter, as the protocol asks for. */
    private long pauseMs() {
      return ThreadLocalRandom.current().nextLong(Math.min(5_000, 500L << Math.min(tries++, 10)));
    }
  }

  /** One connection. */
  final class Bird {
    final Ticket ticket;
    private final SocketChannel channel;
    private final SelectionKey key;
    private byte[] unread = {};
    private byte[] unsent = {};
    private boolean upgraded;
    boolean isWelcome;
    private final Story story;
    boolean isGone;
    private boolean isCounted;

    private Bird(Ticket ticket, Story story) throws IOException {
      this.ticket = ticket;
      this.story = story;
      story.teller = this;
      channel = SocketChannel.open();
      channel.configureBlocking(false);
      byte[] source = {127, 0, 0, (byte) (1 + birds.size() % SOURCE_ADDRESSES)};
      channel.bind(new InetSocketAddress(InetAddress.getByAddress(source), 0));
      channel.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), ticket.server.uri().getPort()));
      key = channel.register(selector, SelectionKey.OP_CONNECT, this);
      dialling++;
    }

    /** Says something; a connection that is gone says nothing. */
    void send(String json) throws IOException {
      byte[] text = json.getBytes(StandardCharsets.UTF_8);
      ByteBuffer frame = ByteBuffer.allocate(text.length + 8);
      frame.put((byte) (0x80 | TEXT));
      if (text.length < 126) {
        frame.put((byte) (0x80 | text.length));
      } else {
        frame.put((byte) (0x80 | 126)).putShort((short) text.length);
      }
      write(frame.putInt(0).put(text).flip()); // masked with zeros: it stays as it is
    }

    private void write(ByteBuffer bytes) throws IOException {
      if (isGone) {
        return;
      }
      ByteBuffer all = ByteBuffer.allocate(unsent.length + bytes.remaining());
      all.put(unsent).put(bytes).flip();
      channel.write(all);
      unsent = new byte[all.remaining()];
      all.get(unsent);
      key.interestOps(SelectionKey.OP_READ | (unsent.length > 0 ? SelectionKey.OP_WRITE : 0));
    }

    private void onReady() {
      try {
        if (key.isConnectable()) {
          channel.finishConnect();
          String bearer = ticket.jwt == null ? "" : "Authorization: Bearer " + ticket.jwt + "\r\n";
          String upgrade =
              "GET /rooms/%s/ws%s HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\n"
                      .formatted(ticket.room, story.query(), ticket.server.uri().getAuthority())
                  + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                  + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                  + bearer
                  + "\r\n";
          write(ByteBuffer.wrap(upgrade.getBytes(StandardCharsets.US_ASCII)));
        } else {
          if (key.isWritable()) {
            write(ByteBuffer.allocate(0));
          }
          read();
        }
      } catch (IOException e) {
        gone(1006);
      }
    }

    private void read() throws IOException {
      in.clear().put(unread);
      if (channel.read(in) < 0) {
        gone(1006);
        return;
      }
      in.flip();
      if (!upgraded) {
        upgraded = skipHead();
      }
      while (upgraded && !isGone && frame()) {}
      unread = new byte[in.remaining()];
      in.get(unread);
    }

    private boolean skipHead() throws IOException {
      String head = StandardCharsets.ISO_8859_1.decode(in.duplicate()).toString();
      int end = head.indexOf("\r\n\r\n");
      if (end >= 0 && !head.startsWith("HTTP/1.1 101")) {
        throw new IOException(head.substring(0, end));
      }
      in.position(in.position() + (end < 0 ? 0 : end + 4));
      return end >= 0;
    }

    /** Takes one frame, if it is whole. */
    private boolean frame() throws IOException {
      ByteBuffer look = in.duplicate();
      if (look.remaining() < 2) {
        return false;
      }
      int opcode = look.get() & 0x0f;
      int size = look.get() & 0x7f;
      if (size >= 126) {
        int bytes = size == 126 ? 2 : 8;
        if (look.remaining() < bytes) {
          return false;
        }
        size = size == 126 ? look.getShort() & 0xffff : (int) look.getLong();
      }
      if (look.remaining() < size) {
        return false;
      }
      if (opcode == CLOSE) {
        gone(size < 2 ? 1006 : look.getShort() & 0xffff);
      } else if (opcode == TEXT) {
        byte[] text = new byte[size];
        look.duplicate().get(text);
        onText(text);
      }
      in.position(look.position() + (opcode == CLOSE ? 0 : size));
      return true;
    }

    private void onText(byte[] text) throws IOException {
      // {"type":"events",… is for everybody, and most of what comes.
      boolean isEvents = text[9] == 'e' && text[10] == 'v';
      if (isEvents) {
        if (attentive && story.teller == this) {
          story.onEvents(text);
        }
        return;
      }
      JsonNode message = JsonMapper.shared().readTree(text);
      switch (message.path("type").asString()) {
        case "welcome" -> {
          isWelcome = true;
          welcomed++;
          story.onWelcome(message);
          arrived();
        }
        case "ok" -> answers.merge("ok", 1, Integer::sum);
        case "error" -> {
          answers.merge(message.path("code").asString(), 1, Integer::sum);
          if (message.has("retryAfterMs")) {
            retries.add(message.path("retryAfterMs").asLong());
          }
        }
        case "goaway" -> onGoaway(message.path("reconnectAfterMs").asLong());
        default -> {}
      }
    }

    private void onGoaway(long afterMs) throws IOException {
      goaways.add(afterMs);
      if (lastWords != null && goaways.size() % ONE_IN == 0) {
        send(lastWords);
      }
      if (next != null) {
        moves.add(
            new Move(
                System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(afterMs),
                new Ticket(next, ticket.room, ticket.jwt),
                story));
      }
    }

    private void arrived() {
      if (!isCounted) {
        isCounted = true;
        dialling--;
      }
    }

    private void gone(int code) {
      if (!isGone) {
        arrived();
        isGone = true;
        welcomed -= isWelcome ? 1 : 0;
        closes.merge(code, 1, Integer::sum);
        close();
        if (stubborn) {
          long inMs = story.pauseMs();
          moves.add(
              new Move(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(inMs), ticket, story));
        }
      }
    }

    private void close() {
      try {
        channel.close();
      } catch (IOException e) {
        // It is gone either way.
      }
    }
  }

  /** Connects them, a thousand at once; {@link #await} lets them go on. */
  List<Bird> come(List<Ticket> tickets) throws IOException {
    List<Bird> came = new ArrayList<>();
    for (Ticket ticket : tickets) {
      while (dialling >= MAX_DIALLING) {
        poll(1);
      }
      Bird bird = new Bird(ticket, new Story());
      birds.add(bird);
      came.add(bird);
    }
    return came;
  }

  /** How many are welcome now. */
  int welcomed() {
    return welcomed;
  }

  /** How many answers there were. */
  int answered() {
    return answers.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** How many came back to where they were. */
  int resumed() {
    return resumed;
  }

  /**
   * From now on who is told to go comes back when told.
   *
   * @param words said by one in {@link #ONE_IN} in answer to {@code goaway}
   */
  void goOnTo(ServerProcess server, String words) {
    next = server;
    lastWords = words;
  }

  /** From now on who is cut off comes back to the same place until that is possible. */
  void comeBack() {
    stubborn = true;
  }

  /** The least that any viewer who is welcome has heard of. */
  long heardByAll() {
    return birds.stream()
        .filter(bird -> bird.isWelcome && !bird.isGone)
        .mapToLong(bird -> bird.story.seq)
        .min()
        .orElse(0);
  }

  private void poll(int ms) throws IOException {
    for (Move first = moves.peek();
        first != null && first.atNanos - System.nanoTime() <= 0 && dialling < MAX_DIALLING;
        first = moves.peek()) {
      Move move = moves.remove();
      birds.add(new Bird(move.ticket, move.story));
    }
    selector.select(key -> ((Bird) key.attachment()).onReady(), ms);
  }

  /** Hears and says what there is until something holds. */
  void await(String what, Duration patience, BooleanSupplier holds) throws IOException {
    long began = System.nanoTime();
    Duration bound = patience;
    while (!holds.getAsBoolean()) {
      poll(1);
      long tookNanos = System.nanoTime() - began;
      if (tookNanos > bound.toNanos() && bound.equals(patience)) {
        bound = Patience.soon(patience); // On a quiet machine it is the same.
      }
      if (tookNanos > bound.toNanos()) {
        throw new AssertionError(what + " did not come to be; " + this);
      }
    }
  }

  @Override
  public String toString() {
    return welcomed
        + " of "
        + birds.size()
        + " welcome, answers "
        + answers
        + ", closes "
        + closes
        + ", faults "
        + faults;
  }

  @Override
  public void close() throws IOException {
    birds.forEach(Bird::close);
    selector.close();
  }
}
