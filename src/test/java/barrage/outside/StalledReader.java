package barrage.outside;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** A viewer whose socket takes little and who reads nothing after the upgrade, until asked to. */
final class StalledReader implements AutoCloseable {
  private static final int CLOSE = 8;

  private final Socket socket = new Socket();
  private final DataInputStream in;

  StalledReader(ServerProcess server, String room, String jwt) throws IOException {
    socket.setReceiveBufferSize(4 << 10);
    socket.setSoTimeout(20_000);
    socket.connect(new InetSocketAddress(server.uri().getHost(), server.uri().getPort()));
    in = new DataInputStream(socket.getInputStream());
    String request =
        "GET /rooms/"
            + room
            + "/ws HTTP/1.1\r\nHost: "
            + server.uri().getAuthority()
            + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer "
            + jwt
            + "\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.readUnsignedByte());
    }
    if (!head.toString().startsWith("HTTP/1.1 101")) {
      throw new IOException(head.toString());
    }
  }

  /** Reads all there is; the close code, or 1006 when the server could not even say it. */
  int readToTheEnd() throws IOException {
    try {
      while (true) {
        int opcode = in.readUnsignedByte() & 0x0f;
        int length = in.readUnsignedByte();
        long bytes =
            length == 127 ? in.readLong() : length == 126 ? in.readUnsignedShort() : length;
        if (opcode == CLOSE) {
          return bytes < 2 ? 1006 : in.readUnsignedShort();
        }
        in.skipNBytes(bytes);
      }
    } catch (EOFException | SocketException e) {
      return 1006;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
