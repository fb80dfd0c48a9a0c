package barrage.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The least a WebSocket server can do on this machine: one thread, one write for each frame and
 * connection, nothing read but the first letters of a message. A danmaku goes to everyone; what
 * else is said goes back to who said it, as many at a time as came at a time. What other servers
 * cost is given as a multiple of this, measured in the same minutes.
 */
final class Floor {
  private static final Pattern KEY = Pattern.compile("(?im)^sec-websocket-key:\\s*(\\S+)\\s*$");

  /** RFC 6455, section 1.3. */
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private static final byte[] DANMAKU = Frames.ascii("{\"type\":\"danmaku\"");
  private static final int MAX_OUT_BYTES = 1 << 20;

  private final Selector selector = Selector.open();
  private final List<Client> clients = new ArrayList<>();
  private final ByteBuffer out = ByteBuffer.allocateDirect(MAX_OUT_BYTES);

  private Floor() throws IOException {}

  /** Serves on a free port until it is killed; says where as Barrage does. */
  public static void main(String[] args) throws IOException {
    new Floor().serve();
  }

  private void serve() throws IOException {
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4096);
      server.configureBlocking(false).register(selector, SelectionKey.OP_ACCEPT);
      System.out.println("READY http://127.0.0.1:" + server.socket().getLocalPort());
      Peer.Scratch in = new Peer.Scratch();
      while (true) {
        selector.select(
            key -> {
              if (key.attachment() instanceof Client client) {
                client.onReady(in);
              } else {
                accept(server);
              }
            });
      }
    }
  }

  private void accept(ServerSocketChannel server) {
    try {
      for (SocketChannel each = server.accept(); each != null; each = server.accept()) {
        each.configureBlocking(false);
        each.setOption(StandardSocketOptions.TCP_NODELAY, true);
        Client client = new Client(each);
        client.key(each.register(selector, SelectionKey.OP_READ, client));
      }
    } catch (IOException e) {
      System.err.println("accept failed: " + e);
    }
  }

  private final class Client extends Peer {
    private boolean upgraded;
    private int place;

    Client(SocketChannel channel) {
      super(channel);
    }

    @Override
    int onBytes(Scratch in, int end) throws IOException {
      int at = 0;
      if (!upgraded) {
        at = Frames.endOfHead(in.bytes, end);
        if (at < 0) {
          return 0;
        }
        upgrade(new String(in.bytes, 0, at, StandardCharsets.US_ASCII));
      }
      out.clear();
      for (; in.head.read(in.bytes, at, end); at = in.head.to) {
        onFrame(in.head, in.bytes);
      }
      if (out.position() > 0) {
        send(out.flip());
      }
      return at;
    }

    private void onFrame(Frames.Head head, byte[] bytes) throws IOException {
      head.unmask(bytes);
      if (head.opcode == Frames.CLOSE) {
        gone("said goodbye");
      } else if (head.opcode == Frames.TEXT && startsWith(bytes, head.from, head.to, DANMAKU)) {
        toAll(bytes, head.from, head.to);
      } else if (head.opcode == Frames.TEXT) {
        Frames.put(out, Frames.TEXT, bytes, head.from, head.to);
      }
    }

    private void upgrade(String request) throws IOException {
      Matcher key = KEY.matcher(request);
      if (!key.find()) {
        throw new IOException("no key");
      }
      String accept = Base64.getEncoder().encodeToString(sha1(Frames.ascii(key.group(1) + GUID)));
      upgraded = true;
      place = clients.size();
      clients.add(this);
      send(
          ByteBuffer.wrap(
              Frames.ascii(
                  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                      + "Connection: Upgrade\r\nSec-WebSocket-Accept: "
                      + accept
                      + "\r\n\r\n")));
    }

    @Override
    void onGone(String why) {
      if (upgraded) {
        Client last = clients.remove(clients.size() - 1);
        if (last != this) {
          clients.set(place, last);
          last.place = place;
        }
      }
    }
  }

  private void toAll(byte[] payload, int from, int to) {
    ByteBuffer frame = ByteBuffer.allocateDirect(to - from + 4);
    Frames.put(frame, Frames.TEXT, payload, from, to);
    frame.flip();
    // From the end: who turns out to be gone changes places with the last.
    for (int i = clients.size() - 1; i >= 0; i--) {
      Client client = clients.get(i);
      try {
        client.send(frame.rewind());
      } catch (IOException e) {
        client.gone(e.toString());
      }
    }
  }

  private static boolean startsWith(byte[] bytes, int from, int to, byte[] prefix) {
    if (to - from < prefix.length) {
      return false;
    }
    for (int i = 0; i < prefix.length; i++) {
      if (bytes[from + i] != prefix[i]) {
        return false;
      }
    }
    return true;
  }

  private static byte[] sha1(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-1").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-1", e);
    }
  }
}
