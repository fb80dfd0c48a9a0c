package barrage.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import barrage.faults.History.Account;
import barrage.faults.History.Ask;
import barrage.faults.History.Attempt;
import barrage.faults.History.End;
import barrage.faults.History.Event;
import barrage.faults.History.Line;
import barrage.faults.History.Stream;
import barrage.faults.History.Thing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A history of one thing, that a test writes and breaks. */
final class ThingHistory {
  private static final long EPOCH = 5;

  private final String kind;
  final List<Attempt> attempts = new ArrayList<>();
  final List<ObjectNode> events = new ArrayList<>();
  final Map<String, List<Line>> ledgers = new HashMap<>();

  /** What those heard who listened in an epoch that is over. */
  final List<ObjectNode> earlier = new ArrayList<>();

  final ObjectNode begun;
  ObjectNode stands;
  ObjectNode elsewhere;
  ObjectNode view;
  ObjectNode proof;
  boolean isCancelled;

  /**
   * @param begun as JSON, with single quotes
   */
  ThingHistory(String kind, String begun) {
    this.kind = kind;
    this.begun = json(begun);
  }

  static ObjectNode json(String text) {
    return (ObjectNode) JsonMapper.shared().readTree(text.replace('\'', '"'));
  }

  /** All nodes tell it so. */
  void stands(ObjectNode json) {
    stands = json;
    elsewhere = json.deepCopy();
    view = json.deepCopy().put("kind", kind);
  }

  /** Ten milliseconds after what was asked before. */
  void asked(String viewer, String id, Ask ask, End end, String answer) {
    long at = 10L * attempts.size();
    attempts.add(
        new Attempt(viewer, id, ask, "n0", at, at + 5, end, answer.replace('\'', '"'), EPOCH));
  }

  void told(ObjectNode event) {
    events.add(event);
  }

  private static Event event(int seq, ObjectNode json) {
    return new Event(seq, EPOCH, null, null, json.toString());
  }

  private static List<Event> numbered(List<ObjectNode> all) {
    List<Event> numbered = new ArrayList<>();
    all.forEach(json -> numbered.add(event(numbered.size() + 1, json)));
    return numbered;
  }

  private List<Checker.Violation> check() {
    List<Event> story = numbered(events);
    List<Stream> streams = new ArrayList<>();
    streams.add(new Stream("ann at n0", EPOCH, 0, story, 0, true));
    if (!earlier.isEmpty()) {
      streams.add(new Stream("bob at n1", EPOCH - 1, 0, numbered(earlier), 0, false));
    }
    Thing thing =
        new Thing(kind, begun, isCancelled, List.of(stands, elsewhere), List.of(view), proof);
    Map<String, Account> accounts = new HashMap<>();
    ledgers.forEach(
        (viewer, lines) ->
            accounts.put(viewer, new Account(lines.stream().mapToLong(Line::delta).sum(), lines)));
    History.Outcome outcome =
        new History.Outcome(
            !earlier.isEmpty(),
            EPOCH,
            Set.of(),
            story.size(),
            story,
            Map.of(),
            Map.of(),
            Map.of(),
            List.of(thing),
            accounts);
    return Checker.of(new History(attempts, streams, List.of(), outcome)).violations();
  }

  void assertInOrder() {
    assertEquals(List.of(), check());
  }

  void assertFinds(String what) {
    List<Checker.Violation> found = check();
    assertTrue(found.stream().anyMatch(each -> each.what().contains(what)), found::toString);
  }
}
