package barrage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.core.RoomId;
import barrage.redis.EmbeddedRedis;
import barrage.redis.RedisFixture;
import barrage.redis.RedisStore;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Which Redis {@code audit} reads, and how it ends; what it finds there is AuditTest's. */
final class AuditCommandTest {
  @TempDir Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void theRedisOfARunningServer_isRead_andLeftRunning() throws Exception {
    try (EmbeddedRedis redis = EmbeddedRedis.start(directory, "server")) {
      open(redis.uri());
      assertEquals(0, auditEmbedded(), err::toString);
      assertTrue(out.toString().endsWith("Everything agrees." + System.lineSeparator()));
      assertTrue(EmbeddedRedis.find(directory).isPresent());
    }
  }

  @Test
  void theRedisOfAServerThatWasStopped_runsForAsLongAsItIsRead() throws Exception {
    try (EmbeddedRedis redis = EmbeddedRedis.start(directory, "server")) {
      open(redis.uri());
    }
    assertFalse(EmbeddedRedis.find(directory).isPresent());
    assertEquals(0, auditEmbedded(), err::toString);
    assertFalse(EmbeddedRedis.find(directory).isPresent());
  }

  @Test
  void whereNoneEverRan_noneIsStarted() {
    assertEquals(1, auditEmbedded());
    assertTrue(err.toString().startsWith("there is no Redis in "), err::toString);
    assertEquals(List.of(), List.of(directory.toFile().list()));
  }

  @Test
  void aRoomThatIsNotThere_isTold() {
    assertEquals(1, run("audit", "--room", "none", "--redis", RedisFixture.uri()));
    assertEquals("audit: there is no room none", err.toString().strip());
  }

  @Test
  void aRedisThatIsAway_isToldInOneLine_withoutItsPassword() {
    assertEquals(1, run("audit", "--room", "r", "--redis", "redis://:secret@127.0.0.1:1"));
    assertEquals(1, err.toString().lines().count(), err::toString);
    assertFalse(err.toString().contains("secret"), err::toString);
  }

  /** Nobody listens there, and the settings name another one. */
  @Test
  void theRedisThatIsNamed_isWhatTlsSettingsAreFor() throws Exception {
    Path ca = Files.writeString(directory.resolve("ca.pem"), "");
    for (String settings : List.of("redis.uri=", "redis.uri=redis://127.0.0.1:1")) {
      assertEquals(
          1,
          run(
              "audit",
              "--room",
              "r",
              "--redis",
              "rediss://127.0.0.1:1",
              "--set",
              settings,
              "--set",
              "redis.tls.ca=" + ca),
          err::toString);
      assertTrue(err.toString().startsWith("Redis: "), err::toString);
    }
  }

  @Test
  void wrongUsage_isAnotherStatus() throws Exception {
    assertEquals(2, run("audit"));
    assertEquals(2, run("audit", "--room", "a room"));
    assertEquals(2, run("audit", "--room", "r", "--redis", "http://127.0.0.1"));
    assertEquals(2, run("audit", "--room", "r", "--set", "redis.url=x"));
    Path file = Files.writeString(directory.resolve("b.yaml"), "redis:\n  uri: 7\n");
    assertEquals(2, run("audit", "--room", "r", "--config", file.toString()));
  }

  private static void open(String uri) throws Exception {
    try (RedisStore store = RedisStore.connect(uri, "server")) {
      store.open(new RoomId("r")).toCompletableFuture().get(5, TimeUnit.SECONDS);
    }
  }

  private int auditEmbedded() {
    return run("audit", "--room", "r", "--set", "redis.embedded.dir=" + directory);
  }

  private int run(String... args) {
    CommandLine command = Main.commandLine();
    command.setOut(new PrintWriter(out, true));
    command.setErr(new PrintWriter(err, true));
    return command.execute(args);
  }
}
