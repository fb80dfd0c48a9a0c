package barrage.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;

/**
 * A plain blocking connection to a Redis on this machine: enough to start one, watch over it and
 * stop it, and ready within a millisecond. Confined to one thread at a time.
 */
final class RedisSocket implements AutoCloseable {
  private static final int CONNECT_TIMEOUT_MS = 200;
  private static final int ANSWER_TIMEOUT_MS = 2_000;

  private final Socket socket;
  private final InputStream in;

  /**
   * @throws java.net.SocketException when nothing listens there
   */
  RedisSocket(int port) throws IOException {
    socket = new Socket();
    try {
      InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
      socket.connect(new InetSocketAddress(loopback, port), CONNECT_TIMEOUT_MS);
      socket.setSoTimeout(ANSWER_TIMEOUT_MS);
      socket.setTcpNoDelay(true);
      in = new BufferedInputStream(socket.getInputStream());
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /**
   * Sends a command and waits for its answer, a status or a string; an error with its {@code -}.
   *
   * @throws IOException when none comes in time
   */
  String ask(String... command) throws IOException {
    send(command);
    String line = readLine();
    if (!line.startsWith("$")) {
      return line.startsWith("-") ? line : line.substring(1);
    }
    int length = Integer.parseInt(line.substring(1));
    byte[] bulk = in.readNBytes(length + 2);
    return new String(Arrays.copyOf(bulk, length), UTF_8);
  }

  /** Whether a process of our user, and this one, is at the other end; it has to have answered. */
  boolean isOf(long pid) throws IOException {
    return LoopbackPeer.is(pid, socket.getPort(), socket.getLocalPort());
  }

  private void send(String... command) throws IOException {
    StringBuilder request = new StringBuilder("*" + command.length + "\r\n");
    for (String word : command) {
      request.append('$').append(word.getBytes(UTF_8).length).append("\r\n");
      request.append(word).append("\r\n");
    }
    socket.getOutputStream().write(request.toString().getBytes(UTF_8));
  }

  /** Waits, for as long as it takes, until the other side is gone or this is closed. */
  void awaitEnd() {
    try {
      socket.setSoTimeout(0);
      while (in.read() >= 0) {
        // Nothing was asked, so nothing is said.
      }
    } catch (IOException e) {
      // Gone as well.
    }
  }

  private String readLine() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("Redis closed the connection");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // There is nothing left to do about it.
    }
  }
}
