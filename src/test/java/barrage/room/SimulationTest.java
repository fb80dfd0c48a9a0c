package barrage.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.activity.Activities;
import barrage.core.Action;
import barrage.core.Danmaku;
import barrage.core.Role;
import barrage.core.RoomId;
import barrage.faults.Checker;
import barrage.faults.History;
import barrage.faults.History.Attempt;
import barrage.faults.History.End;
import barrage.faults.History.Event;
import barrage.faults.History.Say;
import barrage.faults.History.Stream;
import barrage.room.Watchers.Watcher;
import barrage.rules.RuleBook;
import barrage.rules.RulesFile;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Rooms on several nodes in virtual time, over a store and a feed that fail as a seed says: what
 * viewers are told is judged by the rules of the fault runs. More of it by hand:
 *
 * <pre>mvn test -Dtest=SimulationTest -Dsimulation.seed=100 -Dsimulation.seeds=1000</pre>
 */
final class SimulationTest {
  private static final long SEED = Long.getLong("simulation.seed", 1);
  private static final int SEEDS = Integer.getInteger("simulation.seeds", 10);
  private static final int STEPS = 1_500;
  private static final int NODES = 3;
  private static final int VIEWERS = 6;
  private static final RuleBook RULES = RulesFile.shipped(false);

  static LongStream seeds() {
    return LongStream.range(SEED, SEED + SEEDS);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whateverTheStoreDoes_everybodyIsToldOneStory(long seed) {
    Simulation simulation = new Simulation(seed);
    simulation.run();
    for (SimulatedRoom room : simulation.rooms) {
      Checker checker = Checker.of(room.history(simulation.losesLast));
      assertEquals(List.of(), checker.violations(), () -> "simulation.seed=" + seed);
      assertTrue(room.model.seq() > 100, () -> "hardly anything was said with seed " + seed);
    }
  }

  @Test
  void theSameSeed_isTheSameHistory() {
    List<History> histories = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Simulation simulation = new Simulation(SEED + 1);
      simulation.run();
      simulation.rooms.forEach(room -> histories.add(room.history(simulation.losesLast)));
    }
    int half = histories.size() / 2;
    boolean same = histories.subList(0, half).equals(histories.subList(half, 2 * half));
    assertTrue(same, "something else than the seed decides"); // all of it would be too much to read
  }

  /** All that a seed decides. */
  private static final class Simulation {
    final boolean losesLast;
    final List<SimulatedRoom> rooms = new ArrayList<>();
    final List<SimulatedStore> stores = new ArrayList<>();
    private final Random random;
    private final ManualLoop loop = new ManualLoop();

    Simulation(long seed) {
      Map<RoomId, ModelRoom> primary = new HashMap<>();
      random = new Random(seed);
      losesLast = seed % 2 == 0;
      for (int i = 0; i < NODES; i++) {
        stores.add(new SimulatedStore(loop, random, primary, stores));
      }
      for (int i = 0; i < 2; i++) {
        rooms.add(new SimulatedRoom(new RoomId("room" + i), loop, random, primary, stores));
      }
    }

    void run() {
      for (int step = 0; step < STEPS; step++) {
        if (random.nextInt(40) == 0) {
          fail();
        }
        rooms.get(random.nextInt(rooms.size())).step();
        loop.advance(random.nextInt(30));
        rooms.forEach(SimulatedRoom::hear);
      }
      stores.forEach(
          store -> {
            store.lose(0);
            store.comeBack();
            store.relink();
          });
      for (int i = 0; i < 200; i++) {
        rooms.forEach(SimulatedRoom::settle);
        loop.advance(100);
        rooms.forEach(SimulatedRoom::hear);
      }
    }

    private void fail() {
      SimulatedStore store = stores.get(random.nextInt(NODES));
      switch (random.nextInt(7)) {
        case 0 -> store.goAway();
        case 1 -> store.goDeaf();
        case 2 -> store.lose(random.nextInt(40));
        case 3 -> {
          if (losesLast) {
            failOver();
          }
          stores.forEach(SimulatedStore::comeBack);
        }
        default -> {
          store.lose(0);
          store.comeBack();
          store.relink();
        }
      }
    }

