package barrage.activity.packet;

import static barrage.activity.packet.PacketRoom.JSON;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.activity.Play;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What synthetic viewers do about packets, and what they find amiss. */
final class PacketPlayTest {
  private static final Play.Move MOVE = new Play.Move("packet.open", Map.of("packet", "p"));
  private static final JsonNode GRABBED =
      JSON.readTree(
          "{\"id\":\"p\",\"mode\":\"grab\",\"reward\":{\"points\":10},\"count\":3,\"left\":1,"
              + "\"state\":\"ended\",\"claimed\":7,\"returned\":3}");
  private static final JsonNode PROOF = JSON.readTree("{\"amounts\":[5,2,3]}");

  private final PacketPlay play = new PacketPlay();

  private static Play.Granted granted(String viewer, String ok) {
    return new Play.Granted(viewer, MOVE, JSON.readTree(ok));
  }

  @Test
  void everyVariant_canBeBegun() {
    try (PacketRoom here = new PacketRoom()) {
      for (String variant : play.variants()) {
        JsonNode made =
            PacketRoom.json(
                here.call(
                    "POST ",
                    barrage.core.Role.STREAMER,
                    "boss",
                    "",
                    play.begin(variant, 5_000, 1)));
        assertEquals(variant, made.path("mode").asString());
        assertEquals(2_000, made.path("count").asInt());
        assertEquals(
            Map.of("packet", made.path("id").asString()),
            play.take(made, new Random()).orElseThrow().fields());
        assertFalse(play.isOver(made));
      }
    }
  }

  @Test
  void whatIsNotForEverybody_isLeftAlone() {
    assertTrue(play.take(GRABBED, new Random()).isEmpty());
    JsonNode members =
        JSON.readTree("{\"id\":\"p\",\"state\":\"open\",\"conditions\":{\"minTier\":\"gold\"}}");
    assertTrue(play.take(members, new Random()).isEmpty());
  }

  @Test
  void sharesAsPromised_areNoFault() {
    List<Play.Granted> granted =
        List.of(
            granted("ann", "{\"rank\":1,\"amount\":5}"),
            granted("ann", "{\"rank\":1,\"amount\":5}"),
            granted("bob", "{\"rank\":2,\"amount\":2}"));
    assertEquals(List.of(), play.judge(GRABBED, PROOF, granted, 0));
  }

  @Test
  void sharesOtherThanPromised_areFaults() {
    assertEquals(1, faults(granted("ann", "{\"rank\":1,\"amount\":6}")));
    assertEquals(
        1,
        faults(
            granted("ann", "{\"rank\":1,\"amount\":5}"),
            granted("bob", "{\"rank\":1,\"amount\":5}")));
    assertEquals(
        1,
        faults(
            granted("ann", "{\"rank\":1,\"amount\":5}"),
            granted("ann", "{\"rank\":2,\"amount\":2}")));
    JsonNode lost = JSON.readTree(GRABBED.toString().replace("\"returned\":3", "\"returned\":2"));
    assertEquals(1, play.judge(lost, PROOF, List.of(), 0).size());
  }

  @Test
  void entryThatIsNotInTheManifest_isAFault() {
    JsonNode drawn = JSON.readTree(GRABBED.toString().replace("grab", "draw"));
    JsonNode proof = JSON.readTree("{\"amounts\":[5,2,3],\"manifest\":\"p\\nab\\t1\\n\"}");
    assertEquals(List.of(), play.judge(drawn, proof, List.of(granted("a", "{\"who\":\"ab\"}")), 0));
    assertEquals(1, play.judge(drawn, proof, List.of(granted("a", "{\"who\":\"cd\"}")), 0).size());
  }

  private int faults(Play.Granted... granted) {
    return play.judge(GRABBED, PROOF, List.of(granted), 0).size();
  }
}
