package barrage.activity.packet;

import barrage.activity.Play;
import barrage.wire.Messages;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;

/** Synthetic viewers and red packets: they open whatever is open to everybody. */
final class PacketPlay implements Play {
  private static final String DRAW = "draw";
  private static final String GRAB = "grab";
  private static final int MOST_SHARES = 2_000;
  private static final int POINTS_A_SHARE = 20;
  private static final long SHORTEST_MS = 10_000;
  private static final long LONGEST_MS = 900_000;

  @Override
  public List<String> variants() {
    return List.of(DRAW, GRAB);
  }

  @Override
  public String begin(String variant, int size, long lastsMs) {
    int count = Math.max(1, Math.min(MOST_SHARES, size));
    byte[] body =
        Messages.object(
            json -> {
              json.writeStringProperty("title", "大家一起拆红包");
              json.writeObjectPropertyStart("reward");
              json.writeNumberProperty("points", count * POINTS_A_SHARE);
              json.writeEndObject();
              json.writeNumberProperty("count", count);
              json.writeStringProperty("mode", variant);
              json.writeStringProperty("split", "lucky");
              json.writeNumberProperty(
                  "enterMs", Math.max(SHORTEST_MS, Math.min(LONGEST_MS, lastsMs)));
            });
    return new String(body, StandardCharsets.UTF_8);
  }

  @Override
  public Optional<Move> take(JsonNode packet, RandomGenerator random) {
    return packet.path("state").asString("").equals("open") && packet.path("conditions").isEmpty()
        ? Optional.of(new Move("packet.open", Map.of("packet", packet.path("id").asString(""))))
        : Optional.empty();
  }

  @Override
  public boolean isOver(JsonNode packet) {
    return Set.of("ended", "cancelled").contains(packet.path("state").asString(""));
  }

  @Override
  public List<String> judge(JsonNode packet, JsonNode proof, List<Granted> granted, int unknown) {
    List<String> faults = new ArrayList<>();
    String name = "packet " + packet.path("id").asString("?");
    if (!isOver(packet)) {
      return List.of(name + " is not over");
    }
    long points = packet.path("reward").path("points").asLong();
    long claimed = packet.path("claimed").asLong();
    long returned = packet.path("returned").asLong();
    if (claimed + returned != points) {
      faults.add(
          "%s: %d points, but %d claimed and %d returned"
              .formatted(name, points, claimed, returned));
    }
    if (packet.path("mode").asString("").equals(GRAB)) {
      judgeGrab(name, packet, proof, granted, faults);
    } else {
      judgeDraw(name, proof, granted, faults);
    }
    return faults;
  }

  /** Every share that was granted is the one of its rank, and nobody else's. */
  private static void judgeGrab(
      String name, JsonNode packet, JsonNode proof, List<Granted> granted, List<String> faults) {
    Map<Integer, String> byRank = new HashMap<>();
    Map<String, Integer> byViewer = new HashMap<>();
    for (Granted each : granted) {
      int rank = each.ok().path("rank").asInt(0);
      String before = byRank.put(rank, each.viewer());
      if (before != null && !before.equals(each.viewer())) {
        faults.add(name + ": share " + rank + " went to " + before + " and " + each.viewer());
      }
      Integer other = byViewer.put(each.viewer(), rank);
      if (other != null && other != rank) {
        faults.add(name + ": " + each.viewer() + " has shares " + other + " and " + rank);
      }
      JsonNode amount = proof.path("amounts").path(rank - 1);
      if (amount.asInt(0) != each.ok().path("amount").asInt(-1)) {
        faults.add(name + ": share " + rank + " is not what its proof says");
      }
    }
    int given = packet.path("count").asInt() - packet.path("left").asInt();
    if (byRank.size() > given) {
      faults.add("%s: %d shares were granted, %d given".formatted(name, byRank.size(), given));
    }
    long paid = 0;
    for (int i = 0; i < given; i++) {
      paid += proof.path("amounts").path(i).asInt(0);
    }
    if (paid != packet.path("claimed").asLong()) {
      faults.add(name + ": the shares given are not the first ones");
    }
  }

  /** Everybody who was told that they are in it is in its manifest, once. */
  private static void judgeDraw(
      String name, JsonNode proof, List<Granted> granted, List<String> faults) {
    List<String> lines = List.of(proof.path("manifest").asString("").split("\n", -1));
    Set<String> entries = new HashSet<>(lines);
    for (Granted each : granted) {
      if (!entries.contains(each.ok().path("who").asString("") + "\t1")) {
        faults.add(name + ": " + each.viewer() + " entered and is not in the manifest");
      }
    }
  }
}
