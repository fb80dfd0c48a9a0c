package barrage.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class PseudonymsTest {
  private static final ViewerId ANN = new ViewerId("ann");
  private final Pseudonyms names = new Pseudonyms(new byte[32], new RoomId("r"));

  @Test
  void viewer_isCalledTheSameAboutOneThing() {
    assertEquals(names.who("t", ANN), new Pseudonyms(new byte[32], new RoomId("r")).who("t", ANN));
    assertTrue(names.who("t", ANN).matches("[0-9a-f]{32}"));
  }

  @Test
  void viewer_isCalledOtherwise_aboutAnotherThing_inAnotherRoom_underAnotherSecret() {
    String who = names.who("t", ANN);
    for (String other :
        List.of(
            names.who("u", ANN),
            names.who("t", new ViewerId("bob")),
            new Pseudonyms(new byte[32], new RoomId("s")).who("t", ANN),
            new Pseudonyms(new byte[] {1}, new RoomId("r")).who("t", ANN))) {
      assertNotEquals(who, other);
    }
  }
}
