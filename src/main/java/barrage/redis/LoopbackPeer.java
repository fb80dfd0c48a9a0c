package barrage.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Who is at the other end of a connection within this machine, by what the kernel says of it: any
 * process may listen on a port that was ours, and answer anything. Only Linux tells; elsewhere
 * everybody passes.
 */
final class LoopbackPeer {
  /**
   * The connections of IPv4: {@code man 5 proc_net}, {@code Documentation/networking/proc_net_tcp}.
   */
  private static final Path CONNECTIONS = Path.of("/proc/net/tcp");

  private static final Pattern BLANKS = Pattern.compile("\\s+");

  // The columns of the table.
  private static final int LOCAL = 1;
  private static final int REMOTE = 2;
  private static final int USER = 7;
  private static final int INODE = 9;

  private LoopbackPeer() {}

  /**
   * Whether a process of our user has accepted a connection to 127.0.0.1 and holds it. To be asked
   * when it has answered something: a connection that nobody has accepted yet is nobody's.
   *
   * @param serverPort that was connected to
   * @param clientPort that was connected from
   */
  static boolean is(long pid, int serverPort, int clientPort) throws IOException {
    if (!Files.isReadable(CONNECTIONS)) {
      return true;
    }
    String local = endpoint(serverPort);
    String remote = endpoint(clientPort);
    Optional<String[]> connection =
        Files.readAllLines(CONNECTIONS, US_ASCII).stream()
            .map(line -> BLANKS.split(line.strip()))
            .filter(row -> row.length > INODE)
            .filter(row -> row[LOCAL].equals(local) && row[REMOTE].equals(remote))
            .findFirst();
    return connection.isPresent()
        && connection.get()[USER].equals(ourUser())
        && holds(pid, "socket:[" + connection.get()[INODE] + "]");
  }

  private static String ourUser() throws IOException {
    return String.valueOf(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
  }

  /** Whether a process has this among its open files, which only its user and root may see. */
  private static boolean holds(long pid, String socket) {
    try (DirectoryStream<Path> open =
        Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "fd"))) {
      for (Path file : open) {
        if (isA(file, socket)) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      return false; // there is no such process, or it is another user's
    }
  }

  private static boolean isA(Path file, String socket) {
    try {
      return Files.readSymbolicLink(file).toString().equals(socket);
    } catch (IOException e) {
      return false; // closed meanwhile
    }
  }

  /** As in the table: the bytes of the address as one number of this machine, in hexadecimal. */
  private static String endpoint(int port) {
    ByteBuffer loopback = ByteBuffer.wrap(new byte[] {127, 0, 0, 1}).order(ByteOrder.nativeOrder());
    return String.format("%08X:%04X", loopback.getInt(), port);
  }
}
