package barrage.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.bench.Work.Span;
import org.junit.jupiter.api.Test;

/** That the driver counts what is there, and misses what is not. */
final class CrowdTest {
  private static final int VIEWERS = 5;
  private static final Span SPAN = new Span(0.1, 0.2);
  private static final Span WITHOUT_WAITING = new Span(0, 0.1, 0);

  @Test
  void everyDeliveryAndAnswer_isCountedOnce_andWhatNobodyHearsIsLost() throws Exception {
    try (Served floor = Served.floor();
        Crowd crowd = new Crowd(floor)) {
      assertEquals(VIEWERS, crowd.connect(VIEWERS, viewer -> "any").eachUs().getTotalCount());

      Figures heard = crowd.atRate(Work.danmaku(2, VIEWERS), 200, SPAN);
      assertFalse(heard.faults().any(), () -> heard.faults().toString());
      assertTrue(heard.count() > 0);
      assertEquals(heard.count(), heard.latencyUs().getTotalCount());

      Figures answered = crowd.inFlight(Work.clicks("sale", VIEWERS, true), 2, SPAN);
      assertFalse(answered.faults().any(), () -> answered.faults().toString());
      assertTrue(answered.count() > 0);

      Figures oneIsMissing = crowd.atRate(Work.danmaku(2, VIEWERS + 1), 200, WITHOUT_WAITING);
      assertTrue(oneIsMissing.faults().lost() > 0);
    }
  }
}
