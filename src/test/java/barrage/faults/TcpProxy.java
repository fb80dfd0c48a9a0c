package barrage.faults;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Stands before a Redis, and is as bad as a network can be. */
public final class TcpProxy implements AutoCloseable {
  private final String name;
  private volatile int target;
  private final ServerSocket listening;
  private final Set<Link> links = ConcurrentHashMap.newKeySet();
  private volatile long delayMs;
  private volatile boolean dropsReplies;
  private volatile boolean cutsFeeds;
  private boolean swallows; // guarded by this

  public TcpProxy(String name, int target) throws IOException {
    this.name = name;
    this.target = target;
    this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    thread(this::accept);
  }

  /** For those who read of it. */
  String name() {
    return name;
  }

  public int port() {
    return listening.getLocalPort();
  }

  /** Who connects from now on reaches another; those who are connected stay where they are. */
  public void redirect(int port) {
    target = port;
  }

  /** What is read goes on so much later. */
  void delay(long ms) {
    delayMs = ms;
  }

  /** Connections stay, and nothing comes through until {@link #heal}; then all of it does. */
  synchronized void blackhole() {
    swallows = true;
  }

  /** Redis executes what it is sent, and nobody hears of it. */
  void dropReplies() {
    dropsReplies = true;
  }

  /** No connection may subscribe, and those that did are ended; commands go on. */
  void cutFeeds() {
    cutsFeeds = true;
    links.stream().filter(link -> link.isFeed).forEach(Link::reset);
  }

  /** Ends all connections at once, without a farewell. */
  void reset() {
    links.forEach(Link::reset);
  }

  /** A good network again. A connection whose replies were dropped has lost its place: it ends. */
  synchronized void heal() {
    delayMs = 0;
    cutsFeeds = false;
    dropsReplies = false;
    swallows = false;
    notifyAll();
    links.stream().filter(link -> link.lostReplies).forEach(Link::reset);
  }

  private synchronized void awaitLight() throws InterruptedException {
    while (swallows) {
      wait();
    }
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket node = listening.accept();
        try {
          Link link = new Link(node, new Socket(InetAddress.getLoopbackAddress(), target));
          links.add(link);
          thread(() -> link.pump(link.node, link.redis, true));
          thread(() -> link.pump(link.redis, link.node, false));
        } catch (IOException e) {
          node.close(); // Redis is not there
        }
      } catch (IOException e) {
        // Closed, or the node went away while it was let in.
      }
    }
  }

  private static void thread(Runnable task) {
    Thread thread = new Thread(task, "proxy");
    thread.setDaemon(true);
    thread.start();
  }

  private final class Link {
    final Socket node;
    final Socket redis;
    volatile boolean isFeed;
    volatile boolean lostReplies;

    Link(Socket node, Socket redis) throws IOException {
      this.node = node;
      this.redis = redis;
      node.setTcpNoDelay(true);
      redis.setTcpNoDelay(true);
    }

    void pump(Socket from, Socket to, boolean requests) {
      byte[] buffer = new byte[1 << 16];
      try (InputStream in = from.getInputStream();
          OutputStream out = to.getOutputStream()) {
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
          if (requests && new String(buffer, 0, read, ISO_8859_1).contains("SUBSCRIBE")) {
            isFeed = true;
            if (cutsFeeds) {
              break;
            }
          }
          awaitLight();
          TimeUnit.MILLISECONDS.sleep(delayMs); // the fault itself
          lostReplies |= !requests && dropsReplies;
          if (requests || !lostReplies) {
            out.write(buffer, 0, read);
          }
        }
      } catch (IOException | InterruptedException e) {
        // The other side is told below.
      } finally {
        reset();
      }
    }

    void reset() {
      links.remove(this);
      for (Socket socket : new Socket[] {node, redis}) {
        try {
          socket.setSoLinger(true, 0);
          socket.close();
        } catch (IOException e) {
          // It was closed before.
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
    heal();
    reset();
  }
}
