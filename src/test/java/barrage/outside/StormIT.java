package barrage.outside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.outside.Flock.Ticket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everybody cut off at once. {@code -Dbarrage.flock=5000} for more; {@link DrainIT} tells them. */
final class StormIT {
  private static final String ROOM = "storm";
  private static final int FLOCK = Integer.getInteger("barrage.flock", 1_000);
  private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

  @TempDir Path dir;

  @Test
  void afterAKill_everybodyIsBackWithinTenSeconds_withAllTheyMissed_once() throws Exception {
    try (ServerProcess first = ServerProcess.start(dir, "limits.enabled=false");
        Flock flock = new Flock(true)) {
      List<Ticket> tickets = new ArrayList<>();
      for (int i = 0; i < FLOCK; i++) {
        tickets.add(new Ticket(first, ROOM, Jwt.viewer("v" + i)));
      }
      flock.come(tickets);
      flock.await("all", Duration.ofSeconds(20), () -> flock.welcomed() == FLOCK);
      long before;
      try (ProtocolClient speaker = ProtocolClient.join(first, ROOM, Jwt.viewer("speaker"))) {
        before = speaker.saySeq("before");
        flock.await("the word", TEN_SECONDS, () -> flock.heardByAll() == before);
        // Said and kept, and perhaps not heard.
        speaker.saySeq("the last");
      }

      flock.comeBack();
      first.kill();
      long cutNanos = System.nanoTime();
      CompletableFuture<ServerProcess> again =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return first.again();
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              });
      flock.await("a server", Duration.ofSeconds(30), again::isDone);
      try (ServerProcess second = again.join();
          ProtocolClient speaker = ProtocolClient.join(second, ROOM, Jwt.viewer("speaker"))) {
        long readyNanos = System.nanoTime();
        // Said while they come.
        CompletableFuture<Long> said =
            CompletableFuture.supplyAsync(
                () -> {
                  long seq = 0;
                  for (int i = 0; i < 20; i++) {
                    seq = speaker.saySeq("meanwhile " + i);
                  }
                  return seq;
                });
        flock.await(
            "all back",
            TEN_SECONDS,
            () -> flock.welcomed() == FLOCK && said.isDone() && flock.heardByAll() == said.join());
        long endNanos = System.nanoTime();
        System.out.printf(
            "%d back %d ms after the cut, %d ms after the server was ready%n",
            FLOCK,
            TimeUnit.NANOSECONDS.toMillis(endNanos - cutNanos),
            TimeUnit.NANOSECONDS.toMillis(endNanos - readyNanos));
        assertEquals(FLOCK, flock.resumed());
        assertEquals(before + 21, said.join());
        assertEquals(Map.of(), flock.faults);
        assertTrue(flock.closes.keySet().stream().allMatch(code -> code == 1006), flock.toString());
      }
    }
  }
}
