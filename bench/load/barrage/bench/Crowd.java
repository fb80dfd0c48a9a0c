package barrage.bench;

import barrage.bench.Work.Span;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import org.HdrHistogram.Histogram;

/**
 * Many viewers of one server on one thread, which must be the caller's: they connect, say what they
 * are given to say when it is due, whether the server keeps up or not, and count what they hear.
 */
final class Crowd implements AutoCloseable {
  /** Sockets that may be connecting at once: fewer than fit into a listening queue. */
  private static final int MAX_DIALLING = 1_000;

  /** Each has 28,000 ports of its own, so that those of a storm before do not stand in the way. */
  private static final int SOURCE_ADDRESSES = 16;

  private static final long REDIAL_AFTER_US = 200_000;
  private static final long CONNECT_WITHIN_NS = TimeUnit.SECONDS.toNanos(60);

  /** Numbers make ids, so none comes twice from one run of a program. */
  private static long number;

  private final Served server;
  private final Selector selector;
  private final List<Viewer> viewers = new ArrayList<>();
  private final Peer.Scratch in = new Peer.Scratch();
  private final ByteBuffer out = ByteBuffer.allocateDirect(1 << 20);
  private final Marks marks = new Marks();

  /** What each asks for; a token takes long to sign, and serves as often as its viewer comes. */
  private final List<byte[]> upgrades = new ArrayList<>();

  private final Deque<Redial> again = new ArrayDeque<>();
  private int open;
  private long redials;
  private Histogram arrivedUs = Tally.histogram();
  private String goneWhy = "";

  /** Said again by whoever is answered; {@code null}: nothing is. */
  private Message refill;

  private Tally tally = Tally.ofNothing();

  Crowd(Served server) throws IOException {
    this.server = server;
    this.selector = Selector.open();
  }

  private static long nowUs() {
    return System.nanoTime() / 1_000;
  }

  int size() {
    return viewers.size();
  }

  // ---- connecting

  /**
   * How it went when everybody came at once.
   *
   * @param eachUs how long each took until greeted, from the first time it dialled
   * @param redials how often somebody was sent away and had to come again
   */
  record Arrival(double seconds, Histogram eachUs, long redials) {}

  /** Somebody who was sent away while connecting, and comes again at an instant. */
  private record Redial(int place, long sinceUs, long atUs) {}

  /** Lets viewers in, as fast as the server takes them; {@code room} is that of each. */
  Arrival connect(int count, IntFunction<String> room) throws IOException {
    int wanted = viewers.size() + count;
    while (upgrades.size() < wanted) {
      upgrades.add(server.upgrade(room.apply(upgrades.size()), upgrades.size()));
    }
    arrivedUs = Tally.histogram();
    redials = 0;
    long start = System.nanoTime();
    while (open < wanted) {
      for (Redial next = again.peek(); next != null && next.atUs <= nowUs(); next = again.peek()) {
        again.remove();
        redials++;
        viewers.set(next.place, dial(next.place, next.sinceUs));
      }
      while (viewers.size() < wanted && viewers.size() - open < MAX_DIALLING) {
        viewers.add(dial(viewers.size(), nowUs()));
      }
      poll(1);
      if (System.nanoTime() - start > CONNECT_WITHIN_NS) {
        throw new IOException(
            "only " + open + " of " + wanted + " viewers are in; the last left out: " + goneWhy);
      }
    }
    return new Arrival((System.nanoTime() - start) / 1e9, arrivedUs, redials);
  }

  private Viewer dial(int place, long sinceUs) throws IOException {
    SocketChannel channel = SocketChannel.open();
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    byte[] source = {127, 0, 0, (byte) (1 + place % SOURCE_ADDRESSES)};
    channel.bind(new InetSocketAddress(InetAddress.getByAddress(source), 0));
    channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
    Viewer viewer = new Viewer(channel, place, sinceUs);
    viewer.key(channel.register(selector, SelectionKey.OP_CONNECT, viewer));
    return viewer;
  }

