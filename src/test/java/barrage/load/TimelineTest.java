package barrage.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

final class TimelineTest {
  private static Timeline.Point second(int n) {
    return new Timeline.Point(
        n * 1_000L, 1_000, 50, 10, 2, 1, n % 7 == 0 ? Double.NaN : n, n, Double.NaN, n);
  }

  @Test
  void hours_fitAndNothingIsLost() {
    Timeline timeline = new Timeline();
    int hours = 5 * 3_600 + 77;
    for (int n = 1; n <= hours; n++) {
      timeline.add(second(n));
    }
    List<Timeline.Point> points = timeline.points();
    assertTrue(points.size() <= Timeline.MAX_POINTS, points.size() + " points");
    assertEquals(hours * 10L, points.stream().mapToLong(Timeline.Point::deliveries).sum());
    assertEquals(hours * 1_000L, points.stream().mapToLong(Timeline.Point::lengthMs).sum());
    Timeline.Point last = points.get(points.size() - 1);
    assertEquals(hours * 1_000L, last.atMs());
    assertEquals(hours, last.answerP99Ms());
    assertTrue(Double.isNaN(last.answerP50Ms()));
  }
}
