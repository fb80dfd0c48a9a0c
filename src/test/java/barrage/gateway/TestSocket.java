package barrage.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import java.util.zip.InflaterOutputStream;

/** A client that says exactly what it is told to, byte by byte. Reads wait for 10 s at most. */
final class TestSocket implements AutoCloseable {
  static final int CONTINUATION = 0x0;
  static final int TEXT = 0x1;
  static final int BINARY = 0x2;
  static final int CLOSE = 0x8;
  static final int PING = 0x9;
  static final int PONG = 0xA;

  /** RSV1, beside the opcode of a message's first frame. */
  static final int DEFLATED = 0x40;

  /** What a client says that wants compression. */
  static final String OFFER =
      "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits";

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;

  record Response(int status, Map<String, String> headers, String body) {
    String header(String name) {
      return headers.get(name.toLowerCase(Locale.ROOT));
    }
  }

  /**
   * What the server sent.
   *
   * @param payload inflated
   * @param deflated whether it came compressed
   */
  record Frame(int opcode, byte[] payload, boolean deflated) {
    /** One that is in a buffer. */
    static Frame of(ByteBuf bytes) throws IOException {
      try (DataInputStream in = new DataInputStream(new ByteBufInputStream(bytes))) {
        return from(in);
      }
    }

    private static Frame from(DataInputStream in) throws IOException {
      int first = in.readUnsignedByte();
      int second = in.readUnsignedByte();
      boolean deflated = (first & DEFLATED) != 0;
      if ((first & 0xB0) != 0x80 || (second & 0x80) != 0) {
        throw new AssertionError("servers send whole frames without a mask");
      }
      long length = second;
      if (second == 126) {
        length = in.readUnsignedShort();
      } else if (second == 127) {
        length = in.readLong();
      }
      byte[] payload = new byte[Math.toIntExact(length)];
      in.readFully(payload);
      return new Frame(first & 0x0F, deflated ? inflated(payload) : payload, deflated);
    }

    String text() {
      return new String(payload, StandardCharsets.UTF_8);
    }

    int closeCode() {
      return payload.length < 2 ? 1005 : (payload[0] & 0xFF) << 8 | payload[1] & 0xFF;
    }
  }

  TestSocket(int port) {
    this(port, 0);
  }

  /** One that takes in little before its reader does, when {@code receiveBytes} is not 0. */
  TestSocket(int port, int receiveBytes) {
    this(connected(port, receiveBytes));
  }

  /** One over a socket that is connected. */
  TestSocket(Socket connected) {
    socket = connected;
    try {
      in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 8192));
      out = socket.getOutputStream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Socket connected(int port, int receiveBytes) {
    try {
      Socket socket = new Socket();
      if (receiveBytes > 0) {
        socket.setReceiveBufferSize(receiveBytes);
      }
      socket.setSoTimeout(10_000);
      socket.setTcpNoDelay(true);
      socket.connect(new InetSocketAddress("127.0.0.1", port));
      return socket;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A WebSocket to a room, opened. */
  static TestSocket open(int port, String target, String... headers) {
    TestSocket socket = new TestSocket(port);
    Response response = socket.upgrade(target, headers);
    if (response.status() != 101) {
      throw new AssertionError("not upgraded: " + response);
    }
    return socket;
  }

  Response upgrade(String target, String... headers) {
    StringBuilder head =
        new StringBuilder("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n")
            .append("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n")
            .append("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    send(head + "\r\n");
    return response();
  }

  TestSocket send(String text) {
    return send(text.getBytes(StandardCharsets.UTF_8));
  }

  TestSocket send(byte[] bytes) {
    try {
      out.write(bytes);
      out.flush();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  TestSocket text(String text) {
    return frame(TEXT, true, text.getBytes(StandardCharsets.UTF_8));
  }

  TestSocket frame(int opcode, boolean fin, byte[] payload) {
    return send(frameBytes(opcode, fin, payload));
  }

  static byte[] frameBytes(int opcode, boolean fin, byte[] payload) {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write((fin ? 0x80 : 0) | opcode);
    if (payload.length <= 125) {
      frame.write(0x80 | payload.length);
    } else if (payload.length <= 0xFFFF) {
      frame.write(0x80 | 126);
      frame.write(payload.length >> 8);
      frame.write(payload.length);
    } else {
      frame.write(0x80 | 127);
      for (int shift = 56; shift >= 0; shift -= 8) {
        frame.write((int) ((long) payload.length >> shift));
      }
    }
    byte[] mask = {1, 2, 3, 4};
    frame.writeBytes(mask);
    for (int i = 0; i < payload.length; i++) {
      frame.write(payload[i] ^ mask[i % 4]);
    }
    return frame.toByteArray();
  }

  Response response() {
    return response(true);
  }

  /** The answer to HEAD. */
  Response responseHead() {
    return response(false);
  }

  private Response response(boolean withBody) {
    try {
      String status = line();
      Map<String, String> headers = new LinkedHashMap<>();
      for (String line = line(); !line.isEmpty(); line = line()) {
        int colon = line.indexOf(':');
        headers.put(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).trim());
      }
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      if (!withBody) {
        // HEAD: the length is that of what is not sent
      } else if (headers.containsKey("content-length")) {
        body.writeBytes(in.readNBytes(Integer.parseInt(headers.get("content-length"))));
      } else if ("chunked".equals(headers.get("transfer-encoding"))) {
        for (int n = Integer.parseInt(line(), 16); n > 0; n = Integer.parseInt(line(), 16)) {
          body.writeBytes(in.readNBytes(n));
          line();
        }
        line();
      }
      return new Response(
          Integer.parseInt(status.split(" ")[1]), headers, body.toString(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException();
      }
      if (c != '\r') {
        line.write(c);
      }
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  Frame read() {
    try {
      return Frame.from(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A payload by permessage-deflate, as RFC 7692, section 7.2.1, says. */
  static byte[] deflated(byte[] message) {
    Deflater deflater = new Deflater(9, true);
    deflater.setInput(message);
    byte[] flushed = new byte[message.length + 64];
    int length = deflater.deflate(flushed, 0, flushed.length, Deflater.SYNC_FLUSH);
    deflater.end();
    return Arrays.copyOf(flushed, length - 4);
  }

  /** Each by itself, as was agreed: with what came before, it could not be read. */
  private static byte[] inflated(byte[] payload) throws IOException {
    byte[] flushed = Arrays.copyOf(payload, payload.length + 4);
    flushed[payload.length + 2] = (byte) 0xFF;
    flushed[payload.length + 3] = (byte) 0xFF;
    Inflater inflater = new Inflater(true);
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    try (InflaterOutputStream out = new InflaterOutputStream(message, inflater)) {
      out.write(flushed);
      out.flush();
      return message.toByteArray();
    } finally {
      inflater.end();
    }
  }

  /** The next text message. */
  String readText() {
    Frame frame = read();
    if (frame.opcode() != TEXT) {
      throw new AssertionError("opcode " + frame.opcode() + ", close code " + frame.closeCode());
    }
    return frame.text();
  }

  /** The code of the close frame that ends everything the server has still to say. */
  int readClose() {
    Frame frame = read();
    while (frame.opcode() != CLOSE) {
      frame = read();
    }
    return frame.closeCode();
  }

  /** Whether the server has closed, once everything it sent was read. */
  boolean isAtEnd() {
    try {
      while (in.read() >= 0) {
        // what was sent before
      }
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
