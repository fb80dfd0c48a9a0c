package barrage.outside;

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
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
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

  private int dialling;
  private int welcomed;

  Flock() throws IOException {}

  /** Where who is told to go comes back to, and when. */
  private ServerProcess next;

  private String lastWords;

  private final PriorityQueue<Move> moves =
      new PriorityQueue<>(Comparator.comparingLong(Move::atNanos));

  private int resumed;

  /** Who comes, and where; {@code query} is empty or says {@code ?since=…}. */
  record Ticket(ServerProcess server, String room, String jwt, String query) {
    Ticket(ServerProcess server, String room, String jwt) {
      this(server, room, jwt, "");
    }
  }

  private record Move(long atNanos, Ticket ticket) {}

  /** One connection. */
  final class Bird {
    final Ticket ticket;
    private final SocketChannel channel;
    private final SelectionKey key;
    private byte[] unread = {};
    private byte[] unsent = {};
    private boolean upgraded;
    boolean isWelcome;
    private String since = "";
    boolean isGone;
    private boolean isCounted;

    private Bird(Ticket ticket) throws IOException {
      this.ticket = ticket;
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
                      .formatted(ticket.room, ticket.query, ticket.server.uri().getAuthority())
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
      if (text[9] == 'e' && text[10] == 'v') {
        return;
      }
      JsonNode message = JsonMapper.shared().readTree(text);
      switch (message.path("type").asString()) {
        case "welcome" -> {
          isWelcome = true;
          welcomed++;
          resumed += message.path("resumed").asBoolean() ? 1 : 0;
          since = "?since=" + message.path("epoch").asLong() + ":" + message.path("seq").asLong();
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
                new Ticket(next, ticket.room, ticket.jwt, since)));
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
      Bird bird = new Bird(ticket);
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

  private void poll(int ms) throws IOException {
    for (Move first = moves.peek();
        first != null && first.atNanos - System.nanoTime() <= 0 && dialling < MAX_DIALLING;
        first = moves.peek()) {
      birds.add(new Bird(moves.remove().ticket));
    }
    selector.select(key -> ((Bird) key.attachment()).onReady(), ms);
  }

  /** Hears and says what there is until something holds. */
  void await(String what, Duration patience, BooleanSupplier holds) throws IOException {
    long until = System.nanoTime() + patience.toNanos();
    while (!holds.getAsBoolean()) {
      poll(1);
      if (System.nanoTime() - until > 0) {
        throw new AssertionError(what + " did not come to be; " + this);
      }
    }
  }

  @Override
  public String toString() {
    return welcomed + " of " + birds.size() + " welcome, answers " + answers + ", closes " + closes;
  }

  @Override
  public void close() throws IOException {
    birds.forEach(Bird::close);
    selector.close();
  }
}