  /** All hang up at once. */
  void hangUp() {
    viewers.forEach(Peer::close);
    viewers.clear();
    again.clear();
    open = 0;
    try {
      selector.selectNow(key -> {});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    hangUp();
    selector.close();
  }

  /** Does nothing but listen, and answer pings. */
  void listen(double seconds) throws IOException {
    runUntil(System.nanoTime() + nanos(seconds), () -> false);
  }

  // ---- measuring

  /** Sends at a steady rate, whether the server keeps up or not. */
  Figures atRate(Work work, double perSecond, Span span) throws IOException {
    tally = Tally.of(work, nowUs());
    long start = System.nanoTime();
    double gapNs = 1e9 / perSecond;
    return measure(
        span,
        start,
        () -> {
          long now = System.nanoTime();
          long due = (long) ((now - start) / gapNs) + 1;
          for (long next = tally.sent(); next < due; next++) {
            say(
                viewers.get((int) (next % work.senders()) * work.stride()),
                work.message(),
                (start + (long) (next * gapNs)) / 1_000);
          }
        });
  }

  /** Each viewer always has so many clicks under way. */
  Figures inFlight(Work work, int each, Span span) throws IOException {
    tally = Tally.of(work, nowUs());
    long start = System.nanoTime();
    refill = work.message();
    for (int i = 0; i < work.senders(); i++) {
      viewers.get(i).say(work.message(), each);
    }
    return measure(span, start, () -> {});
  }

  private Figures measure(Span span, long start, Runnable speak) throws IOException {
    long begin = start + nanos(span.warm());
    runUntil(begin, alsoDo(speak));
    Usage before = server.usage();
    long beganNs = System.nanoTime();
    tally.recording(true);
    runUntil(begin + nanos(span.measured()), alsoDo(speak));
    tally.recording(false);
    Usage used = server.usage().since(before);
    double seconds = (System.nanoTime() - beganNs) / 1e9;
    refill = null;
    runUntil(System.nanoTime() + nanos(span.drain()), () -> tally.lost() <= 0);
    Figures figures = tally.figures(seconds, used);
    tally = Tally.ofNothing();
    return figures;
  }

  private static BooleanSupplier alsoDo(Runnable speak) {
    return () -> {
      speak.run();
      return false;
    };
  }

  private static long nanos(double seconds) {
    return (long) (seconds * 1e9);
  }

  private void runUntil(long untilNs, BooleanSupplier done) throws IOException {
    while (System.nanoTime() < untilNs && !done.getAsBoolean()) {
      poll(1);
    }
  }

  private void poll(long waitMs) throws IOException {
    selector.select(key -> ((Viewer) key.attachment()).onEvent(key), waitMs);
  }

  private void say(Viewer viewer, Message message, long dueUs) {
    out.clear();
    message.put(out, number++, dueUs);
    tally.onSent(1);
    viewer.sendOut();
  }

  /** One connection. */
  private final class Viewer extends Peer {
    private final int place;
    private final long dialledUs;
    private boolean upgraded;
    private boolean greeted;

    Viewer(SocketChannel channel, int place, long dialledUs) {
      super(channel);
      this.place = place;
      this.dialledUs = dialledUs;
    }

    void onEvent(SelectionKey key) {
      if (key.isConnectable()) {
        onConnect();
      } else {
        onReady(Crowd.this.in);
      }
    }

    private void onConnect() {
      try {
        channel.finishConnect();
        send(ByteBuffer.wrap(upgrades.get(place)));
      } catch (IOException e) {
        gone(e.toString());
      }
    }

    void say(Message message, int times) {
      out.clear();
      long us = nowUs();
      for (int i = 0; i < times; i++) {
        message.put(out, number++, us);
      }
      tally.onSent(times);
      sendOut();
    }

    void sendOut() {
      try {
        if (isOpen()) {
          send(out.flip());
        }
      } catch (IOException e) {
        gone(e.toString());
      }
    }

    @Override
    int onBytes(Scratch scratch, int end) throws IOException {
      byte[] bytes = scratch.bytes;
      int at = 0;
      if (!upgraded) {
        at = Frames.endOfHead(bytes, end);
        if (at < 0) {
          return 0;
        }
        onUpgraded(new String(bytes, 0, at, StandardCharsets.US_ASCII));
      }
      Frames.Head head = scratch.head;
      long us = nowUs();
      int answers = 0;
      for (; head.read(bytes, at, end); at = head.to) {
        if (head.opcode == Frames.TEXT) {
          answers += onText(bytes, head.from, head.to, us);
        } else if (head.opcode == Frames.PING) {
          out.clear();
          Frames.putMasked(out, Frames.PONG, Arrays.copyOfRange(bytes, head.from, head.to));
          sendOut();
        } else if (head.opcode == Frames.CLOSE) {
          gone(closeReason(bytes, head));
          return end;
        }
      }
      if (refill != null && answers > 0) {
        say(refill, answers);
      }
      return at;
    }

    private String closeReason(byte[] bytes, Frames.Head head) {
      if (head.to - head.from < Short.BYTES) {
        return "closed";
      }
      int code = (bytes[head.from] & 0xff) << 8 | (bytes[head.from + 1] & 0xff);
      return "closed with "
          + code
          + " "
          + new String(bytes, head.from + 2, head.to - head.from - 2, StandardCharsets.UTF_8);
    }

    private void onUpgraded(String response) throws IOException {
      if (!response.startsWith("HTTP/1.1 101 ")) {
        throw new IOException(response.lines().findFirst().orElse(""));
      }
      upgraded = true;
      if (!server.greets()) {
        onIn();
      }
    }

    private void onIn() {
      greeted = true;
      open++;
      Tally.record(arrivedUs, nowUs() - dialledUs);
    }

    /** How many of what was sent it delivers or answers. */
    private int onText(byte[] bytes, int from, int to, long us) {
      if (Kind.WELCOME.is(bytes, from, to) || Kind.RESYNC.is(bytes, from, to)) {
        if (greeted) {
          tally.onResync();
        } else {
          onIn();
        }
        return 0; // What it tells of the past is none of ours.
      }
      return tally.onHeard(bytes, from, to, marks.of(bytes, from, to), us);
    }

    @Override
    void onGone(String why) {
      goneWhy = why;
      if (greeted) {
        tally.onGone();
        open--;
      } else {
        again.add(new Redial(place, dialledUs, nowUs() + REDIAL_AFTER_US));
      }
    }
  }
}