    /** Another becomes the primary. No node remains with the old one, as it may on a network. */
    private void failOver() {
      Map<RoomId, ModelRoom> primary = new HashMap<>();
      rooms.forEach(room -> primary.put(room.id, room.failOver(random.nextInt(4))));
      stores.forEach(store -> store.moveTo(primary));
      loop.advance(random.nextInt(500));
    }
  }

  /** A room on all nodes, and its viewers. */
  private static final class SimulatedRoom {
    final RoomId id;
    ModelRoom model = new ModelRoom();
    private final Random random;
    private final ManualLoop loop;
    private final List<Room> nodes = new ArrayList<>();
    private final List<Watchers> audiences = new ArrayList<>();
    private final List<Person> people = new ArrayList<>();
    private final List<Attempt> attempts = new ArrayList<>();
    private final List<Stream> streams = new ArrayList<>();

    SimulatedRoom(
        RoomId id,
        ManualLoop loop,
        Random random,
        Map<RoomId, ModelRoom> primary,
        List<SimulatedStore> stores) {
      this.id = id;
      this.random = random;
      this.loop = loop;
      primary.put(id, model);
      for (SimulatedStore store : stores) {
        Room room =
            new Room(
                id,
                loop,
                new Surroundings(
                    store,
                    () -> RULES,
                    Activities.NONE,
                    new byte[32],
                    (any, lagging) -> {
                      Watchers watchers = new Watchers(lagging);
                      audiences.add(watchers);
                      return watchers;
                    },
                    "n" + nodes.size(),
                    25_000,
                    new RoomMeters(new SimpleMeterRegistry())));
        nodes.add(room);
        room.start();
        compare(room, store);
      }
      for (int i = 0; i < VIEWERS; i++) {
        people.add(new Person("v" + i));
      }
    }

    ModelRoom failOver(int commitsLost) {
      model = model.copy();
      model.failOver(commitsLost);
      return model;
    }

    /** Every second, as a node does. */
    private void compare(Room room, SimulatedStore store) {
      loop.schedule(
          () -> {
            var unused =
                store
                    .heads(List.of(room.id()))
                    .whenComplete(
                        (heads, fault) -> {
                          if (fault == null) {
                            room.offerHead(heads.get(room.id()));
                          }
                        });
            compare(room, store);
          },
          1_000);
    }

    void step() {
      people.get(random.nextInt(VIEWERS)).step();
    }

    void settle() {
      people.forEach(Person::settle);
    }

    void hear() {
      people.forEach(Person::hear);
    }

    History history(boolean losesLast) {
      List<Stream> told = new ArrayList<>(streams);
      people.forEach(person -> told.addAll(person.now()));
      List<Event> story =
          model.story().stream().map(json -> event(JsonMapper.shared().readTree(json))).toList();
      return new History(
          List.copyOf(attempts),
          told,
          List.of(),
          new History.Outcome(
              losesLast,
              model.epoch(),
              model.epochs(),
              model.seq(),
              story,
              Map.of(),
              Map.of(),
              Map.of(),
              List.of(),
              Map.of()));
    }

    private static Event event(JsonNode json) {
      return new Event(
          json.path("seq").asLong(),
          json.path("at").asLong(),
          json.path("viewer").path("id").asString(),
          json.path("text").asString(),
          json.toString());
    }

    /** A viewer who speaks, repeats what was not answered, leaves and comes back somewhere. */
    private final class Person {
      private final String name;
      private final Map<String, Say> open = new LinkedHashMap<>();
      private final Map<String, Asked> asked = new LinkedHashMap<>();
      private final List<String> granted = new ArrayList<>();
      private final List<Event> events = new ArrayList<>();
      private Watcher watcher;
      private int node;
      private int heard;
      private int requests;
      private long epoch = -1;
      private long from;
      private long shed;
      private int greetedBy;

      private record Asked(Say say, long invokedMs) {}

      Person(String name) {
        this.name = name;
        join();
      }

