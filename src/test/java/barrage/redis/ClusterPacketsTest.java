package barrage.redis;

import static barrage.redis.Batches.await;
import static barrage.redis.Batches.commit;
import static barrage.redis.Batches.id;
import static barrage.redis.Batches.key;
import static barrage.redis.Batches.outcome;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.activity.Activities;
import barrage.activity.StoreEntry;
import barrage.activity.packet.Packets;
import barrage.core.Action;
import barrage.core.Entry;
import barrage.core.Outcome;
import barrage.core.Pseudonyms;
import barrage.core.Role;
import barrage.core.RoomId;
import barrage.core.Viewer;
import barrage.wire.JsonBody;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * A packet from its making to its end in a cluster, where all that a script reads is in one slot.
 */
final class ClusterPacketsTest {
  private static final Activities ACTIVITIES = new Activities(List.of(new Packets()));
  private static final String PACKET = "packet1";

  private final RoomId room = RedisFixture.freshRoom();

  private Entry open(String viewer) {
    byte[] body = ("{\"packet\":\"" + PACKET + "\"}").getBytes(StandardCharsets.UTF_8);
    Action.Request request = new Packets().requests().get("packet.open").apply(JsonBody.read(body));
    return request.entry(
        key(viewer, "1"),
        new Viewer(id(viewer), viewer, Role.VIEWER),
        new Pseudonyms(new byte[32], room));
  }

  @Test
  void aPacket_isMadeOpenedAndOver() {
    String uri = RedisCluster.shared().uri();
    try (RedisStore store =
        RedisStore.connect(uri, RedisTls.DEFAULT, "a", Replication.NONE, ACTIVITIES)) {
      StoreEntry make =
          StoreEntry.of("packet", "make")
              .text("{\"title\":\"t\",\"mode\":\"grab\",\"conditions\":{}}")
              .text("grab")
              .text("lucky")
              .number(7)
              .number(2)
              .number(60_000)
              .number(0)
              .number(0)
              .number(0)
              .number(0)
              .flag(false)
              .text("")
              .text(PACKET)
              .text("seed")
              .text("commitment")
              .bytes(ByteBuffer.allocate(8).putInt(3).putInt(4).array())
              .number(9)
              .keyed(key("boss", "make"));
      assertTrue(outcome(store, room, make) instanceof Outcome.Told);
      List<Outcome> outcomes = commit(store, room, open("ann"), open("bob")).outcomes();
      assertTrue(outcomes.stream().allMatch(Outcome.Told.class::isInstance), outcomes::toString);
      Viewer ann = new Viewer(id("ann"), "ann", Role.VIEWER);
      Outcome.Stands stands =
          (Outcome.Stands) outcome(store, room, new Entry.Join(ann, Set.of("packet")));
      assertEquals(Set.of("packet " + PACKET), stands.mine().keySet());
      outcome(store, room, StoreEntry.of("packet", "reveal").text(PACKET).unkeyed());
      String thing =
          new String(
              await(store.thing(room, "packet", PACKET, false)).orElseThrow(),
              StandardCharsets.UTF_8);
      assertTrue(thing.contains("\"claimed\":7"), thing);
      List<byte[]> takers =
          await(
              store.ask(
                  room,
                  StoreEntry.of("packet", "takers").key("takers:" + PACKET).text("0").unkeyed()));
      assertEquals(5, takers.size());
      assertEquals(List.of(), Audit.of(uri, RedisTls.DEFAULT, room, ACTIVITIES).faults());
    }
  }
}
