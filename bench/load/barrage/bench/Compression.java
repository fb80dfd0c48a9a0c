package barrage.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What {@code server.compression} saves and costs, with what people really say. */
@Command(
    name = "bench/run compression",
    mixinStandardHelpOptions = true,
    description =
        "Plays a danmaku file to viewers who take it compressed and who do not, in turns.")
final class Compression implements Callable<Integer> {
  private static final String ROOM = "crowd";
  private static final String OFFER = "Sec-WebSocket-Extensions: permessage-deflate\r\n";
  private static final long SETTLED_AFTER_NS = TimeUnit.SECONDS.toNanos(1);

  @Parameters(paramLabel = "FILE", description = "A danmaku file in Bilibili's XML format.")
  private Path file;

  @Option(names = "--viewers", description = "Default: ${DEFAULT-VALUE}.")
  private int viewers = 1_000;

  @Option(names = "--speed", description = "Seconds of the file in one. Default: ${DEFAULT-VALUE}.")
  private double speed = 10;

  @Option(names = "--turns", description = "Of each. Default: ${DEFAULT-VALUE}.")
  private int turns = 3;

  @Option(names = "--jar", description = "Default: ${DEFAULT-VALUE}.")
  private Path jar = Path.of("target/barrage.jar");

  public static void main(String... arguments) {
    System.exit(new CommandLine(new Compression()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    System.out.println(
        "| turn | bytes to a viewer | reads | CPU s, gateway | of it in the kernel | Redis |\n"
            + "|---|--:|--:|--:|--:|--:|");
    try (Served server = Served.barrage(jar, List.of("-Xmx384m"), "server.compression=true")) {
      turn(server, "warm-up", OFFER);
      for (int i = 0; i < turns; i++) {
        turn(server, "plain", "");
        turn(server, "compressed", OFFER);
      }
    }
    return 0;
  }

  private void turn(Served server, String name, String headers) throws Exception {
    try (Audience audience = new Audience(server, viewers, headers)) {
      audience.listenUntilQuiet();
      long bytesBefore = audience.bytes;
      long readsBefore = audience.reads;
      Usage before = server.usage();
      Process replay = server.replay(jar, file, ROOM, speed);
      while (replay.isAlive()) {
        audience.listen(10);
      }
      if (replay.exitValue() != 0) {
        throw new IOException("the replay ended with " + replay.exitValue());
      }
      Usage used = server.usage().since(before);
      audience.listenUntilQuiet();
      System.out.printf(
          Locale.ROOT,
          "| %s | %,d | %,d | %.2f | %.2f | %.2f |%n",
          name,
          (audience.bytes - bytesBefore) / viewers,
          (audience.reads - readsBefore) / viewers,
          used.server().total(),
          used.server().sys(),
          used.redis().total());
    }
  }

  /** Viewers who count bytes, and look at none. */
  private static final class Audience implements AutoCloseable {
    private final Selector selector = Selector.open();
    private final List<Listener> listeners = new ArrayList<>();
    private final Peer.Scratch in = new Peer.Scratch();
    private long bytes;
    private long reads;
    private String gone = "";

    Audience(Served server, int count, String headers) throws IOException {
      for (int i = 0; i < count; i++) {
        SocketChannel channel = SocketChannel.open();
        channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
        channel.configureBlocking(false);
        Listener listener = new Listener(channel);
        listener.key(channel.register(selector, SelectionKey.OP_READ, listener));
        listener.send(ByteBuffer.wrap(server.upgrade(ROOM, i, headers)));
        listeners.add(listener);
      }
    }

    void listenUntilQuiet() throws IOException {
      long quietSince = System.nanoTime();
      while (System.nanoTime() - quietSince < SETTLED_AFTER_NS) {
        long before = bytes;
        listen(10);
        if (bytes - before > 10L * listeners.size()) {
          quietSince = System.nanoTime();
        }
      }
    }

    void listen(long ms) throws IOException {
      selector.select(key -> ((Listener) key.attachment()).onReady(in), ms);
      if (!gone.isEmpty()) {
        throw new IOException(gone);
      }
    }

    @Override
    public void close() throws IOException {
      listeners.forEach(Peer::close);
      selector.close();
    }

    private final class Listener extends Peer {
      private boolean upgraded;

      Listener(SocketChannel channel) {
        super(channel);
      }

      @Override
      int onBytes(Scratch scratch, int end) throws IOException {
        if (!upgraded) {
          int at = Frames.endOfHead(scratch.bytes, end);
          upgraded = at > 0;
          String head = new String(scratch.bytes, 0, Math.max(at, 0), StandardCharsets.US_ASCII);
          if (upgraded && !head.startsWith("HTTP/1.1 101 ")) {
            throw new IOException(head);
          }
          return Math.max(at, 0);
        }
        bytes += end;
        reads++;
        return end;
      }

      @Override
      void onGone(String why) {
        gone = why;
      }
    }
  }
}
