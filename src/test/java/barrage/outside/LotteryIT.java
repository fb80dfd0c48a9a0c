package barrage.outside;

import static barrage.outside.Market.code;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.Patience;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Lotteries: who may enter, that they are drawn once, and that anyone can draw them again. */
@ExtendWith(SharedServer.class)
final class LotteryIT {
  private static final int ENTRIES = 1_000;
  private static final int PRIZES = 20;
  private static final Map<String, Integer> WEIGHTS =
      Map.of("regular", 1, "silver", 3, "gold", 10, "diamond", 1_000);

  @TempDir Path dir;

  private static String tier(int viewer) {
    return viewer < 5 ? "diamond" : viewer < 50 ? "gold" : viewer < 200 ? "silver" : "regular";
  }

  private static Api.Answer draw(Market market, String lottery) {
    return market.streamer.post(market.path("lotteries/" + lottery + "/draw"), Map.of());
  }

  private static Api.Answer cancel(Market market, String lottery) {
    return market.streamer.post(market.path("lotteries/" + lottery + "/cancel"), Map.of());
  }

  private static Api.Answer proof(Market market, String lottery) {
    return Api.anonymous(market.server).get(market.path("lotteries/" + lottery + "/proof"));
  }

  @Test
  void thousandEntriesOnTwoNodes_areDrawnAsTheProofSays() throws Exception {
    try (ServerProcess one = ServerProcess.start(dir);
        ServerProcess two = ServerProcess.start(dir)) {
      Market here = new Market(one, "proven");
      Market there = new Market(two, "proven");
      Map<String, Object> raffle = Market.raffle(PRIZES);
      raffle.put("weights", WEIGHTS);
      JsonNode opened = here.raffled(raffle);
      String lottery = opened.path("id").asString();
      try (ProtocolClient watcher = ProtocolClient.join(one, "proven", null);
          ProtocolClient far = ProtocolClient.join(two, "proven", null)) {
        enterAll(here, there, lottery);

        Api.Answer drawn = draw(there, lottery);
        assertEquals(200, drawn.status(), drawn.body());
        JsonNode told =
            watcher.awaitEvent(
                "lottery.drawn", event -> event.path("lottery").asString().equals(lottery));
        assertEquals(
            told,
            far.awaitEvent(
                "lottery.drawn", event -> event.path("lottery").asString().equals(lottery)));
        JsonNode locked = watcher.awaitEvent("lottery.locked", event -> true);
        assertEquals(ENTRIES, locked.path("entries").asInt());

        JsonNode proof = proof(here, lottery).json();
        assertEquals(proof, proof(there, lottery).json());
        assertEquals(opened.path("commitment"), proof.path("commitment"));
        assertEquals(locked.path("entriesHash"), proof.path("entriesHash"));
        assertEquals(told.path("seed"), proof.path("seed"));
        Map<String, Integer> weights = new TreeMap<>();
        for (int i = 0; i < ENTRIES; i++) {
          weights.put("v" + i, WEIGHTS.get(tier(i)));
        }
        StringBuilder manifest = new StringBuilder(lottery + "\n");
        weights.forEach((viewer, weight) -> manifest.append(viewer + "\t" + weight + "\n"));
        assertEquals(manifest.toString(), proof.path("manifest").asString());
        assertEquals(PRIZES, told.path("winners").size());
        assertEquals(drawnByHand(proof), winners(proof.path("winners")));
        assertEquals(drawnByHand(proof), winners(told.path("winners")));
        assertEquals(
            drawnByHand(proof), winners(here.lottery(lottery).path("winners")), "and for good");
        assertVerified((ObjectNode) proof);
      }
    }
  }

