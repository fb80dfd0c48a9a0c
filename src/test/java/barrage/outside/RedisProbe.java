package barrage.outside;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Asks the embedded Redis of a data directory what it has been asked. */
final class RedisProbe implements AutoCloseable {
  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;

  RedisProbe(Path dir) throws IOException {
    int port = Integer.parseInt(Files.readString(dir.resolve("port")).strip());
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    in = new DataInputStream(socket.getInputStream());
    out = socket.getOutputStream();
    String greeting = ask("AUTH " + Files.readString(dir.resolve("password")).strip());
    if (!greeting.equals("OK")) {
      throw new IOException("not let in: " + greeting);
    }
  }

  /** How many scripts it has run so far: every decision and every read of several keys is one. */
  long scriptsRun() throws IOException {
    return ask("INFO commandstats")
        .lines()
        .filter(line -> line.startsWith("cmdstat_eval"))
        .mapToLong(line -> Long.parseLong(line.replaceAll(".*:calls=(\\d+),.*", "$1")))
        .sum();
  }

  private String ask(String command) throws IOException {
    out.write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
    out.flush();
    String head = line();
    if (!head.startsWith("$")) {
      return head.substring(1);
    }
    byte[] bulk = in.readNBytes(Integer.parseInt(head.substring(1)));
    line();
    return new String(bulk, StandardCharsets.UTF_8);
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.readUnsignedByte(); c != '\n'; c = in.readUnsignedByte()) {
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