      private void join() {
        node = random.nextInt(NODES);
        heard = 0;
        watcher = new Watcher(loop, name, Role.VIEWER);
        nodes.get(node).offerJoin(watcher, epoch < 0 ? null : new Position(epoch, at()));
      }

      private void leave() {
        hear();
        nodes.get(node).offerLeave(watcher);
        loop.run();
        new LinkedHashMap<>(asked).forEach((id, any) -> answered(id, End.UNKNOWN, ""));
      }

      void step() {
        int dice = random.nextInt(100);
        if (dice < 6 || watcher.closed != null) {
          leave();
          join();
        } else if (dice < 10) {
          audiences.get(node).stall(watcher);
          nodes.get(node).onCanRead(watcher, at(), false);
        } else if (dice < 30 && !open.isEmpty()) {
          again();
        } else if (dice < 37 && !granted.isEmpty()) {
          repeat(granted.get(Math.max(0, granted.size() - 1 - random.nextInt(10))));
        } else {
          String id = name + "-" + ++requests;
          ask(id, new Say("danmaku " + id));
        }
      }

      /** What was granted, once more as it was or with another text. */
      private void repeat(String id) {
        if (!open.containsKey(id)) {
          ask(
              id,
              new Say(
                  (random.nextInt(3) == 0 ? "changed " + ++requests + " of " : "danmaku ") + id));
        }
      }

      void settle() {
        if (watcher.closed != null) {
          leave();
          join();
        }
        again();
      }

      private void again() {
        open.keySet().stream()
            .filter(id -> !asked.containsKey(id))
            .findFirst()
            .ifPresent(id -> ask(id, open.get(id)));
      }

      private void ask(String id, Say say) {
        open.put(id, say);
        asked.put(id, new Asked(say, loop.nowMs()));
        nodes
            .get(node)
            .offerAction(
                watcher,
                id,
                new Action.Say(
                    id, new Danmaku(say.text(), Danmaku.Mode.SCROLL, Danmaku.DEFAULT_COLOR)));
      }

      void hear() {
        for (; heard < watcher.received.size(); heard++) {
          JsonNode message = watcher.received.get(heard);
          switch (message.path("type").asString()) {
            case "ok" -> {
              boolean kept = message.path("seq").isNumber();
              String answer = kept ? message.path("seq").asString() : Attempt.NOT_KEPT;
              answered(message.path("id").asString(), kept ? End.OK : End.UNKNOWN, answer);
            }
            case "error" -> {
              String code = message.path("code").asString();
              End end = code.matches("busy|unavailable") ? End.UNKNOWN : End.REFUSED;
              answered(message.path("id").asString(), end, code);
            }
            case "welcome", "resync" -> begin(message);
            case "events" -> message.path("events").forEach(this::hear);
            default -> {
              // to this viewer alone
            }
          }
        }
      }

      private void hear(JsonNode event) {
        if (event.path("type").asString().equals("shed")) {
          shed += event.path("count").asLong();
        } else if (event.path("seq").isNumber()) {
          events.add(event(event));
        }
      }

      private void begin(JsonNode welcome) {
        if (!welcome.path("resumed").asBoolean(false)) {
          if (epoch >= 0) {
            streams.add(stream(false));
          }
          greetedBy = node;
          epoch = welcome.path("epoch").asLong();
          from = welcome.path("seq").asLong();
          events.clear();
          shed = 0;
        }
      }

      private long at() {
        return events.isEmpty() ? from : events.get(events.size() - 1).seq();
      }

      private void answered(String id, End end, String answer) {
        Asked request = asked.remove(id);
        if (end != End.UNKNOWN || answer.equals(Attempt.NOT_KEPT)) {
          open.remove(id);
        }
        if (end == End.OK) {
          granted.add(id);
        }
        attempts.add(
            new Attempt(
                name,
                id,
                request.say,
                "n" + node,
                request.invokedMs,
                loop.nowMs(),
                end,
                answer,
                epoch));
      }

      private Stream stream(boolean isLive) {
        return new Stream(
            name + " at n" + greetedBy, epoch, from, List.copyOf(events), shed, isLive);
      }

      List<Stream> now() {
        return epoch < 0 ? List.of() : List.of(stream(true));
      }
    }
  }
}
