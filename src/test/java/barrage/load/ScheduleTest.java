package barrage.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ScheduleTest {
  private static final long SECOND = 1_000_000_000;

  private static List<Long> all(Schedule schedule) {
    List<Long> due = new ArrayList<>();
    while (schedule.hasNext()) {
      long next = schedule.nextNanos();
      due.add(schedule.take());
      assertEquals(next, due.get(due.size() - 1));
    }
    return due;
  }

  @Test
  void rate_isKeptEvenlyAndBeginsAtTheStart() {
    assertEquals(
        List.of(7L, 7 + SECOND / 4, 7 + SECOND / 2, 7 + 3 * SECOND / 4),
        all(Schedule.atRate(4, 7, SECOND, 0, 1)));
  }

  @Test
  void parts_makeUpTheWhole() {
    List<Long> together = new ArrayList<>();
    for (int part = 0; part < 3; part++) {
      together.addAll(all(Schedule.atRate(100, 5, SECOND, part, 3)));
    }
    Collections.sort(together);
    assertEquals(all(Schedule.atRate(100, 5, SECOND, 0, 1)), together);
    assertEquals(100, together.size());
  }

  @Test
  void manyHours_doNotDrift() {
    Schedule schedule = Schedule.atRate(3, 0, 3_600 * SECOND, 0, 1);
    long last = 0;
    int count = 0;
    while (schedule.hasNext()) {
      last = schedule.take();
      count++;
    }
    assertEquals(10_800, count);
    assertEquals(3_600 * SECOND - Math.round(SECOND / 3.), last);
  }

  @Test
  void whatIsTakenLate_isDueWhenItWas() {
    Schedule schedule = Schedule.atRate(10, 0, SECOND, 0, 1);
    schedule.take();
    // Nobody asked for a long time; the next ones are still due one after the other.
    assertEquals(SECOND / 10, schedule.take());
    assertEquals(SECOND / 5, schedule.take());
  }

  @Test
  void within_spreadsACount() {
    assertEquals(List.of(100L, 105L), all(Schedule.within(2, 100, 10)));
    assertEquals(List.of(100L, 100L), all(Schedule.within(2, 100, 0)));
    assertFalse(Schedule.within(0, 100, 10).hasNext());
  }

  @Test
  void noRate_isNothing() {
    assertFalse(Schedule.atRate(0, 0, SECOND, 0, 1).hasNext());
    assertFalse(Schedule.atRate(5, 0, 0, 0, 1).hasNext());
  }
}
