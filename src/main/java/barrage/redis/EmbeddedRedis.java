package barrage.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Redis that Barrage brings along when no other is configured. It is a process of its own that
 * outlives ours when we are killed, so what was answered stays; whoever comes next adopts it. The
 * processes that share its directory find it by its {@code port} file, make sure that the process
 * of its {@code redis.pid} file is there before they tell it the password, and take turns in
 * starting, adopting and stopping it by a file lock.
 *
 * <p>Each process holds one connection, its lease, under its own name. The end of that connection
 * is how a death is noticed, at once; and who is last to hold one stops Redis on {@link #close}.
 */
public final class EmbeddedRedis implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EmbeddedRedis.class);

  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  /** What Redis itself writes is readable by all. */
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_DIR =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private static final String PORT_FILE = "port";
  private static final String PID_FILE = "redis.pid";
  private static final String PASSWORD_FILE = "password";

  private static final long START_TIMEOUT_MS = 5_000;
  private static final long LONGEST_PAUSE_MS = 10_000;

  /** A Redis that lived this long is started again without a pause when it dies. */
  private static final long STABLE_MS = 10_000;

  /** File locks hold between processes; this one between those who share ours. */
  private static final Object IN_PROCESS = new Object();

  private final Path dir;
  private final String clientName;
  private final String password;
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile RedisSocket lease;
  private volatile int port;

  private EmbeddedRedis(Path dir, String node) throws IOException {
    this.dir = dir;
    this.clientName = RedisStore.CLIENT_NAME_PREFIX + node;
    synchronized (IN_PROCESS) {
      try (FileChannel file = lockFile();
          FileLock lock = file.lock()) {
        assert lock.isValid();
        this.password = password();
        this.lease = hold();
      }
    }
  }

  /**
   * Starts or adopts the Redis of a directory. Blocks until it answers.
   *
   * @param dir made when it is not there
   * @param node unique among the processes that share the directory; no spaces
   * @throws IOException says in one line what is wrong
   */
  public static EmbeddedRedis start(Path dir, String node) throws IOException {
    Path real = Files.createDirectories(dir.toAbsolutePath(), OWNER_DIR).toRealPath();
    keepFromOthers(real);
    EmbeddedRedis redis = new EmbeddedRedis(real, node);
    Thread watch = new Thread(redis::watch, "embedded-redis");
    watch.setDaemon(true);
    watch.start();
    return redis;
  }

  /** A directory that was there before may be one that others read, or put files of theirs into. */
  private static void keepFromOthers(Path dir) throws IOException {
    Set<PosixFilePermission> owner = PosixFilePermissions.fromString("rwx------");
    if (owner.containsAll(Files.getPosixFilePermissions(dir))) {
      return;
    }
    try {
      Files.setPosixFilePermissions(dir, owner);
    } catch (FileSystemException e) {
      throw new IOException(dir + " is open to other users, and it is not ours to close it", e);
    }
  }

  /**
   * Finds the Redis of a directory, if one runs, and leaves it alone. Blocks.
   *
   * @return its address, which holds the password
   */
  public static Optional<String> find(Path dir) throws IOException {
    if (!hasRun(dir)) {
      return Optional.empty();
    }
    int port = Integer.parseInt(Files.readString(dir.resolve(PORT_FILE)));
    String password = Files.readString(dir.resolve(PASSWORD_FILE));
    try (RedisSocket socket = new RedisSocket(port)) {
      boolean ours = knows(socket, dir, password);
      return ours ? Optional.of(uri(password, port)) : Optional.empty();
    } catch (SocketException | EOFException e) {
      return Optional.empty();
    }
  }

  /** Whether there ever was one in a directory, so that it holds something. */
  public static boolean hasRun(Path dir) {
    return Files.exists(dir.resolve(PORT_FILE)) && Files.exists(dir.resolve(PASSWORD_FILE));
  }

  /** Where it is; the same for as long as this is open. Holds the password. */
  public String uri() {
    return uri(password, port);
  }

  private static String uri(String password, int port) {
    return "redis://:" + password + "@127.0.0.1:" + port;
  }

  /** Its process. */
  long pid() throws IOException {
    return Long.parseLong(Files.readString(dir.resolve(PID_FILE)).strip());
  }

  /** Finds it alive, or starts it. Under the lock. */
  private RedisSocket hold() throws IOException {
    Path portFile = dir.resolve(PORT_FILE);
    int before = Files.exists(portFile) ? Integer.parseInt(Files.readString(portFile)) : 0;
    RedisSocket found = before == 0 ? null : connect(before);
    if (found != null) {
      port = before;
      return found;
    }
    // Others may be waiting for it to come back where it was.
    port = before != 0 && (before == port || isFree(before)) ? before : freePort();
    replace(portFile, Integer.toString(port));
    launch();
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(START_TIMEOUT_MS);
    while (System.nanoTime() < deadline) {
      RedisSocket started = connect(port);
      if (started != null) {
        return started;
      }
      pause(2);
    }
    throw new IOException("the embedded Redis does not start, see " + dir.resolve("redis.log"));
  }

  /**
   * Whether it is the Redis of a directory that is connected to. The password is not told to
   * anybody else: whoever listens on a port that was ours may say OK to it.
   */
  private static boolean knows(RedisSocket socket, Path dir, String password) throws IOException {
    socket.ask("PING"); // who answers has accepted the connection, and written its pid
    OptionalLong pid = recordedPid(dir);
    if (pid.isEmpty() || !socket.isOf(pid.getAsLong())) {
      log.warn("Something else than the embedded Redis of {} listens on its port", dir);
      return false;
    }
    return socket.ask("AUTH", password).equals("OK");
  }

  private static OptionalLong recordedPid(Path dir) throws IOException {
    Path file = dir.resolve(PID_FILE);
    try {
      return Files.exists(file)
          ? OptionalLong.of(Long.parseLong(Files.readString(file).strip()))
          : OptionalLong.empty();
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  /** Connects under our name, when something there knows the password; else {@code null}. */
  private @Nullable RedisSocket connect(int at) throws IOException {
    RedisSocket socket = null;
    boolean ours = false;
    try {
      socket = new RedisSocket(at);
      ours = knows(socket, dir, password);
      while (ours && socket.ask("PING").startsWith("-LOADING")) {
        pause(20);
      }
      if (ours) {
        socket.ask("CLIENT", "SETNAME", clientName);
      }
      return ours ? socket : null;
    } catch (SocketTimeoutException e) {
      throw new IOException("the embedded Redis on port " + at + " does not answer", e);
    } catch (SocketException | EOFException e) {
      ours = false;
      return null; // nothing there, or somebody else by now
    } finally {
      if (socket != null && !ours) {
        socket.close();
      }
    }
  }

  private void launch() throws IOException {
    Path conf = dir.resolve("redis.conf");
    replace(
        conf,
        String.join(
            "\n",
            "bind 127.0.0.1",
            "port " + port,
            "requirepass " + password,
            "daemonize yes", // its own session: no Ctrl-C of ours reaches it
            "dir " + quoted(dir),
            "pidfile " + quoted(dir.resolve(PID_FILE)),
            "logfile " + quoted(dir.resolve("redis.log")),
            "save \"\"",
            "appendonly yes",
            "appendfsync always",
            "rdbcompression no", // a rewrite of the file must not take the CPU from viewers
            "lazyfree-lazy-expire yes", // a bucket of ids is large, and goes at once
            "lazyfree-lazy-server-del yes",
            ""));
    Process launcher =
        new ProcessBuilder(RedisBinary.find(dir).toString(), conf.toString())
            .redirectErrorStream(true)
            .start();
    launcher.getOutputStream().close();
    String said = new String(launcher.getInputStream().readAllBytes(), UTF_8);
    try {
      if (launcher.waitFor() != 0) {
        throw new IOException(
            "redis-server does not run ("
                + said.lines().findFirst().orElse("no reason given")
                + "): install redis-server 6.2 or newer");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Starts it again whenever it dies. */
  private void watch() {
    long pauseMs = 0;
    while (true) {
      long since = System.nanoTime();
      lease.awaitEnd();
      if (TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since) > STABLE_MS) {
        pauseMs = 0;
      }
      while (!pause(pauseMs)) {
        pauseMs = Math.min(Math.max(100, 2 * pauseMs), LONGEST_PAUSE_MS);
        if (revive()) {
          break;
        }
      }
      if (closing.getCount() == 0) {
        return;
      }
    }
  }

  private boolean revive() {
    synchronized (IN_PROCESS) {
      try (FileChannel file = lockFile();
          FileLock lock = file.lock()) {
        assert lock.isValid();
        if (closing.getCount() == 0) {
          return false;
        }
        log.warn("The embedded Redis is gone, starting it again");
        lease.close();
        lease = hold();
        return true;
      } catch (IOException e) {
        log.warn("{}", e.getMessage());
        return false;
      }
    }
  }

  /** Stops Redis, unless another process of ours uses it. */
  @Override
  public void close() {
    synchronized (IN_PROCESS) {
      if (closing.getCount() == 0) {
        return;
      }
      closing.countDown();
      try (FileChannel file = lockFile();
          FileLock lock = file.lock();
          RedisSocket socket = connect(port)) {
        assert lock.isValid();
        if (socket != null && socket.ask("CLIENT", "LIST").lines().noneMatch(this::isAnother)) {
          log.warn("The embedded Redis was left running: {}", socket.ask("SHUTDOWN"));
        }
      } catch (EOFException e) {
        log.debug("The embedded Redis has stopped"); // which is its only answer to SHUTDOWN
      } catch (IOException e) {
        log.warn("The embedded Redis was left running: {}", e.getMessage());
      } finally {
        lease.close();
      }
    }
  }

  /** Whether a line of CLIENT LIST is a connection of another server. */
  private boolean isAnother(String client) {
    for (String field : client.split(" ", -1)) {
      if (field.startsWith("name=" + RedisStore.CLIENT_NAME_PREFIX)) {
        return !field.equals("name=" + clientName);
      }
    }
    return false;
  }

  private String password() throws IOException {
    Path file = dir.resolve(PASSWORD_FILE);
    if (Files.exists(file)) {
      return Files.readString(file);
    }
    byte[] random = new byte[32];
    new SecureRandom().nextBytes(random);
    String fresh = HexFormat.of().formatHex(random);
    replace(file, fresh);
    return fresh;
  }

  private FileChannel lockFile() throws IOException {
    return FileChannel.open(
        dir.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  /** Writes a file that nobody else may read, whole or not at all. */
  private static void replace(Path file, String content) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    Files.deleteIfExists(part);
    Files.createFile(part, OWNER_ONLY);
    Files.writeString(part, content);
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static String quoted(Path path) {
    return '"' + path.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Whether this was closed in the meantime. */
  private boolean pause(long ms) {
    try {
      return closing.await(ms, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }
}
