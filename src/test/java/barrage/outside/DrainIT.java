package barrage.outside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.Patience;
import barrage.outside.Flock.Ticket;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that is told to end, with everybody on it. {@code -Dbarrage.flock=5000} for more. */
final class DrainIT {
  private static final int DRAIN_MS = 1_500;
  private static final int FLOCK = Integer.getInteger("barrage.flock", 2_000);
  private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

  @TempDir Path dir;

  @Test
  void everybodyGoesOnElsewhere_andNodesEndInTime_evenWithoutTheirStore() throws Exception {
    String[] settings = {"limits.enabled=false", "server.drain-ms=" + DRAIN_MS};
    try (ServerProcess first = ServerProcess.start(dir, settings);
        ServerProcess second = ServerProcess.start(dir, settings);
        Flock flock = new Flock(true);
        StalledReader stalled = new StalledReader(first, "full", Jwt.viewer("stalled"))) {
      List<Ticket> tickets = new ArrayList<>();
      for (int i = 0; i < FLOCK; i++) {
        tickets.add(new Ticket(first, "full", Jwt.viewer("v" + i)));
      }
      flock.come(tickets);
      flock.await("all", Duration.ofSeconds(20), () -> flock.welcomed() == FLOCK);

      flock.goOnTo(second, "{\"type\":\"danmaku\",\"id\":\"last\",\"text\":\"see you there\"}");
      long toldNanos = System.nanoTime();
      first.terminate();
      flock.await(
          "all there",
          TEN_SECONDS,
          () -> flock.goaways.size() == FLOCK && flock.resumed() == FLOCK);
      System.out.printf(
          "%d elsewhere %d ms after the signal%n",
          FLOCK, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - toldNanos));
      assertEquals(0, first.awaitExit());
      Patience.assertInTime(TEN_SECONDS, toldNanos);
      assertEquals(Map.of(), flock.faults);
      assertThrows(
          ConnectException.class,
          () -> new Socket(first.uri().getHost(), first.uri().getPort()).close());
      flock.await("all closed", TEN_SECONDS, () -> flock.welcomed() == FLOCK);
      assertEquals(Map.of(1001, FLOCK), flock.closes);

      // Told at one time, each to come at another: a tenth of them in a tenth of the time.
      long spread = flock.goaways.stream().mapToLong(ms -> ms * 10 / DRAIN_MS).distinct().count();
      assertTrue(spread >= 9, flock.goaways.toString());
      // What they said when they were told was answered, but for who had to go at that moment.
      assertEquals(flock.answers.getOrDefault("ok", 0), flock.answered(), flock.toString());
      assertTrue(flock.answered() > FLOCK / Flock.ONE_IN * 0.8, flock.toString());
      assertTrue(stalled.readToTheEnd() > 0);

      second.redis().freeze();
      try {
        flock.goOnTo(null, "{\"type\":\"danmaku\",\"id\":\"again\",\"text\":\"is it gone?\"}");
        toldNanos = System.nanoTime();
        second.terminate();
        flock.await("all gone", TEN_SECONDS, () -> flock.welcomed() == 0);
        assertEquals(0, second.awaitExit());
        Patience.assertInTime(TEN_SECONDS, toldNanos);
      } finally {
        second.redis().thaw();
      }
    }
  }
}
