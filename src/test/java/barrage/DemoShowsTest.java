package barrage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.activity.Activities;
import barrage.activity.Play;
import barrage.core.RoomId;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class DemoShowsTest {
  private final List<String> did = new ArrayList<>();
  private final DemoShows shows =
      new DemoShows(
          URI.create("http://127.0.0.1:1"),
          new RoomId("demo"),
          Activities.NONE,
          Stream.generate(Guest::new).limit(20).toList(),
          (ms, act) -> act.run(),
          () -> "token");

  /** Writes down what it is to do, and is sold nothing. */
  private final class Guest implements DemoShows.Guest {
    @Override
    public CompletableFuture<JsonNode> buy(String id, String sale) {
      did.add("buy " + id);
      return CompletableFuture.completedFuture(JsonMapper.shared().createObjectNode());
    }

    @Override
    public void enter(String id, String lottery) {
      did.add("enter " + lottery);
    }

    @Override
    public void ask(String id, Play.Move move) {
      did.add("ask " + move.type());
    }

    @Override
    public void say(String id, String text) {
      did.add("say " + text);
    }

    @Override
    public void tap(int more) {
      did.add("tap " + more);
    }
  }

  private static JsonNode json(String json) {
    return JsonMapper.shared().readTree(json.replace('\'', '"'));
  }

  private void scheduled(String id, int stock) {
    shows.onEvents(
        json(
            "[{'type':'likes','total':1},{'type':'sale.scheduled','sale':{'id':'"
                + id
                + "','stock':"
                + stock
                + ",'opensAt':0}}]"));
  }

  @Test
  void theyBuy_atMostHalfOfTheStock() {
    scheduled("s1", 5);
    assertEquals(List.of("buy demo-s1", "buy demo-s1"), did);
    did.clear();
    scheduled("s2", 1);
    assertEquals(List.of(), did);
    scheduled("s3", 1_000);
    assertEquals(20, did.size());
  }

  @Test
  void whatTheyKnowOf_isNothingNewWhenTheyComeBack() {
    scheduled("s1", 5);
    shows.onWelcome(json("{'sales':[{'id':'s1','stock':5,'opensAt':0}],'lotteries':[]}"));
    assertEquals(2, did.size());
  }

  @Test
  void theyEnter_inTheWayThatTheLotteryAsksFor() {
    shows.onWelcome(json("{'sales':[],'lotteries':[{'id':'l1','entry':'click'}]}"));
    assertTrue(did.size() <= 20 && did.stream().allMatch("enter l1"::equals), did::toString);
    did.clear();
    shows.onEvents(
        json("[{'type':'lottery.opened','lottery':{'id':'l2','entry':'keyword','keyword':'冲'}}]"));
    assertTrue(did.stream().allMatch("say 冲"::equals), did::toString);
    did.clear();
    shows.onEvents(
        json("[{'type':'lottery.opened','lottery':{'id':'l3','entry':'likes','minLikes':9}}]"));
    assertTrue(did.stream().allMatch("tap 9"::equals), did::toString);
  }
}
