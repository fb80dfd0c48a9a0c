package barrage.outside;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Behind nginx and HAProxy as {@code config/deploy} has them, but for the ports: viewers count by
 * their own addresses. All of 127.0.0.0/8 is a proxy of ours here, so that this test can speak for
 * clients with addresses of their own, as a proxy before that one would.
 */
final class ProxiesIT {
  private static final int PER_ADDRESS = 2;
  private static final String ROOM = "/api/rooms/proxied";

  @TempDir private Path dir;

  @ParameterizedTest
  @ValueSource(strings = {"nginx", "haproxy"})
  void viewersBehindAProxy_areCountedOneByOne(String name) throws Exception {
    Optional<Path> binary = find(name);
    assumeTrue(binary.isPresent(), () -> "no " + name + " on this machine");
    try (ServerProcess server =
            ServerProcess.start(
                Files.createDirectories(dir.resolve("redis")),
                "server.proxies=127.0.0.0/8",
                "server.proxy-mode=forwarded",
                "limits.connections-per-address=" + PER_ADDRESS);
        Proxy proxy = Proxy.start(name, binary.get(), dir, server.uri().getPort())) {
      List<Socket> open = new ArrayList<>();
      try {
        for (int viewer = 1; viewer <= 20; viewer++) {
          open.add(proxy.upgrade("192.0.2." + viewer, 101));
        }
        open.add(proxy.upgrade("192.0.2.1", 101));
        open.add(proxy.upgrade("192.0.2.1", 503));
        // What a client says of itself stands to the left of what is seen of it.
        open.add(proxy.upgrade("203.0.113.1, 192.0.2.1", 503));
        open.add(proxy.upgrade("192.0.2.1, 2001:db8::1", 101));
        assertEquals(503, proxy.get("192.0.2.1", ""));
        for (int i = 0; i < 50; i++) {
          assertEquals(200, proxy.get("198.51.100.7", ""), "answered ones do not count");
        }
        assertEquals(200, proxy.get("198.51.100.7", "Forwarded: for=192.0.2.1\r\n"));
        open.get(0).close();
        await().until(() -> proxy.get("192.0.2.1", "") == 200);
      } finally {
        for (Socket socket : open) {
          socket.close();
        }
      }
    }
  }

  private static Optional<Path> find(String name) {
    String path = System.getenv().getOrDefault("PATH", "") + File.pathSeparator + "/usr/sbin";
    return Stream.of(path.split(File.pathSeparator, -1))
        .filter(place -> !place.isEmpty())
        .map(place -> Path.of(place, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static final class Proxy implements AutoCloseable {
    private final Process process;
    private final int port;

    private Proxy(Process process, int port) {
      this.process = process;
      this.port = port;
    }

    static Proxy start(String name, Path binary, Path dir, int serverPort) throws Exception {
      int port = freePort();
      String example = name.equals("nginx") ? "nginx.conf" : "haproxy.cfg";
      String text =
          Files.readString(Path.of("config", "deploy", example))
              .replace("server 127.0.0.1:8080", "server 127.0.0.1:" + serverPort)
              .replace("server one 127.0.0.1:8080", "server one 127.0.0.1:" + serverPort)
              .replace("listen 80;", "listen 127.0.0.1:" + port + ";")
              .replace("bind :80", "bind 127.0.0.1:" + port)
              .replace("maxconn 50000", "maxconn 100");
      Path conf = Files.writeString(dir.resolve(example), text);
      List<String> command = List.of(binary.toString(), "-f", conf.toString());
      if (name.equals("nginx")) {
        Path whole = Files.writeString(dir.resolve("whole.conf"), around(conf, dir));
        command =
            List.of(
                binary.toString(), "-p", dir.toString(), "-e", "stderr", "-c", whole.toString());
      }
      Path log = dir.resolve(name + ".log");
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      Proxy proxy = new Proxy(process, port);
      try {
        await()
            .atMost(30, TimeUnit.SECONDS)
            .until(
                () ->
                    !process.isAlive() || (proxy.listens() && proxy.get("192.0.2.99", "") == 200));
        assertEquals(true, process.isAlive(), () -> read(log));
        return proxy;
      } catch (RuntimeException | Error e) {
        proxy.close();
        throw e;
      }
    }

    /** What stands around a file of conf.d, with nothing outside a folder of our own. */
    private static String around(Path conf, Path dir) {
      StringBuilder text = new StringBuilder("daemon off;\nmaster_process off;\n");
      text.append("pid ").append(dir.resolve("nginx.pid")).append(";\n");
      text.append("error_log stderr;\nevents {}\nhttp {\naccess_log off;\n");
      for (String temporary : List.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")) {
        text.append(temporary).append("_temp_path ").append(dir.resolve(temporary)).append(";\n");
      }
      return text.append("include ").append(conf).append(";\n}\n").toString();
    }

    private static String read(Path log) {
      try {
        return Files.readString(log);
      } catch (IOException e) {
        return e.toString();
      }
    }

    private static int freePort() throws IOException {
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      }
    }

    private boolean listens() {
      try (Socket socket = connect()) {
        return socket.isConnected();
      } catch (IOException e) {
        return false;
      }
    }

    private Socket connect() throws IOException {
      Socket socket = new Socket("127.0.0.1", port);
      socket.setSoTimeout(30_000);
      return socket;
    }

    /** The status of a request, on a connection of its own to the proxy. */
    int get(String forwardedFor, String headers) throws IOException {
      try (Socket socket = connect()) {
        return status(
            socket,
            "GET " + ROOM + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + headers,
            forwardedFor);
      }
    }

    /** A WebSocket, or what is left of one that was refused. */
    Socket upgrade(String forwardedFor, int expected) throws IOException {
      Socket socket = connect();
      String upgrade =
          "GET /rooms/proxied/ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
              + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
              + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
      assertEquals(expected, status(socket, upgrade, forwardedFor), forwardedFor);
      return socket;
    }

    private static int status(Socket socket, String head, String forwardedFor) throws IOException {
      String request = head + "X-Forwarded-For: " + forwardedFor + "\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      String line = new String(in.readNBytes(12), StandardCharsets.US_ASCII);
      return line.length() < 12 ? 0 : Integer.parseInt(line.substring(9));
    }

    @Override
    public void close() throws IOException {
      process.destroy();
      try {
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        throw new IOException("interrupted", e);
      }
    }
  }
}