  private static void enterAll(Market here, Market there, String lottery) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(16);
    try {
      List<Future<JsonNode>> entries = new ArrayList<>();
      for (int i = 0; i < ENTRIES; i++) {
        String viewer = "v" + i;
        String tier = tier(i);
        Market market = i % 2 == 0 ? here : there;
        entries.add(
            threads.submit(
                () -> {
                  if (!tier.equals("regular")) {
                    market.make(viewer, tier, 1);
                  }
                  try (ProtocolClient client = market.join(viewer)) {
                    return client.enter("e", lottery);
                  }
                }));
      }
      for (int i = 0; i < ENTRIES; i++) {
        JsonNode answer = entries.get(i).get();
        assertEquals(WEIGHTS.get(tier(i)), answer.path("weight").asInt(), answer.toString());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static List<String> winners(JsonNode winners) {
    List<String> read = new ArrayList<>();
    winners.forEach(
        each -> read.add(each.path("viewer").asString() + " " + each.path("prize").asString()));
    return read;
  }

  /** The draw, written from its description alone. */
  private static List<String> drawnByHand(JsonNode proof) throws Exception {
    byte[] seed = HexFormat.of().parseHex(proof.path("seed").asString());
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    assertEquals(
        proof.path("commitment").asString(), HexFormat.of().formatHex(sha256.digest(seed)));
    byte[] hash = sha256.digest(proof.path("manifest").asString().getBytes(StandardCharsets.UTF_8));
    assertEquals(proof.path("entriesHash").asString(), HexFormat.of().formatHex(hash));

    List<String> viewers = new ArrayList<>();
    List<BigInteger> weights = new ArrayList<>();
    BigInteger sum = BigInteger.ZERO;
    for (String line : proof.path("manifest").asString().lines().skip(1).toList()) {
      viewers.add(line.split("\t")[0]);
      weights.add(new BigInteger(line.split("\t")[1]));
      sum = sum.add(weights.get(weights.size() - 1));
    }
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(seed, "HmacSHA256"));
    BigInteger words = BigInteger.TWO.pow(64);
    byte[] block = new byte[0];
    int used = 0;
    int counter = 0;
    List<String> winners = new ArrayList<>();
    for (JsonNode prize : proof.path("prizes")) {
      for (int i = 0; i < prize.path("count").asInt() && !viewers.isEmpty(); i++) {
        BigInteger word;
        do {
          if (used == block.length) {
            mac.update(hash);
            block = mac.doFinal(ByteBuffer.allocate(4).putInt(counter++).array());
            used = 0;
          }
          word = new BigInteger(1, block, used, 8);
          used += 8;
        } while (word.compareTo(words.subtract(words.mod(sum))) >= 0);
        BigInteger left = word.mod(sum);
        int at = 0;
        while (left.compareTo(weights.get(at)) >= 0) {
          left = left.subtract(weights.get(at++));
        }
        winners.add(viewers.remove(at) + " " + prize.path("name").asString());
        sum = sum.subtract(weights.remove(at));
      }
    }
    return winners;
  }

  /** {@code verify} believes this proof, and none that says something else. */
  private void assertVerified(ObjectNode proof) throws Exception {
    assertEquals(0, verify(proof));
    String commitment = proof.path("commitment").asString();
    String hash = proof.path("entriesHash").asString();
    assertEquals(0, verify(proof, "--commitment", commitment, "--entries-hash", hash));
    assertEquals(1, verify(proof, "--commitment", hash), "another commitment was noted");
    assertEquals(1, verify(proof, "--entries-hash", commitment), "another hash was noted");
    assertEquals(1, verify(proof, "--weights", "gold=7"), "other weights were noted");
    ObjectNode weights = proof.deepCopy();
    weights.putObject("weights").put("diamond", 1_000).put("regular", 999);
    assertEquals(1, verify(weights), "tickets of a weight that nobody was told");
    ObjectNode winner = proof.deepCopy();
    ArrayNode winners = (ArrayNode) winner.path("winners");
    ((ObjectNode) winners.get(0)).put("viewer", winners.get(1).path("viewer").asString());
    assertEquals(1, verify(winner), "a changed winner");
    String manifest = proof.path("manifest").asString();
    assertEquals(
        1,
        verify(proof.deepCopy().put("manifest", manifest.replace("v999\t1\n", "v999\t2\n"))),
        "a changed weight");
    assertEquals(
        1,
        verify(proof.deepCopy().put("manifest", manifest.replace("v999\t1\n", ""))),
        "a changed manifest");
    String seed = proof.path("seed").asString();
    String other = (seed.startsWith("0") ? "1" : "0") + seed.substring(1);
    assertEquals(1, verify(proof.deepCopy().put("seed", other)), "a changed seed");
  }

  private int verify(JsonNode proof, String... options) throws Exception {
    Path file = Files.createTempFile(dir, "proof", ".json");
    Files.write(file, JsonMapper.shared().writeValueAsBytes(proof));
    List<String> arguments = new ArrayList<>(List.of("verify", file.toString()));
    arguments.addAll(List.of(options));
    return ServerProcess.run(arguments.toArray(String[]::new)).status();
  }

  @Test
  void entry_isOnceAViewer_forThoseWhoMay_andCostsWhatItSays(ServerProcess server) {
    Market market = new Market(server, "lottery-entry");
    Map<String, Object> raffle = Market.raffle(1);
    raffle.put("conditions", Map.of("minTier", "silver", "minPoints", 50, "costPoints", 30));
    JsonNode opened = market.raffled(raffle);
    String lottery = opened.path("id").asString();
    assertFalse(opened.has("seed"), "secret until the draw");
    market.make("rich", "silver", 100);
    market.make("poor", "silver", 49);
    try (ProtocolClient rich = market.join("rich");
        ProtocolClient poor = market.join("poor");
        ProtocolClient regular = market.join("reg");
        ProtocolClient host =
            ProtocolClient.join(server, market.room, Jwt.of("host", "streamer"))) {
      JsonNode entered = rich.enter("e", lottery);
      assertEquals(1, entered.path("weight").asInt(), entered.toString());
      assertEquals(1, entered.path("entries").asInt());
      JsonNode again = rich.enter("e", lottery);
      assertEquals(entered, again, "the same id, the same answer");
      assertEquals("already_entered", code(rich.enter("f", lottery)));
      assertEquals(70, market.points("rich"));
      assertEquals("insufficient_points", code(poor.enter("e", lottery)));
      assertEquals("tier_required", code(regular.enter("e", lottery)));
      assertEquals("not_eligible", code(host.enter("e", lottery)));
      assertEquals("not_found", code(rich.enter("g", "nosuchlotter")));
      assertEquals(49, market.points("poor"));
      assertEquals(1, market.lottery(lottery).path("entries").asInt());

      Api.Answer second = market.streamer.post(market.path("lotteries"), Market.raffle(1));
      assertEquals(409, second.status());
      assertEquals("wrong_state", second.code());
      try (ProtocolClient back = market.join("rich")) {
        JsonNode active = back.welcome().path("lotteries").get(0);
        assertEquals(lottery, active.path("id").asString());
        assertTrue(active.path("entered").asBoolean());
      }
      assertEquals(409, proof(market, lottery).status());

      Api.Answer cancelled = cancel(market, lottery);
      assertEquals("cancelled", cancelled.json().path("state").asString(), cancelled.body());
      JsonNode told = poor.awaitEvent("lottery.cancelled", event -> true);
      assertEquals(cancelled.json().path("seed"), told.path("seed"));
      await()
          .atMost(Patience.soon(Duration.ofSeconds(5)))
          .until(() -> market.points("rich") == 100);
      assertEquals("wrong_state", draw(market, lottery).code());
      assertEquals("wrong_state", cancel(market, lottery).code());
      assertEquals("ended", code(poor.enter("late", lottery)));
      assertEquals("wrong_state", proof(market, lottery).code());
    }
  }

  @Test
  void keyword_entersWhoeverSaysIt(ServerProcess server) {
    Market market = new Market(server, "lottery-keyword");
    Map<String, Object> raffle = Market.raffle(1);
    raffle.put("entry", "keyword");
    raffle.put("keyword", "抽我");
    String lottery = market.raffled(raffle).path("id").asString();
    try (ProtocolClient ann = market.join("ann");
        ProtocolClient bob = market.join("bob")) {
      bob.saySeq("抽我吧");
      ann.saySeq("抽我");
      JsonNode entered = ann.awaitMessage("lottery.entered", any -> true);
      assertEquals(lottery, entered.path("lottery").asString());
      assertEquals(1, entered.path("weight").asInt());
      assertEquals("not_eligible", code(bob.enter("e", lottery)));
      JsonNode drawn = draw(market, lottery).json();
      assertEquals("drawn", drawn.path("state").asString(), drawn.toString());
      assertEquals(List.of("ann 大奖"), winners(drawn.path("winners")));
      assertEquals("大奖", ann.awaitMessage("lottery.won", any -> true).path("prize").asString());
      assertEquals("wrong_state", draw(market, lottery).code());
      assertEquals("wrong_state", cancel(market, lottery).code());
      assertEquals("ended", code(bob.enter("f", lottery)));
    }
  }

  @Test
  void likes_enterWhoeverTapsEnough_sinceItOpened(ServerProcess server) {
    Market market = new Market(server, "lottery-likes");
    try (ProtocolClient ann = market.join("ann");
        ProtocolClient watcher = market.join("watcher")) {
      ann.send("{\"type\":\"like\",\"total\":8}");
      watcher.awaitEvent("likes", event -> event.path("total").asLong() == 8);
      Map<String, Object> raffle = Market.raffle(1);
      raffle.put("entry", "likes");
      raffle.put("minLikes", 10);
      String lottery = market.raffled(raffle).path("id").asString();
      ann.awaitEvent("lottery.opened", event -> true);
      ann.send("{\"type\":\"like\",\"total\":17}");
      watcher.awaitEvent("likes", event -> event.path("total").asLong() == 17);
      assertEquals(0, market.lottery(lottery).path("entries").asInt(), "nine since it opened");
      ann.send("{\"type\":\"like\",\"total\":18}");
      ann.awaitMessage("lottery.entered", any -> true);
      assertEquals(1, market.lottery(lottery).path("entries").asInt());
    }
  }

  @Test
  void fewerEntriesThanPrizes_everybodyWins_andNobodyIsFine(ServerProcess server) {
    Market market = new Market(server, "lottery-few");
    String lottery = market.raffled(Market.raffle(20)).path("id").asString();
    try (ProtocolClient ann = market.join("ann");
        ProtocolClient bob = market.join("bob")) {
      ann.enter("e", lottery);
      bob.enter("e", lottery);
      JsonNode drawn = draw(market, lottery).json();
      assertEquals(2, drawn.path("winners").size(), drawn.toString());
      assertEquals("大奖", drawn.path("winners").get(0).path("prize").asString());
      assertEquals("小奖", drawn.path("winners").get(1).path("prize").asString());
    }
    String empty = market.raffled(Market.raffle(20)).path("id").asString();
    JsonNode drawn = draw(market, empty).json();
    assertEquals("drawn", drawn.path("state").asString(), drawn.toString());
    assertEquals(0, drawn.path("winners").size());
    assertEquals(empty + "\n", proof(market, empty).json().path("manifest").asString());
  }

  @Test
  void badLottery_isABadRequest_andThereIsNone(ServerProcess server) {
    Market market = new Market(server, "lottery-bounds");
    Map<String, Object> bad =
        Map.of(
            "durationMs",
            9_999,
            "entry",
            "luck",
            "prizes",
            List.of(Map.of("name", "a", "count", 101)),
            "weights",
            Map.of("gold", 1_001),
            "conditions",
            Map.of("costPoints", -1),
            "title",
            "a\nb");
    bad.forEach(
        (field, value) -> {
          Map<String, Object> raffle = Market.raffle(1);
          raffle.put(field, value);
          Api.Answer answer = market.streamer.post(market.path("lotteries"), raffle);
          assertEquals(400, answer.status(), answer.body());
          assertTrue(answer.body().contains(field), answer.body());
        });
    Api viewer = new Api(server, Jwt.viewer("ann"));
    assertEquals(403, viewer.post(market.path("lotteries"), Market.raffle(1)).status());
    assertEquals(
        0, market.streamer.get("/api/rooms/lottery-bounds").json().path("lotteries").size());
    assertEquals(404, proof(market, "nosuchlotter").status());
  }

  @Test
  void fallenDueWhileNoServerRuns_isDrawnOnceWithinASecondOfTheNextStart() throws Exception {
    try (ServerProcess first = ServerProcess.start(dir)) {
      Market market = new Market(first, "lottery-due");
      Map<String, Object> raffle = Market.raffle(1);
      raffle.put("durationMs", 10_000);
      JsonNode opened = market.raffled(raffle);
      String lottery = opened.path("id").asString();
      long epoch;
      try (ProtocolClient ann = market.join("ann")) {
        epoch = ann.welcome().path("epoch").asLong();
        assertEquals(1, ann.enter("e", lottery).path("weight").asInt());
      }
      first.kill();
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> System.currentTimeMillis() > opened.path("locksAt").asLong() + 500);
      try (ServerProcess second = first.again();
          ServerProcess third = ServerProcess.start(dir)) {
        Market later = new Market(second, "lottery-due");
        await()
            .atMost(Patience.soon(Duration.ofSeconds(1)))
            .pollInterval(Duration.ofMillis(20))
            .until(() -> later.lottery(lottery).path("state").asString().equals("drawn"));
        assertEquals(List.of("ann 大奖"), winners(later.lottery(lottery).path("winners")));
        try (ProtocolClient ann =
            ProtocolClient.resume(third, "lottery-due", Jwt.viewer("ann"), epoch, 0)) {
          ann.saySeq("after it");
          ann.awaitEvent("danmaku", any -> true);
          for (String once : List.of("lottery.opened", "lottery.locked", "lottery.drawn")) {
            assertEquals(
                1,
                ann.numbered().stream()
                    .filter(event -> event.path("type").asString().equals(once))
                    .count(),
                once);
          }
        }
      }
    }
  }
}
