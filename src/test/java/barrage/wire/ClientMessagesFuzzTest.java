package barrage.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * Whatever is in a frame, it is a message or malformed. Runs the inputs beside it; others are
 * looked for, for ten minutes, with {@code JAZZER_FUZZ=1 mvn test -Djazzer.hooks=true
 * -Dtest=ClientMessagesFuzzTest}.
 */
final class ClientMessagesFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void anyFrame_isRead(byte[] frame) {
    ClientMessage message = ClientMessages.read(frame, 0, frame.length);
    assertNotNull(message);
    assertEquals(message, ClientMessages.read(frame, 0, frame.length), "the same every time");
  }
}
