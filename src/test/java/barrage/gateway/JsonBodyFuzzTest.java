package barrage.gateway;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.wire.BadRequest;
import barrage.wire.JsonBody;
import com.code_intelligence.jazzer.junit.FuzzTest;

/** Whatever is in a body, its fields are what they have to be, or the request is a bad one. */
final class JsonBodyFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void anyBody_isReadOrRefused(byte[] bytes) {
    attempt(
        () -> {
          JsonBody body = JsonBody.read(bytes);
          attempt(() -> assertFalse(body.text("title", 100).isBlank()));
          attempt(() -> assertTrue(body.reference("paymentRef").length() <= 64));
          attempt(() -> body.tier("minTier"));
          attempt(() -> body.optionalPerTier("earlyAccessMs", 0, 1_000));
          attempt(() -> body.viewer("viewer"));
          attempt(() -> assertTrue(body.integer("stock", 1, 9) <= 9));
          attempt(() -> body.optionalBoolean("silenced"));
          attempt(() -> body.decimal("factor"));
          attempt(() -> body.objects("prizes", 9).forEach(prize -> prize.optionalText("name", 30)));
        });
  }

  private static void attempt(Runnable read) {
    try {
      read.run();
    } catch (BadRequest e) {
      // Says which field and why.
    }
  }
}
