package barrage.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Redis that comes along: one a directory, whoever starts, dies or leaves. */
class EmbeddedRedisTest {
  @TempDir private Path dir;

  @Test
  void close_stopsItWhenNobodyElseUsesIt() throws IOException {
    EmbeddedRedis one = EmbeddedRedis.start(dir, "one");
    long pid = one.pid();
    EmbeddedRedis two = EmbeddedRedis.start(dir, "two");
    assertEquals(one.uri(), two.uri());
    one.close();
    try (RedisSocket socket = RedisFixture.socket(two)) {
      assertEquals("PONG", socket.ask("PING"));
    }
    two.close();
    two.close();
    await().until(() -> !isAlive(pid));
  }

  @Test
  void simultaneousStarts_startOne() {
    List<CompletableFuture<EmbeddedRedis>> starts =
        List.of("one", "two", "three").stream()
            .map(node -> CompletableFuture.supplyAsync(() -> start(node)))
            .toList();
    List<EmbeddedRedis> all = starts.stream().map(CompletableFuture::join).toList();
    assertEquals(1, all.stream().map(EmbeddedRedis::uri).distinct().count());
    all.forEach(EmbeddedRedis::close);
  }

  @Test
  void secret_isNeitherInArgumentsNorReadableByOthers() throws IOException {
    try (EmbeddedRedis redis = EmbeddedRedis.start(dir, "one")) {
      String password = URI.create(redis.uri()).getUserInfo().substring(1);
      Path arguments = Path.of("/proc/" + redis.pid() + "/cmdline");
      if (Files.exists(arguments)) {
        assertFalse(Files.readString(arguments).contains(password));
      }
      for (String file : List.of("password", "redis.conf")) {
        assertEquals(
            "rw-------",
            PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve(file))));
      }
      try (RedisSocket stranger = new RedisSocket(URI.create(redis.uri()).getPort())) {
        assertTrue(stranger.ask("PING").startsWith("-NOAUTH"));
      }
    }
  }

  @Test
  void death_isFollowedByAStartInTheSamePlace() throws Exception {
    try (EmbeddedRedis redis = EmbeddedRedis.start(dir, "one");
        EmbeddedRedis other = EmbeddedRedis.start(dir, "two")) {
      long before = redis.pid();
      String uri = redis.uri();
      ProcessHandle.of(before).orElseThrow().destroyForcibly();
      await()
          .until(
              () -> {
                try (RedisSocket socket = RedisFixture.socket(redis)) {
                  return socket.ask("PING").equals("PONG");
                } catch (ConnectException e) {
                  return false;
                }
              });
      assertEquals(uri, redis.uri());
      assertEquals(uri, other.uri());
      assertNotEquals(before, redis.pid());
    }
  }

  @Test
  void impostorOnItsPort_isNotToldThePassword_andOurOwnIsStarted() throws Exception {
    EmbeddedRedis before = EmbeddedRedis.start(dir, "before");
    int port = URI.create(before.uri()).getPort();
    long pid = before.pid();
    String password = Files.readString(dir.resolve("password"));
    before.close();
    await().until(() -> !isAlive(pid));
    for (String recorded : List.of("", Long.toString(ProcessHandle.current().pid() + 1))) {
      Files.writeString(dir.resolve("redis.pid"), recorded);
      Files.writeString(dir.resolve("port"), Integer.toString(port));
      try (Impostor impostor = new Impostor(port);
          EmbeddedRedis redis = EmbeddedRedis.start(dir, "next")) {
        assertNotEquals(port, URI.create(redis.uri()).getPort());
        try (RedisSocket socket = RedisFixture.socket(redis)) {
          assertEquals("PONG", socket.ask("PING"));
        }
        assertTrue(impostor.heard().contains("PING"), impostor.heard());
        assertFalse(impostor.heard().contains(password), impostor.heard());
      }
    }
  }

  @Test
  void auditOfAnImpostor_findsNothing() throws Exception {
    Files.writeString(dir.resolve("password"), "kept");
    Files.writeString(dir.resolve("redis.pid"), "1");
    try (Impostor impostor = new Impostor(0)) {
      Files.writeString(dir.resolve("port"), Integer.toString(impostor.port()));
      assertTrue(EmbeddedRedis.find(dir).isEmpty());
      assertFalse(impostor.heard().contains("kept"), impostor.heard());
    }
  }

  @Test
  void directoryThatOthersCouldRead_isClosedToThem() throws IOException {
    Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (EmbeddedRedis redis = EmbeddedRedis.start(dir, "one")) {
      assertTrue(isAlive(redis.pid()));
      assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(dir)));
    }
  }

  /** Listens where Redis was, says OK to everything, and writes down what it is told. */
  private static final class Impostor implements AutoCloseable {
    private final ServerSocket listening;
    private final Thread thread = new Thread(this::serve, "impostor");
    private final StringBuffer heard = new StringBuffer();

    Impostor(int port) throws IOException {
      listening = new ServerSocket(port, 50, InetAddress.getByName("127.0.0.1"));
      thread.setDaemon(true);
      thread.start();
    }

    int port() {
      return listening.getLocalPort();
    }

    String heard() {
      return heard.toString();
    }

    private void serve() {
      while (true) {
        try (Socket victim = listening.accept()) {
          for (int c = victim.getInputStream().read(); c >= 0; c = victim.getInputStream().read()) {
            heard.append((char) c);
            if (c == '*') {
              victim.getOutputStream().write("+OK\r\n".getBytes(US_ASCII));
            }
          }
        } catch (IOException e) {
          if (listening.isClosed()) {
            return;
          }
        }
      }
    }

    @Override
    public void close() throws IOException {
      listening.close();
      await().until(() -> !thread.isAlive()); // it listens until it has noticed
    }
  }

  /** A parent that dies leaves it running; the next adopts it. */
  @Test
  void orphan_isAdopted() throws Exception {
    Process parent =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Orphan.class.getName(),
                dir.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    long pid = Long.parseLong(parent.inputReader().readLine());
    parent.destroyForcibly().waitFor();
    assertTrue(isAlive(pid));
    try (EmbeddedRedis redis = EmbeddedRedis.start(dir, "next")) {
      assertEquals(pid, redis.pid());
    }
    await().until(() -> !isAlive(pid));
  }

  /** A server that only starts its Redis, then waits to be killed. */
  static final class Orphan {
    private Orphan() {}

    public static void main(String[] args) throws IOException {
      EmbeddedRedis redis = EmbeddedRedis.start(Path.of(args[0]), "orphan");
      System.out.println(redis.pid());
      System.in.read();
    }
  }

  private EmbeddedRedis start(String node) {
    try {
      return EmbeddedRedis.start(dir, node);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isAlive(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }
}
