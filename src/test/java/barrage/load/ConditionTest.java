package barrage.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConditionTest {
  /**
   * Every time is 200 ms, every count 3, every percentage 0.5, every throughput 1,000; no joins.
   */
  private static final Condition.Figures FIGURES =
      new Condition.Figures() {
        @Override
        public Condition.Subject defaultSubject() {
          return Condition.Subject.DELIVERIES;
        }

        @Override
        public OptionalDouble percentileMs(Condition.Subject subject, double percentile) {
          return subject == Condition.Subject.JOINS
              ? OptionalDouble.empty()
              : OptionalDouble.of(percentile == 50 ? 100 : 200);
        }

        @Override
        public OptionalDouble meanMs(Condition.Subject subject) {
          return OptionalDouble.of(subject == Condition.Subject.ANSWERS ? 1 : 200);
        }

        @Override
        public double throughput(Condition.Subject subject) {
          return subject == Condition.Subject.ANSWERS ? 50 : 1_000;
        }

        @Override
        public double count(String what) {
          return 3;
        }

        @Override
        public double percent(String what) {
          return 0.5;
        }
      };

  @ParameterizedTest
  @CsvSource({
    "p99<200ms, false",
    "p99<=200ms, true",
    "p99 < 0.201 s, true",
    "p99<200001us, true",
    "p50<101ms, true",
    "p99.9>=200ms, true",
    "max>199ms, true",
    "mean=200ms, true",
    "answers.mean<2ms, true",
    "joins.p99<10s, false",
    "throughput>=1000/s, true",
    "throughput>1000, false",
    "answers.throughput<51/s, true",
    "errors<1%, true",
    "errors<1, false",
    "errors==3, true",
    "shed<=0.5%, true",
    "loss=0, false",
    "gaps<=3, true",
    "doubled=3, true",
    "oversold<3, false"
  })
  void conditionsHoldOrDoNot(String text, boolean holds) {
    assertEquals(holds, Condition.parse(text).judge(FIGURES).holds());
  }

  @Test
  void whatWasNotMeasured_failsAndSaysSo() {
    Condition.Verdict verdict = Condition.parse("joins.p99>0ms").judge(FIGURES);
    assertFalse(verdict.holds());
    assertEquals("nothing to time", verdict.figure());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "p99",
        "p99<200",
        "p99<200%",
        "p101<1ms",
        "q99<1ms",
        "viewers.p99<1ms",
        "errors<1ms",
        "answers.errors=0",
        "loss<1%",
        "throughput>5ms",
        "p99<-1ms",
        "p99<200ms or else"
      })
  void whatIsNoCondition_isRefusedInOneLine(String text) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> Condition.parse(text));
    String message = String.valueOf(refused.getMessage());
    assertEquals(1, message.lines().count());
    assertTrue(message.startsWith("not a condition: '" + text + "'"), message);
  }
}
